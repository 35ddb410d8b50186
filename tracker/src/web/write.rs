//! Writing a letter without any script: the form, the answers to check, the receipt. Files are
//! stored at the first step and travel on as sealed tokens; an error loses nothing.

use axum::{extract::State, http::StatusCode, response::Response};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ingest::form::{FormFile, FormLetter};
use sha2::{Digest, Sha256};

use super::{
    Web,
    chrome::Chrome,
    due_view,
    error::Trouble,
    extract::{Named, Posted, PostedFile},
    page,
    pages::{
        parts::{Choice, Errors, FieldError, KeptFile},
        write::{CheckPage, Entry, ReceiptPage, WritePage},
    },
    show,
    visit::Visit,
};
use crate::{
    app::App,
    clock::random,
    domain::{
        text::{self, FieldError as Fault},
        words::{Kind, Source},
    },
    keys::to_hex,
    letters::{
        self,
        submit::{self, Submission},
    },
    store::{channels::Channel, drafts::DraftFile},
};

/// Largest file and form as pages say them.
pub(crate) const MAX_FILE: &str = "20 MB";
/// Largest file and form as pages say them.
pub(crate) const MAX_FORM: &str = "120 MB";

/// `GET /write/{channel}`
///
/// # Errors
/// When the channel is not there, or takes no letters.
pub async fn form(
    State(web): State<Web>,
    visit: Visit,
    Named(code): Named<String>,
) -> Result<Response, Trouble> {
    let channel = open_channel(&web, &code).await?;
    let entry = Entry {
        idempotency_key: to_hex(&random::<16>(&*web.app.entropy)),
        kind: usual_kind(&channel)
            .map(|k| k.code().to_owned())
            .unwrap_or_default(),
        ..Entry::default()
    };
    write_page(
        &web.app,
        visit.chrome(),
        &channel,
        entry,
        Errors::default(),
        StatusCode::OK,
    )
}

/// `POST /write/{channel}`: check, change, or submit.
///
/// # Errors
/// When the channel is not there, or nothing could be stored.
pub async fn step(
    State(web): State<Web>,
    visit: Visit,
    Named(code): Named<String>,
    posted: Posted,
) -> Result<Response, Trouble> {
    let channel = open_channel(&web, &code).await?;
    let chrome = visit.chrome();
    let (entry, mut errors) = entered(&web, &posted).await?;
    if posted.get("step") == "change" {
        return write_page(
            &web.app,
            chrome,
            &channel,
            entry,
            Errors::default(),
            StatusCode::OK,
        );
    }
    errors.0.extend(show::faults(&faults(&channel, &entry)).0);
    if !errors.is_empty() {
        return write_page(
            &web.app,
            chrome,
            &channel,
            entry,
            errors,
            StatusCode::UNPROCESSABLE_ENTITY,
        );
    }
    if posted.get("step") != "submit" {
        let card = show::card(&web.app, &chrome, &channel);
        return page::page(&CheckPage {
            channel: card,
            entry,
            chrome,
        });
    }
    let form = letter(&web, &visit, &entry);
    let submission = Submission {
        source: Source::Form,
        channel: &channel,
        key: entry.idempotency_key.as_bytes().to_vec(),
        received_at: web.app.now(),
    };
    let done = submit::submit(&web.app, submission, &form).await?;
    let law = web.app.current_law().await?;
    let owed = due_view::handed_in(&web.app, &chrome, &law, &channel, &done.obligations);
    let (due, others) = owed.ok_or_else(Trouble::not_found)?;
    page::page(&ReceiptPage {
        channel: show::channel_name(&chrome, &channel),
        sealed: channel.sealed,
        number: done.letter.number.to_string(),
        query_code: done.code.to_string(),
        received_at: show::at(&web.app, done.letter.received_at),
        due,
        others,
        mailed: !entry.email.is_empty() && web.app.config.smtp.is_some(),
        chrome,
    })
}

