//! What answers look like. Dates `YYYY-MM-DD` in the department's zone, instants RFC 3339 in UTC.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::words::Direction,
    reading::desk::Opened,
    store::{letters::Letter, obligations::Obligation},
    web::desk::Names,
};

/// What is owed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Due {
    obligation: &'static str,
    #[schema(format = Date)]
    due_on: String,
    provisional: bool,
    basis: String,
    rule: String,
    counts: bool,
    #[schema(format = Date)]
    met_on: Option<String>,
    in_time: Option<bool>,
}

impl From<&Obligation> for Due {
    fn from(o: &Obligation) -> Self {
        Self {
            obligation: o.kind.code(),
            due_on: o.due_on.to_string(),
            provisional: o.provisional,
            basis: o.basis_zh.clone(),
            rule: format!("{} v{}", o.rule, o.rule_version),
            counts: o.counts,
            met_on: o.met_on.map(|d| d.to_string()),
            in_time: o.in_time,
        }
    }
}

/// What is answered to whoever handed in a letter.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Receipt {
    /// Its number.
    pub(crate) number: String,
    /// With the number it opens the letter; shown here only.
    pub(crate) query_code: String,
    /// Of the obligation that counts.
    #[schema(format = Date)]
    pub(crate) due_on: String,
    /// Everything owed.
    pub(crate) due: Vec<Due>,
}

/// What the writer may know of a letter.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Progress {
    pub(crate) number: String,
    pub(crate) status: &'static str,
    pub(crate) unit: Option<String>,
    #[schema(format = DateTime)]
    pub(crate) received_at: String,
    #[schema(format = Date)]
    pub(crate) due_on: Option<String>,
    pub(crate) overdue: bool,
    pub(crate) steps: Vec<PublicStep>,
    pub(crate) reply: Option<PublicReply>,
}

/// A step as the public sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PublicStep {
    pub(crate) step: &'static str,
    #[schema(format = DateTime)]
    pub(crate) at: String,
}

/// The answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PublicReply {
    #[schema(format = DateTime)]
    pub(crate) at: String,
    pub(crate) text: String,
    pub(crate) attachments: Vec<PublicFile>,
}

/// A file of the answer; its bytes are fetched on the page of the letter.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PublicFile {
    pub(crate) name: String,
    pub(crate) size: i64,
}

/// A page of letters.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page {
    pub(crate) letters: Vec<Listed>,
    /// The cursor of the next page, where there is one.
    pub(crate) next: Option<String>,
}

/// What went wrong (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    #[serde(rename = "type")]
    kind: String,
    title: String,
    status: u16,
    code: String,
    detail: String,
    /// 422: every field at fault.
    errors: Option<Vec<Fault>>,
    /// 409: the version that stands now.
    version: Option<i64>,
    /// 422 where the status does not allow the action: what it allows.
    possible: Option<Vec<String>>,
}

/// A field at fault.
#[derive(Debug, Serialize, ToSchema)]
struct Fault {
    field: String,
    /// `required`, `unknown`, `too-long`, `not-taken`, `malformed` …
    code: String,
}

/// A letter in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Listed {
    number: String,
    status: &'static str,
    version: i64,
    channel: String,
    source: &'static str,
    kind: Option<&'static str>,
    class: Option<&'static str>,
    route: Option<&'static str>,
    topic: Option<String>,
    place: Option<String>,
    subject: String,
    unit: Option<String>,
    handler: Option<String>,
    #[schema(format = DateTime)]
    received_at: String,
    #[schema(format = Date)]
    due_on: Option<String>,
    sealed: bool,
    undelivered: bool,
}

impl Listed {
    pub(crate) fn new(l: &Letter, names: &Names) -> Self {
        let channel = names.channels.iter().find(|c| c.id == l.channel_id);
        let unit = l
            .unit_id
            .and_then(|id| names.units.iter().find(|u| u.id == id));
        let handler = l
            .handler_id
            .and_then(|id| names.people.iter().find(|p| p.id == id));
        Self {
            number: l.number.to_string(),
            status: l.status.code(),
            version: l.version,
            channel: channel.map(|c| c.code.clone()).unwrap_or_default(),
            source: l.source.code(),
            kind: l.kind.map(|k| k.code()),
            class: l.class.map(|c| c.code()),
            route: l.route.map(|r| r.code()),
            topic: l.topic.clone(),
            place: l.place.clone(),
            // What a sealed letter says is told where the reading is recorded: in Whole.
            subject: if l.is_sealed() {
                String::new()
            } else {
                l.subject.clone()
            },
            unit: unit.map(|u| u.code.clone()),
            handler: handler.map(|p| p.login.clone()),
            received_at: l.received_at.to_string(),
            due_on: l.next_due_on.map(|d| d.to_string()),
            sealed: l.is_sealed(),
            undelivered: l.undelivered,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct File {
    id: i64,
    name: String,
    media_type: String,
    size: i64,
}

/// A message.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Message {
    direction: &'static str,
    kind: &'static str,
    #[schema(format = DateTime)]
    at: String,
    text: String,
    visible_text: String,
    attachments: Vec<File>,
}

/// An event.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Event {
    seq: i64,
    #[schema(format = DateTime)]
    at: String,
    kind: &'static str,
    actor: Option<String>,
    note: Option<String>,
}

/// One letter with everything about it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Whole {
    #[serde(flatten)]
    letter: Listed,
    writer: Writer,
    messages: Vec<Message>,
    obligations: Vec<Due>,
    events: Vec<Event>,
    draft: Option<String>,
    actions: Vec<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Writer {
    name: String,
    phone: String,
    email: String,
    address: String,
    anonymous: bool,
}

impl Whole {
    pub(crate) fn new(o: &Opened, names: &Names) -> Self {
        let login = |id: i64| {
            names
                .people
                .iter()
                .find(|p| p.id == id)
                .map(|p| p.login.clone())
        };
        let words = &o.writer.words;
        Self {
            letter: Listed {
                subject: o.letter.subject.clone(),
                ..Listed::new(&o.letter, names)
            },
            writer: Writer {
                name: words.name.clone(),
                phone: words.phone.clone(),
                email: words.email.clone(),
                address: words.address.clone(),
                anonymous: o.writer.anonymous,
            },
            messages: o.messages.iter().map(|m| message(o, m)).collect(),
            obligations: o.obligations.iter().map(Due::from).collect(),
            events: o
                .events
                .iter()
                .map(|e| Event {
                    seq: e.event.seq,
                    at: e.at().to_string(),
                    kind: e.event.kind.code(),
                    actor: e.event.actor_id.and_then(login),
                    note: e.note.clone(),
                })
                .collect(),
            draft: o.draft.as_ref().map(|d| d.text.clone()),
            actions: o
                .actions
                .iter()
                .map(crate::domain::status::Action::code)
                .collect(),
        }
    }
}

fn message(o: &Opened, m: &crate::store::messages::Message) -> Message {
    let files = o
        .files
        .iter()
        .filter(|f| f.message_id == m.id)
        .map(|f| File {
            id: f.id,
            name: f.words.name.clone(),
            media_type: f.words.media_type.clone(),
            size: f.size,
        });
    Message {
        direction: match m.direction {
            Direction::In => "in",
            Direction::Out => "out",
            Direction::Internal => "internal",
        },
        kind: m.kind.code(),
        at: m.at.to_string(),
        text: m.words.text.clone(),
        visible_text: m.words.visible_text.clone(),
        attachments: files.collect(),
    }
}
