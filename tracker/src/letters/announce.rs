//! From a step to finished words: the only place where the domain becomes a notification. The
//! text is stored with the step that caused it; secrets are filled in at delivery.

use jiff::{Timestamp, civil::Date};
use notifier::{NoticeKind, Notification, Office, Rendered};

use super::Result;
use crate::{
    app::App,
    clock::random,
    domain::{
        text,
        words::{Language, OutboxKind, OutboxState},
    },
    keys::to_hex,
    store::{
        letters::Letter,
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

/// 收件回执: number, code, and nothing that the sender wrote.
pub(crate) fn receipt(app: &App, letter: &Letter) -> Result<Rendered> {
    let office = office(app);
    let notification = Notification::Receipt(notifier::Receipt {
        office: &office,
        number: &letter.number.to_string(),
        received_on: letter.received_on,
        neutral: letter.is_sealed(),
    });
    Ok(notifier::render(&notification, language(letter.language))?)
}

/// 补充材料收件回执: that something was added, and nothing of it.
pub(crate) fn confirmation(app: &App, letter: &Letter, received_on: Date) -> Result<Rendered> {
    let office = office(app);
    let notification = Notification::Added(notifier::Added {
        office: &office,
        number: &letter.number.to_string(),
        received_on,
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
        neutral: letter.is_sealed(),
    });
    Ok(notifier::render(&notification, language(letter.language))?)
}

/// Declining, directing, or naming the first of two letters.
pub(crate) fn notice(
    app: &App,
    letter: &Letter,
    writer: &WriterRecord,
    kind: NoticeKind,
    ground: &str,
    words: &str,
    now: Timestamp,
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
        neutral: letter.is_sealed(),
    });
    Ok(notifier::render(&notification, language(letter.language))?)
}

/// What an outgoing message belongs to.
pub(crate) struct Post<'a> {
    pub(crate) letter: &'a Letter,
    pub(crate) address: &'a str,
    pub(crate) kind: OutboxKind,
    pub(crate) message_id: Option<i64>,
    pub(crate) source_name: Option<String>,
    pub(crate) in_reply_to: Option<String>,
    pub(crate) references: Vec<String>,
    pub(crate) now: Timestamp,
    pub(crate) due_at: Timestamp,
}

/// Finished words ready for the outbox.
pub(crate) fn outgoing(app: &App, post: Post<'_>, rendered: Rendered) -> Outgoing {
    Outgoing {
        id: app.id(),
        letter_id: post.letter.id,
        message_id: post.message_id,
        kind: post.kind,
        address_key: Some(address_key(app, post.address)),
        language: post.letter.language,
        words: OutgoingWords {
            address: post.address.to_owned(),
            subject: rendered.subject,
            text: rendered.text,
            html: rendered.html,
            in_reply_to: post.in_reply_to,
            references: post.references,
        },
        source_name: post.source_name,
        mail_id: mail_id(app),
        automatic: post.kind == OutboxKind::Receipt,
        state: OutboxState::Queued,
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
