//! What answers look like. Dates `YYYY-MM-DD` in the department's zone, instants RFC 3339 in UTC.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        term::DayStep,
        words::{Direction, ExtensionState},
    },
    reading::{
        desk::Opened,
        due::{Explained, Stand},
    },
    store::{
        letters::Letter,
        terms::{Extension, Pause},
    },
    web::desk::Names,
};

/// What is owed, by when, and why: every day from the start to the due day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Due {
    obligation: &'static str,
    /// The last day in time, which ends at 24:00; none while the clock stands.
    #[schema(format = Date)]
    due_on: Option<String>,
    /// Before rolling to a workday.
    #[schema(format = Date)]
    nominal_on: String,
    /// It may move: its start or the holidays of its year are not known yet.
    provisional: bool,
    /// The article.
    basis: String,
    /// The rule's id; `document` where a document set the day.
    rule: String,
    rule_version: i32,
    /// How sure the source of the rule is: `text`, `copy`, `memory` or `own`.
    certainty: Option<&'static str>,
    /// It is the one that figures count.
    counts: bool,
    round: i32,
    /// Day 0, which does not count.
    #[schema(format = Date)]
    start_on: String,
    /// What starts it: `received`, `confirmed`, `accepted`, `answered` or `closed`.
    starts: &'static str,
    /// That has not happened yet; the start is the last day on which it may.
    start_assumed: bool,
    length: u32,
    /// `workday`, `day` or `month`.
    unit: &'static str,
    /// Granted on top, in the same unit.
    extension: u32,
    extensions: Vec<Lengthened>,
    suspensions: Vec<Suspended>,
    /// The clock stands since this day.
    #[schema(format = Date)]
    standing_since: Option<String>,
    /// It was late already under an earlier class: the day that was missed.
    #[schema(format = Date)]
    late_since: Option<String>,
    /// The calendar it was counted by.
    calendar: String,
    /// By today's calendar it would be counted otherwise; what was recorded stands, and `days` is
    /// empty.
    calendar_moved: bool,
    #[schema(format = Date)]
    met_on: Option<String>,
    in_time: Option<bool>,
    /// `open`, `met`, `superseded` or `ended`.
    state: &'static str,
    days: Vec<Day>,
}

/// A day of a derivation.
#[derive(Debug, Serialize, ToSchema)]
struct Day {
    #[schema(format = Date)]
    date: String,
    counted: bool,
    why: String,
}

/// A longer term: who decided it as what function. The public is told of granted ones, and no
/// names.
#[derive(Debug, Serialize, ToSchema)]
struct Lengthened {
    length: u32,
    /// `requested`, `granted`, `refused`, `lapsed` or `late`.
    state: &'static str,
    /// `unit-leader`, `head` or `disclosure-head`.
    decided_as: Option<&'static str>,
    #[schema(format = DateTime)]
    requested_at: String,
    #[schema(format = DateTime)]
    decided_at: Option<String>,
    requested_by: Option<String>,
    decided_by: Option<String>,
    /// The writer was told.
    notice: bool,
}

/// Days on which the clock stood, or after which it began anew.
#[derive(Debug, Serialize, ToSchema)]
struct Suspended {
    cause: &'static str,
    /// `pause` or `restart`.
    effect: &'static str,
    #[schema(format = Date)]
    from: String,
    /// The last day that does not count; none while the clock stands.
    #[schema(format = Date)]
    to: Option<String>,
}

