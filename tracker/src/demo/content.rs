//! The samples, as the files in `tracker/demo` hold them.

use serde::{Deserialize, de::DeserializeOwned};

use super::DemoError;
use crate::domain::{
    access::Role,
    words::{Class, Route, Source},
};

/// The invented department.
pub(super) const DEPARTMENT: &str = "青岚省自然资源厅";

#[derive(rust_embed::Embed)]
#[folder = "demo"]
struct Files;

/// Units and people.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Office {
    pub(super) unit: Vec<UnitRow>,
    pub(super) person: Vec<PersonRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UnitRow {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) under: Option<String>,
    pub(super) leader: Option<String>,
    pub(super) liaison: Option<String>,
    pub(super) overseer: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonRow {
    pub(super) login: String,
    pub(super) name: String,
    pub(super) unit: String,
    pub(super) roles: Vec<Role>,
    #[serde(default)]
    pub(super) cleared: Vec<String>,
}

/// A letter and what becomes of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sample {
    /// What other samples call it by.
    #[serde(default)]
    pub(super) id: String,
    pub(super) channel: String,
    pub(super) source: Source,
    /// When it reached the department.
    pub(super) came: String,
    /// When a clerk typed it in, where that was later.
    pub(super) typed: Option<String>,
    pub(super) kind: Option<String>,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) phone: String,
    #[serde(default)]
    pub(super) email: String,
    #[serde(default)]
    pub(super) address: String,
    #[serde(default)]
    pub(super) anonymous: bool,
    #[serde(default)]
    pub(super) publish: bool,
    pub(super) subject: String,
    #[serde(default)]
    pub(super) body: String,
    /// A mail with a shape of its own, from `mail/`; instead of `body`.
    pub(super) eml: Option<String>,
    /// Attachments, from `files/`.
    #[serde(default)]
    pub(super) files: Vec<String>,
    pub(super) class: Option<Class>,
    pub(super) route: Option<Route>,
    pub(super) topic: Option<String>,
    pub(super) place: Option<String>,
    #[serde(default)]
    pub(super) unit: String,
    #[serde(default)]
    pub(super) handler: String,
    /// One step a line: when, what, and what it needs beside the texts below.
    #[serde(default)]
    pub(super) way: Vec<String>,
    /// The words of answer, declining, directing.
    #[serde(default)]
    pub(super) reply: String,
    #[serde(default)]
    pub(super) note: String,
    #[serde(default)]
    pub(super) ground: String,
    #[serde(default)]
    pub(super) reason: String,
}

/// Something else that arrives by mail.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Extra {
    pub(super) channel: String,
    pub(super) came: String,
    /// The letter whose latest mail of ours it answers.
    pub(super) answers: Option<String>,
    /// `Name <address>`; the letter's writer where it says nothing.
    #[serde(default)]
    pub(super) from: String,
    #[serde(default)]
    pub(super) subject: String,
    #[serde(default)]
    pub(super) body: String,
    /// More lines of its header.
    #[serde(default)]
    pub(super) header: String,
    /// Its raw bytes, from `mail/`.
    pub(super) eml: Option<String>,
    /// The same delivery again: this letter's.
    pub(super) again: Option<String>,
    /// Before the mailbox's start; its size in bytes.
    pub(super) before_start: Option<u64>,
    /// Too large to be fetched; its size in bytes.
    pub(super) too_large: Option<u64>,
    /// When a clerk discarded it, and why.
    pub(super) discarded: Option<String>,
    #[serde(default)]
    pub(super) reason: String,
}

/// Letters of one file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Letters {
    letter: Vec<Sample>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Extras {
    extra: Vec<Extra>,
}

/// Units and people.
pub(super) fn office() -> Result<Office, DemoError> {
    parse("office.toml")
}

/// All letters.
pub(super) fn letters() -> Result<Vec<Sample>, DemoError> {
    let mut names: Vec<_> = Files::iter()
        .filter(|n| n.starts_with("letters/"))
        .collect();
    names.sort();
    let mut all = Vec::new();
    for name in names {
        all.extend(parse::<Letters>(&name)?.letter);
    }
    Ok(all)
}

/// What else arrives.
pub(super) fn extras() -> Result<Vec<Extra>, DemoError> {
    Ok(parse::<Extras>("extra.toml")?.extra)
}

/// A file's bytes.
pub(super) fn file(name: &str) -> Result<Vec<u8>, DemoError> {
    let found = Files::get(name).ok_or_else(|| DemoError::Content {
        place: name.to_owned(),
        why: "there is no such file".into(),
    })?;
    Ok(found.data.into_owned())
}

fn parse<T: DeserializeOwned>(name: &str) -> Result<T, DemoError> {
    let fault = |why: String| DemoError::Content {
        place: name.to_owned(),
        why,
    };
    let text = String::from_utf8(file(name)?).map_err(|e| fault(e.to_string()))?;
    toml::from_str(&text).map_err(|e| fault(e.to_string()))
}
