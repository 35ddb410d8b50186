//! The .eml files below a folder, sorted by path, one folder in memory at a time.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::SourceError;

/// Yields .eml files. Links to folders are not followed, so that it always ends.
pub(super) struct Walk {
    /// Sorted backwards: the next one stands at the end.
    ahead: Vec<(PathBuf, bool)>,
}

impl Walk {
    pub(super) fn new(folder: &Path) -> Result<Self, SourceError> {
        Ok(Walk {
            ahead: entries(folder)?,
        })
    }

    pub(super) fn one(file: &Path) -> Self {
        Walk {
            ahead: vec![(file.to_owned(), false)],
        }
    }
}

impl Iterator for Walk {
    type Item = Result<PathBuf, SourceError>;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some((path, is_folder)) = self.ahead.pop() {
            if !is_folder {
                return Some(Ok(path));
            }
            match entries(&path) {
                Ok(entries) => self.ahead.extend(entries),
                Err(e) => return Some(Err(e)),
            }
        }
        None
    }
}

fn entries(folder: &Path) -> Result<Vec<(PathBuf, bool)>, SourceError> {
    let io = |e| SourceError::io(folder, e);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(io)? {
        let entry = entry.map_err(io)?;
        let is_folder = entry.file_type().map_err(io)?.is_dir();
        let path = entry.path();
        if is_folder || (is_eml(&path) && path.is_file()) {
            found.push((path, is_folder));
        }
    }
    found.sort_unstable_by(|a, b| b.cmp(a));
    Ok(found)
}

/// Whether the name says that it is a mail.
pub(super) fn is_eml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("eml"))
}
