//! Messages in files: an mbox, a folder of .eml, one .eml. Nothing is changed or removed there, so
//! a message is told by its bytes: the key is the channel and their digest.

pub(crate) mod batch;
mod headers;
mod mbox;
mod walk;

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

pub use self::batch::{Found, Sweep};
use self::{
    batch::Intake,
    mbox::{Message, Splitter},
    walk::Walk,
};
use crate::arrival::{Arrival, Ledger, LedgerError, Unfetched};

/// What a path holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A folder with `cur` and `new`: for [`crate::maildir`].
    Maildir,
    /// Messages between From_ lines.
    Mbox,
    /// A folder with .eml files, however deep.
    Folder,
    /// One message.
    Eml,
}

/// A source that cannot be read as a whole. One bad message never is a reason.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The system refuses.
    #[error("{}: {error}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// It is something else.
    #[error("{}: {what}", path.display())]
    Shape {
        /// Where.
        path: PathBuf,
        /// What it is instead, and what to do.
        what: String,
    },
    /// Nothing of the last batch was committed; run it again.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl SourceError {
    pub(crate) fn io(path: &Path, error: io::Error) -> Self {
        SourceError::Io {
            path: path.to_owned(),
            error,
        }
    }

    pub(crate) fn shape(path: &Path, what: impl Into<String>) -> Self {
        SourceError::Shape {
            path: path.to_owned(),
            what: what.into(),
        }
    }
}

/// Tells what a path holds.
///
/// # Errors
/// When it cannot be read, or holds no mail that Huiyin knows how to take.
pub fn detect(path: &Path) -> Result<Kind, SourceError> {
    let io = |e| SourceError::io(path, e);
    if fs::metadata(path).map_err(io)?.is_dir() {
        if path.join("cur").is_dir() && path.join("new").is_dir() {
            return Ok(Kind::Maildir);
        }
        return match Walk::new(path)?.next() {
            Some(first) => first.map(|_| Kind::Folder),
            None => Err(SourceError::shape(
                path,
                "neither a Maildir (it lacks cur and new) nor a folder with .eml files",
            )),
        };
    }
    if walk::is_eml(path) {
        return Ok(Kind::Eml);
    }
    let mut head = Vec::new();
    File::open(path)
        .and_then(|f| f.take(4096).read_to_end(&mut head))
        .map_err(io)?;
    if head.starts_with(b"From ") {
        Ok(Kind::Mbox)
    } else if begins_with_header(&head) {
        Ok(Kind::Eml)
    } else if head.is_empty() {
        Err(SourceError::shape(path, "the file is empty"))
    } else {
        Err(SourceError::shape(
            path,
            "neither an mbox (its first line must begin with \"From \") nor a mail (its first \
             line must be a header); name a single mail something.eml to take it all the same",
        ))
    }
}

fn begins_with_header(head: &[u8]) -> bool {
    let line = head.split(|&b| b == b'\n').next().unwrap_or_default();
    let name = line.split(|&b| b == b':').next().unwrap_or_default();
    name.len() < line.len() && !name.is_empty() && name.iter().all(|b| (b'!'..=b'~').contains(b))
}

/// How messages of a file become arrivals.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The channel they are for: part of every key.
    pub channel: &'a str,
    /// Turns the SHA-256 of a message into the digest that may be stored: keyed, so that nobody
    /// who guesses a sealed letter's bytes can look it up.
    pub digest: &'a dyn Fn(&[u8]) -> String,
    /// The clock.
    pub now: &'a dyn Fn() -> Timestamp,
    /// Larger messages come as [`Found::Unfetched`]. Bytes.
    pub max_bytes: u64,
}

/// The messages under a path, in order: as they stand in an mbox, by path in a folder.
pub struct Messages<'a> {
    options: Options<'a>,
    state: State,
}

enum State {
    Mbox {
        splitter: Splitter<BufReader<File>>,
        path: PathBuf,
        file_time: Timestamp,
    },
    Files(Walk),
    Ended,
}

