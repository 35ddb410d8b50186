//! What a well-behaved server's mailbox comes to.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use super::server::{Server, Trick};
use crate::{
    arrival::{Health, Kept},
    mailbox::{
        Credential, Security, Start,
        testing::{Book, Running},
    },
};

const NOW: &str = "2026-11-23T10:00:00.7Z";
const OLD: &str = " 1-Nov-2026 08:00:00 +0800";
const NEW: &str = "23-Nov-2026 18:00:00 +0800";

fn behaving() -> Server {
    Server::start(|_| Trick::Behave)
}

#[test]
fn mail_is_taken_in_order_moved_and_told() {
    let server = behaving();
    server.fill([9, 2, 5], OLD);
    let running = Running::start(server.mailbox(), Arc::default(), NOW);
    running.until("three mails", |p| p.acknowledged.len() == 3);
    assert_eq!(running.book.subjects(), ["2", "5", "9"]);
    running.book.with(|p| {
        assert_eq!(p.arrivals[0].source_key, "imap:director/INBOX/17/2");
        assert_eq!(
            p.arrivals[0].received_at.to_string(),
            "2026-11-01T00:00:00Z"
        );
        assert_eq!(p.arrivals[0].seen_at.to_string(), NOW);
        assert_eq!(p.arrivals[0].raw, b"Subject: 2\r\n\r\nbody\r\n");
    });
    let content = server.content();
    assert!(content.mails.is_empty());
    assert_eq!(content.folders, ["Processed"], "made when first needed");
    assert!(
        content
            .moved
            .iter()
            .all(|(_, folder)| folder == "Processed")
    );
    assert!(content.log.iter().any(|line| line.starts_with("ID (")));
}

#[test]
fn idle_brings_new_mail_at_once() {
    let server = behaving();
    let mut mailbox = server.mailbox();
    mailbox.poll = Duration::from_secs(600);
    let running = Running::start(mailbox, Arc::default(), NOW);
    running.until("up to date", |p| {
        p.health.contains(&Health::Fine { waiting: 0 })
    });
    for uid in 1..=3 {
        let since = Instant::now();
        server.fill([uid], NEW);
        running.until("the new mail", |p| p.acknowledged.len() == uid as usize);
        assert!(
            since.elapsed() < Duration::from_secs(1),
            "took {:?}",
            since.elapsed()
        );
    }
    assert_eq!(
        running.book.with(|p| p.health.last().cloned()),
        Some(Health::Fine { waiting: 0 })
    );
}

#[test]
fn what_comes_while_folders_are_counted_is_not_left_until_the_next_poll() {
    let (asked, filled) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicBool::new(false)),
    );
    let (told, ready) = (Arc::clone(&asked), Arc::clone(&filled));
    let server = Server::start(move |c| {
        if !c.line.starts_with("STATUS") {
            return Trick::Behave;
        }
        told.store(true, Ordering::SeqCst);
        while !ready.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(5));
        }
        Trick::Say("* 1 EXISTS\r\n* STATUS \"x\" (MESSAGES 4)\r\n{tag} OK\r\n".to_owned())
    });
    let mut mailbox = server.mailbox();
    mailbox.poll = Duration::from_secs(600);
    let running = Running::start(mailbox, Arc::default(), NOW);
    while !asked.load(Ordering::SeqCst) {
        std::thread::sleep(Duration::from_millis(5));
    }
    server.fill([1], NEW);
    filled.store(true, Ordering::SeqCst);
    running.until("the mail that came meanwhile", |p| p.arrivals.len() == 1);
}

#[test]
fn without_idle_the_server_is_polled() {
    let server = behaving();
    "IMAP4rev1 MOVE".clone_into(&mut server.content().capabilities);
    let running = Running::start(server.mailbox(), Arc::default(), NOW);
    running.until("up to date", |p| !p.health.is_empty());
    server.fill([1], NEW);
    running.until("the new mail", |p| p.acknowledged.len() == 1);
    assert_eq!((server.heard("IDLE"), server.heard("ID (")), (0, 0));
}

