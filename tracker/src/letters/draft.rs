//! Notes among staff, and the reply being drafted.

use serde_json::json;

use super::{
    Error, Result,
    answer::{FILE, NewFile},
    assign::need,
    change::Change,
};
use crate::{
    app::App,
    domain::{
        access::Staff,
        event::EventKind,
        number::LetterNumber,
        status::Action,
        text::{self, FieldError},
    },
    store::{
        drafts::{DraftFile, DraftWords},
        events::NewEvent,
        letters::Letter,
        messages::Message,
    },
};

/// Leaves a note that only staff see.
///
/// # Errors
/// See [`Error`].
pub async fn note(app: &App, staff: &Staff, number: LetterNumber, words: &str) -> Result<Letter> {
    need(words, "text")?;
    within(words)?;
    // A note beside somebody else's change is no conflict.
    let change = Change::open(app, staff, number, None, Action::Note).await?;
    let event = NewEvent::new(EventKind::Noted, None, json!({})).with_note(words);
    change.finish_with(event).await
}

/// Keeps the draft of a reply, with these files; with those it has where none are named.
///
/// # Errors
/// See [`Error`].
pub async fn draft(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    version: Option<i64>,
    words: &str,
    files: Option<Vec<NewFile>>,
) -> Result<Letter> {
    within(words)?;
    let change = Change::open(app, staff, number, version, Action::Draft).await?;
    let files = kept(app, &change, files).await?;
    let (length, n) = (words.chars().count(), files.len());
    let words = DraftWords {
        text: words.to_owned(),
        files,
    };
    change
        .step
        .keep_draft(&change.letter, words, Some(staff.person_id))
        .await?;
    let data = json!({ "characters": length, "files": n });
    change.finish(EventKind::Drafted, data).await
}

/// The files that stand with a reply: those given, stored now, else those of the draft.
pub(crate) async fn kept(
    app: &App,
    change: &Change<'_>,
    given: Option<Vec<NewFile>>,
) -> Result<Vec<DraftFile>> {
    let Some(files) = given else {
        let draft = app.store.draft(&change.letter).await?;
        return Ok(draft.map(|d| d.words.files).unwrap_or_default());
    };
    if files.iter().any(|f| f.bytes.len() > FILE) {
        return Err(Error::Rule("file-too-large-here"));
    }
    let bytes: Vec<&[u8]> = files.iter().map(|f| f.bytes.as_slice()).collect();
    let sealed = app.store.vault.seal_blobs(&bytes, change.now());
    let blobs = sealed.ids.clone();
    change.step.add_blobs(sealed).await?;
    let file = |(f, blob): (NewFile, String)| DraftFile {
        size: i64::try_from(f.bytes.len()).unwrap_or(i64::MAX),
        name: f.name,
        media_type: f.media_type,
        blob,
    };
    Ok(files.into_iter().zip(blobs).map(file).collect())
}

/// What an answer that came back, or was taken back, leaves as a draft: its words and its files.
pub(crate) async fn restore(
    app: &App,
    change: &Change<'_>,
    reply: &Message,
    author: Option<i64>,
) -> Result<()> {
    let files = app.store.files(&change.letter, &[reply.id]).await?;
    let files = files.into_iter().filter_map(|f| {
        Some(DraftFile {
            name: f.words.name,
            media_type: f.words.media_type,
            size: f.size,
            blob: f.blob_id?,
        })
    });
    let words = DraftWords {
        text: reply.words.text.clone(),
        files: files.collect(),
    };
    Ok(change
        .step
        .keep_draft(&change.letter, words, author)
        .await?)
}

/// Text within the limit of a letter.
pub(crate) fn within(words: &str) -> Result<()> {
    if words.chars().count() > text::BODY {
        return Err(Error::Fields(vec![FieldError::new("text", "too-long")]));
    }
    Ok(())
}
