//! The rules know no clock, no database, no network.

use std::path::Path;

const BANNED: [&str; 12] = [
    "sea_orm",
    "axum",
    "tokio",
    "async fn",
    "Timestamp::now",
    "Zoned::now",
    "SystemTime",
    "std::fs",
    "std::net",
    "getrandom",
    "crate::store",
    "crate::app",
];

#[test]
fn the_domain_is_pure() {
    let domain = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tracker/src/domain");
    let files = pure(&domain);
    assert!(files > 10, "only {files} files in {}", domain.display());
}

/// How many files a folder and those in it hold, none of which names what is banned.
fn pure(folder: &Path) -> usize {
    let mut files = 0;
    for file in std::fs::read_dir(folder).expect("a folder of the domain") {
        let path = file.expect("a file of the domain").path();
        if path.is_dir() {
            files += pure(&path);
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a source file");
        for word in BANNED {
            assert!(!text.contains(word), "{} names {word}", path.display());
        }
        files += 1;
    }
    files
}
