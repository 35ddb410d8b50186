//! 更正登记信息: the day of receipt, the channel, name and contact were registered wrongly. What is
//! owed is counted anew from the true day, the number stays. What stood there before is kept in the
//! event's note, which a person's erasure takes with it.

use jiff::civil::Date;
use serde_json::json;

use super::{
    Error, Result, announce,
    assign::need,
    change::Change,
    owe,
    reclassify::{channel_of, supersede},
    word,
};
use crate::{
    app::App,
    domain::{
        access::Staff,
        event::EventKind,
        law::Law,
        number::LetterNumber,
        received,
        rules::{Effect, Starts},
        status::Action,
        text::{self, FieldError},
    },
    store::{channels::Channel, events::NewEvent, letters::Letter, obligations::Obligation},
};

/// What is put right; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct Amendment {
    /// 收到日期.
    pub received_on: Option<Date>,
    /// A day that is to be asked about, said once more: it is meant.
    pub sure_of: Option<Date>,
    /// The channel's code.
    pub channel: Option<String>,
    /// 姓名.
    pub name: Option<String>,
    /// 联系电话.
    pub phone: Option<String>,
    /// Where replies go by mail.
    pub email: Option<String>,
    /// 通信地址.
    pub address: Option<String>,
}

/// Puts right how a letter was registered.
///
/// # Errors
/// See [`Error`]; a day after the letter was seen, an unusual one that nobody is sure of, a channel
/// that would seal or unseal it, and an amendment that changes nothing.
pub async fn amend(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    what: &Amendment,
    reason: &str,
) -> Result<Letter> {
    need(reason, "reason")?;
    let mut change = Change::open(app, staff, number, version, Action::Correct).await?;
    let was = channel_of(app, &change.letter).await?;
    let channels = app.store.channels().await?;
    let mut faults = Vec::new();
    let (day, fault) = day(app, &change.letter, what);
    faults.extend(fault);
    let (channel, fault) = channel(&channels, staff, &change.letter, what);
    faults.extend(fault);
    faults.extend(contact(what));
    if !faults.is_empty() {
        return Err(Error::Fields(faults));
    }
    let mut lines = vec![reason.trim().to_owned()];
    let mut fields = writer(app, &change, what, &mut lines).await?;
    let mut data = json!({});
    if let Some(day) = day {
        data["received"] = moved(change.letter.received_on, day);
        fields.push("received_on");
        redate(app, &mut change, day).await?;
    }
    if let Some(channel) = channel {
        data["channels"] = json!({ "from": was.id, "to": channel.id });
        fields.push("channel");
        change.letter.channel_id = channel.id;
    }
    if fields.is_empty() {
        return Err(Error::Rule("nothing-corrected"));
    }
    // Another day, channel or contact may be bound by another rule.
    if change.letter.status.is_open() {
        data["due"] = supersede(app, &mut change).await?;
    }
    data["fields"] = json!(fields);
    let event = NewEvent::new(EventKind::Corrected, None, data).with_note(&lines.join("\n"));
    change.finish_with(event).await
}

fn moved(from: Date, to: Date) -> serde_json::Value {
    json!({ "from": from.to_string(), "to": to.to_string() })
}

/// The day, where it is another one.
fn day(app: &App, letter: &Letter, what: &Amendment) -> (Option<Date>, Option<FieldError>) {
    let Some(day) = what.received_on.filter(|day| *day != letter.received_on) else {
        return (None, None);
    };
    let fault = |code| Some(FieldError::new("received_on", code));
    if day > app.day_of(letter.seen_at) {
        return (None, fault("after-seen"));
    }
    match received::doubt(day, app.today(), app.config.site.office_since) {
        Some(doubt) if what.sure_of != Some(day) => (None, fault(doubt)),
        _ => (Some(day), None),
    }
}

/// The channel, where it is another one. What is sealed stays so, and nothing is sealed by the way.
fn channel<'c>(
    all: &'c [Channel],
    staff: &Staff,
    letter: &Letter,
    what: &Amendment,
) -> (Option<&'c Channel>, Option<FieldError>) {
    let Some(code) = what.channel.as_deref() else {
        return (None, None);
    };
    let fault = |code| (None, Some(FieldError::new("channel", code)));
    let Some(channel) = all.iter().find(|c| c.code == code) else {
        return fault("unknown");
    };
    if channel.id == letter.channel_id {
        return (None, None);
    }
    let cleared = !channel.sealed || staff.cleared_channels.contains(&channel.id);
    if channel.sealed != letter.is_sealed() || !cleared {
        return fault("other-seal");
    }
    (Some(channel), None)
}