/// Opens an mbox, a folder of .eml, or one .eml.
///
/// # Errors
/// As [`detect`]; and for a Maildir, which [`crate::maildir::sweep`] reads.
pub fn open<'a>(path: &Path, options: Options<'a>) -> Result<Messages<'a>, SourceError> {
    let io = |e| SourceError::io(path, e);
    let state = match detect(path)? {
        Kind::Maildir => return Err(SourceError::shape(path, "a Maildir, not a file of mail")),
        Kind::Folder => State::Files(Walk::new(path)?),
        Kind::Eml => State::Files(Walk::one(path)),
        Kind::Mbox => {
            let file = File::open(path).map_err(io)?;
            let file_time = modified(&file.metadata().map_err(io)?);
            let reader = BufReader::with_capacity(1 << 20, file);
            let splitter = Splitter::new(reader, options.max_bytes);
            State::Mbox {
                splitter,
                path: path.to_owned(),
                file_time,
            }
        }
    };
    Ok(Messages { options, state })
}

impl Iterator for Messages<'_> {
    type Item = Result<Found, SourceError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = match &mut self.state {
            State::Ended => return None,
            State::Mbox {
                splitter,
                path,
                file_time,
            } => match splitter.next() {
                Ok(message) => Ok(message.map(|m| (m, *file_time))),
                Err(e) => Err((SourceError::io(path, e), true)),
            },
            State::Files(walk) => match walk.next() {
                None => Ok(None),
                Some(Err(e)) => Err((e, false)),
                Some(Ok(path)) => match read(&path, self.options.max_bytes) {
                    Ok(read) => Ok(Some(read)),
                    Err(e) => Err((SourceError::io(&path, e), false)),
                },
            },
        };
        match next {
            Ok(Some((message, file_time))) => Some(Ok(self.found(message, file_time))),
            Ok(None) => {
                self.state = State::Ended;
                None
            }
            Err((error, fatal)) => {
                if fatal {
                    self.state = State::Ended;
                }
                Some(Err(error))
            }
        }
    }
}

impl Messages<'_> {
    fn found(&self, message: Message, file_time: Timestamp) -> Found {
        let Options {
            channel,
            digest,
            now,
            max_bytes,
        } = self.options;
        let Message { raw, size, sha256 } = message;
        let seen_at = now();
        let source_key = format!("file:{channel}:{}", digest(&sha256));
        let received_at = headers::received_at(&raw, seen_at, file_time);
        if size > max_bytes {
            let reason = batch::too_large(size, max_bytes);
            Found::Unfetched(Unfetched {
                source_key,
                received_at,
                size: Some(size),
                reason,
            })
        } else {
            Found::Arrival(Arrival {
                source_key,
                received_at,
                seen_at,
                raw,
            })
        }
    }
}

/// Takes in all messages. What cannot be read (a file, the rest of an mbox) is named and left; the
/// others are taken.
///
/// # Errors
/// When the ledger cannot commit; what was committed stays so, and the same pass may be run again.
pub fn deliver(messages: Messages<'_>, ledger: &dyn Ledger) -> Result<Sweep, SourceError> {
    let mut intake = Intake::new(ledger);
    for found in messages {
        match found {
            Ok(found) => {
                intake.add(found)?;
            }
            Err(SourceError::Io { path, error }) => {
                intake.sweep.unreadable.push((path, error.to_string()));
            }
            Err(error) => return Err(error),
        }
    }
    intake.finish()?;
    Ok(intake.sweep)
}

/// Reads one message from a file, its head alone where it is too large.
fn read(path: &Path, max_bytes: u64) -> io::Result<(Message, Timestamp)> {
    let file = File::open(path)?;
    let file_time = modified(&file.metadata()?);
    let mut reader = BufReader::new(file);
    let mut raw = Vec::new();
    (&mut reader).take(max_bytes).read_to_end(&mut raw)?;
    let mut hash = Sha256::new();
    hash.update(&raw);
    let mut size = raw.len() as u64;
    loop {
        let piece = reader.fill_buf()?;
        if piece.is_empty() {
            break;
        }
        hash.update(piece);
        let length = piece.len();
        size += length as u64;
        reader.consume(length);
    }
    if size > max_bytes {
        raw.truncate(headers::HEAD);
    }
    Ok((
        Message {
            raw,
            size,
            sha256: hash.finalize().into(),
        },
        file_time,
    ))
}

/// When a file was last written; 1970 where the system doesn't know.
pub(crate) fn modified(metadata: &fs::Metadata) -> Timestamp {
    let modified = metadata
        .modified()
        .ok()
        .and_then(|time| Timestamp::try_from(time).ok());
    modified.unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests;
