//! From a posted form or a JSON body to a step: one list of all actions, for pages and API alike.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{extract::Posted, write};
use crate::{
    app::App,
    domain::{
        access::Staff,
        addition::Ruling,
        number::LetterNumber,
        rules::Halt,
        status::Action,
        text::FieldError,
        words::{Class, Route, Service},
    },
    letters::{
        Error, Result, accept, addition, answer, assign, decline, draft, end, extend, limit, pause,
        reclassify, reopen, seal, seal_later, serve, urge,
    },
    store::letters::Letter,
};

/// Every field that an action can take, as pages and the API name it, in the order of the forms:
/// what is wrong is listed in it.
const FIELDS: [&str; 22] = [
    "message", "decision", "class", "route", "topic", "place", "unit", "handler", "person",
    "reader", "days", "cause", "organ", "document", "of_day", "ground", "of", "by", "on", "text",
    "reason", "note",
];

/// What an action needs, and what it takes beside.
fn takes(action: Action) -> (&'static [&'static str], &'static [&'static str]) {
    match action {
        Action::Accept => (&["class"], &["route", "topic", "place"]),
        Action::Assign => (&["unit"], &["handler"]),
        Action::Reassign => (&["unit", "reason"], &[]),
        Action::SendBack | Action::Invalid | Action::Withdraw | Action::Seal => (&["reason"], &[]),
        Action::Note | Action::Answer => (&["text"], &[]),
        Action::Draft => (&[], &["text"]),
        Action::Serve => (&["by", "on"], &["note"]),
        Action::Decline | Action::Direct => (&["ground", "text"], &[]),
        Action::MarkDuplicate => (&["of"], &[]),
        Action::NameParty => (&[], &["person", "unit"]),
        Action::NameReader => (&["reader"], &[]),
        Action::Reclassify => (&["class", "reason"], &["route"]),
        Action::RequestExtension => (&["days", "reason"], &[]),
        Action::GrantExtension | Action::RefuseExtension | Action::MarkUrgent | Action::Reopen => {
            (&["reason"], &[])
        }
        Action::Suspend => (&["reason"], &["cause"]),
        Action::SetLimit => (&["organ", "document", "of_day", "on"], &[]),
        Action::Urge => (&["text"], &[]),
        Action::DecideAddition => (&["message", "decision"], &["reason"]),
        Action::Take
        | Action::Resume
        | Action::TakeUrgent
        | Action::Recall
        | Action::Resend
        | Action::Delivered
        | Action::DeliveryFailed => (&[], &[]),
    }
}

/// The fields of an action, from either side.
pub enum Fields<'a> {
    /// Posted by a page.
    Form(&'a Posted),
    /// Sent to the API.
    Body(Box<Body>),
}

/// The body of an action of the API; each action takes its own fields, and refuses others'.
/// `version` is the one the caller saw: 409 where the letter moved on since. Left out, the step
/// is taken on the letter as it stands.
#[derive(Debug, Default, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Body {
    /// The version the caller saw.
    pub version: Option<i64>,
    class: Option<String>,
    route: Option<String>,
    topic: Option<String>,
    place: Option<String>,
    unit: Option<String>,
    handler: Option<String>,
    text: Option<String>,
    reason: Option<String>,
    ground: Option<String>,
    of: Option<String>,
    by: Option<String>,
    on: Option<String>,
    note: Option<String>,
    person: Option<String>,
    reader: Option<String>,
    #[serde(deserialize_with = "number_or_text")]
    #[schema(value_type = Option<u32>)]
    days: Option<String>,
    cause: Option<String>,
    organ: Option<String>,
    document: Option<String>,
    of_day: Option<String>,
    #[serde(deserialize_with = "number_or_text")]
    #[schema(value_type = Option<i64>)]
    message: Option<String>,
    decision: Option<String>,
    attachments: Vec<Attachment>,
}

/// A number, which programs write as one and forms as text.
fn number_or_text<'de, D: serde::Deserializer<'de>>(
    d: D,
) -> std::result::Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(i64),
        Text(String),
    }
    Ok(Option::<Either>::deserialize(d)?.map(|e| match e {
        Either::Number(n) => n.to_string(),
        Either::Text(t) => t,
    }))
}

/// A file in a JSON body.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// File name.
    pub name: String,
    /// Media type.
    #[serde(default)]
    pub media_type: String,
    /// The bytes.
    pub base64: String,
}