async fn open_channel(web: &Web, code: &str) -> Result<Channel, Trouble> {
    let channels = web.app.store.channels().await?;
    channels
        .into_iter()
        .find(|c| c.code == code && c.enabled)
        .ok_or_else(Trouble::not_found)
}

fn write_page(
    app: &App,
    chrome: Chrome,
    channel: &Channel,
    entry: Entry,
    errors: Errors,
    status: StatusCode,
) -> Result<Response, Trouble> {
    let template = WritePage {
        channel: show::card(app, &chrome, channel),
        kinds: kinds(&chrome, channel, &entry.kind),
        entry,
        errors,
        max_file: MAX_FILE.into(),
        max_form: MAX_FORM.into(),
        chrome,
    };
    page::with_status(status, &template)
}

/// What a channel's letters usually are.
pub(crate) fn usual_kind(channel: &Channel) -> Option<Kind> {
    match channel.code.as_str() {
        "online-consultation" => Some(Kind::Question),
        "report-box" => Some(Kind::Report),
        "e-petition" => Some(Kind::Petition),
        _ => None,
    }
}

/// The kinds a channel takes.
pub(crate) fn kinds(chrome: &Chrome, channel: &Channel, chosen: &str) -> Vec<Choice> {
    let report_only = channel.sealed;
    let taken = Kind::ALL
        .iter()
        .filter(|k| !report_only || **k == Kind::Report);
    chrome.choices("kind", taken.map(Kind::code), chosen)
}

/// What was entered, with new files stored and dropped ones left out.
pub(crate) async fn entered(web: &Web, posted: &Posted) -> Result<(Entry, Errors), Trouble> {
    let mut errors = Errors::default();
    let mut kept = kept_before(web, posted);
    for name in &posted.too_large {
        errors.0.push(FieldError {
            field: "files".into(),
            code: "file-too-large".into(),
            arg: name.clone(),
        });
    }
    for file in &posted.files {
        if file.bytes.is_empty() {
            errors.0.push(FieldError {
                field: "files".into(),
                code: "file-empty".into(),
                arg: file.name.clone(),
            });
            continue;
        }
        kept.push(keep_new(web, file).await?);
    }
    let entry = Entry {
        kind: posted.get("kind").into(),
        subject: text::one_line(posted.get("subject")),
        body: posted.get("body").replace("\r\n", "\n"),
        name: text::one_line(posted.get("name")),
        phone: text::one_line(posted.get("phone")),
        email: posted.get("email").trim().into(),
        address: text::one_line(posted.get("address")),
        anonymous: posted.ticked("anonymous"),
        answer_by: posted.get("answer_by").into(),
        wants_publication: posted.ticked("wants_publication"),
        idempotency_key: posted.get("idempotency_key").into(),
        kept,
    };
    Ok((entry, errors))
}

/// Files that an earlier page stored, without those dropped since.
fn tokens(posted: &Posted) -> impl Iterator<Item = &str> {
    let dropped: Vec<&str> = posted.all("drop").collect();
    posted.all("kept").filter(move |t| !dropped.contains(t))
}

/// Where the files lie that an earlier page stored.
pub(crate) fn kept(app: &App, posted: &Posted) -> Vec<FormFile> {
    tokens(posted)
        .filter_map(|token| open_token(app, token))
        .collect()
}

/// The same, to be carried by the next page.
pub(crate) fn kept_before(web: &Web, posted: &Posted) -> Vec<KeptFile> {
    tokens(posted)
        .filter_map(|token| Some(keep(token.to_owned(), &open_token(&web.app, token)?)))
        .collect()
}

/// The files of a draft, to be carried by its form.
pub(crate) fn of_draft(app: &App, files: &[DraftFile]) -> Vec<KeptFile> {
    let file = |f: &DraftFile| {
        let stored = FormFile {
            name: f.name.clone(),
            media_type: f.media_type.clone(),
            size: u64::try_from(f.size).unwrap_or_default(),
            sha256: String::new(),
            blob: f.blob.clone(),
        };
        keep(seal_token(app, &stored), &stored)
    };
    files.iter().map(file).collect()
}

