//! What a visitor's browser carries from one page to the next. A form that was posted is answered by
//! sending the browser on to a page of its own, so that Back, Forward and reload repeat no posting;
//! what was typed waits there, sealed under a secret that only the browser's cookie holds. The
//! address of the page names which of several forms it is and opens nothing by itself. A browser
//! that keeps no cookies is answered at once, by pages that carry everything themselves.

use axum::{
    extract::FromRequestParts,
    http::request::Parts,
    response::{IntoResponse, Response},
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};
use serde::{Serialize, de::DeserializeOwned};

use super::{Web, error::Trouble, portal::cookie_path, visit::Visit};
use crate::{clock::random, keys::to_hex, letters::carried, store::carried::Hand};

/// The cookie.
const CARRY: &str = "hy_carry";

/// A visitor's browser.
pub struct Carry {
    web: Web,
    secret: Option<String>,
    place: Option<String>,
}

impl FromRequestParts<Web> for Carry {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Trouble> {
        let visit = Visit::from_request_parts(parts, web).await?;
        let jar = CookieJar::from_headers(&parts.headers);
        let secret = jar.get(CARRY).map(|c| c.value().to_owned());
        Ok(Self {
            web: web.clone(),
            secret: secret.filter(|s| is_name(s)),
            place: visit.place,
        })
    }
}

impl Carry {
    /// A name for something new.
    #[must_use]
    pub fn fresh(&self) -> String {
        to_hex(&random::<16>(&*self.web.app.entropy))
    }

    fn hand(&self, name: &str) -> Option<Hand> {
        let secret = self.secret.as_deref()?;
        Some(self.web.app.store.hand(secret, name))
    }

    /// Keeps something under a name; `false` where this browser must be answered at once.
    pub async fn keep(&self, name: &str, what: &(impl Serialize + Sync)) -> bool {
        match self.hand(name) {
            None => false,
            Some(hand) => carried::keep(&self.web.app, &hand, self.place.as_deref(), what).await,
        }
    }

    /// What is kept under a name.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn look<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Trouble> {
        match self.hand(name) {
            None => Ok(None),
            Some(hand) => Ok(carried::look(&self.web.app, &hand).await?),
        }
    }

    /// Forgets it.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn forget(&self, name: &str) -> Result<(), Trouble> {
        match self.hand(name) {
            None => Ok(()),
            Some(hand) => Ok(carried::forget(&self.web.app, &hand).await?),
        }
    }

    /// A key that is the same for the same form in the same browser, and tells nobody anything.
    #[must_use]
    pub fn key_of(&self, name: &str) -> String {
        match &self.secret {
            None => self.fresh(),
            Some(secret) => {
                let keys = &self.web.app.store.vault.keys;
                keys.digest("form key", format!("{secret}\0{name}").as_bytes())
            }
        }
    }

    /// The answer, with the cookie for a browser that has none yet. It lasts as long as the browser
    /// is open.
    #[must_use]
    pub fn with_cookie(&self, response: Response) -> Response {
        if self.secret.is_some() {
            return response;
        }
        let cookie = Cookie::build((CARRY, self.fresh()))
            .path(cookie_path(&self.web))
            .http_only(true)
            .secure(self.web.app.config.base_url.starts_with("https://"))
            .same_site(SameSite::Lax)
            .build();
        (CookieJar::new().add(cookie), response).into_response()
    }
}

/// Whether it can be a name of ours: 128 bits in hexadecimal.
#[must_use]
pub(super) fn is_name(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}