impl Due {
    /// In the caller's language; names of people only where `names` are given.
    pub(crate) fn new(e: &Explained, chinese: bool, names: Option<&Names>) -> Self {
        let o = &e.obligation;
        let login = |id: Option<i64>| {
            let people = &names?.people;
            id.and_then(|id| people.iter().find(|p| p.id == id))
                .map(|p| p.login.clone())
        };
        let shown = |x: &&Extension| names.is_some() || x.state == ExtensionState::Granted;
        let lengthened = |x: &Extension| Lengthened {
            length: x.length,
            state: x.state.code(),
            decided_as: x.decided_as.map(|d| d.code()),
            requested_at: x.requested_at.to_string(),
            decided_at: x.decided_at.map(|at| at.to_string()),
            requested_by: login(x.requested_by),
            decided_by: login(x.decided_by),
            notice: x.notice_id.is_some(),
        };
        let suspended = |p: &Pause| Suspended {
            cause: p.kind.code(),
            effect: p.effect.code(),
            from: p.from.to_string(),
            to: p.to.map(|d| d.to_string()),
        };
        let day = |d: &DayStep| Day {
            date: d.date.to_string(),
            counted: d.counted,
            why: d.why.words(chinese),
        };
        Self {
            obligation: o.kind.code(),
            due_on: e.due_on.map(|d| d.to_string()),
            nominal_on: o.nominal_on.to_string(),
            provisional: o.provisional,
            basis: if chinese {
                o.basis_zh.clone()
            } else {
                o.basis_en.clone()
            },
            rule: o.rule.clone(),
            rule_version: o.rule_version,
            certainty: e.certainty.map(|c| c.code()),
            counts: o.counts,
            round: o.round,
            start_on: o.start_on.to_string(),
            starts: o.starts.code(),
            start_assumed: o.start_assumed,
            length: o.term.length,
            unit: o.term.unit.code(),
            extension: o.extension,
            extensions: e.extensions.iter().filter(shown).map(lengthened).collect(),
            suspensions: e.pauses.iter().map(suspended).collect(),
            standing_since: o.standing_since.map(|d| d.to_string()),
            late_since: o.late_since.map(|d| d.to_string()),
            calendar: o.calendar_version.clone(),
            calendar_moved: e.calendar_moved,
            met_on: o.met_on.map(|d| d.to_string()),
            in_time: o.in_time,
            state: match e.stand {
                Stand::Open => "open",
                Stand::Met => "met",
                Stand::Superseded => "superseded",
                Stand::Ended => "ended",
            },
            days: e.days.iter().map(day).collect(),
        }
    }
}

/// What would be owed on a letter of a day, by channel.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct When {
    /// The day of receipt.
    #[schema(format = Date)]
    pub(crate) on: String,
    pub(crate) channels: Vec<WhenWritten>,
}

/// What would be owed on a letter to one channel.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WhenWritten {
    pub(crate) channel: String,
    pub(crate) name: String,
    /// The one that counts first.
    pub(crate) due: Vec<Due>,
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
    pub(crate) due_on: Option<String>,
    /// Everything owed to the writer, the one that counts first.
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
    /// What is and was owed to the writer, the one that counts first.
    pub(crate) due: Vec<Due>,
    pub(crate) steps: Vec<PublicStep>,
    /// How it goes on: acceptance, a longer term, a clock that stands.
    pub(crate) messages: Vec<PublicReply>,
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
    /// The clock stands: nothing is due until it goes on.
    standing: bool,
    urgent: bool,
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
            due_on: l.due().map(|d| d.to_string()),
            standing: l.status.is_open() && l.due().is_none(),
            urgent: l.urgent.is_some(),
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
    /// Ids, codes and dates of what happened.
    #[schema(value_type = Object)]
    data: serde_json::Value,
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
    pub(crate) fn new(o: &Opened, names: &Names, chinese: bool) -> Self {
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
            obligations: o
                .dues
                .iter()
                .map(|e| Due::new(e, chinese, Some(names)))
                .collect(),
            events: o
                .events
                .iter()
                .map(|e| Event {
                    seq: e.event.seq,
                    at: e.at().to_string(),
                    kind: e.event.kind.code(),
                    actor: e.event.actor_id.and_then(login),
                    note: e.note.clone(),
                    data: e.event.data.clone(),
                })
                .collect(),
            draft: o.draft.as_ref().map(|d| d.words.text.clone()),
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
