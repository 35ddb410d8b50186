//! A letter left alone walks up the chain into the leader's digest; an urgent one wakes the night
//! officer; whoever dies in between, and however many look at once, everything is told once.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use ingest::form::FormLetter;
use jiff::{Timestamp, ToSpan, civil::Date};
use tests::{Engine, FaultySmtp, Huiyin, Setup, within, zone::where_it_is};
use tracker::{
    app::App,
    clock::{FixedClock, SystemEntropy},
    config::{Config, Database, Secret, Security, Smtp},
    domain::{access::Role, number::LetterNumber, words::Source},
    letters::{
        assign,
        session::signed_in,
        staff::{self, NewPerson, NewUnit},
        submit::{self, Submission},
    },
    serve,
    workers::{delivery, supervision},
};

tests::on_both_engines!(
    up_the_chain_into_the_leaders_digest,
    urgent_at_midnight,
    killed_between_stage_and_digest
);

/// A department whose clock the story moves, on real databases and a real mail server.
struct Department {
    apps: [App; 2],
    clock: Arc<FixedClock>,
    _folder: tempfile::TempDir,
    _database: tests::engine::Database,
}

fn at(text: &str) -> Timestamp {
    format!("{}:00+08:00", text.replace(' ', "T"))
        .parse()
        .expect("an instant")
}

impl Department {
    /// Two processes on one database.
    async fn open(engine: Engine, smtp: &FaultySmtp, now: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = engine.database(folder.path());
        let sender = "回音 <letters@huiyin.test>".to_owned();
        let config = Config {
            data_dir: folder.path().to_owned(),
            database: Database {
                url: Secret::new(database.url.clone()),
                url_file: None,
            },
            smtp: Some(Smtp {
                host: "127.0.0.1".into(),
                port: smtp.port,
                security: Security::None,
                folder: None,
                ..Smtp::to_folder(folder.path().to_owned(), sender)
            }),
            ..Config::default()
        };
        let clock = Arc::new(FixedClock::new(at(now)));
        let open = || App::open_with(config.clone(), clock.clone(), Arc::new(SystemEntropy));
        let first = open().await.expect("it opens");
        people(&first).await;
        let second = open().await.expect("it opens");
        Self {
            apps: [first, second],
            clock,
            _folder: folder,
            _database: database,
        }
    }

    async fn letter(&self, subject: &str) -> LetterNumber {
        let app = &self.apps[0];
        let channels = app.store.channels().await.expect("channels");
        let of = |c: &&tracker::store::channels::Channel| c.code == "online-consultation";
        let form = FormLetter {
            kind: Some("question".into()),
            subject: subject.into(),
            body: "正文".into(),
            name: "王五".into(),
            phone: "13800000000".into(),
            email: String::new(),
            address: String::new(),
            anonymous: false,
            answer_by: None,
            wants_publication: false,
            language: None,
            files: Vec::new(),
        };
        let submission = Submission {
            source: Source::Form,
            channel: channels.iter().find(of).expect("the channel"),
            key: subject.as_bytes().to_vec(),
            received_at: app.now(),
        };
        let submitted = submit::submit(app, submission, &form).await;
        submitted.expect("registered").letter.number
    }

    /// Both processes look every hour of some days, at the same time, and send what there is.
    async fn live(&self, from: &str, days: i64) {
        let outlet = serve::outlet(&self.apps[0]).expect("a way out");
        let outlet = Arc::new(outlet.expect("a mail server"));
        let mut now = at(&format!("{from} 00:05"));
        let end = now + (days * 24).hours();
        while now < end {
            self.clock.set(now);
            let [a, b] = &self.apps;
            let (a, b) = tokio::join!(supervision::once(a), supervision::once(b));
            a.and(b).expect("a round");
            while delivery::once(&self.apps[0], &outlet).await.expect("sent") > 0 {}
            now += 1.hour();
        }
    }

    async fn close(self) {
        for app in self.apps {
            app.store.close().await;
        }
    }
}

