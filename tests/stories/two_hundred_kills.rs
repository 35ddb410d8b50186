//! Killed two hundred times at random moments while mail trickles in and forms are handed in; the
//! same with a mail server that dies too, and with one that takes receipts in every wrong way:
//! nothing is lost, nothing is doubled, and nobody gets two receipts.
//!
//! A run prints its seed; `HUIYIN_SEED` repeats it as far as a busy machine lets it, and
//! `HUIYIN_KILLS` sets how often the long stories kill (ten mails and two and a half forms a kill).

use std::{
    sync::{Mutex, MutexGuard},
    time::{Duration, Instant},
};

use tests::{
    Dovecot, Engine, FaultySmtp, Mood, Office, Setup,
    crowd::Dice,
    post::{PATIENCE, Post, asked},
    say, within,
};
use tracker::clock::{Clock as _, SystemClock};

tests::on_both_engines!(a_few_kills_of_both, a_few_kills_amid_bad_smtp);
tests::on_both_engines!(
    #[ignore = "takes minutes and a release build: tests/run --long"]
    two_hundred_kills,
    two_hundred_kills_of_both,
    two_hundred_kills_amid_bad_smtp,
);

const FEW: u64 = 4;
/// What the tracker may have under way to the SMTP server at once.
const LANES: u64 = 4;
/// What an SMTP server does to receipts.
const MOODS: [Mood; 10] = [
    Mood::Take,
    Mood::Take,
    Mood::Take,
    Mood::Refuse(450),
    Mood::Refuse(550),
    Mood::RefuseData(451),
    Mood::RefuseData(554),
    Mood::TakeInSilence,
    Mood::BreakOff,
    Mood::Hang,
];

/// What else goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Besides {
    Nothing,
    /// The mail server is killed now and then, and started again.
    MailServer,
    /// The SMTP server errs.
    Smtp,
}

fn a_few_kills_of_both(engine: Engine) {
    told(engine, FEW, Besides::MailServer);
}

fn a_few_kills_amid_bad_smtp(engine: Engine) {
    told(engine, FEW, Besides::Smtp);
}

fn two_hundred_kills(engine: Engine) {
    told(engine, asked("HUIYIN_KILLS", 200), Besides::Nothing);
}

fn two_hundred_kills_of_both(engine: Engine) {
    told(engine, asked("HUIYIN_KILLS", 200), Besides::MailServer);
}

fn two_hundred_kills_amid_bad_smtp(engine: Engine) {
    told(engine, asked("HUIYIN_KILLS", 200), Besides::Smtp);
}

fn told(engine: Engine, kills: u64, besides: Besides) {
    let now = u64::try_from(SystemClock.now().as_microsecond()).unwrap_or_default();
    let seed = asked("HUIYIN_SEED", now);
    say(&format!(
        "{engine:?}, {besides:?}: {kills} kills, seed {seed}"
    ));
    let mut dice = Dice::new(seed);
    let post = Post::over(kills, kills * 10, kills * 5 / 2);
    let moods: Vec<Mood> = match besides {
        Besides::Smtp => (0..post.letters()).map(|_| dice.of(&MOODS)).collect(),
        _ => Vec::new(),
    };
    let smtp = FaultySmtp::start(&moods);
    let dovecot = Mutex::new(Dovecot::start());
    let mut office = Office::open(&setup(engine, &held(&dovecot), &smtp));
    let started = Instant::now();
    let first = {
        office.huiyin.stop();
        let launched = Instant::now();
        office.huiyin.resume("");
        launched.elapsed()
    };
    let visitor = office.huiyin.visitor();
    let numbers = std::thread::scope(|scope| {
        let _end = post.ends_with_me();
        let mails = scope.spawn(|| post.trickle(&dovecot));
        let forms = scope.spawn(|| post.hand_in(&visitor));
        for n in 1..=kills {
            doze(&mut dice, first * 2 + Duration::from_secs(1));
            if besides == Besides::MailServer && dice.below(4) == 0 {
                let mut dovecot = held(&dovecot);
                dovecot.kill();
                doze(&mut dice, Duration::from_millis(500));
                dovecot.resume();
            }
            office.huiyin.kill();
            post.took(n);
            office.huiyin.launch("");
        }
        within(PATIENCE, "the tracker", || {
            office.huiyin.ready().then_some(())
        });
        mails.join().expect("every mail was sent");
        forms.join().expect("every form was handed in")
    });
    let sent = started.elapsed();
    post.hand_in_again(&visitor, &numbers);
    post.settles(&office, &held(&dovecot));
    say(&format!(
        "{engine:?}, {besides:?}: all sent after {sent:.1?}, settled after {:.1?}",
        started.elapsed()
    ));
    let moved_once = besides != Besides::MailServer;
    let raws = post.stands_once(&office, &held(&dovecot), moved_once);
    post.is_numbered(&office, &numbers);
    // Where all is well, only what was on its way may be missing.
    let least = match besides {
        Besides::Smtp => 0,
        _ => post.receipts_but(kills * LANES),
    };
    let receipts = post.has_receipts(&smtp, least);
    say(&format!(
        "{engine:?}, {besides:?}: {} mails and {} forms, {raws} raws alike, {} receipts taken; {:.1?}",
        post.mails.len(),
        post.forms,
        receipts,
        started.elapsed()
    ));
}

fn setup(engine: Engine, dovecot: &Dovecot, smtp: &FaultySmtp) -> Setup {
    let section = smtp
        .section()
        .replace("lanes = 1", &format!("lanes = {LANES}"));
    let setup = Setup::new(engine).with(format!("{section}receipts_per_minute = 60000\n"));
    [
        ("director", "director-mailbox"),
        ("consultation", "online-consultation"),
        ("petition", "e-petition"),
        ("minerals", "online-consultation"),
    ]
    .iter()
    .fold(setup, |setup, (user, channel)| {
        setup.with(dovecot.mailbox(user, channel))
    })
}

fn held(dovecot: &Mutex<Dovecot>) -> MutexGuard<'_, Dovecot> {
    dovecot.lock().expect("nobody panics while holding this")
}

fn doze(dice: &mut Dice, at_most: Duration) {
    let most = u64::try_from(at_most.as_micros()).expect("a short while");
    std::thread::sleep(Duration::from_micros(dice.below(most)));
}
