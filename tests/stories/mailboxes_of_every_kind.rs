//! Mailboxes as departments have them: every kind of protection and sign-in, folders in Chinese,
//! servers without MOVE, years of old mail, folders that were made anew. One that cannot be opened
//! says why and stops no other.

use std::time::{Duration, SystemTime};

use tests::{Dovecot, Engine, Huiyin, Letter, Setup, place::Place, until};
use tracker::clock::{Clock as _, SystemClock};

tests::on_both_engines!(
    every_door,
    every_way_to_file,
    each_start,
    a_folder_made_anew,
    deleted_by_another_client,
    a_server_that_dies_before_the_mail_is_filed,
);

const DIRECTOR: &str = "director-mailbox";

fn now() -> SystemTime {
    let seconds = u64::try_from(SystemClock.now().as_second());
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.expect("it is after 1970"))
}

fn mail(to: &str, subject: &str) -> Vec<u8> {
    Letter::new("citizen", to, subject, "正文").bytes()
}

/// A mailbox with lines of its configuration changed.
fn changed(section: String, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(section, |section, (line, other)| {
        assert!(section.contains(line), "no {line} in {section}");
        section.replace(line, other)
    })
}

fn every_door(engine: Engine) {
    let folder = Place::new("identity");
    let more = format!("{}imap_id_log = *\n", Dovecot::xoauth2(&folder));
    let dovecot = Dovecot::with(&more);
    let ca = format!("ca_file = \"{}\"\n", dovecot.ca_file().display());
    let plain = "security = \"none\"\n";
    let (tls, starttls) = ("security = \"tls\"\n", "security = \"starttls\"\n");
    let (port, tls_port) = (
        format!("port = {}", dovecot.port),
        format!("port = {}", dovecot.tls_port),
    );
    let own = |security: &str| format!("{security}{ca}");
    let token = format!("oauth2 = \"{}\"", Dovecot::token("oauth2"));
    let password = "password = \"secret\"";
    let to_tls = (port.as_str(), tls_port.as_str());
    let boxes = [
        ("plain", vec![]),
        ("starttls", vec![(plain, own(starttls))]),
        (
            "tls",
            vec![(plain, own(tls)), (to_tls.0, to_tls.1.to_owned())],
        ),
        (
            "oauth2",
            vec![
                (plain, own(tls)),
                (to_tls.0, to_tls.1.to_owned()),
                (password, token),
            ],
        ),
        // These stay shut.
        (
            "stranger",
            vec![(plain, tls.to_owned()), (to_tls.0, to_tls.1.to_owned())],
        ),
        (
            "locked-out",
            vec![(password, "password = \"wrong\"".to_owned())],
        ),
        (
            "expired",
            vec![(password, "oauth2 = \"e30.e30.AAAA\"".to_owned())],
        ),
    ];
    let mut setup = Setup::new(engine);
    for (user, changes) in &boxes {
        dovecot.append(user, &mail(user, user));
        let changes: Vec<_> = changes.iter().map(|(a, b)| (*a, b.as_str())).collect();
        setup = setup.with(changed(dovecot.mailbox(user, DIRECTOR), &changes));
    }
    let huiyin = Huiyin::start(&setup);
    until("every open door's letter", || huiyin.received() == 4);
    for (user, _) in &boxes[..4] {
        until(&format!("{user}'s mail to be filed"), || {
            dovecot.count(user, "Processed") == 1
        });
    }
    for (user, reason) in [
        ("stranger", "tls: "),
        ("locked-out", "login: "),
        ("expired", "login: "),
    ] {
        until(&format!("{user} to be told"), || {
            huiyin
                .log()
                .lines()
                .any(|l| l.contains(user) && l.contains(reason))
        });
        assert_eq!(dovecot.count(user, "INBOX"), 1);
    }
    assert!(dovecot.log().contains("name=Huiyin"), "it says who it is");
    let log = huiyin.log();
    for secret in ["\"wrong\"", "e30.e30.AAAA", "正文"] {
        assert!(!log.contains(secret), "{secret} in the log:\n{log}");
    }
    huiyin.reconciles();
}

fn every_way_to_file(engine: Engine) {
    let basic = "imap_capability = IMAP4rev1 SASL-IR LITERAL+ ENABLE IDLE";
    let moves = Dovecot::start();
    let copies = Dovecot::with(&format!("{basic} UIDPLUS\n"));
    let leaves = Dovecot::with(&format!("{basic}\n"));
    let processed = "start = \"all\"\nprocessed = ";
    let to = |folder: &str| format!("{processed}\"{folder}\"\n");
    let section = |dovecot: &Dovecot, user: &str, folder: &str| {
        changed(
            dovecot.mailbox(user, DIRECTOR),
            &[("start = \"all\"\n", &to(folder))],
        )
    };
    let setup = Setup::new(engine)
        .with(section(&moves, "moves", "信件/已处理"))
        .with(section(&moves, "stays", ""))
        .with(section(&copies, "copies", "已处理 & 归档"))
        .with(section(&leaves, "leaves", "Processed"));
    for (dovecot, user) in [
        (&moves, "moves"),
        (&moves, "stays"),
        (&copies, "copies"),
        (&leaves, "leaves"),
    ] {
        dovecot.append(user, &mail(user, "一"));
        dovecot.append(user, &mail(user, "二"));
    }
    let mut huiyin = Huiyin::start(&setup);
    until("all letters", || huiyin.received() == 8);
    let utf7 = |name: &str| match name {
        "信件/已处理" => "&T+FO9g-/&XfJZBHQG-",
        _ => "&XfJZBHQG- &- &X1JoYw-",
    };
    until("mail to be moved into folders that were made", || {
        moves.count("moves", utf7("信件/已处理")) == 2
            && copies.count("copies", utf7("已处理 & 归档")) == 2
    });
    assert_eq!(moves.count("moves", "INBOX"), 0);
    assert_eq!(copies.count("copies", "INBOX"), 0);
    assert_eq!(moves.count("stays", "INBOX"), 2);
    until("a server that cannot move to be told of", || {
        huiyin.log().contains("neither MOVE nor UIDPLUS")
    });
    assert_eq!(leaves.count("leaves", "INBOX"), 2);
    // What stays is known, however often it is looked at.
    huiyin.stop();
    huiyin.resume("");
    leaves.append("leaves", &mail("leaves", "三"));
    moves.append("stays", &mail("stays", "三"));
    until("only the new ones", || huiyin.received() == 10);
    huiyin.reconciles();
}