impl Fields<'_> {
    fn get(&self, name: &str) -> &str {
        match self {
            Self::Form(posted) => posted.get(name),
            Self::Body(body) => {
                let field = match name {
                    "class" => &body.class,
                    "route" => &body.route,
                    "topic" => &body.topic,
                    "place" => &body.place,
                    "unit" => &body.unit,
                    "handler" => &body.handler,
                    "text" => &body.text,
                    "reason" => &body.reason,
                    "ground" => &body.ground,
                    "of" => &body.of,
                    "by" => &body.by,
                    "on" => &body.on,
                    "note" => &body.note,
                    "person" => &body.person,
                    "reader" => &body.reader,
                    "days" => &body.days,
                    "cause" => &body.cause,
                    "organ" => &body.organ,
                    "document" => &body.document,
                    "of_day" => &body.of_day,
                    "message" => &body.message,
                    "decision" => &body.decision,
                    _ => &None,
                };
                field.as_deref().unwrap_or_default()
            }
        }
    }

    fn some(&self, name: &str) -> Option<&str> {
        Some(self.get(name).trim()).filter(|v| !v.is_empty())
    }

    fn parsed<T: std::str::FromStr>(&self, name: &'static str) -> Result<T> {
        let fault = |code| Error::Fields(vec![FieldError::new(name, code)]);
        let value = self.some(name).ok_or_else(|| fault("required"))?;
        value.parse().map_err(|_| fault("unknown"))
    }

    fn version(&self) -> Option<i64> {
        match self {
            Self::Form(posted) => posted.get("version").parse().ok(),
            Self::Body(body) => body.version,
        }
    }

    /// Every fault at once: what is needed and missing, what is no value of its field, and what
    /// the action does not take. A page's form may hold more (its button, its files).
    fn check(&self, action: Action) -> Result<()> {
        let (needed, beside) = takes(action);
        let known = |name: &str| match name {
            "class" => self.get(name).parse::<Class>().is_ok(),
            "route" => self.get(name).parse::<Route>().is_ok(),
            "by" => self.get(name).parse::<Service>().is_ok(),
            "on" | "of_day" => self.get(name).parse::<Date>().is_ok(),
            "days" => self.get(name).trim().parse::<u32>().is_ok(),
            "message" => self.get(name).trim().parse::<i64>().is_ok(),
            "decision" => self.get(name).parse::<Ruling>().is_ok(),
            "cause" => self.get(name).parse::<Halt>().is_ok(),
            "of" => self.get(name).trim().parse::<LetterNumber>().is_ok(),
            _ => true,
        };
        let fault = |name: &&'static str| {
            let code = match self.some(name) {
                None if needed.contains(name) => "required",
                Some(_) if !needed.contains(name) && !beside.contains(name) => match self {
                    Self::Form(_) => return None,
                    Self::Body(_) => "not-taken",
                },
                Some(_) if !known(name) => "unknown",
                _ => return None,
            };
            Some(FieldError::new(name, code))
        };
        let mut faults: Vec<FieldError> = FIELDS.iter().filter_map(fault).collect();
        if let Self::Body(body) = self
            && !body.attachments.is_empty()
            && action != Action::Answer
        {
            faults.push(FieldError::new("attachments", "not-taken"));
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Error::Fields(faults))
        }
    }

    async fn files(&self, app: &App) -> Result<Vec<answer::NewFile>> {
        let fault = |code| Error::Fields(vec![FieldError::new("attachments", code)]);
        match self {
            Self::Form(posted) if !posted.too_large.is_empty() => Err(fault("too-large")),
            Self::Form(posted) => {
                let mut files = Vec::new();
                let (kept, lost) = write::kept(app, posted).await?;
                if !lost.is_empty() {
                    return Err(fault("file-lost"));
                }
                for kept in kept {
                    let bytes = app.store.blob(&kept.blob).await?;
                    files.push(new_file(&kept.name, &kept.media_type, bytes));
                }
                let new = posted.files.iter().filter(|f| !f.bytes.is_empty());
                files.extend(new.map(|f| new_file(&f.name, &f.media_type, f.bytes.clone())));
                Ok(files)
            }
            Self::Body(body) => body
                .attachments
                .iter()
                .map(|a| {
                    let bytes = STANDARD
                        .decode(&a.base64)
                        .map_err(|_| fault("not-base64"))?;
                    Ok(new_file(&a.name, &a.media_type, bytes))
                })
                .collect(),
        }
    }
}

fn new_file(name: &str, media_type: &str, bytes: Vec<u8>) -> answer::NewFile {
    answer::NewFile {
        name: ingest::read::safe_name(name, media_type),
        media_type: media_type.to_lowercase(),
        bytes,
    }
}

