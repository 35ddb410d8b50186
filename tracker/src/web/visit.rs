//! Who asks, in which language, from where.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, header, request::Parts},
};
use axum_extra::extract::CookieJar;

use super::{
    Web,
    chrome::{self, Chrome, Notice},
    error::Trouble,
    guard::Nonce,
    language,
};
use crate::{
    domain::{access::Staff, number::LetterNumber, words::Language},
    letters::session::{self, SignedIn},
    reading::law::warnings,
};

/// The session's cookie.
pub const SESSION: &str = "hy_session";
/// The language's cookie.
pub const LANGUAGE: &str = "hy_lang";

/// One request's circumstances.
#[derive(Clone)]
pub struct Visit {
    /// The language of the answer.
    pub language: Language,
    /// Who is signed in.
    pub signed_in: Option<SignedIn>,
    /// A keyed digest of where the request comes from, for counting guesses.
    pub place: Option<String>,
    web: Web,
    by_token: bool,
    path: String,
    here: String,
    nonce: String,
    notice: Option<Notice>,
}

impl FromRequestParts<Web> for Visit {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Trouble> {
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        let jar = CookieJar::from_headers(&parts.headers);
        let signed_in = match (bearer(&parts.headers), jar.get(SESSION)) {
            (Some(token), _) => session::by_token(&web.app, token).await?,
            (None, Some(cookie)) => session::by_session(&web.app, cookie.value()).await?,
            (None, None) => None,
        };
        let query = parts.uri.query().unwrap_or_default();
        let asked = |name: &str| {
            let mut pairs = query.split('&').filter_map(|p| p.split_once('='));
            pairs.find(|(n, _)| *n == name).map(|(_, v)| unescape(v))
        };
        let own = signed_in.as_ref().map(|s| s.person.language);
        let language = asked("lang")
            .and_then(|l| language::asked(&l))
            .or_else(|| jar.get(LANGUAGE).and_then(|c| language::asked(c.value())))
            .or(own)
            .or_else(|| accepted(&parts.headers))
            .or_else(|| language::asked(&web.app.config.language))
            .unwrap_or(Language::Chinese);
        let notice = asked("said").map(|code| Notice {
            warns: matches!(
                code.as_str(),
                "too-late-to-recall" | "still-unreadable" | "typed-gone" | "look-up-gone"
            ),
            code,
            // A letter's number, or nothing: whatever else a link carries is not our word.
            arg: asked("of")
                .filter(|of| of.parse::<LetterNumber>().is_ok())
                .unwrap_or_default(),
        });
        let path = parts.uri.path().to_owned();
        let visit = Self {
            language,
            signed_in,
            by_token: bearer(&parts.headers).is_some(),
            place: place(web, parts),
            here: parts
                .uri
                .path_and_query()
                .map_or(path.clone(), ToString::to_string),
            path,
            nonce: parts
                .extensions
                .get::<Nonce>()
                .map(|n| n.0.clone())
                .unwrap_or_default(),
            // Only codes that we know are words: nobody puts words in our mouth by a link.
            notice: notice.filter(|n| n.code.chars().all(|c| c.is_ascii_lowercase() || c == '-')),
            web: web.clone(),
        };
        parts.extensions.insert(visit.clone());
        Ok(visit)
    }
}

impl Visit {
    /// The same visit by somebody who has just signed in; the page stands for the desk.
    #[must_use]
    pub fn signed_in_as(&self, signed_in: SignedIn) -> Self {
        Self {
            signed_in: Some(signed_in),
            path: "/desk".into(),
            here: "/desk".into(),
            notice: Some(Notice {
                code: "resumed".into(),
                arg: String::new(),
                warns: true,
            }),
            ..self.clone()
        }
    }

    /// Whether it is answered in Chinese.
    #[must_use]
    pub fn chinese(&self) -> bool {
        self.language == Language::Chinese
    }

