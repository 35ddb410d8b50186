//! Writing a letter without any script: what a form holds, and what is wrong with it. Files are
//! stored at the first step and travel on as sealed tokens; an error loses nothing. The way from
//! page to page is [`steps`].

pub mod steps;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ingest::form::{FormFile, FormLetter};
use sha2::{Digest, Sha256};

use super::{
    Web,
    chrome::Chrome,
    error::Trouble,
    extract::{Posted, PostedFile},
    pages::{
        parts::{Choice, Errors, FieldError, KeptFile},
        write::Entry,
    },
    show,
    visit::Visit,
};
use crate::{
    app::App,
    domain::{
        text::{self, FieldError as Fault},
        words::Kind,
    },
    keys::to_hex,
    letters::{self, submit},
    store::channels::Channel,
};

/// Largest file and form as pages say them.
pub(crate) const MAX_FILE: &str = "20 MB";
/// Largest file and form as pages say them.
pub(crate) const MAX_FORM: &str = "120 MB";
/// Most files of one letter.
pub(crate) const MAX_FILES: usize = 30;

async fn open_channel(web: &Web, code: &str) -> Result<Channel, Trouble> {
    let channels = web.app.store.channels().await?;
    channels
        .into_iter()
        .find(|c| c.code == code && c.enabled)
        .ok_or_else(Trouble::not_found)
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
    let (kept, errors) = entered_files(web, posted).await?;
    // Only what can be seen is something.
    let line = |name: &str| {
        let line = text::one_line(posted.get(name));
        if text::is_blank(&line) {
            String::new()
        } else {
            line
        }
    };
    let entry = Entry {
        kind: posted.get("kind").into(),
        subject: line("subject"),
        body: posted.get("body").replace("\r\n", "\n"),
        name: line("name"),
        phone: line("phone"),
        email: text::tidy_address(&line("email")),
        address: line("address"),
        anonymous: posted.ticked("anonymous"),
        wants_publication: posted.ticked("wants_publication"),
        idempotency_key: posted.get("idempotency_key").into(),
        kept,
    };
    Ok((entry, errors))
}

/// Files kept by an earlier page and new ones, stored now; and what is wrong with any.
pub(crate) async fn entered_files(
    web: &Web,
    posted: &Posted,
) -> Result<(Vec<KeptFile>, Errors), Trouble> {
    let mut errors = Errors::default();
    let mut fault = |code, name: &str| errors.0.push(FieldError::new("files", code, name));
    let (mut kept, lost) = kept_before(&web.app, posted).await?;
    for name in &lost {
        fault("file-lost", name);
    }
    for name in &posted.too_large {
        fault("file-too-large", name);
    }
    for file in &posted.files {
        if file.bytes.is_empty() {
            fault("file-empty", &file.name);
        } else if kept.len() >= MAX_FILES {
            fault("file-one-too-many", &file.name);
        } else {
            kept.push(keep_new(web, file).await?);
        }
    }
    Ok((kept, errors))
}

/// Where the files lie that an earlier page stored; names of those that cannot be opened any more.
pub(crate) async fn kept(
    app: &App,
    posted: &Posted,
) -> Result<(Vec<FormFile>, Vec<String>), letters::Error> {
    let dropped: Vec<&str> = posted.all("drop").collect();
    let mut lost = Vec::new();
    let mut files = Vec::new();
    for value in posted.all("kept").filter(|v| !dropped.contains(v)) {
        match open_token(app, value) {
            Some(file) => files.push(file),
            None => lost.push(name_of(value)),
        }
    }
    let there = app
        .store
        .blobs_there(files.iter().map(|f| f.blob.as_str()))
        .await?;
    files.retain(|f| {
        let found = there.contains(&f.blob);
        if !found {
            lost.push(f.name.clone());
        }
        found
    });
    Ok((files, lost))
}

/// The same, to be carried by the next page.
pub(crate) async fn kept_before(
    app: &App,
    posted: &Posted,
) -> Result<(Vec<KeptFile>, Vec<String>), letters::Error> {
    let (files, lost) = kept(app, posted).await?;
    Ok((files.iter().map(|f| keep(app, f)).collect(), lost))
}

/// Stores a posted file, to be carried by the next page.
pub(crate) async fn keep_new(web: &Web, file: &PostedFile) -> Result<KeptFile, Trouble> {
    let stored = store(web, &file.name, &file.media_type, &file.bytes).await?;
    Ok(keep(&web.app, &stored))
}

/// Stores one file and says where.
pub(crate) async fn store(
    web: &Web,
    name: &str,
    media_type: &str,
    bytes: &[u8],
) -> Result<FormFile, Trouble> {
    web.app.store.writable.has_room()?;
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

fn keep(app: &App, file: &FormFile) -> KeptFile {
    let size = i64::try_from(file.size).unwrap_or(i64::MAX);
    KeptFile {
        token: seal_token(app, file),
        name: file.name.clone(),
        size: show::size(size),
    }
}

/// A stored file as the browser carries it: sealed, since nobody is to name a blob by themselves.
/// Its name follows in plain, so that a file whose token opens no more can be asked for by name.
fn seal_token(app: &App, file: &FormFile) -> String {
    let plain = serde_json::to_vec(file).unwrap_or_default();
    let sealed = app.store.vault.keys.seal_form(&plain, &*app.entropy);
    format!("{}:{}", URL_SAFE_NO_PAD.encode(sealed), file.name)
}

fn open_token(app: &App, value: &str) -> Option<FormFile> {
    let token = value.split(':').next()?;
    let sealed = URL_SAFE_NO_PAD.decode(token).ok()?;
    serde_json::from_slice(&app.store.vault.keys.open_form(&sealed)?).ok()
}

/// The file's name beside its token.
fn name_of(value: &str) -> String {
    let name = value.split_once(':').map_or("", |(_, name)| name);
    text::cut(&text::one_line(name), 120)
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
        wants_publication: entry.wants_publication,
        language: None,
        files: Vec::new(),
    });
    let silent = [&entry.name, &entry.phone, &entry.email, &entry.address];
    if !entry.anonymous && !channel.sealed && silent.iter().all(|f| text::is_blank(f)) {
        faults.push(Fault::new("name", "contact-needed"));
    }
    faults
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
        wants_publication: entry.wants_publication,
        language: Some(visit.language.code().into()),
        files: files(&web.app, &entry.kept),
    }
}

/// Where kept files lie.
pub(crate) fn files(app: &App, kept: &[KeptFile]) -> Vec<FormFile> {
    let open = |k: &KeptFile| open_token(app, &k.token);
    kept.iter().filter_map(open).collect()
}

impl From<submit::Unregistered> for Trouble {
    fn from(error: submit::Unregistered) -> Self {
        let letters::submit::Unregistered(error) = error;
        error.into()
    }
}
