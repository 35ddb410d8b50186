//! Signed out while writing: what was posted travels sealed through the sign-in page, and stands in
//! its form again afterwards. Files are chosen anew: a stranger's are not stored.

use axum::{http::StatusCode, response::Response};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::{
    Web, by_hand,
    error::Trouble,
    extract::Posted,
    letter, page,
    pages::{parts::Errors, sign_in::LoginPage},
    visit::Visit,
};

/// A form that was posted by nobody any more.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    path: String,
    fields: Vec<(String, String)>,
}

/// Asks to sign in, keeping what was posted to `path`.
///
/// # Errors
/// When the page cannot be rendered.
pub(crate) fn ask(
    web: &Web,
    visit: &Visit,
    path: &str,
    posted: &Posted,
) -> Result<Response, Trouble> {
    let kept = Kept {
        path: path.to_owned(),
        fields: posted.fields().to_vec(),
    };
    let plain = serde_json::to_vec(&kept).unwrap_or_default();
    let keys = &web.app.store.vault.keys;
    let template = LoginPage {
        chrome: visit.chrome(),
        next: letter_of(path).map_or_else(
            || path.to_owned(),
            |(number, _)| format!("/desk/letters/{number}"),
        ),
        resume: URL_SAFE_NO_PAD.encode(keys.seal_form(&plain, &*web.app.entropy)),
        login: String::new(),
        errors: Errors::default(),
    };
    page::with_status(StatusCode::UNAUTHORIZED, &template)
}

/// The page with what was kept, for whoever has just signed in; `None` where nothing was, or where
/// it is not for them to see.
pub(crate) async fn resumed(web: &Web, visit: &Visit, token: &str) -> Option<Response> {
    let sealed = URL_SAFE_NO_PAD.decode(token).ok()?;
    let plain = web.app.store.vault.keys.open_form(&sealed)?;
    let kept: Kept = serde_json::from_slice(&plain).ok()?;
    let posted = Posted::of(kept.fields);
    let page = match letter_of(&kept.path) {
        Some(names) => letter::resumed(web, visit, names, &posted).await,
        None => by_hand::resumed(web, visit, &posted).await,
    };
    page.ok()
}

/// Number and action of a letter's form.
fn letter_of(path: &str) -> Option<(&str, &str)> {
    path.strip_prefix("/desk/letters/")?.split_once('/')
}