#[test]
fn what_lay_there_before_the_start_is_noted_and_left() {
    let server = behaving();
    server.fill(1..=450, OLD);
    let mailbox = crate::mailbox::Mailbox {
        start: Start::Now,
        ..server.mailbox()
    };
    let running = Running::start(mailbox, Arc::default(), NOW);
    running.until("noted", |p| p.before.len() == 450 && !p.health.is_empty());
    // The server's clock is a little behind ours, and somebody drags an old mail in.
    server.fill([451], "23-Nov-2026 09:59:30 +0000");
    server.fill([452], OLD);
    server.fill([453], NEW);
    running.until("the new ones", |p| {
        p.acknowledged.len() == 2 && p.before.len() == 451
    });
    assert_eq!(running.book.subjects(), ["451", "453"]);
    let content = server.content();
    assert_eq!(content.mails.len(), 451);
    let fetched: Vec<&String> = content
        .log
        .iter()
        .filter(|line| line.contains("BODY.PEEK[]"))
        .collect();
    assert!(
        fetched
            .iter()
            .all(|l| l.contains("451") || l.contains("453")),
        "{fetched:?}"
    );
    running
        .book
        .with(|p| assert_eq!((p.before[0].size, p.cursor.unwrap().first_uid), (20, 451)));
}

#[test]
fn a_start_date_begins_at_midnight_of_the_zone() {
    let server = behaving();
    server.fill([1], "22-Nov-2026 23:59:59 +0800");
    server.fill([2], "23-Nov-2026 00:00:00 +0800");
    let mut mailbox = server.mailbox();
    mailbox.start = Start::Date(jiff::civil::date(2026, 11, 23));
    mailbox.zone = jiff::tz::TimeZone::get("Asia/Shanghai").unwrap();
    let running = Running::start(mailbox, Arc::default(), NOW);
    running.until("both", |p| p.acknowledged.len() == 1 && p.before.len() == 1);
    assert_eq!(running.book.subjects(), ["2"]);
}

#[test]
fn another_uid_validity_takes_new_mail_and_no_old_one() {
    let server = behaving();
    server.fill(1..=3, OLD);
    let mut mailbox = server.mailbox();
    (mailbox.start, mailbox.processed) = (Start::Now, String::new());
    let book: Arc<Book> = Arc::default();
    let running = Running::start(mailbox.clone(), Arc::clone(&book), NOW);
    running.until("noted", |p| p.before.len() == 3);
    drop(running);
    server.content().uid_validity = 18;
    server.fill([2], "23-Nov-2026 10:00:01 +0000");
    let running = Running::start(mailbox, Arc::clone(&book), "2026-11-24T00:00:00Z");
    running.until("looked", |p| p.before.len() == 5 && p.arrivals.len() == 1);
    book.with(|p| assert_eq!(p.arrivals[0].source_key, "imap:director/INBOX/18/2"));
}

#[test]
fn a_second_run_takes_nothing_twice_and_finishes_moves() {
    let server = behaving();
    server.fill(1..=3, OLD);
    let book: Arc<Book> = Arc::default();
    book.with(|p| {
        // Committed by a process that died before it could move them.
        p.fate
            .insert("imap:director/INBOX/17/1".to_owned(), Kept::Taken);
        p.fate
            .insert("imap:director/INBOX/17/2".to_owned(), Kept::Failed);
    });
    let running = Running::start(server.mailbox(), Arc::clone(&book), NOW);
    running.until("all moved", |p| p.acknowledged.len() == 3);
    assert_eq!(book.subjects(), ["3"]);
    let mut moved = server.content().moved.clone();
    moved.sort();
    let place = |uid, folder: &str| (uid, folder.to_owned());
    assert_eq!(
        moved,
        [
            place(1, "Processed"),
            place(2, "Failed"),
            place(3, "Processed")
        ]
    );
}

#[test]
fn mail_stays_where_nothing_is_to_be_moved() {
    let server = behaving();
    server.fill(1..=3, OLD);
    let mut mailbox = server.mailbox();
    mailbox.processed = String::new();
    let running = Running::start(mailbox, Arc::default(), NOW);
    running.until("told once", |p| {
        p.acknowledged.len() == 3 && p.health.len() >= 2
    });
    assert_eq!(server.content().mails.len(), 3);
    assert_eq!(server.heard("BODY.PEEK[]"), 1);
    assert_eq!(server.heard("MOVE"), 0);
}

#[test]
fn without_move_mail_is_copied_marked_and_expunged_by_uid() {
    let server = behaving();
    "IMAP4rev1 UIDPLUS".clone_into(&mut server.content().capabilities);
    server.fill([4, 5], OLD);
    let running = Running::start(server.mailbox(), Arc::default(), NOW);
    running.until("moved", |p| p.acknowledged.len() == 2);
    let log = server.content().log.clone();
    let tail: Vec<&str> = log
        .iter()
        .map(String::as_str)
        .filter(|l| l.contains("4:5"))
        .collect();
    assert_eq!(
        tail[2..],
        [
            "UID COPY 4:5 \"Processed\"",
            "UID COPY 4:5 \"Processed\"",
            "UID STORE 4:5 +FLAGS.SILENT (\\Deleted)",
            "UID EXPUNGE 4:5"
        ]
    );
    assert_eq!(server.content().moved.len(), 2);
}

