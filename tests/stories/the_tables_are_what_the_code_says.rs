//! The schema and the code agree, column by column, and a database changed by hand is refused.

use std::process::Command;

use tests::{Engine, Huiyin, Setup, place::run};

tests::on_both_engines!(no_drift);

fn no_drift(engine: Engine) {
    let huiyin = Huiyin::prepare(&Setup::new(engine));
    assert_eq!(huiyin.json(&["migrate"])["migrated"], true);
    if engine == Engine::Postgres {
        let by_hand = "ALTER TABLE letter ADD COLUMN secret text";
        run(Command::new("psql").args(["-q", "-d", &huiyin.database().url, "-c", by_hand]));
        let refused = huiyin.run(&["migrate"]);
        assert_eq!(refused.status.code(), Some(1));
        let words = String::from_utf8_lossy(&refused.stderr);
        assert!(
            words.contains("letter") && words.contains("secret"),
            "{words}"
        );
    }
}
