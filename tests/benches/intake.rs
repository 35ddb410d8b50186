//! How fast mail becomes letters: ten thousand mails in a real Dovecot, from the first FETCH to the
//! last committed letter, beside the bare inserts of the same rows. `cargo bench -p tests`, on a
//! release build of the product; `tests/run --long` does both.

use std::{
    collections::HashMap,
    io::Write as _,
    process::ExitCode,
    time::{Duration, Instant},
};

use tests::{Dovecot, Engine, Huiyin, Setup, crowd, rows::Rows};

const ROUNDS: usize = 3;

fn main() -> ExitCode {
    let letters = std::env::var("HUIYIN_BENCH_LETTERS");
    let letters = letters.ok().and_then(|n| n.parse().ok()).unwrap_or(10_000);
    let mut fast_enough = true;
    for (engine, least) in [(Engine::Sqlite, 0.5), (Engine::Postgres, 0.4)] {
        let mut rounds: Vec<Round> = (0..ROUNDS).map(|_| round(engine, letters)).collect();
        rounds.sort_by(|a, b| a.share().total_cmp(&b.share()));
        let median = &rounds[ROUNDS / 2];
        say(&format!(
            "{engine:?}: median {:.0} letters/s of {:.0}, {:.0} % (at least {:.0} %)",
            median.intake,
            median.limit,
            median.share() * 100.0,
            least * 100.0
        ));
        let most = rounds.iter().map(|r| r.peak).max().unwrap_or(0);
        fast_enough &= median.share() >= least && most <= 200 << 10;
    }
    if fast_enough {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

struct Round {
    /// Letters a second through the product.
    intake: f64,
    /// Letters a second by bare inserts.
    limit: f64,
    /// KiB the product held at most.
    peak: u64,
}

impl Round {
    fn share(&self) -> f64 {
        self.intake / self.limit
    }
}

fn round(engine: Engine, letters: u64) -> Round {
    let dovecot = Dovecot::start();
    let expected = fill(&dovecot, letters);
    // Nobody listens there: receipts are written and wait.
    let mut setup = Setup::new(engine).with(
        "[smtp]\nhost = \"127.0.0.1\"\nport = 9\nsecurity = \"none\"\n\
         from = \"回音 <letters@huiyin.test>\"\n",
    );
    for (mailbox, channel) in [
        ("director", "director-mailbox"),
        ("consultation", "online-consultation"),
        ("petition", "e-petition"),
        ("minerals", "online-consultation"),
    ] {
        setup = setup.with(dovecot.mailbox(mailbox, channel));
    }
    let mut huiyin = Huiyin::prepare(&setup);
    huiyin.launch("");
    let started = first_contact(&huiyin);
    let counter = Counter::open(&huiyin);
    while counter.letters() < expected {
        assert!(
            started.elapsed() < Duration::from_secs(600),
            "{}",
            huiyin.log()
        );
        std::thread::sleep(Duration::from_millis(10));
    }
    let took = started.elapsed();
    let peak = huiyin.peak();
    huiyin.stop();
    let rows = Rows::read(&huiyin.database().url);
    let empty = Huiyin::prepare(&Setup::new(engine));
    assert!(empty.run(&["migrate"]).status.success());
    let bare = rows.write(&empty.database().url);
    let rate = |took: Duration| expected as f64 / took.as_secs_f64();
    say(&format!(
        "{engine:?}: {expected} letters of {letters} mails in {took:.2?}, {:.0} a second; \
         bare inserts {bare:.2?}, {:.0} a second; {peak} KiB at most; rows {:?}",
        rate(took),
        rate(bare),
        rows.list()
    ));
    Round {
        intake: rate(took),
        limit: rate(bare),
        peak,
    }
}

/// Lays the mails into Dovecot's Maildirs; answers how many of them are letters.
fn fill(dovecot: &Dovecot, letters: u64) -> u64 {
    let mut expected = 0;
    let mut inboxes: HashMap<&str, std::path::PathBuf> = HashMap::new();
    for n in 0..letters {
        let sent = crowd::letter(n);
        let inbox = inboxes
            .entry(sent.mailbox)
            .or_insert_with(|| dovecot.maildir(sent.mailbox));
        let file = inbox.join(format!("cur/1767225600.{n}.crowd:2,"));
        std::fs::write(file, &sent.raw).expect("a mail in a Maildir");
        expected += u64::from(!sent.automatic);
    }
    for mailbox in inboxes.keys() {
        // Dovecot's index of it is made before the clock runs.
        assert!(dovecot.count(mailbox, "INBOX") > 0);
    }
    expected
}

/// The instant at which the product opened its first mailbox, before the first FETCH, as its log
/// has it.
fn first_contact(huiyin: &Huiyin) -> Instant {
    tests::until("a mailbox to be open", || {
        huiyin.log().contains("mailbox open")
    });
    let log = huiyin.log();
    let line = log.lines().find(|line| line.contains("mailbox open"));
    let line: Option<serde_json::Value> = line.and_then(|line| serde_json::from_str(line).ok());
    let stamp = line.and_then(|line| line["timestamp"].as_str()?.parse().ok());
    let opened: jiff::Timestamp = stamp.expect("a line of the log has its instant");
    let since = now().duration_since(opened);
    Instant::now() - since.unsigned_abs()
}

#[expect(clippy::disallowed_methods, reason = "a measurement needs the time")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

struct Counter {
    runtime: tokio::runtime::Runtime,
    db: sea_orm::DatabaseConnection,
}

impl Counter {
    fn open(huiyin: &Huiyin) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let url = &huiyin.database().url;
        let db = runtime.block_on(sea_orm::Database::connect(url));
        Self {
            runtime,
            db: db.expect("the database answers"),
        }
    }

    /// Committed letters. The serials of a year have no gaps.
    fn letters(&self) -> u64 {
        use sea_orm::{ConnectionTrait as _, Statement};
        let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM letter";
        let statement = Statement::from_string(self.db.get_database_backend(), sql);
        let row = self
            .runtime
            .block_on(self.db.query_one_raw(statement))
            .ok()
            .flatten();
        let count: Option<i64> = row.and_then(|r| r.try_get_by_index(0).ok());
        u64::try_from(count.unwrap_or(0)).expect("a count")
    }
}

fn say(what: &str) {
    writeln!(std::io::stdout(), "{what}").expect("somebody reads this");
}
