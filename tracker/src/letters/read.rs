//! What the bytes of an arrival say. A fresh batch is read at once; what an unclean stop left, and
//! what a clerk opens, is first read in a process of its own with limits, so that a mail that
//! kills its reader kills nothing else.

use std::{process::Stdio, time::Duration};

use ingest::letter::IncomingLetter;
use tokio::io::AsyncWriteExt as _;

use super::{Error, Result};
use crate::{domain::words::Source, store::arrivals::ArrivalRecord};

/// The command that is a trial's process; no operator needs it.
pub const TRIAL: &str = "read-trial";
/// How long a trial may take.
const OVERRUN: Duration = Duration::from_secs(20);
/// How much memory it may take: a mail of 30 MB in all its forms, and the program. Bytes.
const MEMORY: u64 = 1 << 30;
/// The stack that reading has in the server.
const STACK: usize = 2 << 20;

/// What the bytes say, or why they cannot be read: a code, where known a colon and details.
pub type Words = std::result::Result<IncomingLetter, String>;

/// Reads the bytes.
///
/// # Errors
/// The reader's complaint.
pub fn read(source: Source, raw: &[u8]) -> Words {
    deadly(raw);
    if source.is_mail() {
        ingest::read::read(raw).map_err(|e| e.code().to_owned())
    } else {
        ingest::form::read(raw).map_err(|e| e.to_string())
    }
}

/// Reads a line of the ledger again, with care where its reader has died before.
///
/// # Errors
/// When no trial could be held.
pub async fn read_again(line: &ArrivalRecord, raw: Vec<u8>) -> Result<Words> {
    if line.attempts == 0 {
        return Ok(read(line.source, &raw));
    }
    let words = read_safely(line.source, raw).await?;
    Ok(words.unwrap_or_else(|death| Err(death.to_owned())))
}

/// Reads the bytes where a trial has shown that this ends well; `Err` says how the trial died.
///
/// # Errors
/// When no trial could be held.
pub async fn read_safely(
    source: Source,
    raw: Vec<u8>,
) -> Result<std::result::Result<Words, &'static str>> {
    if let Some(death) = trial(source, &raw).await? {
        return Ok(Err(death));
    }
    tokio::task::spawn_blocking(move || Ok(read(source, &raw)))
        .await
        .map_err(|e| Error::CutShort(e.to_string()))
}

/// Reads the bytes in a process of its own; answers how that died, if it did.
async fn trial(source: Source, raw: &[u8]) -> Result<Option<&'static str>> {
    let cut_short = |e: std::io::Error| Error::CutShort(format!("a mail's reader: {e}"));
    let program = std::env::current_exe().map_err(cut_short)?;
    let mut child = tokio::process::Command::new(program)
        .args([TRIAL, source.code()])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(cut_short)?;
    let mut stdin = child.stdin.take();
    let run = async {
        if let Some(stdin) = &mut stdin {
            // A child that died early closes the pipe; its end says the rest.
            let _ = stdin.write_all(raw).await;
        }
        drop(stdin);
        child.wait().await
    };
    let Ok(end) = tokio::time::timeout(OVERRUN, run).await else {
        return Ok(Some("reader-overran"));
    };
    let survived = end.map_err(cut_short)?.success();
    Ok((!survived).then_some("reader-died"))
}

/// The trial itself: reads the bytes from standard input under limits and forgets them.
///
/// # Errors
/// When the limits cannot be set or there is nothing to read from.
pub fn hold_trial(source: Source) -> std::io::Result<()> {
    #[cfg(feature = "failpoints")]
    let _points = fail::FailScenario::setup();
    rlimit::setrlimit(rlimit::Resource::AS, MEMORY, MEMORY)?;
    rlimit::setrlimit(rlimit::Resource::CORE, 0, 0)?;
    let mut raw = Vec::new();
    std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut raw)?;
    let reader = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || drop(read(source, &raw)))?;
    reader
        .join()
        .map_err(|_| std::io::Error::other("the reader panicked"))
}

/// A mail that a test names kills whoever reads it; nothing in a release.
fn deadly(raw: &[u8]) {
    #[cfg(feature = "failpoints")]
    fail::eval("reading", |needle| {
        let needle = needle.unwrap_or_default();
        if raw
            .windows(needle.len().max(1))
            .any(|w| w == needle.as_bytes())
        {
            std::process::abort();
        }
    });
    #[cfg(not(feature = "failpoints"))]
    let _ = raw;
}
