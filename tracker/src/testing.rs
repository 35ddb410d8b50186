//! A small office with a clock that tests move: real database, real steps, no network.

use std::sync::Arc;

use ingest::form::FormLetter;
use jiff::Timestamp;
use tempfile::TempDir;

use crate::{
    app::App,
    clock::{FixedClock, SystemEntropy},
    config::Config,
    domain::{
        access::{Function, Role, Staff},
        number::LetterNumber,
        words::{Class, Source},
    },
    letters::{
        accept, assign, session,
        staff::{self, NewPerson, NewUnit},
        submit::{self, Submission, Submitted},
    },
    store::obligations::Obligation,
};

/// An office: a registrar, a unit with a handler and a leader, and the head.
pub(crate) struct Office {
    pub(crate) app: App,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) registrar: Staff,
    pub(crate) handler: Staff,
    pub(crate) unit_leader: Staff,
    pub(crate) head: Staff,
    _folder: TempDir,
}

/// An instant in the department's zone: `2026-02-13 09:00`.
pub(crate) fn at(text: &str) -> Timestamp {
    format!("{}:00+08:00", text.replace(' ', "T"))
        .parse()
        .expect("an instant")
}

impl Office {
    pub(crate) async fn open(now: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let config = Config {
            data_dir: folder.path().to_owned(),
            ..Config::default()
        };
        Self::with(config, folder, now).await
    }

    pub(crate) async fn with(config: Config, folder: TempDir, now: &str) -> Self {
        let clock = Arc::new(FixedClock::new(at(now)));
        let app = App::open_with(config, clock.clone(), Arc::new(SystemEntropy))
            .await
            .expect("it opens");
        let unit = NewUnit {
            name: "耕保处".into(),
            code: "gengbao".into(),
            ..NewUnit::default()
        };
        staff::add_unit(&app, None, unit).await.expect("a unit");
        let registrar = person(&app, "registrar", &[Role::Registrar], None).await;
        let handler = person(&app, "handler", &[Role::Handler], None).await;
        let unit_leader = person(&app, "chief", &[Role::UnitLeader], None).await;
        let head = person(&app, "head", &[Role::Leader], Some(Function::Head)).await;
        Self {
            app,
            clock,
            registrar,
            handler,
            unit_leader,
            head,
            _folder: folder,
        }
    }

    pub(crate) fn now(&self, text: &str) {
        self.clock.set(at(text));
    }

    /// A letter with an address is handed in now.
    pub(crate) async fn letter(&self, channel: &str, subject: &str) -> LetterNumber {
        self.submitted(channel, subject).await.letter.number
    }

    pub(crate) async fn submitted(&self, channel: &str, subject: &str) -> Submitted {
        let channels = self.app.store.channels().await.expect("channels");
        let channel = channels
            .iter()
            .find(|c| c.code == channel)
            .expect("it is there");
        let form = FormLetter {
            kind: Some("question".into()),
            subject: subject.into(),
            body: "正文".into(),
            name: "王五".into(),
            phone: String::new(),
            email: "wangwu@example.com".into(),
            address: "某市某区某路1号".into(),
            anonymous: false,
            answer_by: Some("portal".into()),
            wants_publication: false,
            language: None,
            files: Vec::new(),
        };
        let submission = Submission {
            source: Source::Form,
            channel,
            key: format!("{subject} {}", self.app.now()).into_bytes(),
            received_at: self.app.now(),
        };
        submit::submit(&self.app, submission, &form)
            .await
            .expect("it is registered")
    }

    /// Accepts a letter as a consultation and hands it to the unit's handler.
    pub(crate) async fn hand_over(&self, number: LetterNumber) {
        let (app, by) = (&self.app, &self.registrar);
        let what = accept::Acceptance {
            class: Class::Consultation,
            route: None,
            topic: None,
            place: None,
        };
        let accepted = accept::accept(app, by, number, None, what).await;
        accepted.expect("accepted");
        let assigned = assign::assign(app, by, number, None, "gengbao", Some("handler")).await;
        assigned.expect("assigned");
    }

    /// The obligation that counts in a letter's latest round.
    pub(crate) async fn counted(&self, number: LetterNumber) -> Obligation {
        let mut all = self.obligations(number).await;
        all.retain(|o| o.counts);
        all.pop().expect("one counts")
    }

    pub(crate) async fn obligations(&self, number: LetterNumber) -> Vec<Obligation> {
        let letter = self
            .app
            .store
            .letter_for_writer(number)
            .await
            .expect("a database");
        let letter = letter.expect("a letter");
        self.app
            .store
            .obligations(letter.id)
            .await
            .expect("obligations")
    }
}

async fn person(app: &App, login: &str, roles: &[Role], function: Option<Function>) -> Staff {
    let new = NewPerson {
        name: login.into(),
        login: login.into(),
        roles: roles.to_vec(),
        unit: Some("gengbao".into()),
        ..NewPerson::default()
    };
    let (mut person, _) = staff::add_sample(app, new).await.expect("a person");
    person.functions.extend(function);
    staff::save_person(app, None, &person).await.expect("saved");
    let signed_in = session::signed_in(app, person.id)
        .await
        .expect("a database");
    signed_in.expect("active").staff
}
