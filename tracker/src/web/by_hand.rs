//! Letters entered by hand: paper, telephone, visit, referral, with their true day of receipt.

use axum::{extract::State, http::StatusCode, response::Response};
use jiff::civil::Date;

use super::{
    Web, due_view,
    error::Trouble,
    extract::Posted,
    page,
    pages::{
        intake::{IntakeNewPage, SlipPage},
        parts::{Choice, Errors, FieldError},
        write::Entry,
    },
    resume, show,
    visit::Visit,
    write,
};
use crate::{
    clock::random,
    domain::words::{Kind, Source},
    keys::to_hex,
    letters::submit::{self, Submission},
    store::channels::Channel,
};

/// `GET /intake/new`
///
/// # Errors
/// For anybody but a registrar.
pub async fn form(State(web): State<Web>, visit: Visit) -> Result<Response, Trouble> {
    visit.registrar()?;
    let entry = Entry {
        idempotency_key: to_hex(&random::<16>(&*web.app.entropy)),
        ..Entry::default()
    };
    let today = web.app.today().to_string();
    let template = new_page(
        &web,
        &visit,
        entry,
        &Posted::default(),
        today,
        Errors::default(),
    )
    .await?;
    page::page(&template)
}

async fn new_page(
    web: &Web,
    visit: &Visit,
    entry: Entry,
    posted: &Posted,
    received_on: String,
    errors: Errors,
) -> Result<IntakeNewPage, Trouble> {
    let chrome = visit.chrome();
    let by_hand = Source::ALL.iter().filter(|s| s.by_hand()).map(Source::code);
    let source = posted.some("source").unwrap_or("paper");
    let channels = open_to(&web.app.store.channels().await?, visit)?;
    let choice = |c: &Channel| Choice {
        value: c.code.clone(),
        label: show::channel_name(&chrome, c),
        chosen: c.code == posted.get("channel"),
        hint: String::new(),
    };
    let kinds = Kind::ALL.iter().map(Kind::code);
    Ok(IntakeNewPage {
        sources: chrome.choices("source", by_hand, source),
        channels: channels.iter().map(choice).collect(),
        kinds: chrome.choices("kind", kinds, &entry.kind),
        received_on,
        today: web.app.today().to_string(),
        referred_by: posted.get("referred_by").into(),
        referred_number: posted.get("referred_number").into(),
        kept: entry.kept.clone(),
        entry,
        errors,
        max_file: write::MAX_FILE.into(),
        max_form: write::MAX_FORM.into(),
        max_files: write::MAX_FILES,
        chrome,
    })
}

/// The form after signing in anew, with what had been entered before.
///
/// # Errors
/// For anybody but a registrar.
pub(crate) async fn resumed(
    web: &Web,
    visit: &Visit,
    posted: &Posted,
) -> Result<Response, Trouble> {
    let (entry, _) = write::entered(web, posted).await?;
    let received_on = posted.get("received_on").to_owned();
    let again = new_page(web, visit, entry, posted, received_on, Errors::default()).await?;
    page::page(&again)
}

/// Channels a registrar may enter letters for: sealed ones only where they are cleared.
fn open_to(channels: &[Channel], visit: &Visit) -> Result<Vec<Channel>, Trouble> {
    let staff = visit.registrar()?;
    let may = |c: &&Channel| c.enabled && (!c.sealed || staff.cleared_channels.contains(&c.id));
    Ok(channels.iter().filter(may).cloned().collect())
}

/// `POST /intake/new`
///
/// # Errors
/// For anybody but a registrar, and when nothing could be stored.
pub async fn enter(
    State(web): State<Web>,
    visit: Visit,
    posted: Posted,
) -> Result<Response, Trouble> {
    if visit.signed_in.is_none() {
        return resume::ask(&web, &visit, "/intake/new", &posted);
    }
    visit.registrar()?;
    let (entry, mut errors) = write::entered(&web, &posted).await?;
    let mut fault = |field: &str, code: &str| {
        errors.0.push(FieldError {
            field: field.into(),
            code: code.into(),
            arg: String::new(),
        });
    };
    let source = posted
        .get("source")
        .parse::<Source>()
        .ok()
        .filter(|s| s.by_hand());
    if source.is_none() {
        fault("source", "required");
    }
    let channels = open_to(&web.app.store.channels().await?, &visit)?;
    let channel = channels.iter().find(|c| c.code == posted.get("channel"));
    if channel.is_none() {
        fault("channel", "required");
    }
    let on = posted.get("received_on").parse::<Date>().ok();
    match on {
        None => fault("received_on", "not-a-day"),
        Some(day) if day > web.app.today() => fault("received_on", "future"),
        Some(_) => {}
    }
    let mut form = write::letter(&web, &visit, &entry);
    form.language = None;
    errors.0.extend(show::faults(&submit::faults(&form)).0);
    let (Some(source), Some(channel), Some(on), true) = (source, channel, on, errors.is_empty())
    else {
        let received_on = posted.get("received_on").to_owned();
        let again = new_page(&web, &visit, entry, &posted, received_on, errors).await?;
        return page::with_status(StatusCode::UNPROCESSABLE_ENTITY, &again);
    };
    if let Some(by) = posted.some("referred_by") {
        let number = posted.get("referred_number");
        form.body = format!("{}\n\n{by} {number}", form.body.trim_end());
    }
    let submission = Submission {
        source,
        channel,
        key: entry.idempotency_key.as_bytes().to_vec(),
        received_at: received_at(&web, on),
    };
    let done = submit::submit(&web.app, submission, &form).await?;
    let chrome = visit.chrome();
    let law = web.app.current_law().await?;
    let owed = due_view::handed_in(&web.app, &chrome, &law, channel, &done.obligations);
    let (due, others) = owed.ok_or_else(Trouble::not_found)?;
    page::page(&SlipPage {
        number: done.letter.number.to_string(),
        url: chrome.url(format!("/desk/letters/{}", done.letter.number)),
        query_code: done.code.to_string(),
        channel: show::channel_name(&chrome, channel),
        received_on: done.letter.received_on.to_string(),
        due,
        others,
        chrome,
    })
}

/// 签收日 as typed: today it is now, an earlier day its noon, which no zone can move to another.
fn received_at(web: &Web, on: Date) -> jiff::Timestamp {
    if on == web.app.today() {
        return web.app.now();
    }
    let noon = on.at(12, 0, 0, 0);
    web.app
        .zone
        .to_timestamp(noon)
        .unwrap_or_else(|_| web.app.now())
}
