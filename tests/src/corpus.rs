//! Mails kept in files under `tests/corpus`, and how the product reads them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// A folder of the corpus.
#[must_use]
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name)
}

/// The files of a folder with an ending, in order.
#[must_use]
pub fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let paths = entries.map(|entry| entry.expect("a folder that can be read").path());
    let mut files: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|e| e == ending))
        .collect();
    files.sort();
    files
}

/// What `huiyin parse` says of a mail.
#[must_use]
pub fn parsed(path: &Path) -> Value {
    let bin = std::env::var("HUIYIN_BIN")
        .expect("HUIYIN_BIN is not set: run tests/run, or set it to the built binary's path");
    let output = Command::new(bin)
        .args(["--json", "parse"])
        .arg(path)
        .output()
        .expect("the product starts");
    let text = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {complaint}", path.display());
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e} in {text}", path.display()))
}

/// The kinds that `kinds.tsv` expects: name of the mail, kind or `null`.
#[must_use]
pub fn kinds() -> Vec<(String, String)> {
    let table = fs::read_to_string(folder("kinds").join("kinds.tsv")).expect("the table of kinds");
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    rows.map(|row| {
        let (name, kind) = row.split_once('\t').expect("two columns");
        (name.to_owned(), kind.to_owned())
    })
    .collect()
}
