//! A mail that kills whoever reads it: it is quarantined after its own reader died twice; those
//! that stood beside it become letters.

use std::time::Duration;

use tests::{Dovecot, Engine, Huiyin, Letter, Setup, within};

tests::on_both_engines!(it_alone_is_quarantined);

const PATIENCE: Duration = Duration::from_secs(90);
/// The reader of a mail with this in it dies on the spot.
const DEADLY: &str = "reading=return(deadly-words)";

fn it_alone_is_quarantined(engine: Engine) {
    let dovecot = Dovecot::start();
    let setup = Setup::new(engine).with(dovecot.mailbox("director", "director-mailbox"));
    let mut huiyin = Huiyin::prepare(&setup);
    let _ = huiyin.json(&["migrate"]);
    for n in 1..=3 {
        let citizen = format!("citizen{n}");
        let letter = Letter::new(&citizen, "director", "咨询", "何时答复？");
        dovecot.append("director", &letter.bytes());
        if n == 2 {
            let deadly = Letter::new("someone", "director", "deadly-words", "deadly-words");
            dovecot.append("director", &deadly.bytes());
        }
    }
    huiyin.launch(DEADLY);
    huiyin.dies();
    huiyin.resume(DEADLY);
    within(PATIENCE, "three letters", || {
        (huiyin.received() == 3).then_some(())
    });
    within(PATIENCE, "the inbox to be empty", || {
        (dovecot.count("director", "INBOX") == 0).then_some(())
    });
    assert_eq!(dovecot.count("director", "Processed"), 3);
    assert_eq!(dovecot.count("director", "Failed"), 1);
    assert!(huiyin.ready(), "it lives:\n{}", huiyin.log());
    huiyin.reconciles();

    // A clerk who opens it is told why, and the product lives on.
    huiyin.unit("land", "耕地保护监督处");
    let registrar = huiyin.colleague("registrar", "registrar", "land", &[]);
    let clerk = huiyin.visitor();
    clerk.sign_in(&registrar.login, &registrar.password);
    let list = clerk.get("/intake?tab=quarantined").expect(200).body;
    assert!(list.contains("程序异常退出"), "{list}");
    let links = list.split("href=\"/intake/").skip(1);
    let item = links
        .filter_map(|l| l.split('"').next())
        .find(|l| l.chars().all(|c| c.is_ascii_digit()))
        .expect("a link to the mail");
    let page = clerk.get(&format!("/intake/{item}")).expect(200).body;
    assert!(page.contains("程序异常退出"), "{page}");
    assert!(huiyin.ready(), "{}", huiyin.log());
}
