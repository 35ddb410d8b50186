//! Killed two hundred times at random moments while mail trickles in and forms are handed in; the
//! same with a mail server that dies too, and with one that takes receipts in every wrong way:
//! nothing is lost, nothing is doubled, and nobody gets two receipts.
//!
//! A run prints its seed; `HUIYIN_SEED` repeats it as far as a busy machine lets it, and
//! `HUIYIN_KILLS` sets how often the long stories kill (ten mails and two and a half forms a kill).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tests::{
    Client, Dovecot, Engine, FaultySmtp, Mood, Office, Setup,
    crowd::{self, Dice, Sent},
    mail, say, until, within,
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
/// How long work may take that nobody disturbs.
const PATIENCE: Duration = Duration::from_secs(300);
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

/// A number from the environment.
fn asked(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |n| n.parse().expect("a number"))
}

/// What is sent while the tracker is killed so often.
struct Post {
    kills: u64,
    mails: Vec<Sent>,
    forms: u64,
}

impl Post {
    fn of(kills: u64) -> Self {
        Self {
            kills,
            mails: (0..kills * 10).map(crowd::letter).collect(),
            forms: kills * 5 / 2,
        }
    }

    fn letters(&self) -> u64 {
        self.mails.iter().filter(|m| !m.automatic).count() as u64 + self.forms
    }

    fn to(&self, mailbox: &str) -> impl Iterator<Item = &Sent> {
        self.mails.iter().filter(move |m| m.mailbox == mailbox)
    }

    /// Everybody who is owed a receipt.
    fn addresses(&self) -> BTreeSet<String> {
        let persons = self.mails.iter().filter(|m| !m.automatic);
        let forms = (0..self.forms).map(address);
        persons.map(|m| m.from.clone()).chain(forms).collect()
    }
}

fn address(form: u64) -> String {
    format!("form{form}@example.cn")
}

/// How far everybody is.
#[derive(Default)]
struct Progress {
    kills: AtomicU64,
    mails: AtomicU64,
}

impl Progress {
    /// Waits until it is the turn of the `n`th of so many: they are spread over the kills.
    fn turn(&self, n: u64, of: u64, kills: u64) {
        within(PATIENCE, "the next kill", || {
            (n * kills <= self.kills.load(SeqCst) * of).then_some(())
        });
    }
}

