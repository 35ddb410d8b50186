//! From a step to finished words: the only place where the domain becomes a notification. The
//! text is stored with the step that caused it; secrets are filled in at delivery.

use jiff::Timestamp;
use notifier::{NoticeKind, Notification, Office, Rendered};

use super::Result;
use crate::{
    app::App,
    clock::random,
    domain::{
        law::Law,
        serving::{self, Left},
        text,
        words::{Language, OutboxKind, OutboxState, Service},
    },
    keys::to_hex,
    store::{
        letters::Letter,
        obligations::Obligation,
        outbox::{Outgoing, OutgoingWords},
        writers::WriterRecord,
    },
};

/// The department as its mails name it.
pub(crate) fn office(app: &App) -> Office {
    let site = &app.config.site;
    Office {
        name: site.name.clone(),
        organiser: site.organiser.clone(),
        phone: site.phone.clone(),
        track_url: app.link("/track"),
    }
}

pub(crate) fn language(l: Language) -> notifier::Language {
    match l {
        Language::Chinese => notifier::Language::Chinese,
        Language::English => notifier::Language::English,
    }
}

/// 收件回执: number, code, due date, and nothing that the sender wrote.
pub(crate) fn receipt(app: &App, letter: &Letter, obligation: &Obligation) -> Result<Rendered> {
    let office = office(app);
    let notification = Notification::Receipt(notifier::Receipt {
        office: &office,
        number: &letter.number.to_string(),
        received_on: letter.received_on,
        due_on: obligation.due_on,
        provisional: obligation.provisional,
        neutral: letter.is_sealed(),
    });
    Ok(notifier::render(&notification, language(letter.language))?)
}

/// The answer.
pub(crate) fn reply(
    app: &App,
    letter: &Letter,
    writer: &WriterRecord,
    unit: &str,
    words: &str,
    now: Timestamp,
    by: Service,
) -> Result<Rendered> {
    let office = office(app);
    let notification = Notification::Reply(notifier::Reply {
        office: &office,
        number: &letter.number.to_string(),
        writer_name: &writer.words.name,
        subject: &letter.subject,
        text: words,
        unit,
        issued_on: app.day_of(now),
        // Mail is an open postcard; what is handed over in an envelope is not.
        neutral: letter.is_sealed() && !by.is_by_hand(),
        on_paper: by.is_by_hand(),
    });
    Ok(notifier::render(&notification, language(letter.language))?)
}

/// Declining, directing, or naming the first of two letters.
pub(crate) fn notice(
    app: &App,
    letter: &Letter,
    writer: &WriterRecord,
    (kind, ground, words): (NoticeKind, &str, &str),
    now: Timestamp,
    by: Service,
) -> Result<Rendered> {
    let office = office(app);
    let notification = Notification::Notice(notifier::Notice {
        office: &office,
        number: &letter.number.to_string(),
        writer_name: &writer.words.name,
        kind,
        ground,
        text: words,
        issued_on: app.day_of(now),
        neutral: letter.is_sealed() && !by.is_by_hand(),
        on_paper: by.is_by_hand(),
    });
    Ok(notifier::render(&notification, language(letter.language))?)
}

/// How words reach a writer, and where: an address, a number to call, or nothing.
pub(crate) fn way(app: &App, letter: &Letter, writer: &WriterRecord) -> (Service, String) {
    let w = &writer.words;
    let left = Left {
        chosen: writer.answer_by,
        email: !w.email.is_empty() && app.config.smtp.is_some(),
        address: !w.address.trim().is_empty(),
        phone: !w.phone.trim().is_empty(),
        by_hand: letter.source.by_hand(),
    };
    let by = left.way();
    let address = match by {
        Service::Mail => w.email.clone(),
        Service::Post => w.address.clone(),
        Service::Phone => w.phone.clone(),
        Service::Portal | Service::Counter => String::new(),
    };
    (by, address)
}

/// When whoever has to serve something by hand is asked after it.
pub(crate) fn remind_at(app: &App, law: &Law, since: Timestamp) -> Timestamp {
    let day = serving::remind_on(&law.calendar, app.day_of(since));
    let morning = app.zone.to_timestamp(day.at(0, 0, 0, 0));
    morning.unwrap_or(since)
}

/// What an outgoing message belongs to.
pub(crate) struct Post<'a> {
    pub(crate) letter: &'a Letter,
    pub(crate) address: &'a str,
    pub(crate) kind: OutboxKind,
    pub(crate) by: Service,
    pub(crate) message_id: Option<i64>,
    pub(crate) source_name: Option<String>,
    pub(crate) in_reply_to: Option<String>,
    pub(crate) references: Vec<String>,
    pub(crate) now: Timestamp,
    pub(crate) due_at: Timestamp,
}

/// Finished words ready for the outbox.
pub(crate) fn outgoing(app: &App, post: Post<'_>, rendered: Rendered) -> Outgoing {
    let by_hand = post.by.is_by_hand();
    Outgoing {
        id: app.id(),
        letter_id: post.letter.id,
        message_id: post.message_id,
        kind: post.kind,
        medium: post.by,
        address_key: (post.by == Service::Mail).then(|| address_key(app, post.address)),
        language: post.letter.language,
        words: OutgoingWords {
            address: post.address.to_owned(),
            subject: rendered.subject,
            text: rendered.text,
            html: if by_hand {
                String::new()
            } else {
                rendered.html
            },
            in_reply_to: post.in_reply_to,
            references: post.references,
        },
        source_name: post.source_name,
        mail_id: mail_id(app),
        automatic: post.kind == OutboxKind::Receipt,
        state: if by_hand {
            OutboxState::ByHand
        } else {
            OutboxState::Queued
        },
        attempts: 0,
        due_at: post.due_at,
        fence: 0,
        last_error: None,
        created_at: post.now,
        settled_at: None,
    }
}

/// The keyed digest under which an address is counted and compared.
pub(crate) fn address_key(app: &App, address: &str) -> String {
    app.store
        .vault
        .keys
        .digest("address", text::address_key(address).as_bytes())
}

/// A Message-ID that nobody can guess: a reply that names it has seen our mail.
pub(crate) fn mail_id(app: &App) -> String {
    format!(
        "{}@{}",
        to_hex(&random::<16>(&*app.entropy)),
        mail_domain(app)
    )
}

fn mail_domain(app: &App) -> String {
    let from = app
        .config
        .smtp
        .as_ref()
        .map(|s| s.from.as_str())
        .unwrap_or_default();
    let domain = from
        .rsplit('@')
        .next()
        .map(|d| d.trim_end_matches('>').trim());
    domain
        .filter(|d| !d.is_empty() && !d.contains(' '))
        .unwrap_or("huiyin.invalid")
        .to_owned()
}
