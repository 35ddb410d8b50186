//! One place turns what went wrong into an answer. What the public or staff may know is said;
//! what only the operator may know is logged once, here.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{
    Web,
    kept_words::{Again, KeptWords},
    page,
    pages::error::ErrorPage,
    visit::Visit,
};
use crate::letters;

/// An answer that is an error and has no page of its own.
#[derive(Debug, Clone)]
pub struct Trouble {
    /// The HTTP status.
    pub status: StatusCode,
    /// A code of the words' `trouble` family.
    pub code: &'static str,
    /// Words about this very case; shown.
    pub detail: String,
    /// The field of a JSON body at fault, where it is one; or empty.
    pub field: String,
    /// Where to send a visitor who must sign in first.
    pub sign_in: bool,
}

impl Trouble {
    /// An error by code.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str) -> Self {
        Self {
            status,
            code,
            detail: String::new(),
            field: String::new(),
            sign_in: false,
        }
    }

    /// There is none, or the viewer must not know of it.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found")
    }

    /// Not for this viewer.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden")
    }

    /// Nobody is signed in.
    #[must_use]
    pub fn sign_in() -> Self {
        Self {
            sign_in: true,
            ..Self::new(StatusCode::UNAUTHORIZED, "unauthorized")
        }
    }

    /// A request that cannot be understood.
    #[must_use]
    pub fn bad(detail: impl Into<String>) -> Self {
        Self {
            detail: detail.into(),
            ..Self::new(StatusCode::BAD_REQUEST, "bad-request")
        }
    }
}

impl From<letters::Error> for Trouble {
    fn from(error: letters::Error) -> Self {
        use letters::Error as E;
        let said = |status, code| Self {
            detail: error.to_string(),
            ..Self::new(status, code)
        };
        match &error {
            E::NotFound => Self::not_found(),
            E::Denied(_) => said(StatusCode::FORBIDDEN, "forbidden"),
            E::Conflict { .. } => said(StatusCode::CONFLICT, "conflict"),
            E::Refused(_) | E::Rule(_) | E::Fields(_) => {
                said(StatusCode::UNPROCESSABLE_ENTITY, "bad-request")
            }
            E::Store(_) | E::Render(_) | E::CutShort(_) => {
                tracing::error!(%error, "a request failed");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable")
            }
        }
    }
}

impl From<crate::store::StoreError> for Trouble {
    fn from(error: crate::store::StoreError) -> Self {
        letters::Error::from(error).into()
    }
}

impl IntoResponse for Trouble {
    /// Bare; [`render`] dresses it in the visitor's language.
    fn into_response(self) -> Response {
        let mut response = (self.status, self.code).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Dresses a [`Trouble`]: a page in the visitor's language, or problem+json for the API.
pub async fn render(
    State(web): State<Web>,
    visit: Visit,
    mut request: Request,
    next: Next,
) -> Response {
    let words = KeptWords::default();
    request.extensions_mut().insert(words.clone());
    let path = request.uri().path().to_owned();
    let api = path.starts_with("/api/");
    let get = request.method() == axum::http::Method::GET;
    let asked = request.uri().path_and_query().filter(|_| get);
    let asked = asked.map(ToString::to_string).unwrap_or_default();
    let response = next.run(request).await;
    let Some(trouble) = response.extensions().get::<Trouble>().cloned() else {
        return response;
    };
    // What we failed to take is not lost; what we refused is for its writer to mend.
    let again = words.take().filter(|_| trouble.status.is_server_error());
    let again = again.map(|again| Again {
        action: web.base.to_string() + &path,
        ..again
    });
    let mut dressed = dress(&web, &visit, trouble, api, &asked, again);
    // Whether the connection ends with it was decided where it went wrong.
    if let Some(close) = response.headers().get(header::CONNECTION) {
        (dressed.headers_mut()).insert(header::CONNECTION, close.clone());
    }
    dressed
}

/// `asked` is the address of a page that can be asked for again; empty where it cannot.
fn dress(
    web: &Web,
    visit: &Visit,
    trouble: Trouble,
    api: bool,
    asked: &str,
    again: Option<Again>,
) -> Response {
    if api {
        return problem(visit, &trouble);
    }
    if trouble.sign_in && visit.signed_in.is_some() {
        return page::to(web, "/password");
    }
    if trouble.sign_in {
        let next = match asked {
            "" => String::new(),
            asked => format!("?next={}", super::show::escape(asked)),
        };
        return page::to(web, &format!("/login{next}"));
    }
    let words = ErrorPage {
        chrome: visit.chrome(),
        status: trouble.status.as_u16(),
        code: trouble.code.to_owned(),
        detail: trouble.detail,
        request_id: visit.request_id().to_owned(),
        again,
    };
    match askama::Template::render(&words) {
        Ok(html) => (
            trouble.status,
            [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
            html,
        )
            .into_response(),
        // Even the error page failed: say at least what the status says.
        Err(_) => (trouble.status, trouble.code).into_response(),
    }
}

fn problem(visit: &Visit, trouble: &Trouble) -> Response {
    let detail = match (trouble.detail.as_str(), trouble.code) {
        ("", "not-found") => "nothing is here, or nothing that you may see".to_owned(),
        ("", code) => visit.chrome().word("trouble", code),
        (detail, _) => detail.to_owned(),
    };
    let mut body = serde_json::json!({
        "type": "about:blank",
        "title": trouble.status.canonical_reason().unwrap_or_default(),
        "status": trouble.status.as_u16(),
        "code": trouble.code,
        "detail": detail,
    });
    if !trouble.field.is_empty() {
        body["errors"] = serde_json::json!([{ "field": trouble.field, "code": "malformed" }]);
    }
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    let mut response = (trouble.status, kind, body.to_string()).into_response();
    if trouble.status == StatusCode::UNAUTHORIZED {
        let bearer = HeaderValue::from_static("Bearer");
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, bearer);
    }
    response
}

/// A page that is there, asked in a way it does not answer.
pub async fn wrong_method() -> Trouble {
    Trouble::new(StatusCode::METHOD_NOT_ALLOWED, "wrong-method")
}

/// No such page.
pub async fn nowhere() -> Trouble {
    Trouble::not_found()
}
