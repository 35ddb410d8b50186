//! The style sheet and the icon, in the binary.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

use super::{error::Trouble, extract::Named};
use crate::keys::to_hex;

#[derive(RustEmbed)]
#[folder = "assets"]
struct Assets;

/// A digest of all assets: an address with it in may be kept for ever.
#[must_use]
pub fn version() -> String {
    let style = Assets::get("huiyin.css")
        .map(|f| f.metadata.sha256_hash())
        .unwrap_or_default();
    to_hex(&style[..6])
}

/// One asset.
///
/// # Errors
/// When there is none of that name.
pub async fn asset(Named(name): Named<String>) -> Result<Response, Trouble> {
    let file = Assets::get(&name).ok_or_else(Trouble::not_found)?;
    let kind = file.metadata.mimetype().to_owned();
    let headers = [
        (header::CONTENT_TYPE, kind),
        (
            header::CACHE_CONTROL,
            "public, max-age=31536000, immutable".to_owned(),
        ),
    ];
    Ok((headers, file.data.into_owned()).into_response())
}
