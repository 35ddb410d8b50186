//! Killed at every commit boundary and at any other instant: nothing is lost, nothing doubled.

use std::{collections::BTreeSet, time::Duration};

use tests::{Dovecot, Engine, FaultySmtp, Huiyin, Letter, Setup, until, within};

tests::on_both_engines!(at_every_boundary, at_any_instant);

const POINTS: [&str; 8] = [
    "imap-after-fetch",
    "after-store",
    "before-letter",
    "after-letter",
    "imap-before-ack",
    "imap-after-ack",
    "smtp-before",
    "smtp-after",
];
/// A dead process's leases run out before another takes its work up.
const PATIENCE: Duration = Duration::from_secs(180);

fn setup(engine: Engine, dovecot: &Dovecot, smtp: &FaultySmtp) -> Setup {
    Setup::new(engine)
        .with(smtp.section())
        .with(dovecot.mailbox("director", "director-mailbox"))
}

fn at_every_boundary(engine: Engine) {
    let (dovecot, smtp) = (Dovecot::start(), FaultySmtp::start(&[]));
    let mut huiyin = Huiyin::prepare(&setup(engine, &dovecot, &smtp));
    for (n, point) in (1..).zip(POINTS) {
        huiyin.launch(&format!("{point}=1*return"));
        dovecot.append("director", &letter(n).bytes());
        huiyin.dies();
        huiyin.resume("");
        settled(&huiyin, &dovecot, n);
        huiyin.kill();
    }
    once_each(&huiyin, &smtp, POINTS.len());
}

fn at_any_instant(engine: Engine) {
    let (dovecot, smtp) = (Dovecot::start(), FaultySmtp::start(&[]));
    let mut huiyin = Huiyin::prepare(&setup(engine, &dovecot, &smtp));
    huiyin.resume("");
    huiyin.kill();
    for n in 1..=20 {
        huiyin.launch("");
        dovecot.append("director", &letter(n).bytes());
        // From before it listens to after the mail was filed.
        std::thread::sleep(Duration::from_millis(u64::from(n * 37 % 20) * 35));
        huiyin.kill();
    }
    huiyin.resume("");
    settled(&huiyin, &dovecot, 20);
    once_each(&huiyin, &smtp, 20);
}

fn letter(n: u32) -> Letter {
    Letter::new(
        &format!("citizen{n}"),
        "director",
        &format!("第{n}封来信"),
        "正文",
    )
}

/// Every mail sent so far is a letter, and has left the inbox.
fn settled(huiyin: &Huiyin, dovecot: &Dovecot, letters: u32) {
    within(PATIENCE, &format!("{letters} letters"), || {
        (huiyin.received() >= u64::from(letters)).then_some(())
    });
    until("the inbox to be empty", || {
        dovecot.count("director", "INBOX") == 0
    });
    assert_eq!(huiyin.received(), u64::from(letters), "{}", huiyin.log());
    assert_eq!(dovecot.count("director", "Processed"), letters);
    huiyin.reconciles();
}

/// Nobody got two receipts.
fn once_each(huiyin: &Huiyin, smtp: &FaultySmtp, letters: usize) {
    let given = smtp.given();
    let to: BTreeSet<_> = given.iter().flat_map(|g| &g.to).collect();
    assert_eq!(to.len(), given.len(), "somebody got two");
    assert!(to.len() <= letters);
    huiyin.reconciles();
}
