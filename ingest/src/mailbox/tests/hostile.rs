//! What a server may do wrong, and that it costs no mail and doubles none.

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio_util::sync::CancellationToken;

use super::server::{Command, Server, Trick, fetch_line};
use crate::{
    arrival::{Health, LedgerError},
    mailbox::{
        Lying, Security, Surveyor,
        net::{Net, Watch, dial},
        survey,
        testing::Running,
    },
};

const NOW: &str = "2026-11-23T10:00:00Z";
const DATE: &str = "22-Nov-2026 08:00:00 +0800";

fn say(text: &str) -> Trick {
    Trick::Say(text.to_owned())
}

/// Runs against a server of ten mails and waits until all have a fate.
fn ten(tricks: impl Fn(&Command) -> Trick + Send + Sync + 'static) -> (Server, Running) {
    let server = Server::start(tricks);
    server.fill(1..=10, DATE);
    let running = Running::start(server.mailbox(), Arc::default(), NOW);
    running.until("a fate for each", |p| {
        p.arrivals.len() + p.unfetched.len() == 10
    });
    (server, running)
}

fn subjects_but(bad: u32) -> Vec<String> {
    (1..=10)
        .filter(|uid| *uid != bad)
        .map(|uid| uid.to_string())
        .collect()
}

fn assert_only_one_failed(running: &Running, bad: u32, code: &str) {
    let mut subjects = running.book.subjects();
    subjects.sort_by_key(|s| s.parse::<u32>().unwrap());
    assert_eq!(subjects, subjects_but(bad));
    running.book.with(|p| {
        assert_eq!(
            p.unfetched[0].source_key,
            format!("imap:director/INBOX/17/{bad}")
        );
        assert!(
            p.unfetched[0].reason.starts_with(code),
            "{}",
            p.unfetched[0].reason
        );
        assert_eq!(
            p.unfetched[0].received_at.to_string(),
            "2026-11-22T00:00:00Z"
        );
    });
}

#[test]
fn no_to_a_fetch_is_no_empty_folder() {
    let (_server, running) = ten(|command| {
        if command.fetches(4) {
            say("{tag} NO some messages are lost\r\n")
        } else {
            Trick::Behave
        }
    });
    assert_only_one_failed(&running, 4, "refused: ");
}

#[test]
fn no_for_a_while_quarantines_nothing() {
    let server = Server::start(|command| {
        let trouble = command.connection == 1 && command.line.contains("BODY.PEEK[]");
        if trouble {
            say("{tag} NO [UNAVAILABLE] later\r\n")
        } else {
            Trick::Behave
        }
    });
    server.fill(1..=10, DATE);
    let running = Running::start(server.mailbox(), Arc::default(), NOW);
    running.until("three sweeps in vain", |p| p.health.len() >= 3);
    running.book.with(|p| {
        assert!(p.arrivals.is_empty() && p.unfetched.is_empty());
        assert!(matches!(&p.health[0], Health::Hampered { reason, .. } if reason.starts_with("fetch: 10 ")));
    });
}

#[test]
fn bye_amid_a_fetch_loses_and_doubles_nothing() {
    let (_server, running) = ten(|command| {
        if command.fetches(1) && command.connection == 1 {
            let first =
                String::from_utf8(fetch_line(1, DATE, b"Subject: 1\r\n\r\n", true)).unwrap();
            return Trick::Close(format!("{first}* BYE shutting down\r\n"));
        }
        Trick::Behave
    });
    assert_eq!(running.book.subjects().len(), 10);
}

#[test]
fn a_literal_cut_short_is_fetched_again() {
    let (_server, running) = ten(|command| {
        if command.fetches(3) && command.connection == 1 {
            return Trick::Close("* 1 FETCH (UID 1 BODY[] {5000}\r\nSubject: 1\r\n".to_owned());
        }
        Trick::Behave
    });
    assert_eq!(running.book.subjects().len(), 10);
}

#[test]
fn one_unreadable_line_costs_one_mail() {
    for line in [
        "* 7 FETCH (UID 7 BODY[] %$#\r\n",
        "* GARBAGE \u{1}\r\n",
        "* 7 FETCH (BODY[] {99999999999}\r\n",
    ] {
        let (server, running) = ten(move |command| {
            if command.fetches(7) {
                say(&format!("{line}{{tag}} OK\r\n"))
            } else {
                Trick::Behave
            }
        });
        assert_only_one_failed(&running, 7, "garbled: ");
        running.until("moved", |p| p.acknowledged.len() == 10);
        assert!(server.content().moved.contains(&(7, "Failed".to_owned())));
    }
}

