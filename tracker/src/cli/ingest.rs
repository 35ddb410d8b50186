//! `huiyin parse` and `huiyin ingest`.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::{Failure, Outcome, out};
use crate::{
    app::App,
    domain::words::{Fate, Source},
    letters::read,
    workers::intake,
};

/// From so many messages on, the database's own idea of its sizes is out of date.
const MANY: usize = 1_000;

#[derive(Debug, Args)]
pub(crate) struct Parse {
    /// A mail as a file.
    file: PathBuf,
}

impl Parse {
    pub(crate) fn run(self) -> Outcome {
        let path = self.file.display();
        let raw = std::fs::read(&self.file)
            .map_err(|e| Failure::Failed(format!("{path} cannot be opened: {e}")))?;
        let letter =
            ::ingest::read::read(&raw).map_err(|e| Failure::Failed(format!("{path}: {e}")))?;
        out::json(&letter)
    }
}

/// What [`read`] starts to see whether a mail can be read; no operator needs it.
#[derive(Debug, Args)]
pub(crate) struct Trial {
    source: Source,
}

impl Trial {
    pub(crate) fn run(self) -> Outcome {
        Ok(read::hold_trial(self.source)?)
    }
}

#[derive(Debug, Args)]
pub(crate) struct Ingest {
    /// A Maildir, an mbox, a folder of .eml, or one .eml.
    path: PathBuf,
    /// The channel its letters belong to.
    #[arg(long)]
    channel: String,
}

/// What became of everything seen.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Count {
    seen: u64,
    letters: u64,
    additions: u64,
    automatic: u64,
    duplicates: u64,
    quarantined: u64,
    held: u64,
    invalid: u64,
    before_start: u64,
}

impl Count {
    fn add(&mut self, fate: Option<Fate>, again: bool) {
        self.seen += 1;
        let line = match fate {
            _ if again => &mut self.duplicates,
            Some(Fate::Letter) => &mut self.letters,
            Some(Fate::Addition) => &mut self.additions,
            Some(Fate::Automatic) => &mut self.automatic,
            Some(Fate::Duplicate) => &mut self.duplicates,
            Some(Fate::Quarantined) | None => &mut self.quarantined,
            Some(Fate::Held) => &mut self.held,
            Some(Fate::Invalid) => &mut self.invalid,
            Some(Fate::BeforeStart) => &mut self.before_start,
        };
        *line += 1;
    }
}

impl Ingest {
    pub(crate) async fn run(self, app: &App, json: bool) -> Outcome {
        let path = self.path.clone();
        let shape = ::ingest::files::detect(&path).map_err(|e| Failure::Usage(e.to_string()))?;
        let maildir = shape == ::ingest::files::Kind::Maildir;
        let source = if maildir {
            Source::Maildir
        } else {
            Source::File
        };
        let known = app.store.channels().await?;
        if !known.iter().any(|c| c.code == self.channel) {
            let codes: Vec<_> = known.iter().map(|c| c.code.as_str()).collect();
            return Err(Failure::Usage(format!(
                "there is no channel {}; there are {}",
                self.channel,
                codes.join(", ")
            )));
        }
        while crate::letters::arrive::resume(app, app.now()).await? > 0 {}
        let door = intake::door(app, source, &self.channel, &self.channel).await?;
        let bar = out::progress("messages");
        let (app2, channel, bar2) = (app.clone(), self.channel.clone(), bar.clone());
        let door = intake::Counted::new(door, move |n| bar2.set_position(n));
        let swept = tokio::task::spawn_blocking(move || {
            let now = || app2.now();
            let swept = if maildir {
                let maildir = ::ingest::maildir::Maildir {
                    name: channel,
                    path,
                };
                ::ingest::maildir::sweep(&maildir, &door, &now)
            } else {
                let digest = |sha256: &[u8]| app2.store.vault.keys.digest("raw", sha256);
                let options = ::ingest::files::Options {
                    channel: &channel,
                    digest: &digest,
                    now: &now,
                    max_bytes: ::ingest::mailbox::MAX_BYTES,
                };
                ::ingest::files::open(&path, options)
                    .and_then(|messages| ::ingest::files::deliver(messages, &door))
            };
            let swept = swept.map_err(|e| e.to_string())?;
            if let Some((path, why)) = swept.unreadable.first() {
                return Err(format!(
                    "{} cannot be read: {why}; the others were taken",
                    path.display()
                ));
            }
            Ok::<_, String>((door.seen(), swept.seen))
        });
        let (seen, all) = swept.await?.map_err(Failure::Failed)?;
        bar.finish_and_clear();
        if seen.len() >= MANY {
            app.store.analyze().await?;
        }
        let mut count = Count::default();
        for (fate, again) in seen {
            count.add(fate, again);
        }
        // The same bytes twice within one batch reach the ledger once.
        count.duplicates += all.saturating_sub(count.seen);
        count.seen = count.seen.max(all);
        if json || !std::io::IsTerminal::is_terminal(&std::io::stdout()) {
            return out::json(&count);
        }
        let c = &count;
        Ok(out::say(&format!(
            "{} seen: {} letters, {} additions, {} automatic, {} duplicates, {} quarantined, {} \
             held, {} invalid, {} before the start",
            c.seen,
            c.letters,
            c.additions,
            c.automatic,
            c.duplicates,
            c.quarantined,
            c.held,
            c.invalid,
            c.before_start
        ))?)
    }
}
