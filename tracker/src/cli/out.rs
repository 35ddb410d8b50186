//! What commands print: results to standard output, complaints to standard error, progress only
//! to a terminal.

use std::{
    io::{self, IsTerminal as _, Write as _},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::Outcome;

/// Prints a line.
pub(crate) fn say(words: &str) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{words}")
}

/// Prints a value as JSON, pretty on a terminal.
pub(crate) fn json(value: &impl Serialize) -> Outcome {
    let text = if io::stdout().is_terminal() {
        serde_json::to_string_pretty(value)?
    } else {
        serde_json::to_string(value)?
    };
    Ok(say(&text)?)
}

/// Prints a result, as JSON or in words.
pub(crate) fn line(as_json: bool, value: &impl Serialize, words: &str) -> Outcome {
    if as_json {
        json(value)
    } else {
        Ok(say(words)?)
    }
}

/// Says what went wrong.
pub(crate) fn complain(words: &str) {
    let _ = writeln!(io::stderr().lock(), "huiyin: {words}");
}

/// Says in the log why the program ends.
pub(crate) fn fatal(words: &str) {
    if tracing::enabled!(tracing::Level::ERROR) {
        tracing::error!(error = words, "huiyin ends");
    } else {
        complain(words);
    }
}

/// Has errors in the program logged like everything else: where, and what if the words are the
/// program's own. A message put together at run time may hold a letter's words, and is left out.
pub(crate) fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        let words = panic.payload().downcast_ref::<&'static str>().copied();
        tracing::error!(place, words, "an error in the program");
    }));
}

/// How many columns of a terminal a text takes: a Chinese character takes two.
pub(crate) fn wide(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// A table with aligned columns.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> Outcome {
    let mut widths: Vec<usize> = head.iter().map(|h| wide(h)).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(wide(cell));
        }
    }
    let write = |cells: &mut dyn Iterator<Item = &str>| {
        let padded: Vec<String> = cells
            .zip(&widths)
            .map(|(cell, width)| format!("{cell}{}", " ".repeat(width - wide(cell))))
            .collect();
        say(padded.join("  ").trim_end())
    };
    write(&mut head.iter().copied())?;
    for row in rows {
        write(&mut row.iter().map(String::as_str))?;
    }
    Ok(())
}

/// Progress of work that can last: a bar on a terminal, nothing elsewhere.
pub(crate) fn progress(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {pos} {elapsed}") {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// The log of a command: warnings only, to standard error.
pub(crate) fn quiet_log() {
    log("warn");
}

/// Starts the log; `RUST_LOG` overrides.
pub(crate) fn log(level: &str) {
    // PostgreSQL remarks at every start that its tables are there already.
    let usual = format!("{level},sqlx::postgres::notice=warn");
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(usual));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    // A terminal gets words, a log collector JSON: both escape what would break a line.
    let _ = if io::stderr().is_terminal() {
        builder.try_init()
    } else {
        builder.json().try_init()
    };
}
