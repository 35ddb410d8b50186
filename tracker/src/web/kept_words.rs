//! What somebody sent when we could not take it: it stands on the page that says so, to be sent again.

use std::sync::{Arc, Mutex, PoisonError};

use super::extract::Posted;

/// A place beside a request where its form is put once it was read.
#[derive(Debug, Clone, Default)]
pub(super) struct KeptWords(Arc<Mutex<Option<Again>>>);

/// A form to be sent again.
#[derive(Debug, Clone, Default)]
pub struct Again {
    /// Where it goes.
    pub action: String,
    /// Names and values as they were posted.
    pub fields: Vec<(String, String)>,
    /// Names of the files that came with it: they have to be chosen again.
    pub files: Vec<String>,
}

impl Again {
    /// Whether a value is words somebody wrote, and not what a page or a button put there.
    #[must_use]
    pub fn is_written(value: &str) -> bool {
        value.chars().any(|c| c.is_whitespace() || !c.is_ascii()) && value.chars().count() > 1
    }
}

impl KeptWords {
    /// Puts a form there. One with a password in it is typed again.
    pub(super) fn put(&self, posted: &Posted) {
        if posted
            .fields()
            .iter()
            .any(|(name, _)| name.contains("password"))
        {
            return;
        }
        let again = Again {
            action: String::new(),
            fields: posted.fields().to_vec(),
            files: posted.files.iter().map(|f| f.name.clone()).collect(),
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(again);
    }

    /// What is there.
    pub(super) fn take(&self) -> Option<Again> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
