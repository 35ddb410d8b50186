//! The command line. Exit 0 done, 1 failed, 2 wrong usage or configuration. A user's mistake gets
//! a sentence that says what is wrong, where, and what to do.

mod calendar;
mod calendar_undo;
mod check;
mod correct;
mod due;
mod figures;
mod ingest;
mod out;
mod people;
mod rules;
mod serve;
mod table;
mod tokens;

use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{
    app::{App, StartError},
    config::Config,
};

/// Huiyin 回音: the inbox of a department that must answer every letter.
#[derive(Debug, Parser)]
#[command(name = "huiyin", version)]
struct Cli {
    /// The configuration; `huiyin.toml` where it is there.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print results as JSON.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Migrate, fetch, deliver, and answer on the web.
    Serve(serve::Serve),
    /// Show how a mail is read.
    Parse(ingest::Parse),
    #[command(name = crate::letters::read::TRIAL, hide = true)]
    Trial(ingest::Trial),
    /// Take in a Maildir, an mbox, a folder of .eml, or one .eml.
    Ingest(ingest::Ingest),
    /// Count a due date, day by day.
    Due(due::Due),
    /// The rule packs: what they say, and whether they are right.
    #[command(subcommand)]
    Rules(rules::RulesCommand),
    /// List open letters past due, most overdue first.
    Overdue(figures::OverdueOf),
    /// The figures, the identity checked.
    Stats(figures::Stats),
    /// Recompute figures and histories, and name every difference.
    Reconcile(figures::Reconcile),
    /// Workdays and holidays.
    #[command(subcommand)]
    Calendar(calendar::CalendarCommand),
    /// Units.
    #[command(subcommand)]
    Unit(people::UnitCommand),
    /// People.
    #[command(subcommand)]
    User(people::UserCommand),
    /// API tokens.
    #[command(subcommand)]
    Token(tokens::TokenCommand),
    /// Bring the database's schema up to date.
    Migrate,
    /// The configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Say everything that is wrong with the configuration, and where; nothing is written.
    Check(check::Check),
}

/// How a command ended.
pub(crate) enum Failure {
    /// The user's mistake: exit 2.
    Usage(String),
    /// It did not work: exit 1.
    Failed(String),
    /// It worked, and the answer is no: exit 1 without a further word.
    No,
}

impl Failure {
    /// Why nothing could be opened.
    #[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
    pub(crate) fn start(error: StartError) -> Self {
        if error.is_usage() {
            Self::Usage(error.to_string())
        } else {
            Self::Failed(error.to_string())
        }
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Failed(error.to_string())
    }
}

/// What a command answers.
pub(crate) type Outcome = Result<(), Failure>;

/// Runs a command.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    // A trial's limits count for a process that does nothing else.
    if let Command::Trial(trial) = cli.command {
        let died = trial.run().is_err();
        return ExitCode::from(u8::from(died));
    }
    let serves = matches!(&cli.command, Command::Serve(serve) if !serve.demo);
    if serves {
        out::log("info");
        out::log_panics();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(command(cli)),
        Err(error) => Err(error.into()),
    };
    // What a service says last stands in its log, in the log's own form.
    let complain = if serves { out::fatal } else { out::complain };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::No) => ExitCode::FAILURE,
        Err(Failure::Failed(words)) => {
            complain(&words);
            ExitCode::FAILURE
        }
        Err(Failure::Usage(words)) => {
            complain(&words);
            ExitCode::from(2)
        }
    }
}

async fn command(cli: Cli) -> Outcome {
    let json = cli.json;
    let usage = |e: crate::config::ConfigError| Failure::Usage(e.to_string());
    match cli.command {
        // These work without configuration and database.
        Command::Parse(parse) => return parse.run(),
        Command::Due(due) => return due.run(cli.config.as_deref(), json).await,
        Command::Config(ConfigCommand::Check(check)) => {
            return check.run(cli.config.as_deref(), json).await;
        }
        Command::Rules(rules::RulesCommand::Check { mut dirs }) => {
            if dirs.is_empty() {
                dirs = Config::load(cli.config.as_deref())
                    .map_err(usage)?
                    .rule_packs;
            }
            return rules::check(&dirs, json);
        }
        _ => {}
    }
    if let Command::Serve(serve) = &cli.command
        && serve.demo
    {
        return serve::demo(cli.config.as_deref(), serve).await;
    }
    let config = Config::load(cli.config.as_deref()).map_err(usage)?;
    match cli.command {
        Command::Serve(serve) => serve.run(config).await,
        command => {
            out::quiet_log();
            let app = App::open(config).await.map_err(Failure::start)?;
            with_app(command, app, json).await
        }
    }
}

async fn with_app(command: Command, app: App, json: bool) -> Outcome {
    let outcome = match command {
        Command::Ingest(ingest) => ingest.run(&app, json).await,
        Command::Rules(rules) => rules.run(&app, json).await,
        Command::Overdue(overdue) => overdue.run(&app, json).await,
        Command::Stats(stats) => stats.run(&app, json).await,
        Command::Reconcile(reconcile) => reconcile.run(&app, json).await,
        Command::Calendar(calendar) => calendar.run(&app, json).await,
        Command::Unit(unit) => unit.run(&app, json).await,
        Command::User(user) => user.run(&app, json).await,
        Command::Token(token) => token.run(&app, json).await,
        Command::Migrate => {
            app.store.check_schema().await?;
            out::line(
                json,
                &serde_json::json!({ "migrated": true }),
                "the schema is up to date",
            )
        }
        Command::Serve(_)
        | Command::Parse(_)
        | Command::Trial(_)
        | Command::Due(_)
        | Command::Config(_) => Ok(()),
    };
    app.store.close().await;
    outcome
}