async fn people(app: &App) {
    let unit = |code: &str, under: Option<&str>, leader: Option<&str>| NewUnit {
        name: format!("{code}处"),
        code: code.into(),
        under: under.map(Into::into),
        leader: leader.map(Into::into),
        liaison: None,
    };
    staff::add_unit(app, None, unit("top", None, None))
        .await
        .expect("a unit");
    let new = |login: &str, role, unit: &str| NewPerson {
        name: login.into(),
        login: login.into(),
        roles: vec![role],
        unit: Some(unit.into()),
        email: format!("{login}@huiyin.test"),
        ..NewPerson::default()
    };
    for (login, role) in [
        ("chief", Role::UnitLeader),
        ("leader", Role::Leader),
        ("registrar", Role::Registrar),
        ("night", Role::Duty),
    ] {
        staff::add_sample(app, new(login, role, "top"))
            .await
            .expect("a person");
    }
    staff::add_unit(app, None, unit("land", Some("top"), Some("chief")))
        .await
        .expect("a unit");
    let handler = new("handler", Role::Handler, "land");
    staff::add_sample(app, handler).await.expect("a person");
}

/// The words of a mail, whatever their encoding.
fn words(mail: &str) -> (String, String) {
    let seen = tests::mail::seen(mail.as_bytes());
    (seen.subject, seen.text)
}

fn up_the_chain_into_the_leaders_digest(engine: Engine) {
    let smtp = FaultySmtp::start(&[]);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let number = runtime.block_on(async {
        let department = Department::open(engine, &smtp, "2026-03-02 10:00").await;
        let app = &department.apps[0];
        let number = department.letter("规划许可").await;
        let found = app
            .store
            .person_by_login("registrar")
            .await
            .expect("a database");
        let id = found.expect("a registrar").id;
        let registrar = signed_in(app, id)
            .await
            .expect("a database")
            .expect("active")
            .staff;
        let assigned = assign::assign(app, &registrar, number, None, "land", Some("handler")).await;
        assigned.expect("assigned");
        department.live("2026-03-02", 26).await;
        let proof = tracker::reading::reconcile::reconcile(app, &|_| ()).await;
        assert!(proof.expect("a database").ok);
        department.close().await;
        number
    });
    let about = |to: &str| {
        let mails = smtp.given_to(&format!("{to}@huiyin.test"));
        let mails = mails.iter().map(|g| words(&g.mail));
        mails
            .filter(|(_, text)| text.contains(&number.to_string()))
            .collect::<Vec<_>>()
    };
    let counts = ["handler", "chief", "leader", "registrar", "night"].map(|to| about(to).len());
    assert_eq!(counts, [4, 3, 2, 0, 0]);
    let (subject, text) = about("leader").remove(0);
    assert!(
        subject.contains("信件办理周报") && text.contains("督办"),
        "{subject}\n{text}"
    );
    assert!(
        text.contains("现由handler办理") && text.contains("已逾期3个工作日"),
        "{text}"
    );
    let given = smtp.given();
    assert!(
        given.iter().all(|g| g.from.is_empty()),
        "nothing of it bounces"
    );
    assert!(
        given
            .iter()
            .all(|g| g.mail.contains("Auto-Submitted: auto-generated"))
    );
}

fn urgent_at_midnight(engine: Engine) {
    let smtp = FaultySmtp::start(&[]);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let department = Department::open(engine, &smtp, "2026-03-08 00:01").await;
        department.letter("后山滑坡，有人被困").await;
        department.letter("滑坡防治政策咨询").await;
        department.live("2026-03-08", 1).await;
        department.close().await;
    });
    let night = smtp.given_to("night@huiyin.test");
    assert_eq!(
        night.len(),
        24,
        "every hour of a Sunday that nobody took it on"
    );
    let all: BTreeSet<String> = night.iter().map(|g| words(&g.mail).1).collect();
    assert_eq!(all.len(), 24, "each says which time it is");
    assert!(all.iter().all(|text| text.contains("后山滑坡")));
    assert_eq!(
        smtp.given_to("registrar@huiyin.test").len(),
        23,
        "from the second time on"
    );
    assert!(
        smtp.given_to("leader@huiyin.test").is_empty(),
        "no digest on a Sunday"
    );
}

/// A dead process's lease runs out before another takes its work up.
const PATIENCE: Duration = Duration::from_secs(200);