fn contact(what: &Amendment) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let of = |value: &Option<String>| value.clone().unwrap_or_default();
    text::at_most(&mut faults, "name", &of(&what.name), text::SHORT);
    text::at_most(&mut faults, "phone", &of(&what.phone), text::SHORT);
    text::address(&mut faults, "email", of(&what.email).trim());
    text::at_most(&mut faults, "address", &of(&what.address), text::SHORT);
    faults
}

/// Puts name and contact right; answers which, and adds what stood there before to the note.
async fn writer(
    app: &App,
    change: &Change<'_>,
    what: &Amendment,
    lines: &mut Vec<String>,
) -> Result<Vec<&'static str>> {
    let language = change.letter.language;
    let mut record = change.step.writer(&change.letter).await?;
    let words = &mut record.words;
    let each = [
        ("name", &what.name, &mut words.name),
        ("phone", &what.phone, &mut words.phone),
        ("email", &what.email, &mut words.email),
        ("address", &what.address, &mut words.address),
    ];
    let mut fields = Vec::new();
    for (field, new, stands) in each {
        let Some(new) = new.as_deref().map(text::one_line) else {
            continue;
        };
        if new == *stands {
            continue;
        }
        let or_none = |value: &str| match value {
            "" => "—".to_owned(),
            value => value.to_owned(),
        };
        let label = word(language, "write", field);
        lines.push(format!("{label} {} → {}", or_none(stands), or_none(&new)));
        *stands = new;
        fields.push(field);
    }
    if !fields.is_empty() {
        let mail = Some(record.words.email.as_str()).filter(|mail| !mail.is_empty());
        let key = mail.map(|mail| announce::address_key(app, mail));
        change.step.save_writer(&change.letter, record, key).await?;
    }
    Ok(fields)
}

/// The letter was received on another day: what rests on that day is counted anew, and whether it
/// was late with it, for a wrong day made nothing late.
async fn redate(app: &App, change: &mut Change<'_>, day: Date) -> Result<()> {
    let letter = &mut change.letter;
    letter.received_on = day;
    letter.received_at = app.received_at(day);
    change
        .step
        .redate_message(letter.id, letter.received_at)
        .await?;
    let (law, channel) = (change.law.clone(), channel_of(app, &change.letter).await?);
    let anew: Vec<i64> = (change.step.pauses(change.letter.id).await?)
        .iter()
        .filter(|p| p.effect == Effect::Restart && p.to.is_some())
        .map(|p| p.obligation_id)
        .collect();
    let mut all = std::mem::take(&mut change.obligations);
    all.sort_by_key(|o| o.id);
    for i in 0..all.len() {
        let missed = (all[..i].iter())
            .find(|p| p.superseded_by == Some(all[i].id))
            .and_then(|p| missed(app, p));
        let o = &mut all[i];
        // A later round began on the day of its own, a document says its own.
        if o.round > 1 || o.rule == super::limit::RULE {
            continue;
        }
        recount(&law, &channel, o, day, !anew.contains(&o.id), missed)?;
        if let Some(at) = o.met_at {
            owe::meet(app, &law, day, o, at);
        }
    }
    change.obligations = all;
    Ok(())
}

/// The day that an obligation missed before another took its place.
fn missed(app: &App, o: &Obligation) -> Option<Date> {
    let ended = app.day_of(o.ended_at?);
    Some(o.due_on).filter(|due| *due < ended)
}

fn recount(
    law: &Law,
    channel: &Channel,
    o: &mut Obligation,
    day: Date,
    from_receipt: bool,
    missed: Option<Date>,
) -> Result<()> {
    let uncountable = || Error::Rule("term-uncountable");
    o.late_since = missed;
    match o.starts {
        Starts::Received | Starts::Confirmed if from_receipt => o.start_on = day,
        Starts::Accepted => {
            let rule = owe::rule_of(law, channel, o).ok_or_else(uncountable)?;
            let (latest, _) = owe::begins(&rule, day, None).map_err(|_| uncountable())?;
            if o.start_assumed {
                o.start_on = latest;
            } else if from_receipt {
                // Accepting what was overdue by the last day it might have begun makes it no
                // younger.
                let (on, mut assumed) = (o.start_on, o.clone());
                (assumed.start_on, assumed.extension) = (latest, 0);
                assumed.suspensions.clear();
                assumed.standing_since = None;
                assumed.reckon(&law.calendar).map_err(|_| uncountable())?;
                let over = Some(assumed.due_on).filter(|due| *due < on);
                o.late_since = o.late_since.or(over);
            }
        }
        _ => {}
    }
    o.reckon(&law.calendar).map_err(|_| uncountable())
}
