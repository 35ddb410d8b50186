//! Whoever dies while the duty officer is called for an urgent letter, the call is made, and once.

use std::time::Duration;

use tests::{Engine, FaultySmtp, Huiyin, Letter, Setup, within};

tests::on_both_engines!(killed_around_the_call);

const OFFICER: &str = "night@huiyin.test";
/// A dead process's lease runs out before another takes its work up.
const PATIENCE: Duration = Duration::from_secs(90);

fn killed_around_the_call(engine: Engine) {
    let smtp = FaultySmtp::start(&[]);
    let setup = Setup::new(engine).with(smtp.section());
    let mut huiyin = Huiyin::prepare(&setup);
    huiyin.unit("top", "厅");
    let _ = huiyin.colleague("night", "duty", "top", &["--email", OFFICER]);
    let registrar = huiyin.colleague("registrar", "registrar", "top", &[]);
    let letter = Letter::new("citizen", "director", "后山滑坡", "有人被困，请速派人。");
    let mail = String::from_utf8(letter.bytes()).expect("text");
    huiyin.write(
        "one.mbox",
        &format!("From citizen@example.cn Mon Mar  2 10:00:00 2026\n{mail}\n"),
    );
    let ingest = ["ingest", "one.mbox", "--channel", "director-mailbox"];
    assert_eq!(huiyin.json(&ingest)["letters"], 1);

    for point in ["before-call", "after-call"] {
        huiyin.launch(&format!("{point}=1*return"));
        huiyin.dies_within(PATIENCE);
        assert!(smtp.given_to(OFFICER).is_empty(), "it died at {point}");
    }
    huiyin.resume("");
    within(PATIENCE, "the call", || {
        (!smtp.given_to(OFFICER).is_empty()).then_some(())
    });
    std::thread::sleep(Duration::from_secs(5));
    assert_eq!(smtp.given_to(OFFICER).len(), 1);
    let letters = registrar.api.letters("filter=urgent");
    let letter = registrar
        .api
        .letter(letters[0]["number"].as_str().expect("a number"));
    let events = letter["events"].as_array().expect("a history");
    let told = events.iter().filter(|e| e["kind"] == "duty-told").count();
    assert_eq!(told, 1, "{letter}");
    huiyin.reconciles();
}
