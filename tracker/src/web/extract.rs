//! What a form posted, however it was encoded, and what a query asks: our own extractors, so that
//! every refusal is an answer in the visitor's language.
#![expect(
    clippy::disallowed_types,
    reason = "the one place where axum's own extractors are used"
)]

use axum::{
    extract::{FromRequest, FromRequestParts, Multipart, Path, Query, Request},
    http::{StatusCode, header, request::Parts},
};
use serde::de::DeserializeOwned;

use super::error::Trouble;

/// Largest file, in bytes.
pub const FILE: usize = 20 << 20;
/// Largest form with files, in bytes.
pub const FORM: usize = 120 << 20;
/// Largest form without, in bytes: a letter's text with everything beside it fits many times.
pub const SMALL: usize = 1 << 20;

/// A file as posted.
#[derive(Debug, Clone)]
pub struct PostedFile {
    /// As the browser names it, in whatever charset; not safe yet, and perhaps empty.
    pub name: String,
    /// As the browser declares it.
    pub media_type: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// The fields and files of a form.
#[derive(Debug, Clone, Default)]
pub struct Posted {
    fields: Vec<(String, String)>,
    /// Files that hold something or have a name.
    pub files: Vec<PostedFile>,
    /// Names of files that were too large, and were not kept.
    pub too_large: Vec<String>,
}

impl Posted {
    /// A form that was posted before, without its files.
    #[must_use]
    pub fn of(fields: Vec<(String, String)>) -> Self {
        Self {
            fields,
            ..Self::default()
        }
    }

    /// The first value of a field; empty where it was not posted.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.fields
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, v)| v)
    }

    /// The first value of a field, where it holds something.
    #[must_use]
    pub fn some(&self, name: &str) -> Option<&str> {
        Some(self.get(name).trim()).filter(|v| !v.is_empty())
    }

    /// Every value of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }

    /// Whether a box was ticked.
    #[must_use]
    pub fn ticked(&self, name: &str) -> bool {
        matches!(self.get(name), "true" | "on" | "1")
    }

    /// Every field with its value.
    #[must_use]
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }
}

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Trouble;

    async fn from_request(request: Request, state: &S) -> Result<Self, Trouble> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok());
        if kind.is_some_and(|k| k.starts_with("multipart/form-data")) {
            let form = Multipart::from_request(request, state)
                .await
                .map_err(|e| Trouble::bad(e.body_text()))?;
            return multipart(form).await;
        }
        let axum::Form(fields) = axum::Form::<Vec<(String, String)>>::from_request(request, state)
            .await
            .map_err(|e| match e.status() {
                StatusCode::PAYLOAD_TOO_LARGE => too_large(),
                _ => Trouble::bad(e.body_text()),
            })?;
        Ok(Self {
            fields,
            ..Self::default()
        })
    }
}

fn too_large() -> Trouble {
    Trouble::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large")
}

async fn multipart(mut form: Multipart) -> Result<Posted, Trouble> {
    let broken = |e: axum::extract::multipart::MultipartError| match e.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => Trouble::bad(e.body_text()),
    };
    let mut posted = Posted::default();
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        // Not by the extractor's own reading: a name in GBK would be none to it, and the file lost.
        let disposition = field.headers().get(header::CONTENT_DISPOSITION);
        match disposition.and_then(|d| ingest::form::file_name(d.as_bytes())) {
            None => posted
                .fields
                .push((name, field.text().await.map_err(broken)?)),
            Some(file) => {
                let media_type = field.content_type().unwrap_or_default().to_owned();
                let bytes = field.bytes().await.map_err(broken)?.to_vec();
                if bytes.len() > FILE {
                    posted.too_large.push(file);
                } else if !(file.is_empty() && bytes.is_empty()) {
                    posted.files.push(PostedFile {
                        name: file,
                        media_type,
                        bytes,
                    });
                }
            }
        }
        if posted.fields.len() + posted.files.len() > 500 {
            return Err(too_large());
        }
    }
    Ok(posted)
}

/// What the query asks.
pub struct Asked<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Trouble> {
        let Query(value) = Query::<T>::from_request_parts(parts, state)
            .await
            .map_err(|e| Trouble::bad(e.body_text()))?;
        Ok(Self(value))
    }
}

/// What the path names; a name that cannot be is a page that is not there.
pub struct Named<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Named<T> {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Trouble> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(Self(value)),
            Err(_) => Err(Trouble::not_found()),
        }
    }
}

/// A JSON body; unknown or missing fields are said.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Trouble;

    async fn from_request(request: Request, state: &S) -> Result<Self, Trouble> {
        let json = request.headers().get(header::CONTENT_TYPE);
        let json = json.and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !json.to_ascii_lowercase().starts_with("application/json") {
            return Err(Trouble {
                status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
                ..Trouble::bad("the body must be JSON, with Content-Type: application/json")
            });
        }
        let bytes = axum::body::Bytes::from_request(request, state)
            .await
            .map_err(|e| match e.status() {
                StatusCode::PAYLOAD_TOO_LARGE => too_large(),
                _ => Trouble::bad(e.body_text()),
            })?;
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let field = error.path().to_string();
            let inner = error.into_inner();
            if inner.is_data() {
                Trouble {
                    field: field.trim_matches('.').to_owned(),
                    status: StatusCode::UNPROCESSABLE_ENTITY,
                    ..Trouble::bad(inner.to_string())
                }
            } else {
                Trouble::bad(format!("the body is no JSON: {inner}"))
            }
        })?;
        reader
            .end()
            .map_err(|e| Trouble::bad(format!("the body is no JSON: {e}")))?;
        Ok(Self(value))
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    /// A form of one field and these files: name as it stands in the header, and content.
    async fn posted(files: &[(&[u8], &[u8])]) -> Posted {
        let mut body =
            b"--E\r\nContent-Disposition: form-data; name=\"subject\"\r\n\r\ns\r\n".to_vec();
        for (name, bytes) in files {
            let head = b"--E\r\nContent-Disposition: form-data; name=\"files\"; ";
            body.extend(
                [
                    head,
                    *name,
                    b"\r\nContent-Type: text/plain\r\n\r\n",
                    bytes,
                    b"\r\n",
                ]
                .concat(),
            );
        }
        body.extend(b"--E--\r\n");
        let request = Request::post("/")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=E")
            .body(Body::from(body))
            .unwrap();
        Posted::from_request(request, &()).await.ok().unwrap()
    }

    #[tokio::test]
    async fn a_file_is_kept_whatever_bytes_its_name_has() {
        let posted = posted(&[
            ("filename=\"回执.txt\"".as_bytes(), b"1"),
            (b"filename=\"\xbb\xd8\xd6\xb4.txt\"", b"2"),
            (b"filename=\"\xff\xfe\"", b"3"),
            (b"filename=\"\"", b"4"),
            (b"filename=\"\"", b""),
            (b"filename=\"empty.txt\"", b""),
        ])
        .await;
        let names: Vec<&str> = posted.files.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names[..2], ["回执.txt", "回执.txt"]);
        assert_eq!((names.len(), names[3], names[4]), (5, "", "empty.txt"));
        let bytes: Vec<u8> = posted.files.iter().flat_map(|f| f.bytes.clone()).collect();
        assert_eq!(bytes, b"1234");
        assert_eq!(posted.get("subject"), "s");
    }
}