fn each_start(engine: Engine) {
    let dovecot = Dovecot::start();
    let old: Vec<Vec<u8>> = (0..300).map(|n| mail("x", &format!("旧信{n}"))).collect();
    let day = Duration::from_secs(86_400);
    let today = now();
    let since = jiff::Timestamp::try_from(today - 10 * day).expect("a date of this century");
    let zone = jiff::tz::TimeZone::get("Asia/Shanghai").expect("a zone");
    let since = zone.to_datetime(since).date();
    let mut setup = Setup::new(engine);
    for (user, start) in [("now", "now".to_owned()), ("dated", since.to_string())] {
        dovecot.lay(user, "INBOX", today - 400 * day, &old[..260]);
        dovecot.lay(user, "INBOX", today - 8 * day, &old[260..]);
        setup = setup.with(changed(
            dovecot.mailbox(user, DIRECTOR),
            &[("start = \"all\"", &format!("start = \"{start}\""))],
        ));
    }
    dovecot.lay("all", "INBOX", today - 400 * day, &old[..20]);
    let setup = setup.with(dovecot.mailbox("all", DIRECTOR));
    let mut huiyin = Huiyin::start(&setup);
    until("what each begins with", || huiyin.received() == 20 + 40);
    until("old mail to be left alone", || {
        dovecot.count("dated", "Processed") == 40 && dovecot.count("all", "Processed") == 20
    });
    assert_eq!(dovecot.count("dated", "INBOX"), 260);
    // The beginning is fixed: what comes while it is down is new.
    huiyin.kill();
    dovecot.append("now", &mail("now", "新信"));
    huiyin.resume("");
    until("the new letter", || huiyin.received() == 61);
    until("it to be filed", || dovecot.count("now", "Processed") == 1);
    assert_eq!(dovecot.count("now", "INBOX"), 300);
    huiyin.reconciles();
}

fn a_folder_made_anew(engine: Engine) {
    let dovecot = Dovecot::start();
    dovecot.create("director", "Letters");
    let before = now() - Duration::from_secs(7200);
    let old = [mail("director", "甲"), mail("director", "乙")];
    dovecot.lay("director", "Letters", before, &old);
    let section = changed(
        dovecot.mailbox("director", DIRECTOR),
        &[(
            "start = \"all\"",
            "start = \"all\"\nfolder = \"Letters\"\nprocessed = \"\"\npoll_seconds = 1",
        )],
    );
    let mut huiyin = Huiyin::start(&Setup::new(engine).with(section));
    until("two letters", || huiyin.received() == 2);
    huiyin.stop();
    dovecot.recreate("director", "Letters");
    // The old mails restored, and a new one under a UID that was used before.
    dovecot.lay("director", "Letters", now(), &[mail("director", "丙")]);
    assert_eq!(dovecot.count("director", "Letters"), 1);
    dovecot.lay("director", "Letters", before, &old);
    huiyin.resume("");
    until("the new letter", || huiyin.received() == 3);
    assert_eq!(dovecot.count("director", "Letters"), 3);
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(huiyin.received(), 3, "no old one came again");
    huiyin.reconciles();
}

fn deleted_by_another_client(engine: Engine) {
    let dovecot = Dovecot::start();
    let setup = Setup::new(engine).with(dovecot.mailbox("director", DIRECTOR));
    let mut huiyin = Huiyin::prepare(&setup);
    dovecot.append("director", &mail("director", "一"));
    huiyin.resume("imap-before-ack=1*sleep(2000)");
    until("the first letter", || huiyin.received() == 1);
    dovecot.empty("director");
    dovecot.append("director", &mail("director", "二"));
    until("the second to be filed", || {
        dovecot.count("director", "Processed") == 1
    });
    assert_eq!(huiyin.received(), 2);
    assert!(!huiyin.log().contains("interrupted"), "{}", huiyin.log());
    huiyin.reconciles();
}

fn a_server_that_dies_before_the_mail_is_filed(engine: Engine) {
    let mut dovecot = Dovecot::start();
    let setup = Setup::new(engine).with(dovecot.mailbox("director", DIRECTOR));
    let mut huiyin = Huiyin::prepare(&setup);
    dovecot.append("director", &mail("director", "一"));
    huiyin.resume("imap-before-ack=1*sleep(2000)");
    until("the letter", || huiyin.received() == 1);
    dovecot.kill();
    until("the trouble to be told", || {
        huiyin.log().contains("interrupted")
    });
    dovecot.resume();
    until("it to be filed after all", || {
        dovecot.count("director", "Processed") == 1
    });
    assert_eq!(huiyin.received(), 1);
    huiyin.reconciles();
}
