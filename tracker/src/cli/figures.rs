//! `huiyin stats`, `overdue`, `reconcile`.

use clap::{Args, ValueEnum};
use ingest::maildir::Maildir;
use jiff::{Timestamp, civil::Date};
use rust_xlsxwriter::Workbook;

use super::{Failure, Outcome, out, table};
use crate::{
    app::App,
    domain::figures::percent,
    letters::Error,
    reading::{
        mailboxes::{self, Place},
        overdue, reconcile as proof,
        statistics::{self, Question},
    },
    web::statistics::to_csv,
    workers::intake,
};

#[derive(Debug, Args)]
pub(crate) struct OverdueOf {
    /// Only this unit and those below it.
    #[arg(long, value_name = "U")]
    unit: Option<String>,
}

impl OverdueOf {
    pub(crate) async fn run(self, app: &App, json: bool) -> Outcome {
        let found = overdue::overdue(app, self.unit.as_deref()).await;
        let found = found.map_err(|e| match e {
            Error::Rule(_) => Failure::Usage(format!(
                "--unit {}: {e}",
                self.unit.as_deref().unwrap_or_default()
            )),
            other => other.into(),
        })?;
        if json {
            return out::json(&found);
        }
        let dash = |t: &Option<String>| t.clone().unwrap_or_else(|| "-".into());
        let row = |l: &overdue::Late| {
            vec![
                l.number.clone(),
                l.channel.clone(),
                dash(&l.unit),
                dash(&l.handler),
                l.due_on.clone(),
                l.workdays_late.to_string(),
                l.stage.unwrap_or("-").to_owned(),
            ]
        };
        let rows: Vec<_> = found.letters.iter().map(row).collect();
        out::table(
            &[
                "number",
                "channel",
                "unit",
                "handler",
                "due",
                "workdays late",
                "stage",
            ],
            &rows,
        )?;
        Ok(out::say(&format!(
            "{} overdue, and {} sealed",
            rows.len(),
            found.sealed
        ))?)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
    Csv,
    Xlsx,
}

/// An instant, or a day that ends at 24:00 in the department's zone.
#[derive(Debug, Clone, Copy)]
enum Moment {
    At(Timestamp),
    EndOf(Date),
}

fn moment(text: &str) -> Result<Moment, String> {
    let at = text.parse().map(Moment::At);
    at.or_else(|_| text.parse().map(Moment::EndOf)).map_err(|_: jiff::Error| {
        format!("{text} is neither an instant nor a day; write it as 2026-01-31T09:00:00Z or 2026-01-31")
    })
}

#[derive(Debug, Args)]
pub(crate) struct Stats {
    /// First day of receipt.
    #[arg(long, value_name = "D")]
    from: Option<Date>,
    /// Last day of receipt.
    #[arg(long, value_name = "D")]
    to: Option<Date>,
    /// As of this instant, or the end of this day; now by default.
    #[arg(long, value_name = "T", value_parser = moment)]
    as_of: Option<Moment>,
    /// channel, unit, class, topic or month.
    #[arg(long, value_name = "BY", default_value = "channel")]
    by: String,
    /// How to print it; xlsx goes to standard output, for a file.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

impl Stats {
    pub(crate) async fn run(self, app: &App, json: bool) -> Outcome {
        let by = statistics::by_code(&self.by).ok_or_else(|| {
            Failure::Usage(format!(
                "--by {}: channel, unit, class, topic or month",
                self.by
            ))
        })?;
        let question = Question {
            from: self.from,
            to: self.to,
            by,
        };
        if question.is_empty() {
            return Err(Failure::Usage("--from is later than --to".into()));
        }
        let as_of = match self.as_of {
            None => None,
            Some(Moment::At(at)) => Some(at),
            Some(Moment::EndOf(day)) => {
                Some(app.zone.to_timestamp(day.tomorrow()?.at(0, 0, 0, 0))?)
            }
        };
        let table = match as_of {
            Some(at) if at < app.now() => statistics::past(app, question, at).await?,
            _ => statistics::table(app, question).await?,
        };
        let format = if json { Format::Json } else { self.format };
        let (names, rows) = statistics::cells(&table);
        match format {
            Format::Json => out::json(&table)?,
            Format::Csv => {
                use std::io::Write as _;
                let bytes = to_csv(&table).map_err(Failure::Failed)?;
                std::io::stdout().lock().write_all(&bytes)?;
            }
            Format::Xlsx => xlsx(&names, &rows)?,
            Format::Table => {
                table::print(&names, &in_percent(&names, rows))?;
                let holds = if table.identity_holds {
                    "holds"
                } else {
                    "DOES NOT HOLD"
                };
                out::say(&format!(
                    "received {} to {}, as of {}; the identity {holds}",
                    table.from, table.to, table.as_of
                ))?;
            }
        }
        if table.identity_holds {
            Ok(())
        } else {
            Err(Failure::No)
        }
    }
}

/// Rates as the page writes them.
fn in_percent(names: &[&str], mut rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    for row in &mut rows {
        for (name, cell) in names.iter().zip(row) {
            if name.ends_with("_rate")
                && let Ok(rate) = cell.parse()
            {
                *cell = percent(rate);
            }
        }
    }
    rows
}

fn xlsx(names: &[&str], rows: &[Vec<String>]) -> Outcome {
    use std::io::Write as _;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in (0u16..).zip(names) {
        sheet.write_string(0, column, *name)?;
    }
    for (line, row) in (1u32..).zip(rows) {
        for (column, cell) in (0u16..).zip(row) {
            match cell.parse::<f64>() {
                Ok(number) if column > 0 => sheet.write_number(line, column, number)?,
                _ => sheet.write_string(line, column, cell)?,
            };
        }
    }
    let bytes = book.save_to_buffer()?;
    Ok(std::io::stdout().lock().write_all(&bytes)?)
}

/// `huiyin reconcile`
#[derive(Debug, Args)]
pub(crate) struct Reconcile {
    /// Also hold every mailbox and Maildir against the ledger, mail by mail.
    #[arg(long)]
    mailboxes: bool,
}

impl Reconcile {
    pub(crate) async fn run(self, app: &App, json: bool) -> Outcome {
        let bar = out::progress("letters checked");
        let mut found = proof::reconcile(app, &|n| bar.set_position(n)).await?;
        if self.mailboxes {
            bar.set_message("mails compared");
            let told = bar.clone();
            let places = places(app);
            found.add(mailboxes::compare(app, places, move |n| told.set_position(n)).await?);
        }
        bar.finish_and_clear();
        if json {
            out::json(&found)?;
        } else {
            say(&found)?;
        }
        if found.ok { Ok(()) } else { Err(Failure::No) }
    }
}

fn places(app: &App) -> Vec<Place> {
    let mailboxes = app.config.mailbox.iter();
    let mailboxes = mailboxes.map(|m| Place::Mailbox(intake::imap(app, m)));
    let maildirs = app.config.maildir.iter().map(|m| {
        Place::Maildir(Maildir {
            name: m.name.clone(),
            path: m.path.clone(),
        })
    });
    mailboxes.chain(maildirs).collect()
}

fn say(found: &proof::Reconciliation) -> Outcome {
    for m in &found.mailboxes {
        let fates: Vec<String> = m.by_fate.iter().map(|(f, n)| format!("{n} {f}")).collect();
        out::say(&format!(
            "{}:{}: {} on the server = {} + {} unknown + {} withheld; {} in the ledger, {} of \
             them no longer there",
            m.source,
            m.name,
            m.on_server,
            if fates.is_empty() {
                "0".to_owned()
            } else {
                fates.join(" + ")
            },
            m.unknown,
            m.withheld,
            m.in_ledger,
            m.elsewhere
        ))?;
    }
    if found.ok {
        return Ok(out::say(
            "figures, histories, obligations and ledger agree",
        )?);
    }
    for d in &found.differences {
        out::say(&format!(
            "{} {}: expected {}, found {}",
            d.kind, d.what, d.expected, d.found
        ))?;
    }
    Ok(())
}
