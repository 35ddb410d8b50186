//! One letter: everything about it, and every step that can be taken on it.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use serde::Deserialize;

use super::{
    Web, act,
    error::Trouble,
    extract::{Asked, Named, Posted},
    letter_view, page,
    pages::{
        letter::{LetterPage, PreviewPage},
        letter_forms::Failed,
        parts::{Errors, FieldError},
    },
    resume, show,
    visit::Visit,
    write,
};
use crate::{
    domain::{number::LetterNumber, status::Action, words::Service},
    letters::{Error, answer},
    reading::desk,
};

/// A number from an address.
///
/// # Errors
/// When it is none: a page that is not there.
pub(crate) fn number(text: &str) -> Result<LetterNumber, Trouble> {
    text.parse().map_err(|_| Trouble::not_found())
}

/// How a letter's page is printed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Print {
    /// `all`: with history and explanations.
    print: String,
}

/// `GET /desk/letters/{number}`
///
/// # Errors
/// When there is no such letter for this viewer.
pub async fn show(
    State(web): State<Web>,
    visit: Visit,
    Named(text): Named<String>,
    Asked(asked): Asked<Print>,
) -> Result<Response, Trouble> {
    let opened = desk::open(&web.app, visit.staff()?, number(&text)?).await?;
    page::page(&LetterPage {
        print_all: asked.print == "all",
        ..letter_view::page(&web.app, visit.chrome(), &opened)
    })
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
    let number = number(&text)?;
    let beside = match action.as_str() {
        "preview" => Some(Beside::Preview),
        "edit" => Some(Beside::Edit),
        _ => None,
    };
    let action = match beside {
        Some(_) => Action::Answer,
        None => known(&action)?,
    };
    if visit.signed_in.is_none() {
        let path = format!("/desk/letters/{number}/{action}");
        return resume::ask(&web, &visit, &path, &posted);
    }
    let staff = visit.staff()?;
    if beside == Some(Beside::Edit) {
        let opened = desk::open(&web.app, staff, number).await?;
        return page::page(&again(&web, &visit, &opened, action, &posted));
    }
    let error = if beside == Some(Beside::Preview) {
        match previewed(&web, &visit, number, &posted).await? {
            Ok(shown) => return Ok(shown),
            Err(error) => error,
        }
    } else {
        let fields = act::Fields::Form(&posted);
        match act::act(&web.app, staff, number, action, fields).await {
            Ok(_) => {
                let path = format!("/desk/letters/{number}");
                return Ok(page::to_saying(&web, &path, said(action), ""));
            }
            Err(error) => error,
        }
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

/// What the form of an answer asks for beside a step.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beside {
    /// The answer as it will leave.
    Preview,
    /// The form again, from its preview.
    Edit,
}

/// The answer as it will leave, with everything that was entered; or why it could not be issued.
async fn previewed(
    web: &Web,
    visit: &Visit,
    number: LetterNumber,
    posted: &Posted,
) -> Result<std::result::Result<Response, Error>, Trouble> {
    let staff = visit.staff()?;
    if !posted.too_large.is_empty() {
        return Ok(Err(Error::Rule("file-too-large-here")));
    }
    let found = match answer::preview(&web.app, staff, number, posted.get("text")).await {
        Ok(found) => found,
        Err(error) => return Ok(Err(error)),
    };
    let mut kept = write::kept_before(web, posted);
    for file in posted.files.iter().filter(|f| !f.bytes.is_empty()) {
        kept.push(write::keep_new(web, file).await?);
    }
    let chrome = visit.chrome();
    let shown = page::page(&PreviewPage {
        number: number.to_string(),
        version: posted.get("version").parse().unwrap_or_default(),
        medium: found.by.code().into(),
        to: found.address,
        subject: found.words.subject,
        // On the website the answer stands as it was written.
        text: match found.by {
            Service::Portal => posted.get("text").to_owned(),
            _ => found.words.text,
        },
        answer: posted.get("text").to_owned(),
        kept,
        chrome,
    });
    Ok(Ok(shown?))
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
    let shown = letter_view::page(&web.app, visit.chrome(), opened);
    let composing = matches!(action, Action::Answer | Action::Draft);
    LetterPage {
        kept: if composing {
            write::kept_before(web, posted)
        } else {
            shown.kept.clone()
        },
        failed: Some(Failed {
            action: action.code().into(),
            values: posted.fields().to_vec(),
        }),
        ..shown
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
        Action::CorrectService => "service-corrected",
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
        Action::HandBack | Action::Delivered | Action::DeliveryFailed => "saved",
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
