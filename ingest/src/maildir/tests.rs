//! Maildirs on a real disk, taken in through a ledger on paper.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use super::*;
use crate::{arrival::Health, mailbox::testing::Book};

const NOW: &str = "2026-11-23T10:00:00Z";
/// 2026-11-22T00:00:00Z.
const DELIVERED: u32 = 1_795_305_600;

struct Dir(Maildir);

impl Dir {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("huiyin-md-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        for folder in ["new", "cur", "tmp"] {
            fs::create_dir_all(path.join(folder)).unwrap();
        }
        Dir(Maildir {
            name: "report".to_owned(),
            path,
        })
    }

    fn deliver(&self, file: &str, text: &str) {
        let tmp = self.0.path.join("tmp/x");
        fs::write(&tmp, text).unwrap();
        fs::rename(tmp, self.0.path.join(file)).unwrap();
    }

    fn files(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.0.path.join(folder)).unwrap();
        let mut names: Vec<String> = entries
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn sweep(&self, book: &Book) -> Sweep {
        sweep(&self.0, book, &|| NOW.parse().unwrap()).unwrap()
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0.path);
    }
}

#[test]
fn mail_is_taken_in_order_of_delivery_and_stays_visible() {
    let dir = Dir::new("order");
    dir.deliver(
        &format!("new/{}.M2P1.host", DELIVERED + 60),
        "Subject: 2\n\n",
    );
    dir.deliver(&format!("new/{DELIVERED}.M9P1.host,S=12"), "Subject: 1\n\n");
    dir.deliver(
        &format!("cur/{}.M1P1.host:2,RS", DELIVERED + 90),
        "Subject: 3\n\n",
    );
    dir.deliver("new/.hidden", "x");
    let book = Book::default();
    assert_eq!(
        dir.sweep(&book),
        Sweep {
            seen: 3,
            taken: 3,
            ..Sweep::default()
        }
    );
    assert_eq!(
        book.subjects(),
        ["1", "2", "3"],
        "what a person opened is taken too"
    );
    book.with(|p| {
        assert_eq!(
            p.arrivals[0].source_key,
            format!("maildir:report:{DELIVERED}.M9P1.host,S=12")
        );
        assert_eq!(
            p.arrivals[0].received_at.to_string(),
            "2026-11-22T00:00:00Z"
        );
        assert_eq!(p.acknowledged.len(), 3);
    });
    assert_eq!(dir.files("new"), [".hidden"]);
    assert_eq!(
        dir.files("cur"),
        [
            format!("{DELIVERED}.M9P1.host,S=12:2,S"),
            format!("{}.M2P1.host:2,S", DELIVERED + 60),
            format!("{}.M1P1.host:2,RS", DELIVERED + 90)
        ]
    );
    assert_eq!(
        dir.sweep(&book),
        Sweep {
            seen: 3,
            known: 3,
            ..Sweep::default()
        }
    );
}

#[test]
fn a_move_that_a_crash_forgot_is_made_up_for() {
    let dir = Dir::new("crash");
    dir.deliver("new/a.failed", "x");
    dir.deliver("new/b.taken", "x");
    let book = Book::default();
    book.with(|p| {
        p.fate
            .insert("maildir:report:a.failed".to_owned(), Kept::Failed);
        p.fate
            .insert("maildir:report:b.taken".to_owned(), Kept::Taken);
    });
    assert_eq!(
        dir.sweep(&book),
        Sweep {
            seen: 2,
            known: 2,
            ..Sweep::default()
        }
    );
    assert_eq!(dir.files("cur"), ["a.failed:2,F", "b.taken:2,S"]);
    assert!(book.subjects().is_empty());
}

#[test]
fn a_base_name_without_a_time_leaves_the_file_its_own() {
    let file_time: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
    let seen_at: Timestamp = NOW.parse().unwrap();
    let at = |delivered| received_at(delivered, file_time, seen_at).to_string();
    assert_eq!(at(i64::from(DELIVERED)), "2026-11-22T00:00:00Z");
    assert_eq!(at(0), "2026-11-01T00:00:00Z");
    assert_eq!(
        at(4_000_000_000),
        "2026-11-01T00:00:00Z",
        "not in the future"
    );
    assert_eq!(at(i64::MAX), "2026-11-01T00:00:00Z");
    assert_eq!(at(seen_at.as_second() + 5), NOW, "a clock a little ahead");
}

#[test]
fn too_large_a_file_is_flagged_and_not_read() {
    let dir = Dir::new("large");
    let file = File::create(dir.0.path.join("new/1.big")).unwrap();
    file.set_len(MAX_BYTES + 1).unwrap();
    let book = Book::default();
    assert_eq!(
        dir.sweep(&book),
        Sweep {
            seen: 1,
            failed: 1,
            ..Sweep::default()
        }
    );
    book.with(|p| assert!(p.unfetched[0].reason.starts_with("too-large: ")));
    assert_eq!(dir.files("cur"), ["1.big:2,F"]);
}

#[test]
fn a_missing_folder_is_said() {
    let maildir = Maildir {
        name: "x".to_owned(),
        path: "/nowhere".into(),
    };
    let error = sweep(&maildir, &Book::default(), &|| NOW.parse().unwrap()).unwrap_err();
    assert!(error.to_string().starts_with("/nowhere/new: "), "{error}");
}

#[test]
fn the_thread_sees_new_mail_and_stops() {
    let dir = Dir::new("watch");
    let book: Arc<Book> = Arc::default();
    let stop = CancellationToken::new();
    let now: Arc<dyn Fn() -> Timestamp + Send + Sync> = Arc::new(|| NOW.parse().unwrap());
    let ledger = Arc::clone(&book) as Arc<dyn Ledger>;
    let thread = watch(dir.0.clone(), ledger, now, stop.clone()).unwrap();
    for n in 1..=2 {
        dir.deliver(&format!("new/{n}"), &format!("Subject: {n}\n\n"));
        let mut waits = 0;
        while book.subjects().len() < n {
            std::thread::sleep(Duration::from_millis(20));
            waits += 1;
            assert!(waits < 150, "not seen within three seconds");
        }
    }
    stop.cancel();
    thread.join().unwrap();
    book.with(|p| assert!(p.health.iter().all(|h| matches!(h, Health::Fine { .. }))));
}