fn told(engine: Engine, kills: u64, besides: Besides) {
    let now = u64::try_from(SystemClock.now().as_microsecond()).unwrap_or_default();
    let seed = asked("HUIYIN_SEED", now);
    say(&format!(
        "{engine:?}, {besides:?}: {kills} kills, seed {seed}"
    ));
    let mut dice = Dice::new(seed);
    let post = Post::of(kills);
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
    let progress = Progress::default();
    let visitor = office.huiyin.visitor();
    let numbers = std::thread::scope(|scope| {
        let mails = scope.spawn(|| trickle(&post, &progress, &dovecot));
        let forms = scope.spawn(|| hand_in(&post, &progress, &visitor));
        for n in 1..=kills {
            doze(&mut dice, first * 2 + Duration::from_secs(1));
            if besides == Besides::MailServer && dice.below(4) == 0 {
                let mut dovecot = held(&dovecot);
                dovecot.kill();
                doze(&mut dice, Duration::from_millis(500));
                dovecot.resume();
            }
            office.huiyin.kill();
            progress.kills.store(n, SeqCst);
            // Nobody is killed for nothing: the mails keep pace.
            within(PATIENCE, "the mails to keep pace", || {
                (progress.mails.load(SeqCst) + 30 >= n * 10).then_some(())
            });
            office.huiyin.launch("");
        }
        within(PATIENCE, "the tracker", || {
            office.huiyin.ready().then_some(())
        });
        mails.join().expect("every mail was sent");
        forms.join().expect("every form was handed in")
    });
    let sent = started.elapsed();
    settled(&post, &office, &held(&dovecot));
    say(&format!(
        "{engine:?}, {besides:?}: all sent after {sent:.1?}, settled after {:.1?}",
        started.elapsed()
    ));
    let raws = once_each(&post, &office, &held(&dovecot), besides);
    numbered(&post, &office, &numbers);
    receipts(&post, &smtp, besides);
    say(&format!(
        "{engine:?}, {besides:?}: {} mails and {} forms, {raws} raws alike, {} receipts taken; {:.1?}",
        post.mails.len(),
        post.forms,
        taken(&smtp).len(),
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

/// Mails arrive, whether the tracker lives or not.
fn trickle(post: &Post, progress: &Progress, dovecot: &Mutex<Dovecot>) {
    let of = post.mails.len() as u64;
    for (n, mail) in (0..).zip(&post.mails) {
        progress.turn(n, of, post.kills);
        held(dovecot).append(mail.mailbox, &mail.raw);
        progress.mails.store(n + 1, SeqCst);
    }
}

/// Forms are sent again under the same key until there is an answer; answers their numbers.
fn hand_in(post: &Post, progress: &Progress, visitor: &Client) -> Vec<String> {
    let one = |n| {
        progress.turn(n, post.forms, post.kills);
        within(PATIENCE, "a form to be taken", || hand_in_once(n, visitor))
    };
    let numbers: Vec<String> = (0..post.forms).map(one).collect();
    // Whoever asks again is told the same.
    for (n, number) in (0..).zip(&numbers) {
        assert_eq!(hand_in_once(n, visitor).as_ref(), Some(number));
    }
    numbers
}

fn hand_in_once(n: u64, visitor: &Client) -> Option<String> {
    let letter = json!({
        "channel": "online-consultation", "kind": "question",
        "subject": format!("第{n}份来信"), "body": "请问如何办理不动产登记？",
        "writer": { "name": "张三", "email": address(n) },
    });
    let key = format!("form {n}");
    let key = [("idempotency-key", key.as_str())];
    let answer = visitor.try_post("/api/v1/letters", &letter, &key).ok()?;
    if answer.status >= 500 {
        return None;
    }
    let answer = answer.expect(201).json();
    Some(answer["number"].as_str().expect("a number").to_owned())
}

/// Every letter is there, and every mail has left its inbox.
fn settled(post: &Post, office: &Office, dovecot: &Dovecot) {
    within(PATIENCE, "every letter", || {
        (office.huiyin.received() >= post.letters()).then_some(())
    });
    for (mailbox, _) in crowd::MAILBOXES {
        until("the inbox to be empty", || {
            dovecot.count(mailbox, "INBOX") == 0
        });
    }
    assert_eq!(office.huiyin.received(), post.letters());
}

/// Every mail is one line of the ledger with the bytes that the server has; answers how many.
fn once_each(post: &Post, office: &Office, dovecot: &Dovecot, besides: Besides) -> usize {
    office.huiyin.reconciles();
    let proof = office.huiyin.json(&["reconcile", "--mailboxes"]);
    let clerk = office.huiyin.visitor();
    clerk.sign_in(&office.registrar.login, &office.registrar.password);
    let mut raws = 0;
    for (mailbox, _) in crowd::MAILBOXES {
        let of_it = |m: &&Value| m["name"] == mailbox;
        let one = proof["mailboxes"]
            .as_array()
            .and_then(|all| all.iter().find(of_it));
        let one = one.expect("every mailbox is compared");
        let letters = post.to(mailbox).filter(|m| !m.automatic).count();
        let all = post.to(mailbox).count();
        assert_eq!(one["in_ledger"], all, "{proof}");
        if besides != Besides::MailServer {
            // A server that dies while it moves a mail may find two of it.
            assert_eq!(one["by_fate"]["letter"], letters, "{proof}");
            assert_eq!(one["on_server"], all, "{proof}");
        }
        let sent = sorted(post.to(mailbox).map(|m| m.raw.clone()));
        let mut on_server = sorted(dovecot.mails(mailbox, "Processed").into_iter());
        if besides == Besides::MailServer {
            on_server.dedup();
        }
        assert!(sent == on_server, "what {mailbox} has is what was sent");
        let kept = sorted(kept(&clerk, mailbox).into_iter());
        assert!(
            sent == kept,
            "what the ledger has of {mailbox} is what was sent"
        );
        raws += kept.len();
    }
    raws
}

fn sorted(mails: impl Iterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
    let mut mails: Vec<_> = mails.collect();
    mails.sort_unstable();
    mails
}

/// The bytes of every line of a mailbox.
fn kept(clerk: &Client, mailbox: &str) -> Vec<Vec<u8>> {
    let mut kept = Vec::new();
    let mut page = format!("/intake?tab=ledger&source=imap%3A{mailbox}");
    loop {
        let body = clerk.get(&page).expect(200).body;
        let rows = body
            .split("<th scope=\"row\" class=\"nowrap\"><a href=\"")
            .skip(1);
        for row in rows {
            let (link, _) = row.split_once('"').expect("a link");
            let raw = clerk.get(&format!("{link}/raw")).expect(200);
            // The crowd's mails are ASCII.
            kept.push(raw.body.into_bytes());
        }
        let next = body.split("rel=\"next\" href=\"").nth(1);
        match next.and_then(|rest| rest.split_once('"')) {
            Some((link, _)) => page = tests::client::plain(link),
            None => return kept,
        }
    }
}

/// A number each, none twice, none left out.
fn numbered(post: &Post, office: &Office, of_forms: &[String]) {
    let mut numbers = Vec::new();
    let mut next = String::new();
    loop {
        let path = format!("/api/v1/desk/letters?filter=all&cursor={next}");
        let page = office.registrar.api.get(&path).expect(200).json();
        let letters = page["letters"].as_array().expect("letters");
        numbers.extend(
            letters
                .iter()
                .filter_map(|l| Some(l["number"].as_str()?.to_owned())),
        );
        match page["next"].as_str() {
            Some(cursor) => cursor.clone_into(&mut next),
            None => break,
        }
    }
    assert_eq!(numbers.len() as u64, post.letters());
    assert!(
        of_forms.iter().all(|n| numbers.contains(n)),
        "the numbers that forms were told"
    );
    let mut years: BTreeMap<&str, BTreeSet<u64>> = BTreeMap::new();
    for number in &numbers {
        let mut parts = number.split('-');
        let (year, serial) = (
            parts.next().expect("a year"),
            parts.next().expect("a serial"),
        );
        let serial = serial.parse().expect("a serial is a number");
        assert!(
            years.entry(year).or_default().insert(serial),
            "{number} twice"
        );
    }
    for (year, serials) in years {
        let count = serials.len() as u64;
        assert_eq!(
            serials.last(),
            Some(&count),
            "a gap among the numbers of {year}"
        );
    }
}

/// The receipts that the server took: to whom, and what they say.
fn taken(smtp: &FaultySmtp) -> Vec<(String, String)> {
    let taken = |mood| matches!(mood, Mood::Take | Mood::TakeInSilence);
    let given = smtp.given().into_iter().filter(|g| taken(g.mood));
    given
        .map(|g| (g.to.join(" "), mail::seen(g.mail.as_bytes()).text))
        .collect()
}

/// Nobody gets two, for no letter; and where all is well, only what was on its way may be missing.
fn receipts(post: &Post, smtp: &FaultySmtp, besides: Besides) {
    let owed = post.addresses();
    if besides != Besides::Smtp {
        let least = (owed.len() as u64).saturating_sub(post.kills * LANES);
        within(PATIENCE, "the receipts to leave", || {
            (taken(smtp).len() as u64 >= least).then_some(())
        });
    }
    let (mut to, mut of) = (BTreeSet::new(), BTreeSet::new());
    for (address, text) in taken(smtp) {
        assert!(owed.contains(&address), "{address} is owed none");
        let number = text.split("信件编号：").nth(1);
        let number = number.and_then(|rest| Some(rest.lines().next()?.to_owned()));
        assert!(number.is_some(), "no number in:\n{text}");
        assert!(of.insert(number), "two receipts for one letter:\n{text}");
        assert!(to.insert(address), "two receipts to one address");
    }
}