#[test]
fn mail_that_cannot_be_moved_is_neither_lost_nor_doubled() {
    let server = behaving();
    "IMAP4rev1".clone_into(&mut server.content().capabilities);
    server.fill([4, 5], OLD);
    let running = Running::start(server.mailbox(), Arc::default(), NOW);
    let hampered = |h: &Health| matches!(h, Health::Hampered { waiting: 2, reason } if reason.starts_with("move: "));
    running.until("said", |p| {
        p.health.iter().filter(|h| hampered(h)).count() >= 2
    });
    assert_eq!(running.book.subjects(), ["4", "5"]);
    assert_eq!(server.content().mails.len(), 2);
    assert_eq!(server.heard("STORE"), 0);
    running.book.with(|p| assert!(p.acknowledged.is_empty()));
}

#[test]
fn a_copy_that_cannot_be_finished_is_not_copied_again() {
    let server = Server::start(|command| {
        if command.line.contains("STORE") {
            Trick::Say("{tag} NO read-only\r\n".to_owned())
        } else {
            Trick::Behave
        }
    });
    "IMAP4rev1 UIDPLUS".clone_into(&mut server.content().capabilities);
    server.fill([4], OLD);
    let running = Running::start(server.mailbox(), Arc::default(), NOW);
    running.until("three sweeps", |p| p.health.len() >= 3);
    assert_eq!(server.content().moved.len(), 1);
    assert_eq!(running.book.subjects(), ["4"]);
}

#[test]
fn too_large_a_mail_is_quarantined_unfetched() {
    let server = behaving();
    server.fill(1..=2, OLD);
    server
        .content()
        .mails
        .insert(3, (OLD.to_owned(), vec![b'x'; 3 << 20]));
    let running = Running::start(server.mailbox(), Arc::default(), NOW);
    running.until("all", |p| p.acknowledged.len() == 3);
    running.book.with(|p| {
        assert_eq!(p.unfetched[0].size, Some(3 << 20));
        assert!(
            p.unfetched[0]
                .reason
                .starts_with("too-large: 3145728 bytes")
        );
        assert_eq!(
            p.unfetched[0].received_at.to_string(),
            "2026-11-01T00:00:00Z"
        );
    });
    assert!(server.content().moved.contains(&(3, "Failed".to_owned())));
}

#[test]
fn a_ledger_that_cannot_commit_costs_time_and_no_mail() {
    let server = behaving();
    server.fill(1..=2, OLD);
    let book: Arc<Book> = Arc::default();
    book.with(|p| p.failing = 2);
    let running = Running::start(server.mailbox(), Arc::clone(&book), NOW);
    running.until("in the end", |p| p.acknowledged.len() == 2);
    let reason = "ledger: the intake ledger could not be written: disk full".to_owned();
    assert_eq!(
        book.with(|p| p.health[0].clone()),
        Health::Broken { reason }
    );
    assert_eq!(book.subjects(), ["1", "2"]);
}

#[test]
fn settings_that_would_loop_are_refused() {
    let server = behaving();
    let mut mailbox = server.mailbox();
    (mailbox.folder, mailbox.processed) = ("INBOX".to_owned(), "inbox".to_owned());
    assert_eq!(mailbox.problems().len(), 1);
    let running = Running::start(mailbox, Arc::default(), NOW);
    running.until("said", |p| {
        matches!(&p.health[..], [Health::Broken { reason }] if reason.starts_with("settings: "))
    });
    assert!(server.content().log.is_empty());
}

#[test]
fn secrets_are_never_shown() {
    let mut mailbox = behaving().mailbox();
    assert!(!format!("{mailbox:?}").contains("secret"));
    mailbox.credential = Credential::OAuth2("tok".to_owned());
    assert!(!format!("{mailbox:?}").contains("tok"));
}

#[test]
fn nothing_is_sent_in_the_clear_where_tls_is_asked_for() {
    for security in [Security::StartTls, Security::Tls] {
        let server = behaving();
        let mut mailbox = server.mailbox();
        mailbox.security = security;
        let running = Running::start(mailbox, Arc::default(), NOW);
        running.until("refused", |p| {
            matches!(p.health.first(), Some(Health::Broken { reason }) if reason.starts_with("tls: "))
        });
        assert_eq!(server.heard("LOGIN"), 0);
    }
}