/// Takes a step.
///
/// # Errors
/// See [`Error`]; an internal action is refused like one that does not exist.
pub async fn act(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    action: Action,
    fields: Fields<'_>,
) -> Result<Letter> {
    fields.check(action)?;
    let version = fields.version();
    let owned = |name: &str| fields.some(name).map(ToOwned::to_owned);
    match action {
        Action::Accept => {
            let what = accept::Acceptance {
                class: fields.parsed("class")?,
                route: fields
                    .some("route")
                    .map(|_| fields.parsed("route"))
                    .transpose()?,
                topic: owned("topic"),
                place: owned("place"),
            };
            accept::accept(app, staff, number, version, what).await
        }
        Action::Assign => {
            let (unit, handler) = (fields.get("unit"), fields.some("handler"));
            assign::assign(app, staff, number, version, unit, handler).await
        }
        Action::Take => assign::take(app, staff, number, version).await,
        Action::Reassign => {
            let (unit, reason) = (fields.get("unit"), fields.get("reason"));
            assign::reassign(app, staff, number, version, unit, reason).await
        }
        Action::SendBack => {
            assign::send_back(app, staff, number, version, fields.get("reason")).await
        }
        Action::Note => draft::note(app, staff, number, fields.get("text")).await,
        Action::Draft => draft::draft(app, staff, number, version, fields.get("text")).await,
        Action::Answer => {
            let files = fields.files(app).await?;
            answer::answer(app, staff, number, version, fields.get("text"), files).await
        }
        Action::Recall => answer::recall(app, staff, number, version).await,
        Action::Resend => answer::resend(app, staff, number, version).await,
        Action::Serve => {
            let on: Date = fields.parsed("on")?;
            let (by, note) = (fields.parsed("by")?, fields.get("note"));
            serve::serve(app, staff, number, version, by, on, note).await
        }
        Action::Decline | Action::Direct => {
            let (ground, text) = (fields.get("ground"), fields.get("text"));
            decline::decline(app, staff, number, version, action, ground, text).await
        }
        Action::MarkDuplicate => {
            let of = fields.parsed("of")?;
            end::mark_duplicate(app, staff, number, version, of).await
        }
        Action::Invalid => end::invalid(app, staff, number, version, fields.get("reason")).await,
        Action::Withdraw => end::withdraw(app, staff, number, version, fields.get("reason")).await,
        Action::NameParty => {
            let (person, unit) = (fields.some("person"), fields.some("unit"));
            seal::name_party(app, staff, number, person, unit).await
        }
        Action::NameReader => seal::name_reader(app, staff, number, fields.get("reader")).await,
        Action::Seal => seal_later::seal(app, staff, number, version, fields.get("reason")).await,
        Action::Reclassify => {
            let route = fields.some("route").map(|_| fields.parsed("route"));
            let (class, route) = (fields.parsed("class")?, route.transpose()?);
            let reason = fields.get("reason");
            reclassify::reclassify(app, staff, number, version, class, route, reason).await
        }
        Action::RequestExtension => {
            let (days, reason) = (fields.parsed("days")?, fields.get("reason"));
            extend::request(app, staff, number, version, days, reason).await
        }
        Action::GrantExtension => {
            extend::grant(app, staff, number, version, fields.get("reason")).await
        }
        Action::RefuseExtension => {
            extend::refuse(app, staff, number, version, fields.get("reason")).await
        }
        Action::Suspend => {
            let cause = fields.some("cause").map(|_| fields.parsed("cause"));
            let reason = fields.get("reason");
            pause::suspend(app, staff, number, version, cause.transpose()?, reason).await
        }
        Action::Resume => pause::resume(app, staff, number, version).await,
        Action::SetLimit => {
            let document = limit::Document {
                organ: fields.get("organ").to_owned(),
                reference: fields.get("document").to_owned(),
                of: fields.parsed("of_day")?,
                due_on: fields.parsed("on")?,
            };
            limit::set(app, staff, number, version, document).await
        }
        Action::Urge => urge::urge(app, staff, number, fields.get("text")).await,
        Action::MarkUrgent => urge::mark(app, staff, number, fields.get("reason")).await,
        Action::TakeUrgent => urge::take(app, staff, number).await,
        Action::Reopen => reopen::reopen(app, staff, number, version, fields.get("reason")).await,
        Action::DecideAddition => {
            let what = addition::Decision {
                message: fields.parsed("message")?,
                ruling: fields.parsed("decision")?,
                reason: fields.get("reason"),
            };
            addition::decide(app, staff, number, version, what).await
        }
        Action::Delivered | Action::DeliveryFailed => Err(Error::NotFound),
    }
}