    /// By which the log knows this request.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.nonce
    }

    /// The frame of a page.
    #[must_use]
    pub fn chrome(&self) -> Chrome {
        let mut chrome = Chrome {
            language: self.language,
            site: self.web.site.clone(),
            base: self.web.base.to_string(),
            path: self.path.clone(),
            here: self.here.clone(),
            viewer: self.signed_in.as_ref().map(|s| chrome::Viewer {
                name: s.person.name.clone(),
                unit: String::new(),
                desk: s.staff.has_desk(),
                overview: s.staff.may_oversee(),
                intake: s.staff.may_register(),
                admin: s.staff.may_administer(),
            }),
            nonce: self.nonce.clone(),
            csrf: String::new(),
            notice: None,
            unannounced: match &self.signed_in {
                Some(_) => warnings(&self.web.app)
                    .iter()
                    .map(|w| w.year().to_string())
                    .collect(),
                None => Vec::new(),
            },
        };
        // A code that has no words is no notice: the address bar says nothing on our pages.
        chrome.notice = self
            .notice
            .clone()
            .filter(|n| chrome.word("notice", &n.code) != n.code);
        chrome
    }

    /// Whoever is signed in; anybody else is asked to sign in, and whoever still has a first
    /// password to change it.
    ///
    /// # Errors
    /// When nobody is signed in.
    pub fn staff(&self) -> Result<&Staff, Trouble> {
        match &self.signed_in {
            None => Err(Trouble::sign_in()),
            Some(s)
                if s.person.must_change_password && !self.by_token && self.path != "/password" =>
            {
                Err(Trouble {
                    sign_in: true,
                    ..Trouble::forbidden()
                })
            }
            Some(s) => Ok(&s.staff),
        }
    }

    /// A registrar.
    ///
    /// # Errors
    /// When nobody is signed in, or somebody else.
    pub fn registrar(&self) -> Result<&Staff, Trouble> {
        self.staff().and_then(|s| {
            if s.may_register() {
                Ok(s)
            } else {
                Err(Trouble::forbidden())
            }
        })
    }

    /// An administrator.
    ///
    /// # Errors
    /// When nobody is signed in, or somebody else.
    pub fn administrator(&self) -> Result<&Staff, Trouble> {
        self.staff().and_then(|s| {
            if s.may_administer() {
                Ok(s)
            } else {
                Err(Trouble::forbidden())
            }
        })
    }
}

/// The API token that a request bears.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .strip_prefix("Bearer ")
        .map(str::trim)
}

fn accepted(headers: &HeaderMap) -> Option<Language> {
    language::accepted(headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?)
}

/// The client's address: the nearest hop that is not one of our own proxies. Kept as a keyed
/// digest only.
pub(crate) fn place(web: &Web, parts: &Parts) -> Option<String> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip();
    let trusted = |ip: &IpAddr| {
        web.app
            .config
            .trusted_proxies
            .iter()
            .any(|n| n.contains(&ip.to_canonical()))
    };
    let mut client = peer;
    if trusted(&peer) {
        let forwarded = parts.headers.get_all("x-forwarded-for").iter();
        let hops: Vec<IpAddr> = forwarded
            .filter_map(|v| v.to_str().ok())
            .flat_map(|v| v.split(','))
            .filter_map(|hop| hop.trim().parse().ok())
            .collect();
        client = hops
            .into_iter()
            .rev()
            .find(|ip| !trusted(ip))
            .unwrap_or(peer);
    }
    // Whoever has one IPv6 address has the /64 it is in; an IPv4 address may come dressed as one.
    let client = match client.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("{:x?}", &v6.segments()[..4]),
    };
    let keys = &web.app.store.vault.keys;
    Some(keys.digest("place", client.as_bytes()))
}

fn unescape(text: &str) -> String {
    let spaced = text.replace('+', " ");
    let mut bytes = Vec::with_capacity(spaced.len());
    let mut rest = spaced.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|h| std::str::from_utf8(h).ok());
        match (*first, hex.and_then(|h| u8::from_str_radix(h, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            (byte, _) => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
