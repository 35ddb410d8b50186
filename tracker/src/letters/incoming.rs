//! What came in, as rows: its message with files, and the language it is written in.

use ingest::letter::IncomingLetter;

use crate::{
    app::App,
    domain::{
        text,
        words::{Direction, Language, MessageKind},
    },
    store::{
        arrivals::ArrivalRecord,
        letters::Letter,
        messages::{FileRecord, FileWords, Message, MessageWords},
    },
};

/// A message of the public with its files, as rows.
pub(super) fn message(
    app: &App,
    line: &ArrivalRecord,
    letter: &Letter,
    incoming: &IncomingLetter,
    kind: MessageKind,
) -> (Message, Vec<FileRecord>) {
    let id = app.id();
    let mail = line.source.is_mail();
    let files = incoming.attachments.iter().map(|a| FileRecord {
        id: app.id(),
        message_id: id,
        words: FileWords {
            name: a.name.clone(),
            media_type: a.media_type.clone(),
        },
        size: i64::try_from(a.size).unwrap_or(i64::MAX),
        part: mail.then(|| a.part.clone()),
        blob_id: (!mail).then(|| a.part.clone()),
    });
    let files: Vec<FileRecord> = files.collect();
    let sender = incoming.from.as_ref().map(|f| match f.name.as_str() {
        "" => f.address.clone(),
        name => format!("{name} <{}>", f.address),
    });
    // Paper has no sender but whom it names.
    let named = Some(&incoming.writer).filter(|w| !w.anonymous);
    let sender = sender.or_else(|| named.map(|w| w.name.clone()));
    let message = Message {
        id,
        letter_id: letter.id,
        direction: Direction::In,
        kind,
        at: line.received_at,
        author_id: None,
        arrival_id: Some(line.id),
        blob_id: line.blob_id.clone(),
        words: MessageWords {
            subject: text::one_line(&incoming.subject),
            text: incoming.text.clone(),
            visible_text: incoming.visible_text.clone(),
            sender: sender.unwrap_or_default(),
            mail_id: incoming
                .message_id
                .clone()
                .filter(|_| mail)
                .unwrap_or_default(),
        },
        has_html: incoming.html.is_some(),
        attachments: i32::try_from(files.len()).unwrap_or(i32::MAX),
    };
    (message, files)
}

/// The language to answer in: what the form says, else Chinese where any Chinese is written.
pub(super) fn language(incoming: &IncomingLetter) -> Language {
    if let Some(language) = incoming.language.as_deref().and_then(|l| l.parse().ok()) {
        return language;
    }
    let words = [&incoming.subject, &incoming.visible_text];
    let chinese = words
        .iter()
        .flat_map(|w| w.chars())
        .any(|c| ('\u{3400}'..'\u{fb00}').contains(&c));
    let latin = words
        .iter()
        .flat_map(|w| w.chars())
        .any(|c| c.is_ascii_alphabetic());
    if !chinese && latin {
        Language::English
    } else {
        Language::Chinese
    }
}
