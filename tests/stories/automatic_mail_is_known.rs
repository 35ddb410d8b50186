//! Mail that no person wrote is known by kind and answered by nobody; what only looks like it is a
//! letter like any other.

use tests::{
    Engine, FaultySmtp, Huiyin, Setup,
    corpus::{folder, kinds, parsed},
};

tests::on_both_engines!(stored_and_never_answered);

#[test]
fn every_kind_is_told() {
    let kinds = kinds();
    let people = kinds.iter().filter(|(_, kind)| kind == "null").count();
    assert!(people >= 40 && kinds.len() - people >= 80);
    let mut wrong = Vec::new();
    for (name, kind) in kinds {
        let seen = parsed(&folder("kinds").join(format!("{name}.eml")));
        let said = seen["automatic"].as_str().unwrap_or("null");
        if said != kind {
            wrong.push(format!("{name}: {said}, not {kind}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn stored_and_never_answered(engine: Engine) {
    let smtp = FaultySmtp::start(&[]);
    let huiyin = Huiyin::start(&Setup::new(engine).with(smtp.section()));
    let (people, machines): (Vec<_>, Vec<_>) =
        kinds().into_iter().partition(|(_, kind)| kind == "null");
    for (folder_name, mails) in [("machines", &machines), ("people", &people)] {
        std::fs::create_dir_all(huiyin.folder().join(folder_name)).expect("a folder");
        for (name, _) in mails {
            let from = folder("kinds").join(format!("{name}.eml"));
            let to = huiyin
                .folder()
                .join(folder_name)
                .join(format!("{name}.eml"));
            std::fs::copy(from, to).expect("a copy");
        }
    }
    let taken = huiyin.json(&["ingest", "machines", "--channel", "director-mailbox"]);
    assert_eq!(taken["automatic"], machines.len(), "{taken}");
    assert_eq!(taken["letters"], 0, "{taken}");
    let taken = huiyin.json(&["ingest", "people", "--channel", "director-mailbox"]);
    assert_eq!(taken["letters"], people.len(), "{taken}");
    tests::until("the people's receipts", || !smtp.given().is_empty());
    std::thread::sleep(std::time::Duration::from_secs(2));
    // One receipt for each person's address, and not one for a machine.
    let mut answered: Vec<_> = smtp.given().into_iter().flat_map(|mail| mail.to).collect();
    answered.sort();
    let mut expected = [
        "bounce@park.example",
        "postmaster@corp.example",
        "zhangsan@mail.example",
    ];
    expected.sort_unstable();
    assert_eq!(answered, expected);
    huiyin.reconciles();
}
