//! Two hundred faults while mail trickles in and forms are handed in: the disk fills up and has
//! room again, breaks, turns read-only; the database is restarted, crashes, is cut off, at a commit
//! too; mail servers vanish; the product is killed, in the middle of all that. Nobody helps it but
//! by starting it where it was killed, and afterwards nothing is lost, nothing is doubled, and no
//! receipt was shown for what is not there.
//!
//! A run prints its seed; `HUIYIN_SEED` throws the same faults again, and `HUIYIN_FAULTS` sets how
//! many the long story throws (ten mails and two and a half forms a fault).

use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use tests::{
    Dovecot, Engine, FaultySmtp, Office, Setup,
    cluster::{Cluster, Stop},
    crowd::Dice,
    cut::{Lost, Wire},
    faulty_disk::{FaultyDisk, Refusal, SmallDisk, calls},
    place::Place,
    post::{Post, asked},
    say, within,
};
use tracker::clock::{Clock as _, SystemClock};

tests::on_both_engines!(
    #[ignore = "takes minutes and a release build: tests/run --long"]
    two_hundred_faults,
);

/// What the product may have under way to the SMTP server at once.
const LANES: u64 = 4;
/// How soon after a fault a letter must be taken in again.
const SOON: Duration = Duration::from_secs(45);

#[test]
fn a_dozen_faults() {
    told(Engine::Sqlite, 12, 60, 20, Duration::from_millis(500));
}

fn two_hundred_faults(engine: Engine) {
    let faults = asked("HUIYIN_FAULTS", 200);
    told(
        engine,
        faults,
        faults * 10,
        faults * 5 / 2,
        Duration::from_secs(2),
    );
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Kill,
    ImapDown,
    ImapCut,
    ImapSilent,
    SmtpDown,
    SmtpCut,
    /// The file system is full, whatever room it had.
    DiskFull,
    /// There is room for a few more pages.
    DiskNearlyFull,
    DiskBroken,
    /// Some calls fail, most don't.
    DiskFlickers,
    SyncFails,
    ReadsFail,
    DiskReadOnly,
    DatabaseRestarts,
    DatabaseCrashes,
    DatabaseStops,
    DatabaseReadOnly,
    DatabaseTerminates,
    DatabaseCut,
    DatabaseSilent,
    CommitLost,
    AnswerLost,
}

use Fault as F;

/// What befalls a product with a file beside it.
const OF_SQLITE: [Fault; 14] = [
    F::Kill,
    F::Kill,
    F::ImapDown,
    F::ImapCut,
    F::ImapSilent,
    F::SmtpDown,
    F::SmtpCut,
    F::DiskFull,
    F::DiskNearlyFull,
    F::DiskBroken,
    F::DiskFlickers,
    F::SyncFails,
    F::ReadsFail,
    F::DiskReadOnly,
];

/// What befalls one with a server for its letters.
const OF_POSTGRES: [Fault; 20] = [
    F::Kill,
    F::Kill,
    F::ImapDown,
    F::ImapCut,
    F::ImapSilent,
    F::SmtpDown,
    F::SmtpCut,
    F::DiskFull,
    F::DiskNearlyFull,
    F::DiskFlickers,
    F::SyncFails,
    F::DatabaseRestarts,
    F::DatabaseCrashes,
    F::DatabaseStops,
    F::DatabaseReadOnly,
    F::DatabaseTerminates,
    F::DatabaseCut,
    F::DatabaseSilent,
    F::CommitLost,
    F::AnswerLost,
];

/// Everything round the product that can fail.
struct World {
    office: Office,
    imap: Wire,
    smtp: Wire,
    /// Under the letters: the product's own, or PostgreSQL's.
    disk: FaultyDisk,
    /// A real one beneath, where that can be had.
    small: Option<SmallDisk>,
    database: Option<(Cluster, Wire)>,
}

impl World {
    fn cluster(&mut self) -> &mut Cluster {
        &mut self.database.as_mut().expect("a cluster").0
    }

    fn wire(&self) -> &Wire {
        &self.database.as_ref().expect("a wire").1
    }