#[test]
fn a_mail_left_out_or_empty_is_no_mail_lost() {
    let (_server, running) = ten(|command| {
        if command.fetches(5) && command.uids.len() > 1 {
            return say(
                "* 9 FETCH (UID 9 BODY[] NIL)\r\n* 3 FETCH (FLAGS (\\Seen))\r\n* 11 EXISTS\r\n{tag} OK\r\n",
            );
        }
        if command.fetches(5) {
            say("{tag} OK\r\n")
        } else {
            Trick::Behave
        }
    });
    assert_eq!(
        running.book.subjects().len() + running.book.with(|p| p.unfetched.len()),
        10
    );
}

#[test]
fn an_alert_at_select_is_no_panic() {
    let server = Server::start(|_| Trick::Behave);
    server.content().alert = "* NO [ALERT] mailbox nearly full\r\n";
    server.fill([1], DATE);
    let running = Running::start(server.mailbox(), Arc::default(), NOW);
    running.until("taken", |p| p.acknowledged.len() == 1);
    assert_eq!(server.heard("SELECT"), 1);
}

#[test]
fn words_in_any_charset_break_nothing() {
    let server = Server::start(|command| {
        let missing = command.line.contains("MOVE") && command.connection == 1;
        if missing {
            say("{tag} NO [TRYCREATE] 没有已处理\r\n")
        } else {
            Trick::Behave
        }
    });
    server.content().alert = "* OK 欢迎\r\n";
    server.fill([1], DATE);
    let running = Running::start(server.mailbox(), Arc::default(), NOW);
    running.until("taken, not moved", |p| p.health.len() >= 2);
    assert_eq!(running.book.subjects(), ["1"]);
    assert_eq!(
        (server.heard("SELECT"), server.heard("CREATE")),
        (1, 2),
        "one conversation"
    );
}

#[test]
fn without_permanent_numbers_nothing_is_fetched() {
    let server = Server::start(|command| {
        let select = command.line.starts_with("SELECT");
        if select {
            say("* 1 EXISTS\r\n{tag} OK\r\n")
        } else {
            Trick::Behave
        }
    });
    let running = Running::start(server.mailbox(), Arc::default(), NOW);
    running.until("said", |p| {
        matches!(p.health.first(), Some(Health::Broken { reason }) if reason.contains("UIDVALIDITY"))
    });
    assert_eq!(server.heard("FETCH"), 0);
}

#[test]
fn a_refused_login_is_told_without_the_password() {
    let server = Server::start(|command| {
        let login = command.line.starts_with("LOGIN");
        if login {
            say("{tag} NO [AUTHENTICATIONFAILED] wrong\r\n")
        } else {
            Trick::Behave
        }
    });
    let running = Running::start(server.mailbox(), Arc::default(), NOW);
    running.until("said", |p| !p.health.is_empty());
    std::thread::sleep(Duration::from_millis(1500));
    assert_eq!(
        server.heard("LOGIN"),
        1,
        "no second attempt so soon: providers lock accounts"
    );
    running.book.with(|p| {
        let Health::Broken { reason } = &p.health[0] else {
            panic!("{:?}", p.health)
        };
        assert!(
            reason.starts_with("login: the server refused: [AUTHENTICATIONFAILED] wrong"),
            "{reason}"
        );
        assert!(!reason.contains("secret"));
    });
}

