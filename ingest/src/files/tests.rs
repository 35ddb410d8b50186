//! Files on a real disk, taken in through a ledger on paper.

use std::{fs, path::PathBuf};

use super::*;
use crate::{arrival::Kept, mailbox::testing::Book};

const NOW: &str = "2026-11-23T10:00:00Z";

/// A folder of this test's own, removed afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("huiyin-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Stands for a keyed digest.
fn digest(sha256: &[u8]) -> String {
    sha256[..4].iter().map(|b| format!("{b:02x}")).collect()
}

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn options() -> Options<'static> {
    Options {
        channel: "report-box",
        digest: &digest,
        now: &now,
        max_bytes: 1000,
    }
}

fn all(path: &Path) -> Vec<Found> {
    open(path, options()).unwrap().map(Result::unwrap).collect()
}

#[test]
fn kinds_are_told_apart_and_errors_say_what_to_do() {
    let folder = Folder::new("kinds");
    let kind = |path: PathBuf| detect(&path).map_err(|e| e.to_string());
    assert_eq!(
        kind(folder.write("a.mbox", "From a@b Thu Nov 12 08:00:00 2026\nA: 1\n")),
        Ok(Kind::Mbox)
    );
    assert_eq!(
        kind(folder.write("b.EML", "From a@b\nwhatever")),
        Ok(Kind::Eml)
    );
    assert_eq!(kind(folder.write("c", "Received: x\n")), Ok(Kind::Eml));
    assert!(
        kind(folder.write("d", "hello\n"))
            .unwrap_err()
            .contains("something.eml")
    );
    assert!(kind(folder.write("e", "")).unwrap_err().contains("empty"));
    assert!(
        kind(folder.0.join("nowhere"))
            .unwrap_err()
            .contains("nowhere")
    );
    assert_eq!(kind(folder.0.clone()), Ok(Kind::Folder));
    fs::create_dir_all(folder.0.join("m/cur")).unwrap();
    assert!(
        kind(folder.0.join("m"))
            .unwrap_err()
            .contains("neither a Maildir")
    );
    fs::create_dir_all(folder.0.join("m/new")).unwrap();
    assert_eq!(kind(folder.0.join("m")), Ok(Kind::Maildir));
    assert!(open(&folder.0.join("m"), options()).is_err());
}

#[test]
fn a_folder_is_read_in_order_however_deep() {
    let folder = Folder::new("deep");
    for name in ["b/2.eml", "a.eml", "b/1/x.eml", "c.txt", "b.eml"] {
        folder.write(
            name,
            format!("Subject: {name}\nDate: Sun, 22 Nov 2026 08:00:00 +0800\n\n"),
        );
    }
    let subjects: Vec<String> = all(&folder.0)
        .into_iter()
        .map(|found| match found {
            Found::Arrival(a) => {
                assert_eq!(a.received_at.to_string(), "2026-11-22T00:00:00Z");
                String::from_utf8(a.raw)
                    .unwrap()
                    .lines()
                    .next()
                    .unwrap()
                    .to_owned()
            }
            Found::Unfetched(u) => panic!("{u:?}"),
        })
        .collect();
    let wanted = ["a.eml", "b/1/x.eml", "b/2.eml", "b.eml"].map(|n| format!("Subject: {n}"));
    assert_eq!(subjects, wanted);
}

#[test]
fn the_key_is_the_channel_and_the_digest_of_the_whole() {
    let folder = Folder::new("keys");
    let small = "Subject: x\n\nbody\n";
    let large = format!(
        "Date: Sun, 22 Nov 2026 08:00:00 +0800\n\n{}\n",
        "x".repeat(2000)
    );
    let mbox = format!("From a@b\n{small}\nFrom a@b\n{large}\n");
    let from_mbox = all(&folder.write("m", mbox));
    let [Found::Arrival(a), Found::Unfetched(u)] = &from_mbox[..] else {
        panic!("{from_mbox:?}")
    };
    let sum = |text: &str| digest(&Sha256::digest(text));
    assert_eq!(a.source_key, format!("file:report-box:{}", sum(small)));
    assert_eq!(u.source_key, format!("file:report-box:{}", sum(&large)));
    assert_eq!(
        (u.size, u.received_at.to_string()),
        (Some(large.len() as u64), "2026-11-22T00:00:00Z".to_owned())
    );
    assert!(u.reason.starts_with("too-large: 2040 bytes"));
    // The same two as files of their own are the same two.
    assert_eq!(all(&folder.write("1.eml", small)), from_mbox[..1]);
    assert_eq!(all(&folder.write("2.eml", large)), from_mbox[1..]);
}

#[test]
fn a_second_pass_takes_nothing_and_twins_count_as_known() {
    let folder = Folder::new("twice");
    let one = "From a@b\nSubject: 1\n\n\n";
    let mbox = folder.write("m", format!("{one}{one}From a@b\nSubject: 2\n\n\n"));
    let book = Book::default();
    let first = deliver(open(&mbox, options()).unwrap(), &book).unwrap();
    assert_eq!(
        first,
        Sweep {
            seen: 3,
            known: 1,
            taken: 2,
            ..Sweep::default()
        }
    );
    let second = deliver(open(&mbox, options()).unwrap(), &book).unwrap();
    assert_eq!(
        second,
        Sweep {
            seen: 3,
            known: 3,
            ..Sweep::default()
        }
    );
    assert_eq!(book.subjects(), ["1", "2"]);
}

#[test]
fn a_ledger_that_fails_stops_the_pass_and_the_next_one_ends_it() {
    let folder = Folder::new("fails");
    let mbox: String = (0..250)
        .map(|n| format!("From a@b\nSubject: {n}\n\n\n"))
        .collect();
    let mbox = folder.write("m", mbox);
    let book = Book::default();
    book.with(|p| p.failing = 1);
    assert!(matches!(
        deliver(open(&mbox, options()).unwrap(), &book),
        Err(SourceError::Ledger(_))
    ));
    let sweep = deliver(open(&mbox, options()).unwrap(), &book).unwrap();
    assert_eq!((sweep.seen, sweep.taken), (250, 250));
    book.with(|p| assert!(p.fate.values().all(|kept| *kept == Kept::Taken)));
}
