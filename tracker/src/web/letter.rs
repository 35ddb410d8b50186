//! One letter: everything about it, and every step that can be taken on it.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    Web, act,
    error::Trouble,
    extract::{Named, Posted},
    letter_view, page,
    pages::{
        letter::Conflict,
        letter_forms::Failed,
        parts::{Errors, FieldError},
    },
    show,
    visit::Visit,
};
use crate::{
    domain::{number::LetterNumber, status::Action},
    letters::Error,
    reading::desk,
};

/// A number from an address.
///
/// # Errors
/// When it is none: a page that is not there.
pub(crate) fn number(text: &str) -> Result<LetterNumber, Trouble> {
    text.parse().map_err(|_| Trouble::not_found())
}

/// `GET /desk/letters/{number}`
///
/// # Errors
/// When there is no such letter for this viewer.
pub async fn show(
    State(web): State<Web>,
    visit: Visit,
    Named(text): Named<String>,
) -> Result<Response, Trouble> {
    let opened = desk::open(&web.app, visit.staff()?, number(&text)?).await?;
    page::page(&letter_view::page(&web.app, visit.chrome(), &opened))
}

/// `POST /desk/letters/{number}/{action}`: takes a step. What is refused is shown on the letter
/// with everything that was entered, and a conflict with both texts.
///
/// # Errors
/// When there is no such letter or action for this viewer.
pub async fn act(
    State(web): State<Web>,
    visit: Visit,
    Named((text, action)): Named<(String, String)>,
    posted: Posted,
) -> Result<Response, Trouble> {
    let (staff, number) = (visit.staff()?, number(&text)?);
    let action: Action = action.parse().map_err(|_| Trouble::not_found())?;
    let path = format!("/desk/letters/{number}");
    let done = act::act(&web.app, staff, number, action, act::Fields::Form(&posted)).await;
    let Err(error) = done else {
        return Ok(page::to_saying(
            &web,
            &path,
            said(action),
            &about(&posted, action),
        ));
    };
    let status = match &error {
        Error::Conflict { .. } => StatusCode::CONFLICT,
        Error::Fields(_) | Error::Rule(_) | Error::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => return Err(error.into()),
    };
    let opened = desk::open(&web.app, staff, number).await?;
    let mut template = letter_view::page(&web.app, visit.chrome(), &opened);
    let values = posted.fields().to_vec();
    if matches!(error, Error::Conflict { .. }) {
        let last = opened.events.last();
        template.conflict = Some(Conflict {
            who: last
                .and_then(|e| e.event.actor_id)
                .and_then(|id| opened.people.iter().find(|p| p.id == id))
                .map(|p| p.name.clone())
                .unwrap_or_default(),
            at: last.map(|e| show::at(&web.app, e.at())).unwrap_or_default(),
            what: last
                .map(|e| e.event.kind.code().to_owned())
                .unwrap_or_default(),
            theirs: template.draft.clone(),
            yours: posted.get("text").to_owned(),
        });
    } else {
        template.errors = show::refused(&error).unwrap_or_default();
        if !posted.too_large.is_empty() {
            template.errors = Errors(vec![FieldError {
                field: "attachments".into(),
                code: "file-too-large".into(),
                arg: posted.too_large.join(", "),
            }]);
        }
    }
    template.failed = Some(Failed {
        action: action.code().into(),
        values,
    });
    page::with_status(status, &template)
}

/// What is said once after a step.
fn said(action: Action) -> &'static str {
    match action {
        Action::Accept => "accepted",
        Action::Assign => "assigned",
        Action::Take => "taken",
        Action::Reassign => "reassigned",
        Action::SendBack => "sent-back",
        Action::Note => "noted",
        Action::Draft => "draft-saved",
        Action::Answer => "answered",
        Action::Recall => "recalled",
        Action::Resend => "resent",
        Action::Serve => "served",
        Action::Decline => "declined",
        Action::Direct => "directed",
        Action::MarkDuplicate => "duplicate",
        Action::Invalid => "invalid",
        Action::Withdraw => "withdrawn",
        Action::NameParty => "party-named",
        Action::NameReader => "reader-named",
        Action::Delivered | Action::DeliveryFailed => "saved",
    }
}

fn about(posted: &Posted, action: Action) -> String {
    match action {
        Action::Assign | Action::Reassign => posted.get("unit").to_owned(),
        _ => String::new(),
    }
}

/// `GET /desk/letters/{number}/files/{id}`
///
/// # Errors
/// When there is no such file for this viewer.
pub async fn file(
    State(web): State<Web>,
    visit: Visit,
    Named((text, id)): Named<(String, i64)>,
) -> Result<Response, Trouble> {
    let (file, bytes) = desk::file(&web.app, visit.staff()?, number(&text)?, id).await?;
    Ok(page::download(&file.words.name, bytes))
}

/// `GET /desk/letters/{number}/messages/{id}/html`: cleaned at the moment of showing, and framed
/// by a policy under which nothing in it runs or is fetched.
///
/// # Errors
/// When there is none for this viewer.
pub async fn html(
    State(web): State<Web>,
    visit: Visit,
    Named((text, id)): Named<(String, i64)>,
) -> Result<Response, Trouble> {
    let html = desk::html(&web.app, visit.staff()?, number(&text)?, id).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (
            header::CONTENT_SECURITY_POLICY,
            "sandbox; default-src 'none'",
        ),
    ];
    let body = format!(
        "<!doctype html><meta charset=\"utf-8\">{}",
        super::clean::clean(&html)
    );
    Ok((headers, body).into_response())
}
