//! Whether anything can be written down: what the last write said, how much room the disk has left,
//! and whether the database's file is still where it was opened.

use std::{
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sea_orm::DbErr;
use tokio::time::Instant;

use super::{Result, StoreError};

/// The most that is kept free where nothing else is set, in bytes …
const RESERVE: u64 = 64 << 20;
/// … and the most of a small disk, as one part of so many.
const OF_DISK: u64 = 20;

/// What stands in the way of writing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hindrance {
    /// The disk has less room than the reserve: nothing new is taken in; what is here goes on.
    Short {
        /// Bytes free.
        free: u64,
        /// Bytes that are kept.
        reserve: u64,
    },
    /// The last write failed.
    Failing(String),
    /// The database's file is no longer where it was opened.
    Gone(PathBuf),
}

impl Hindrance {
    /// A code of the words' `hindrance` family.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Short { .. } => "short",
            Self::Failing(_) => "failing",
            Self::Gone(_) => "gone",
        }
    }
}

impl std::fmt::Display for Hindrance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Short { free, reserve } => write!(
                f,
                "the disk has {} MB left, and {} MB are kept free (storage.reserve_mb); make room",
                free >> 20,
                reserve >> 20
            ),
            Self::Failing(why) => write!(f, "writing fails: {why}"),
            Self::Gone(path) => write!(
                f,
                "{} is no longer the file that was opened; what is written now would be lost. Put \
                 it back, or restart",
                path.display()
            ),
        }
    }
}

/// What is known of writing. Under PostgreSQL, whose disk is elsewhere, only what it says.
#[derive(Debug, Default)]
pub struct Writable {
    /// SQLite's file, as it was opened.
    file: Option<Opened>,
    /// What is kept free, in bytes, where it is set.
    reserve: Option<u64>,
    /// Why the last write failed.
    failing: Mutex<Option<String>>,
    /// As quick to read as nothing: whether the above holds anything.
    fails: AtomicBool,
    /// When a write last failed.
    failed_at: Mutex<Option<Instant>>,
}

#[derive(Debug)]
struct Opened {
    path: PathBuf,
    device: u64,
    number: u64,
}

impl Writable {
    /// Remembers SQLite's file, which is there, and what is to be kept free beside it.
    pub(super) fn beside(path: &Path, reserve: Option<u64>) -> std::io::Result<Self> {
        let found = std::fs::metadata(path)?;
        Ok(Self {
            file: Some(Opened {
                path: path.to_owned(),
                device: found.dev(),
                number: found.ino(),
            }),
            reserve,
            ..Self::default()
        })
    }

    /// What stands in the way of writing now.
    #[must_use]
    pub fn hindrance(&self) -> Option<Hindrance> {
        if let Err(StoreError::Hindered(gone)) = self.still_there() {
            return Some(gone);
        }
        let failing = || {
            let failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
            failing.clone().map(Hindrance::Failing)
        };
        self.short().or_else(failing)
    }

    /// Whether there is room for something new: the reserve is for writing down why not, and for
    /// work on what is here.
    ///
    /// # Errors
    /// [`Hindrance::Short`], [`Hindrance::Gone`].
    pub fn has_room(&self) -> Result<()> {
        self.still_there()?;
        self.short()
            .map_or(Ok(()), |s| Err(StoreError::Hindered(s)))
    }

    /// Whether the database's file is where it was opened: one that was deleted or replaced takes
    /// all that is written to it away with it.
    ///
    /// # Errors
    /// [`Hindrance::Gone`].
    pub fn still_there(&self) -> Result<()> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let same = std::fs::metadata(&file.path)
            .is_ok_and(|m| (m.dev(), m.ino()) == (file.device, file.number));
        if same {
            return Ok(());
        }
        Err(StoreError::Hindered(Hindrance::Gone(file.path.clone())))
    }

    fn short(&self) -> Option<Hindrance> {
        let folder = self.file.as_ref()?.path.parent()?;
        // An empty path is the folder one stands in.
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        let disk = nix::sys::statvfs::statvfs(folder).ok()?;
        let size = disk.fragment_size();
        let free = disk.blocks_available() * size;
        let usual = RESERVE.min(disk.blocks() * size / OF_DISK);
        let reserve = self.reserve.unwrap_or(usual);
        (free < reserve).then_some(Hindrance::Short { free, reserve })
    }

    /// A write ended well.
    pub(super) fn works(&self) {
        if self.fails.swap(false, Ordering::AcqRel) {
            *self.failing.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    /// A write failed. What is only wrong with the one statement hinders nobody else.
    pub(super) fn failed(&self, error: &DbErr) {
        let now = Some(Instant::now());
        *self
            .failed_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = now;
        if super::reach::is_passing(error) {
            self.fails(error.to_string());
        }
    }

    /// Nothing can be written, for this reason.
    pub(super) fn fails(&self, why: String) {
        *self.failing.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
        self.fails.store(true, Ordering::Release);
    }

    /// Whether a connection of this age may write: none that was open when a write failed.
    pub(super) fn trusts(&self, age: Duration) -> bool {
        let failed_at = *self
            .failed_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        failed_at.is_none_or(|at| age < at.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_replaced_is_gone_and_one_put_back_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        std::fs::write(&path, "a").unwrap();
        let writable = Writable::beside(&path, Some(0)).unwrap();
        assert_eq!(writable.hindrance(), None);
        let aside = folder.path().join("aside.db");
        std::fs::rename(&path, &aside).unwrap();
        assert_eq!(writable.hindrance(), Some(Hindrance::Gone(path.clone())));
        std::fs::write(&path, "another").unwrap();
        assert!(writable.still_there().is_err());
        std::fs::rename(&aside, &path).unwrap();
        assert!(writable.still_there().is_ok());
    }

    #[test]
    fn the_reserve_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        std::fs::write(&path, "a").unwrap();
        let writable = Writable::beside(&path, Some(u64::MAX)).unwrap();
        let hindrance = writable.hindrance().unwrap();
        assert_eq!(hindrance.code(), "short");
        assert!(writable.has_room().is_err());
        assert!(hindrance.to_string().contains("storage.reserve_mb"));
    }
}