    fn begins(&mut self, fault: Fault, dice: &mut Dice) {
        let writes = calls::WRITES | calls::MAKES;
        match fault {
            F::Kill => self.office.huiyin.kill(),
            F::ImapDown => self.imap.down(),
            F::ImapCut => self.imap.cut(),
            F::ImapSilent => self.imap.silence(),
            F::SmtpDown => self.smtp.down(),
            F::SmtpCut => self.smtp.cut(),
            F::DiskFull => match &self.small {
                Some(small) => small.fill(),
                None => self.disk.has_room_for(0),
            },
            F::DiskNearlyFull => self.disk.has_room_for(dice.below(400_000)),
            F::DiskBroken => self.disk.refuses(Refusal::Broken, writes, 1000),
            F::DiskFlickers => {
                let refusal = dice.of(&[Refusal::Broken, Refusal::NoSpace]);
                let one_of = u32::try_from(dice.below(300)).unwrap_or(1);
                self.disk.refuses(refusal, writes | calls::SYNCS, one_of);
            }
            F::SyncFails => self.disk.refuses(Refusal::Broken, calls::SYNCS, 1000),
            F::ReadsFail => self.disk.refuses(Refusal::Broken, calls::READS, 500),
            F::DiskReadOnly => self.disk.refuses(Refusal::ReadOnly, writes, 1000),
            F::DatabaseRestarts => {
                self.cluster().stop(Stop::Fast);
                self.cluster().resume();
            }
            F::DatabaseCrashes => {
                self.cluster().stop(Stop::Crash);
                self.cluster().resume();
            }
            F::DatabaseStops => {
                let how = dice.of(&[Stop::Fast, Stop::Crash]);
                self.cluster().stop(how);
            }
            F::DatabaseReadOnly => self.read_only("on"),
            F::DatabaseTerminates => {
                let _ = self.cluster().ask(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                     WHERE datname = current_database() AND pid <> pg_backend_pid()",
                );
            }
            F::DatabaseCut => self.wire().cut(),
            F::DatabaseSilent => self.wire().silence(),
            F::CommitLost => self.wire().cut_at_commit(Lost::Commit),
            F::AnswerLost => self.wire().cut_at_commit(Lost::Answer),
        }
    }

    fn ends(&mut self, fault: Fault) {
        self.imap.up();
        self.smtp.up();
        self.disk.is_well();
        if let Some(small) = &self.small {
            small.clear();
        }
        if fault == F::DatabaseReadOnly {
            self.read_only("off");
        }
        if let Some((cluster, wire)) = &mut self.database {
            wire.up();
            // A full or broken disk ends PostgreSQL now and then: its operator starts it again.
            cluster.resume();
        }
    }

    fn read_only(&mut self, how: &str) {
        let cluster = self.cluster();
        for sql in [
            &format!("ALTER SYSTEM SET default_transaction_read_only = {how}"),
            "SELECT pg_reload_conf()",
        ] {
            let done = cluster.ask(sql);
            assert!(done.is_some(), "PostgreSQL takes a setting");
        }
    }
}

fn told(engine: Engine, faults: u64, mails: u64, forms: u64, longest: Duration) {
    let now = u64::try_from(SystemClock.now().as_microsecond()).unwrap_or_default();
    let seed = asked("HUIYIN_SEED", now);
    say(&format!("{engine:?}: {faults} faults, seed {seed}"));
    let mut dice = Dice::new(seed);
    let post = Post::over(faults, mails, forms);
    let smtp = FaultySmtp::start(&[]);
    let dovecot = Dovecot::start();
    let folder = Place::new("letters");
    let mut world = open(engine, &dovecot, &smtp, &folder);
    let dovecot = Mutex::new(dovecot);
    let visitor = world.office.huiyin.visitor();
    let started = Instant::now();
    let bag: &[Fault] = match engine {
        Engine::Sqlite => &OF_SQLITE,
        Engine::Postgres => &OF_POSTGRES,
    };
    let mut deck = Vec::new();
    let numbers = std::thread::scope(|scope| {
        let _end = post.ends_with_me();
        let mails = scope.spawn(|| post.trickle(&dovecot));
        let forms = scope.spawn(|| post.hand_in(&visitor));
        for n in 1..=faults {
            if deck.is_empty() {
                deck = shuffled(bag, &mut dice);
            }
            let fault = deck.pop().expect("a full deck");
            doze(&mut dice, longest);
            world.begins(fault, &mut dice);
            post.took(n);
            doze(&mut dice, longest);
            if dice.below(5) == 0 {
                world.office.huiyin.kill();
            }
            if !world.office.huiyin.runs() {
                // In the middle of the fault, or after it.
                if dice.below(2) == 0 {
                    world.ends(fault);
                }
                world.office.huiyin.launch("");
                doze(&mut dice, longest);
            }
            world.ends(fault);
            goes_on(&mut world, n, fault);
        }
        mails.join().expect("every mail was sent");
        forms.join().expect("every form was handed in")
    });
    let dovecot = dovecot.into_inner().expect("nobody panicked");
    let sent = started.elapsed();
    post.settles(&world.office, &dovecot);
    post.hand_in_again(&visitor, &numbers);
    // What only its own memory knew is gone now.
    world.office.huiyin.kill();
    world.office.huiyin.resume("");
    say(&format!(
        "{engine:?}: all sent after {sent:.1?}, settled after {:.1?}",
        started.elapsed()
    ));
    let raws = post.stands_once(&world.office, &dovecot, true);
    post.is_numbered(&world.office, &numbers);
    post.hand_in_again(&visitor, &numbers);
    let receipts = post.has_receipts(&smtp, 0);
    say(&format!(
        "{engine:?}: {mails} mails and {forms} forms, {raws} raws alike, {receipts} receipts taken, \
         {} calls refused by the disk; {:.1?}",
        world.disk.refused(),
        started.elapsed()
    ));
}

