//! An end is confirmed: whoever takes it sees first what its writer gets, or that nothing is sent.

use axum::response::Response;

use super::{
    Web, error::Trouble, extract::Posted, page, pages::confirm::ConfirmPage, visit::Visit,
};
use crate::{
    domain::{number::LetterNumber, status::Action},
    letters::end::Preview,
    reading::desk,
};

/// What the page sets itself.
const OWN: [&str; 2] = ["csrf", "step"];

/// Shows what an end would send, with all that was posted, and asks.
///
/// # Errors
/// When there is no such letter for this viewer.
pub(crate) async fn ask(
    web: &Web,
    visit: &Visit,
    (number, action): (LetterNumber, Action),
    posted: &Posted,
    sent: Preview,
) -> Result<Response, Trouble> {
    let opened = desk::open(&web.app, visit.staff()?, number).await?;
    let chrome = visit.chrome();
    let fields = posted.fields().iter();
    let mut template = ConfirmPage {
        number: number.to_string(),
        subject: opened.letter.subject.clone(),
        action: action.code().into(),
        title: chrome.word("act", &action.code().replace('-', "_")),
        fields: fields
            .filter(|(name, _)| !OWN.contains(&name.as_str()))
            .cloned()
            .collect(),
        undo_seconds: web.app.config.outbox.undo_seconds.into(),
        chrome,
        ..ConfirmPage::default()
    };
    match sent {
        Preview::Nothing => template.way = "nothing".into(),
        Preview::Portal { text } => {
            template.way = "portal".into();
            template.text = text;
        }
        Preview::Mail { to, mail, text } => {
            let neutral = opened.letter.is_sealed();
            template.way = if neutral { "neutral" } else { "mail" }.into();
            (template.to, template.mail_subject) = (to, mail.subject);
            template.mail_text = mail.text;
            template.text = if neutral { text } else { String::new() };
        }
    }
    page::page(&template)
}