/// Stores a posted file, to be carried by the next page.
pub(crate) async fn keep_new(web: &Web, file: &PostedFile) -> Result<KeptFile, Trouble> {
    let stored = store(web, &file.name, &file.media_type, &file.bytes).await?;
    Ok(keep(seal_token(&web.app, &stored), &stored))
}

/// Stores one file and says where.
pub(crate) async fn store(
    web: &Web,
    name: &str,
    media_type: &str,
    bytes: &[u8],
) -> Result<FormFile, Trouble> {
    let sealed = web.app.store.vault.seal_blobs(&[bytes], web.app.now());
    let blobs = sealed.ids.clone();
    let step = web.app.store.begin(web.app.now()).await?;
    step.add_blobs(sealed).await?;
    step.commit().await?;
    Ok(FormFile {
        name: ingest::read::safe_name(name, media_type),
        media_type: media_type.to_lowercase(),
        size: bytes.len() as u64,
        sha256: to_hex(&Sha256::digest(bytes)),
        blob: blobs.into_iter().next().ok_or_else(Trouble::not_found)?,
    })
}

fn keep(token: String, file: &FormFile) -> KeptFile {
    let size = i64::try_from(file.size).unwrap_or(i64::MAX);
    KeptFile {
        token,
        name: file.name.clone(),
        size: show::size(size),
    }
}

/// A stored file as the browser carries it: sealed, since its name may be a report's.
fn seal_token(app: &App, file: &FormFile) -> String {
    let plain = serde_json::to_vec(file).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(app.store.vault.keys.seal_form(&plain, &*app.entropy))
}

fn open_token(app: &App, token: &str) -> Option<FormFile> {
    let sealed = URL_SAFE_NO_PAD.decode(token).ok()?;
    serde_json::from_slice(&app.store.vault.keys.open_form(&sealed)?).ok()
}

/// Everything wrong with what was entered.
pub(crate) fn faults(channel: &Channel, entry: &Entry) -> Vec<Fault> {
    let mut faults = submit::faults(&FormLetter {
        kind: Some(entry.kind.clone()),
        subject: entry.subject.clone(),
        body: entry.body.clone(),
        name: entry.name.clone(),
        phone: entry.phone.clone(),
        email: entry.email.clone(),
        address: entry.address.clone(),
        anonymous: entry.anonymous,
        answer_by: answer_by(entry),
        wants_publication: entry.wants_publication,
        language: None,
        files: Vec::new(),
    });
    let silent = [&entry.name, &entry.phone, &entry.email, &entry.address];
    if !entry.anonymous && !channel.sealed && silent.iter().all(|f| f.is_empty()) {
        faults.push(Fault::new("name", "contact-needed"));
    }
    faults
}

/// How the writer wants to be answered, where they said so.
fn answer_by(entry: &Entry) -> Option<String> {
    Some(entry.answer_by.clone()).filter(|a| !a.is_empty())
}

/// The letter as the ledger keeps it.
pub(crate) fn letter(web: &Web, visit: &Visit, entry: &Entry) -> FormLetter {
    FormLetter {
        kind: Some(entry.kind.clone()),
        subject: entry.subject.clone(),
        body: entry.body.clone(),
        name: entry.name.clone(),
        phone: entry.phone.clone(),
        email: entry.email.clone(),
        address: entry.address.clone(),
        anonymous: entry.anonymous,
        answer_by: answer_by(entry),
        wants_publication: entry.wants_publication,
        language: Some(visit.language.code().into()),
        files: entry
            .kept
            .iter()
            .filter_map(|k| open_token(&web.app, &k.token))
            .collect(),
    }
}

impl From<submit::Unregistered> for Trouble {
    fn from(error: submit::Unregistered) -> Self {
        let letters::submit::Unregistered(error) = error;
        error.into()
    }
}