#[test]
fn idle_answered_with_ok_or_bad_ends_in_polling() {
    for answer in ["{tag} OK\r\n", "{tag} BAD what\r\n"] {
        let server = Server::start(move |command| {
            if command.line == "IDLE" {
                say(answer)
            } else {
                Trick::Behave
            }
        });
        let running = Running::start(server.mailbox(), Arc::default(), NOW);
        for _ in 0..1000 {
            if server.heard("IDLE") == 3 {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        server.fill([1], DATE);
        running.until("taken all the same", |p| p.acknowledged.len() == 1);
        assert_eq!(server.heard("IDLE"), 3);
    }
}

#[test]
fn a_silent_server_does_not_delay_stopping() {
    for command in ["LOGIN", "UID SEARCH", "UID FETCH", "IDLE"] {
        let server = Server::start(move |c| {
            if c.line.starts_with(command) {
                Trick::Silence
            } else {
                Trick::Behave
            }
        });
        server.fill([1], DATE);
        let running = Running::start(server.mailbox(), Arc::default(), NOW);
        for _ in 0..500 {
            if server.heard(command) > 0 {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        drop(running);
    }
}

#[test]
fn silence_and_trickle_end_by_our_own_limits() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut word = [0];
                let trickle = stream.read_exact(&mut word).is_ok() && word == *b"t";
                while trickle && stream.write_all(b".").is_ok() {
                    std::thread::sleep(Duration::from_millis(500));
                }
                std::thread::sleep(Duration::from_secs(30));
            });
        }
    });
    for word in [b"s", b"t"] {
        let watch = Watch::new(CancellationToken::new());
        let mut net = Net::plain(
            dial("127.0.0.1", port, Security::None, &watch).unwrap(),
            &watch,
        );
        watch.limit(Duration::from_millis(800), Duration::from_millis(1200));
        net.write_all(word).unwrap();
        let since = Instant::now();
        let error = net.read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
        assert!(
            since.elapsed() < Duration::from_secs(6),
            "took {:?}",
            since.elapsed()
        );
    }
}

#[test]
fn an_answer_far_beyond_the_announced_size_is_cut_off() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        while stream.write_all(&[b'x'; 1 << 16]).is_ok() {}
    });
    let watch = Watch::new(CancellationToken::new());
    let mut net = Net::plain(
        dial("127.0.0.1", port, Security::None, &watch).unwrap(),
        &watch,
    );
    let mut sink = vec![0; 1 << 16];
    let mut sum = 0;
    let error = loop {
        match net.read(&mut sink) {
            Ok(n) => sum += n,
            Err(e) => break e,
        }
    };
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
    assert!(sum <= 64 << 20);
}

#[test]
fn plain_connections_leave_this_machine_never() {
    let watch = Watch::new(CancellationToken::new());
    let error = dial("192.0.2.1", 143, Security::None, &watch).unwrap_err();
    assert!(error.to_string().contains("this very machine"), "{error}");
}

/// Looks at everything, wants all bytes.
#[derive(Default)]
struct Looker {
    looked: Vec<u32>,
    held: Vec<(u32, Vec<u8>)>,
    withheld: Vec<u32>,
}

impl Surveyor for Looker {
    fn look(&mut self, mails: &[Lying]) -> Result<Vec<bool>, LedgerError> {
        self.looked.extend(mails.iter().map(|m| m.uid));
        assert!(mails.iter().all(|m| m.key.is_some() && m.size.is_some()));
        Ok(vec![true; mails.len()])
    }

    fn hold(&mut self, mails: Vec<(Lying, Vec<u8>)>) -> Result<(), LedgerError> {
        self.held
            .extend(mails.into_iter().map(|(m, raw)| (m.uid, raw)));
        Ok(())
    }

    fn withheld(&mut self, mail: &Lying, why: &str) {
        assert!(!why.is_empty());
        self.withheld.push(mail.uid);
    }
}

#[test]
fn a_survey_sees_all_but_the_mail_that_breaks_it_and_changes_nothing() {
    let server = Server::start(|c| {
        if c.fetches(4) {
            Trick::Close("* 4 FETCH (UID 4 BODY[] {99999}\r\ncut".to_owned())
        } else {
            Trick::Behave
        }
    });
    server.fill(1..=9, "23-Nov-2026 18:00:00 +0800");
    let mut looker = Looker::default();
    let stop = CancellationToken::new();
    survey(&server.mailbox(), &mut looker, &stop).unwrap();
    assert_eq!(looker.looked, (1..=9).collect::<Vec<u32>>());
    let held: Vec<u32> = looker.held.iter().map(|(uid, _)| *uid).collect();
    assert_eq!(held, [1, 2, 3, 5, 6, 7, 8, 9]);
    assert_eq!(looker.held[1].1, b"Subject: 2\r\n\r\nbody\r\n");
    assert_eq!(looker.withheld, [4]);
    let content = server.content();
    assert_eq!(content.mails.len(), 9);
    let spoke = |verb: &str| content.log.iter().any(|line| line.starts_with(verb));
    assert!(spoke("EXAMINE") && !spoke("SELECT") && !spoke("UID MOVE") && !spoke("UID STORE"));
}
