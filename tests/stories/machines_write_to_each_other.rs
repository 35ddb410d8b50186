//! No loops: two Huiyins that write to each other stop after two mails, and a year of out-of-office
//! replies that nothing marks as such costs one receipt a day at most.

use std::{collections::HashMap, sync::Arc};

use ingest::arrival::Arrival;
use tests::{Dovecot, Engine, Huiyin, Letter, Postfix, Setup, mail, until};
use tracker::{
    app::App,
    clock::{FixedClock, SystemEntropy},
    config::{Config, Smtp},
    domain::words::Source,
    letters::arrive,
};

tests::on_both_engines!(two_instances_stop_after_two_mails);

/// Each has the other's mailbox for a citizen.
fn two_instances_stop_after_two_mails(engine: Engine) {
    let dovecot = Dovecot::start();
    let postfix = Postfix::start(&dovecot, &["director", "letters"]);
    let one = postfix.section().replace("letters@", "director@");
    let one = Setup::new(engine)
        .with(one)
        .with(dovecot.mailbox("director", "director-mailbox"));
    let other = Setup::new(engine)
        .with(postfix.section())
        .with(dovecot.mailbox("letters", "director-mailbox"));
    let (one, other) = (Huiyin::start(&one), Huiyin::start(&other));

    // A letter to the first that says it comes from the second: its receipt goes there.
    let letter = Letter::new("letters", "director", "请互相转告", "一封信");
    dovecot.append("director", &letter.bytes());
    until("the receipt to reach the second", || {
        dovecot.count("letters", "Processed") == 1
    });
    let receipt = dovecot.mails("letters", "Processed").remove(0);
    is_marked(&receipt, &letter.id());
    std::thread::sleep(std::time::Duration::from_secs(5));
    let mails: u32 = ["director", "letters"]
        .iter()
        .flat_map(|user| ["INBOX", "Processed", "Failed"].map(|folder| dovecot.count(user, folder)))
        .sum();
    assert_eq!(mails, 2, "the letter and its receipt");
    assert_eq!((one.received(), other.received()), (1, 0));
    one.reconciles();
    other.reconciles();
}

/// Our automatic mail says so, answers the letter, and cannot bounce.
fn is_marked(receipt: &[u8], letter: &str) {
    let text = String::from_utf8_lossy(receipt);
    let (head, _) = text
        .replace("\r\n", "\n")
        .split_once("\n\n")
        .map(|(head, body)| (head.to_owned(), body.to_owned()))
        .expect("a header");
    for field in [
        "Return-Path: <>",
        "Auto-Submitted: auto-replied",
        "X-Auto-Response-Suppress: All",
        "X-Huiyin: ",
        "Message-ID: <",
    ] {
        let found = head.lines().any(|l| l.starts_with(field));
        assert!(found, "no {field} in\n{head}");
    }
    let seen = mail::seen(receipt);
    assert_eq!(seen.in_reply_to, letter);
    assert!(!seen.text.contains("一封信"), "none of the sender's words");
    assert!(!seen.subject.contains("请互相转告"), "{}", seen.subject);
}

/// 365 days, five replies a day, each with a subject of its own and no header that marks it.
#[test]
fn a_year_out_of_office_costs_a_receipt_a_day() {
    let place = tests::place::Place::new("year");
    let start: jiff::Timestamp = "2026-01-01T00:00:00Z".parse().expect("an instant");
    let clock = Arc::new(FixedClock::new(start));
    let config = Config {
        data_dir: place.at("data"),
        smtp: Some(Smtp::to_folder(
            place.at("outgoing"),
            "letters@huiyin.test".into(),
        )),
        ..Config::default()
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (receipts, letters) = runtime.block_on(async {
        let app = App::open_with(config, clock.clone(), Arc::new(SystemEntropy))
            .await
            .expect("it opens");
        let channels = app.store.channels().await.expect("channels");
        let channel = channels.into_iter().find(|c| c.code == "director-mailbox");
        let from = arrive::From {
            source: Source::File,
            name: "year".into(),
            channel: channel.expect("the channel ships"),
        };
        let mut receipts: HashMap<i64, usize> = HashMap::new();
        let mut letters = 0;
        for hour in 0..365 * 5 {
            let now = start + jiff::SignedDuration::from_hours(hour * 24 / 5);
            clock.set(now);
            let raw = format!(
                "From: away@a.test\r\nTo: letters@huiyin.test\r\nSubject: gone {hour}\r\n\
                 Message-ID: <{hour}@a.test>\r\n\r\nBack some day ({hour}).\r\n"
            );
            let arrival = Arrival {
                source_key: format!("year/{hour}"),
                received_at: now,
                seen_at: now,
                raw: raw.into_bytes(),
            };
            let lines = arrive::take_in(&app, &from, vec![arrival]).await;
            let line = lines.expect("it is taken").remove(0);
            let id = line.letter_id.expect("nothing marks it: it is a letter");
            letters += 1;
            let numbers = app.store.numbers(&[id]).await.expect("numbers");
            let number = numbers[0].1.parse().expect("a number");
            let found = app.store.letter_for_writer(number).await;
            let letter = found.expect("a letter").expect("a letter");
            let sent = app.store.outgoing(&letter).await.expect("the outbox").len();
            *receipts.entry(hour / 5).or_default() += sent;
        }
        (receipts, letters)
    });
    assert_eq!(letters, 365 * 5);
    let most = receipts.values().max().copied().unwrap_or_default();
    assert_eq!(most, 1, "one a day at most");
    let all: usize = receipts.values().sum();
    assert!((300..=365).contains(&all), "{all} receipts in a year");
}
