//! A mail server that dies or falls silent stops its own mailbox only, says so, and loses nothing.

use std::time::Duration;

use tests::{Dovecot, Engine, Huiyin, Letter, Office, Setup, until, within};

tests::on_both_engines!(the_others_go_on);

fn the_others_go_on(engine: Engine) {
    let (mut dies, lives) = (Dovecot::start(), Dovecot::start());
    let setup = Setup::new(engine)
        .with(dies.mailbox("director", "director-mailbox"))
        .with(lives.mailbox("consultation", "online-consultation"));
    let office = Office::open(&setup);
    let letter = |to: &str, subject: &str| Letter::new("citizen", to, subject, "正文").bytes();
    dies.append("director", &letter("director", "之前"));
    until("the first letter", || office.huiyin.received() == 1);

    dies.kill();
    lives.append("consultation", &letter("consultation", "期间"));
    until("the letter of the other mailbox", || {
        office.huiyin.received() == 2
    });
    assert!(office.huiyin.ready(), "it still serves");
    until("somebody to be told", || {
        office.huiyin.log().contains("director")
    });

    dies.resume();
    dies.append("director", &letter("director", "之后"));
    until("the letter that came afterwards", || {
        office.huiyin.received() == 3
    });
    until("its mail to be filed", || {
        dies.count("director", "Processed") == 2
    });
    office.huiyin.reconciles();
}

#[test]
#[ignore = "waits a minute for a server that says nothing: tests/run --long"]
fn a_server_that_falls_silent() {
    let (hangs, lives) = (Dovecot::start(), Dovecot::start());
    let setup = Setup::new(Engine::Sqlite)
        .with(hangs.mailbox("director", "director-mailbox") + "poll_seconds = 5\n")
        .with(lives.mailbox("consultation", "online-consultation"));
    let mut huiyin = Huiyin::start(&setup);
    let letter = |to: &str, subject: &str| Letter::new("citizen", to, subject, "正文").bytes();
    hangs.append("director", &letter("director", "之前"));
    until("the first letter", || huiyin.received() == 1);
    hangs.freeze();
    lives.append("consultation", &letter("consultation", "期间"));
    until("the letter of the other mailbox", || huiyin.received() == 2);
    let limit = Duration::from_secs(120);
    within(limit, "the silence to be told", || {
        huiyin.log().contains("fell silent").then_some(())
    });
    hangs.thaw();
    hangs.append("director", &letter("director", "之后"));
    within(limit, "the letter that came afterwards", || {
        (huiyin.received() == 3).then_some(())
    });
    within(limit, "its mail to be filed", || {
        (hangs.count("director", "Processed") == 2).then_some(())
    });
    huiyin.reconciles();
    huiyin.stop();
}
