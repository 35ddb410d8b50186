//! Adding to a letter, for whoever has its number and code: its only way for a writer who left no
//! address.

use axum::{extract::State, response::Response};

use super::{Adding, Carried, Shown, again, find, progress};
use crate::{
    letters::addition::{self, Added},
    web::{
        Web,
        carry::{Carry, is_name},
        chrome::Notice,
        error::Trouble,
        extract::Posted,
        page, show,
        visit::Visit,
        write,
    },
};

/// `POST /track/add`: adds words and files, and leads back to the letter.
///
/// # Errors
/// When nothing could be stored.
pub async fn add(
    State(web): State<Web>,
    visit: Visit,
    carry: Carry,
    posted: Posted,
) -> Result<Response, Trouble> {
    let (number, code) = (posted.get("number"), posted.get("query_code"));
    let found = match find(&web, &visit, number, code).await? {
        Ok(found) => found,
        Err(refused) => return again(&visit, number, refused),
    };
    let (kept, errors) = write::entered_files(&web, &posted).await?;
    let mut adding = Adding {
        words: posted.get("body").replace("\r\n", "\n"),
        key: posted.get("idempotency_key").into(),
        errors: errors.0,
        kept,
    };
    let added = Added {
        words: adding.words.clone(),
        files: write::files(&web.app, &adding.kept),
    };
    adding
        .errors
        .extend(show::faults(&addition::faults(&added)).0);
    let done = adding.errors.is_empty();
    if done {
        let key = adding.key.as_bytes().to_vec();
        addition::add(&web.app, &found.letter, key, added).await?;
        adding = Adding::default();
    }
    let view = Some(posted.get("view")).filter(|v| is_name(v));
    let view = view.map_or_else(|| carry.fresh(), ToOwned::to_owned);
    let kept = Carried::Letter {
        number: number.into(),
        code: code.into(),
        adding: adding.clone(),
    };
    if carry.keep(&view, &kept).await {
        let path = format!("/track/{view}");
        return Ok(if done {
            page::to_saying(&web, &path, "added", "")
        } else {
            page::to(&web, &path)
        });
    }
    let Ok(found) = find(&web, &visit, number, code).await? else {
        return Err(Trouble::not_found());
    };
    let mut shown = Shown::new(&visit, code, "", adding);
    shown.chrome.notice = done.then(|| Notice {
        code: "added".into(),
        ..Notice::default()
    });
    progress(&web, shown, *found).await
}
