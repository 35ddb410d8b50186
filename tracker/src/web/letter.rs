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
        letter::LetterPage,
        letter_forms::Failed,
        parts::{Errors, FieldError},
    },
    resume, show,
    visit::Visit,
    write,
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
/// with everything that was entered, files too, and a conflict with both texts. Whoever is signed
/// out meanwhile finds it again after signing in.
///
/// # Errors
/// When there is no such letter or action for this viewer.
pub async fn act(
    State(web): State<Web>,
    visit: Visit,
    Named((text, action)): Named<(String, String)>,
    posted: Posted,
) -> Result<Response, Trouble> {
    let (number, action) = (number(&text)?, known(&action)?);
    if visit.signed_in.is_none() {
        let path = format!("/desk/letters/{number}/{action}");
        return resume::ask(&web, &visit, &path, &posted);
    }
    let staff = visit.staff()?;
    let done = act::act(&web.app, staff, number, action, act::Fields::Form(&posted)).await;
    let Err(error) = done else {
        let path = format!("/desk/letters/{number}");
        return Ok(page::to_saying(&web, &path, said(action), ""));
    };
    let status = match &error {
        Error::Conflict { .. } => StatusCode::CONFLICT,
        Error::Fields(_) | Error::Rule(_) | Error::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => return Err(error.into()),
    };
    let opened = desk::open(&web.app, staff, number).await?;
    let (mut template, lost) = again(&web, &visit, &opened, action, &posted).await?;
    for file in posted.files.iter().filter(|f| !f.bytes.is_empty()) {
        template.kept.push(write::keep_new(&web, file).await?);
    }
    if matches!(error, Error::Conflict { .. }) {
        template.conflict = Some(letter_view::conflict(&web.app, &opened, posted.get("text")));
    } else {
        template.errors = show::refused(&error).unwrap_or_default();
        for (code, names) in [("file-lost", &lost), ("file-too-large", &posted.too_large)] {
            if !names.is_empty() {
                let fault = FieldError::new("attachments", code, &names.join(", "));
                template.errors = Errors(vec![fault]);
            }
        }
    }
    page::with_status(status, &template)
}

fn known(action: &str) -> Result<Action, Trouble> {
    action.parse().map_err(|_| Trouble::not_found())
}

/// The letter with an action's form as it was posted, and the names of files that were kept and
/// cannot be opened any more.
async fn again(
    web: &Web,
    visit: &Visit,
    opened: &desk::Opened,
    action: Action,
    posted: &Posted,
) -> Result<(LetterPage, Vec<String>), Trouble> {
    let (kept, lost) = write::kept_before(&web.app, posted).await?;
    let page = LetterPage {
        kept,
        failed: Some(Failed {
            action: action.code().into(),
            values: posted.fields().to_vec(),
        }),
        ..letter_view::page(&web.app, visit.chrome(), opened)
    };
    Ok((page, lost))
}

/// The letter after signing in anew, with what had been entered before.
///
/// # Errors
/// When there is no such letter or action for this viewer.
pub(crate) async fn resumed(
    web: &Web,
    visit: &Visit,
    (text, action): (&str, &str),
    posted: &Posted,
) -> Result<Response, Trouble> {
    let (number, action) = (number(text)?, known(action)?);
    let opened = desk::open(&web.app, visit.staff()?, number).await?;
    let (page, _) = again(web, visit, &opened, action, posted).await?;
    page::page(&page)
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
        Action::Seal => "sealed",
        Action::Reclassify => "reclassified",
        Action::RequestExtension => "extension-requested",
        Action::GrantExtension => "extension-granted",
        Action::RefuseExtension => "extension-refused",
        Action::Suspend => "suspended",
        Action::Resume => "clock-goes",
        Action::SetLimit => "limit-set",
        Action::Urge => "urged",
        Action::MarkUrgent => "marked-urgent",
        Action::TakeUrgent => "urgent-taken",
        Action::Reopen => "taken-up",
        Action::DecideAddition => "addition-decided",
        Action::Delivered | Action::DeliveryFailed => "saved",
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