fn killed_between_stage_and_digest(engine: Engine) {
    let smtp = FaultySmtp::start(&[]);
    // Offices are at work.
    let zone = where_it_is(10);
    #[expect(
        clippy::disallowed_methods,
        reason = "a test lives today, like the product it starts"
    )]
    let today = zone.to_datetime(Timestamp::now()).date();
    let zone = zone.iana_name().expect("a name");
    let setup = Setup::new(engine)
        .line(&format!("timezone = \"{zone}\""))
        .with(smtp.section());
    let mut huiyin = Huiyin::start(&setup);
    let file = huiyin.write(
        "today.csv",
        &format!("date,kind,name\n{today},makeup_workday,今天\n"),
    );
    let file = file.display().to_string();
    let _ = huiyin.run(&["calendar", "import", &file, "--layer", "local", "--yes"]);
    huiyin.unit("top", "厅");
    let mail = |login: &str| format!("{login}@huiyin.test");
    let chief = huiyin.colleague("chief", "unit-leader", "top", &["--email", &mail("chief")]);
    let _ = huiyin.colleague("leader", "leader", "top", &["--email", &mail("leader")]);
    let registrar = huiyin.colleague(
        "registrar",
        "registrar",
        "top",
        &["--email", &mail("registrar")],
    );
    let _ = huiyin.json(&[
        "unit",
        "add",
        "土地处",
        "--code",
        "land",
        "--under",
        "top",
        "--leader",
        "chief",
    ]);
    let handler = huiyin.colleague("handler", "handler", "land", &["--email", &mail("handler")]);
    let number = by_hand(
        &huiyin,
        &registrar,
        today.checked_sub(60.days()).expect("a day"),
    );
    let whom = serde_json::json!({ "unit": "land", "handler": handler.login });
    let accepted = registrar.api.act(
        &number,
        "accept",
        serde_json::json!({ "class": "consultation" }),
    );
    let _ = accepted.expect(200);
    let _ = registrar.api.act(&number, "assign", whom).expect(200);
    huiyin.kill();
    for point in ["before-stage", "after-stage", "before-digest"] {
        huiyin.launch(&format!("{point}=1*return"));
        within(PATIENCE, &format!("it to begin before {point}"), || {
            huiyin.ready().then_some(())
        });
        within(PATIENCE, &format!("it to die at {point}"), || {
            (!huiyin.ready()).then_some(())
        });
        huiyin.dies();
    }
    huiyin.resume("");
    within(PATIENCE, "the digest", || {
        (!smtp.given_to(&mail("handler")).is_empty()).then_some(())
    });
    std::thread::sleep(Duration::from_secs(5));
    // Leaders may have had the week's mail before there was anything to tell: no second one today.
    for to in ["handler", "chief", "leader"] {
        assert_eq!(smtp.given_to(&mail(to)).len(), 1, "{to}");
    }
    let (subject, text) = words(&smtp.given_to(&mail("handler"))[0].mail);
    assert!(subject.contains("信件办理提醒"), "{subject}");
    assert!(
        text.contains(&number) && text.contains("严重逾期"),
        "{text}"
    );
    let letter = chief.api.letter(&number);
    let events = letter["events"].as_array().expect("a history");
    let stages: Vec<&str> = events
        .iter()
        .filter(|e| e["kind"] == "supervised")
        .filter_map(|e| e["data"]["stage"].as_str())
        .collect();
    let n = events.iter().filter(|e| e["kind"] == "supervised").count();
    assert_eq!(n, 4, "each stage once: {stages:?} {letter}");
    let late = huiyin.json(&["overdue"]);
    assert_eq!(late["letters"][0]["stage"], "circular", "{late}");
    huiyin.reconciles();
}

/// A letter on paper that came long ago.
fn by_hand(huiyin: &Huiyin, registrar: &tests::huiyin::Colleague, came: Date) -> String {
    let clerk = huiyin.visitor();
    clerk.sign_in(&registrar.login, &registrar.password);
    let form = clerk.get("/intake/new").expect(200);
    let (hidden, day) = (form.hidden(), came.to_string());
    let mut fields: Vec<(&str, &str)> = hidden
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    fields.extend([
        ("source", "paper"),
        ("channel", "director-mailbox"),
        ("kind", "complaint"),
        ("subject", "关于门前道路的来信"),
        ("body", "全文见扫描件。"),
        ("name", "王五"),
        ("address", "某市某区某路1号"),
        ("received_on", &day),
    ]);
    let _ = clerk.post_form("/intake/new", &fields).expect(200);
    let letters = registrar.api.letters("filter=all");
    letters[0]["number"].as_str().expect("a number").to_owned()
}
