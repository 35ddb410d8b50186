//! One letter: everything about it, and every step that can be taken on it.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    Web, act, confirm,
    error::Trouble,
    extract::{Asked, Named, Posted},
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
    Asked(asked): Asked<From>,
) -> Result<Response, Trouble> {
    let opened = desk::open(&web.app, visit.staff()?, number(&text)?).await?;
    let template = letter_view::page(&web.app, visit.chrome(), &opened);
    page::page(&opened_from(template, &asked.from))
}

/// The list a letter was opened from.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct From {
    from: String,
}

/// The letter's page with the way back to its list, where that is one of ours.
fn opened_from(mut template: LetterPage, from: &str) -> LetterPage {
    if is_list(from) {
        let back = format!("{from}#row-{}", template.number);
        template.back = template.chrome.url(back);
        from.clone_into(&mut template.from);
    }
    template
}

/// The same as an address carries it on.
fn onward(from: &str) -> String {
    if is_list(from) {
        format!("?from={}", show::escape(from))
    } else {
        String::new()
    }
}

fn is_list(from: &str) -> bool {
    let (path, _) = from.split_once('?').unwrap_or((from, ""));
    ["/desk", "/intake"].contains(&path) && !from.chars().any(|c| c.is_control() || c == '#')
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
    let fields = || act::Fields::Form(&posted);
    let done = match posted.get("step") {
        "confirm" => act::act(&web.app, staff, number, action, fields()).await,
        "change" => {
            let opened = desk::open(&web.app, staff, number).await?;
            return page::page(&again(&web, &visit, &opened, action, &posted));
        }
        _ => match act::preview(&web.app, staff, number, action, fields()).await {
            Ok(Some(sent)) => {
                return confirm::ask(&web, &visit, (number, action), &posted, sent).await;
            }
            Ok(None) => act::act(&web.app, staff, number, action, fields()).await,
            Err(error) => Err(error),
        },
    };
    let Err(error) = done else {
        let path = format!("/desk/letters/{number}{}", onward(posted.get("from")));
        return Ok(page::to_saying(&web, &path, said(action), ""));
    };
    let status = match &error {
        Error::Conflict { .. } => StatusCode::CONFLICT,
        Error::Fields(_) | Error::Rule(_) | Error::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => return Err(error.into()),
    };
    let opened = desk::open(&web.app, staff, number).await?;
    let mut template = again(&web, &visit, &opened, action, &posted);
    for file in posted.files.iter().filter(|f| !f.bytes.is_empty()) {
        template.kept.push(write::keep_new(&web, file).await?);
    }
    if matches!(error, Error::Conflict { .. }) {
        template.conflict = Some(letter_view::conflict(&web.app, &opened, posted.get("text")));
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
    page::with_status(status, &template)
}

fn known(action: &str) -> Result<Action, Trouble> {
    action.parse().map_err(|_| Trouble::not_found())
}

/// The letter with an action's form as it was posted.
fn again(
    web: &Web,
    visit: &Visit,
    opened: &desk::Opened,
    action: Action,
    posted: &Posted,
) -> LetterPage {
    let template = letter_view::page(&web.app, visit.chrome(), opened);
    LetterPage {
        kept: write::kept_before(web, posted),
        failed: Some(Failed {
            action: action.code().into(),
            values: posted.fields().to_vec(),
        }),
        ..opened_from(template, posted.get("from"))
    }
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
    page::page(&again(web, visit, &opened, action, posted))
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
        Action::Reverse => "reversed",
        Action::Correct => "corrected",
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
