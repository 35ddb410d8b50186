//! What is sent while the product suffers, step by step of its suffering, and the proof afterwards:
//! nothing is lost, nothing is doubled, no number that was told is missing, and nobody gets two
//! receipts.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    Client, Dovecot, FaultySmtp, Mood, Office, client,
    crowd::{self, Sent},
    mail,
    place::{until, within},
};

/// How long work may take that nobody disturbs.
pub const PATIENCE: Duration = Duration::from_secs(300);

/// A number from the environment.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn asked(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |n| n.parse().expect("a number"))
}

/// Mails and forms, spread evenly over so many steps.
#[derive(Debug)]
pub struct Post {
    steps: u64,
    /// By mail.
    pub mails: Vec<Sent>,
    /// By form.
    pub forms: u64,
    step: AtomicU64,
    sent: AtomicU64,
    over: AtomicBool,
}

impl Post {
    /// The same ones every time.
    #[must_use]
    pub fn over(steps: u64, mails: u64, forms: u64) -> Self {
        Self {
            steps,
            mails: (0..mails).map(crowd::letter).collect(),
            forms,
            step: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            over: AtomicBool::new(false),
        }
    }

    /// How many letters it makes.
    #[must_use]
    pub fn letters(&self) -> u64 {
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

    /// The `n`th step was taken; waits for the mails to keep pace, so that none is for nothing.
    pub fn took(&self, n: u64) {
        self.step.store(n, SeqCst);
        let mails = self.mails.len() as u64;
        within(PATIENCE, "the mails to keep pace", || {
            ((self.sent.load(SeqCst) + 30) * self.steps >= n * mails).then_some(())
        });
    }

    /// Waits until it is the turn of the `n`th of so many.
    fn turn(&self, n: u64, of: u64) {
        within(PATIENCE, "the next step", || {
            assert!(!self.over.load(SeqCst), "the story is over");
            (n * self.steps <= self.step.load(SeqCst) * of).then_some(())
        });
    }

    /// Ends the sending early where whoever tells the story panics meanwhile.
    #[must_use]
    pub fn ends_with_me(&self) -> EndsWith<'_> {
        EndsWith(self)
    }

    /// Mails arrive, whether the product lives or not.
    ///
    /// # Panics
    /// When Dovecot does not take one.
    pub fn trickle(&self, dovecot: &Mutex<Dovecot>) {
        let of = self.mails.len() as u64;
        for (n, mail) in (0..).zip(&self.mails) {
            self.turn(n, of);
            let dovecot = dovecot.lock().expect("nobody panics while holding this");
            dovecot.append(mail.mailbox, &mail.raw);
            self.sent.store(n + 1, SeqCst);
        }
    }

    /// Forms are sent again under the same key until there is an answer; answers their numbers.
    #[must_use]
    pub fn hand_in(&self, visitor: &Client) -> Vec<String> {
        let one = |n| {
            self.turn(n, self.forms);
            within(PATIENCE, "a form to be taken", || {
                assert!(!self.over.load(SeqCst), "the story is over");
                hand_in_once(n, visitor)
            })
        };
        (0..self.forms).map(one).collect()
    }

    /// Whoever sends a form again is told the same number.
    ///
    /// # Panics
    /// When another is told.
    pub fn hand_in_again(&self, visitor: &Client, numbers: &[String]) {
        for (n, number) in (0..).zip(numbers) {
            assert_eq!(hand_in_once(n, visitor).as_ref(), Some(number));
        }
    }

    /// Waits until every letter is there, and every mail has left its inbox.
    ///
    /// # Panics
    /// When there are more letters than were sent.
    pub fn settles(&self, office: &Office, dovecot: &Dovecot) {
        let end = Instant::now() + PATIENCE;
        while office.huiyin.received() < self.letters() {
            assert!(
                Instant::now() < end,
                "{} of {} letters; {}\n{}",
                office.huiyin.received(),
                self.letters(),
                String::from_utf8_lossy(
                    &office
                        .huiyin
                        .run(&["--json", "reconcile", "--mailboxes"])
                        .stdout
                ),
                office.huiyin.log()
            );
            std::thread::sleep(Duration::from_millis(200));
        }
        for (mailbox, _) in crowd::MAILBOXES {
            until("the inbox to be empty", || {
                dovecot.count(mailbox, "INBOX") == 0
            });
        }
        assert_eq!(office.huiyin.received(), self.letters());
    }

    /// Every mail is one line of the ledger with the bytes that the server has; answers how many.
    ///
    /// `moved_once`: no mail lies in `Processed` twice. A server that dies while it moves one may find
    /// two of it.
    ///
    /// # Panics
    /// When anything differs.
    #[must_use]
    pub fn stands_once(&self, office: &Office, dovecot: &Dovecot, moved_once: bool) -> usize {
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
            let letters = self.to(mailbox).filter(|m| !m.automatic).count();
            let all = self.to(mailbox).count();
            assert_eq!(one["in_ledger"], all, "{proof}");
            if moved_once {
                assert_eq!(one["by_fate"]["letter"], letters, "{proof}");
                assert_eq!(one["on_server"], all, "{proof}");
            }
            let sent = sorted(self.to(mailbox).map(|m| m.raw.clone()));
            let mut on_server = sorted(dovecot.mails(mailbox, "Processed").into_iter());
            if !moved_once {
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

    /// A number each, none twice, none left out.
    ///
    /// # Panics
    /// When one is, or a form was told another.
    pub fn is_numbered(&self, office: &Office, of_forms: &[String]) {
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
        assert_eq!(numbers.len() as u64, self.letters());
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

    /// Nobody gets two receipts, for no letter, and at least so many leave; answers how many did.
    ///
    /// # Panics
    /// When somebody does.
    #[must_use]
    pub fn has_receipts(&self, smtp: &FaultySmtp, least: u64) -> usize {
        let owed = self.addresses();
        within(PATIENCE, "the receipts to leave", || {
            (taken(smtp).len() as u64 >= least).then_some(())
        });
        let (mut to, mut of) = (BTreeSet::new(), BTreeSet::new());
        for (address, text) in taken(smtp) {
            assert!(owed.contains(&address), "{address} is owed none");
            let number = text.split("信件编号：").nth(1);
            let number = number.and_then(|rest| Some(rest.lines().next()?.to_owned()));
            assert!(number.is_some(), "no number in:\n{text}");
            assert!(of.insert(number), "two receipts for one letter:\n{text}");
            assert!(to.insert(address), "two receipts to one address");
        }
        to.len()
    }

    /// How many receipts must leave where so many may be lost on their way.
    #[must_use]
    pub fn receipts_but(&self, lost: u64) -> u64 {
        (self.addresses().len() as u64).saturating_sub(lost)
    }
}

/// See [`Post::ends_with_me`].
#[derive(Debug)]
pub struct EndsWith<'a>(&'a Post);

impl Drop for EndsWith<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.over.store(true, SeqCst);
        }
    }
}

fn address(form: u64) -> String {
    format!("form{form}@example.cn")
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
            Some((link, _)) => page = client::plain(link),
            None => return kept,
        }
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
