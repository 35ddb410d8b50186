//! The disk fills up while mail comes in, the database's file vanishes, and forms are handed in
//! meanwhile: nothing is told to be taken that is not, everybody hears why, and it goes on by
//! itself.

use std::time::Duration;

use serde_json::{Value, json};
use tests::{
    Dovecot, Engine, Huiyin, Office, Setup,
    faulty_disk::{FaultyDisk, SmallDisk},
    mail::Letter,
    place::{Place, within},
};

const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn mail_waits_for_room_and_forms_keep_their_words() {
    // Whoever may not mount one has a disk that says it is full.
    let (small, place, disk) = (
        SmallDisk::of_megabytes(600),
        Place::new("letters"),
        FaultyDisk::new(),
    );
    let kept_in = small.as_ref().map_or(place.path(), SmallDisk::path);
    let dovecot = Dovecot::start();
    let setup = Setup::new(Engine::Sqlite)
        .with(dovecot.mailbox("director", "director-mailbox"))
        .kept_in(kept_in)
        .environment(disk.environment(kept_in));
    let office = Office::open(&setup);
    let huiyin = &office.huiyin;
    let registrar = huiyin.visitor();
    registrar.sign_in(&office.registrar.login, &office.registrar.password);

    match &small {
        Some(small) => small.fill(),
        None => disk.has_room_for(0),
    }
    let large = vec![b'x'; 2_100_000];
    for n in 1..=12 {
        let letter = Letter::new("writer", "director", &format!("满盘{n}"), "证据见附件。");
        dovecot.append("director", &letter.with("证据.bin", &large).bytes());
    }
    let health = within(PATIENCE, "health to say why", || {
        let health = huiyin.visitor().get("/health/ready");
        (health.status == 503).then(|| health.json())
    });
    assert_eq!(health["ready"], Value::from(false));
    assert_eq!(health["reason"], Value::from("short"));
    let intake = registrar.get("/intake").expect(200);
    assert!(intake.body.contains("已暂停接收新来信"), "{}", intake.body);

    let words = "围挡 占了\n整条人行道";
    let fields = [
        ("kind", "question"),
        ("subject", "施工围挡"),
        ("body", words),
        ("anonymous", "true"),
        ("idempotency_key", "0123456789abcdef0123456789abcdef"),
        ("step", "submit"),
    ];
    let page = huiyin
        .visitor()
        .post_form("/write/online-consultation", &fields);
    assert_eq!(page.status, 503, "{}", page.body);
    assert!(page.body.contains("整条人行道"), "{}", page.body);
    assert!(page.body.contains("重新提交"), "{}", page.body);
    assert_eq!(dovecot.count("director", "Processed"), 0);

    match &small {
        Some(small) => small.clear(),
        None => disk.is_well(),
    }
    within(PATIENCE, "every mail to be a letter", || {
        (dovecot.count("director", "Processed") == 12).then_some(())
    });
    within(PATIENCE, "health to be well", || {
        huiyin.ready().then_some(())
    });
    assert_eq!(huiyin.received(), 12);
    let receipt = huiyin
        .visitor()
        .post_form("/write/online-consultation", &fields);
    assert!(receipt.status < 400, "{}", receipt.body);
    assert_eq!(huiyin.received(), 13);
    let log = huiyin.log();
    for line in ["nothing can be taken in", "letters are taken in again"] {
        assert!(log.contains(line), "{line}:\n{log}");
    }
    let compared = huiyin.run(&["reconcile", "--mailboxes"]);
    assert!(compared.status.success(), "{compared:?}");
}

/// Without a reserve the disk fills up under a transaction: SQLite takes it back by itself. A step
/// that is given up afterwards, and then small letters, each through a pool that was never told.
#[test]
fn a_commit_that_failed_takes_none_after_it_along() {
    let disk = FaultyDisk::new();
    let place = Place::new("letters");
    let setup = Setup::new(Engine::Sqlite)
        .with("[storage]\nreserve_mb = 0\n")
        .kept_in(place.path())
        .environment(disk.environment(place.path()));
    let huiyin = Huiyin::start(&setup);
    let _ = huiyin.submit("online-consultation", "满盘之前", "正文", "");
    let letter = |subject: &str, file: &str| {
        let letter = json!({
            "channel": "online-consultation", "kind": "question", "subject": subject,
            "body": "正文", "writer": { "name": "张三", "phone": "13800000000" },
            "attachments": [{ "name": "a.bin", "media_type": "text/plain", "base64": file }],
        });
        let key = [("idempotency-key", subject)];
        let answer = huiyin.visitor().try_post("/api/v1/letters", &letter, &key);
        answer.expect("an answer").status
    };
    let large = "AAAA".repeat(1_000_000);
    for round in 0..2 {
        disk.has_room_for(100_000);
        for n in 0..2 {
            let _ = letter(&format!("满盘{round}-{n}"), &large);
        }
        assert!(disk.refused() > 0, "it was full");
        // A sign-in that is refused gives up its step.
        for _ in 0..3 {
            let fields = [
                ("login", "nobody"),
                ("password", "wrong wrong"),
                ("next", ""),
            ];
            let _ = huiyin.visitor().post_form("/login", &fields);
        }
        disk.is_well();
        within(PATIENCE, "room to be seen", || huiyin.ready().then_some(()));
        for n in 0..2 {
            assert_eq!(
                letter(&format!("满盘{round}-{n}"), &large),
                201,
                "sent again"
            );
        }
        assert_eq!(letter(&format!("小信{round}"), "AAAA"), 201);
        // Another process sees what this one says it has.
        assert_eq!(huiyin.received(), 1 + (round + 1) * 3);
    }
    huiyin.reconciles();
}

#[test]
fn a_vanished_file_is_no_place_to_write_to() {
    let mut huiyin = Huiyin::start(&Setup::new(Engine::Sqlite));
    let _ = huiyin.submit("online-consultation", "先前的信", "正文", "");
    let path = huiyin.folder().join("huiyin.db");
    let aside = huiyin.folder().join("aside.db");
    std::fs::rename(&path, &aside).expect("the file is there");
    let letter = json!({
        "channel": "online-consultation", "kind": "question", "subject": "后来的信",
        "body": "正文", "writer": { "name": "张三", "phone": "13800000000" },
    });
    let key = [("idempotency-key", "later")];
    let try_it = |huiyin: &Huiyin| {
        let answer = huiyin.visitor().try_post("/api/v1/letters", &letter, &key);
        answer.expect("an answer").status
    };
    assert_eq!(try_it(&huiyin), 503);
    assert!(!path.exists(), "no empty database stands in its place");
    assert_eq!(huiyin.visitor().get("/health/ready").status, 503);
    std::fs::rename(&aside, &path).expect("the file is put back");
    assert_eq!(try_it(&huiyin), 201);
    huiyin.kill();
    huiyin.resume("");
    assert_eq!(
        huiyin.received(),
        2,
        "and it was written where it is found again"
    );
}
