//! A mail server that dies stops its own mailbox only, says so, and loses nothing.

use tests::{Dovecot, Engine, Letter, Office, Setup, until};

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