/// It lives, takes a letter in, and says that it can.
fn goes_on(world: &mut World, n: u64, fault: Fault) {
    let ended = Instant::now();
    let huiyin = &mut world.office.huiyin;
    within(
        SOON,
        &format!("readiness after fault {n}, {fault:?}"),
        || {
            assert!(huiyin.runs(), "it ended of {fault:?}:\n{}", huiyin.log());
            huiyin.ready().then_some(())
        },
    );
    let took = ended.elapsed();
    if took > Duration::from_secs(5) {
        say(&format!("{n}, {fault:?}: ready after {took:.1?}"));
    }
}

/// Each as often as it stands there, in any order.
fn shuffled(bag: &[Fault], dice: &mut Dice) -> Vec<Fault> {
    let mut rest = bag.to_vec();
    let mut deck = Vec::with_capacity(rest.len());
    while !rest.is_empty() {
        let at = usize::try_from(dice.below(rest.len() as u64)).expect("a small number");
        deck.push(rest.swap_remove(at));
    }
    deck
}

fn doze(dice: &mut Dice, at_most: Duration) {
    let most = u64::try_from(at_most.as_micros()).expect("a short while");
    std::thread::sleep(Duration::from_micros(dice.below(most)));
}

fn open(engine: Engine, dovecot: &Dovecot, smtp: &FaultySmtp, folder: &Place) -> World {
    let (imap, to_smtp) = (Wire::to(dovecot.port), Wire::to(smtp.port));
    let disk = FaultyDisk::new();
    let small = (engine == Engine::Sqlite)
        .then(|| SmallDisk::of_megabytes(600))
        .flatten();
    let kept_in = small.as_ref().map_or(folder.path(), SmallDisk::path);
    let port = |port: u16| format!("port = {port}\n");
    let section = smtp
        .section()
        .replace(&port(smtp.port), &port(to_smtp.port))
        .replace("lanes = 1", &format!("lanes = {LANES}"));
    let mut setup = Setup::new(engine).with(format!("{section}receipts_per_minute = 60000\n"));
    for (user, channel) in [
        ("director", "director-mailbox"),
        ("consultation", "online-consultation"),
        ("petition", "e-petition"),
        ("minerals", "online-consultation"),
    ] {
        let mailbox = dovecot.mailbox(user, channel);
        setup = setup.with(mailbox.replace(&port(dovecot.port), &port(imap.port)));
    }
    let database = (engine == Engine::Postgres).then(|| {
        let cluster = Cluster::on(&disk);
        let wire = Wire::to(cluster.port);
        (cluster, wire)
    });
    setup = match &database {
        Some((cluster, wire)) => setup.over(cluster.url(wire.port)),
        None => setup
            .kept_in(kept_in)
            .environment(disk.environment(kept_in)),
    };
    World {
        office: Office::open(&setup),
        imap,
        smtp: to_smtp,
        disk,
        small,
        database,
    }
}
