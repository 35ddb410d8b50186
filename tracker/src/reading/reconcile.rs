//! Proof that the figures are the letters': recomputes them, verifies every history, and looks
//! for lines of the ledger that lead nowhere.

use std::collections::BTreeMap;

use serde::Serialize;

use super::mailboxes::{Compared, Mailboxes};
use crate::{
    app::App,
    domain::{
        event,
        figures::{Dimensions, contribution},
        words::Fate,
    },
    letters::{Result, change::facts},
    store::letters::Letter,
};

/// One thing that is not as it should be.
#[derive(Debug, Clone, Serialize)]
pub struct Difference {
    /// `figure`, `history`, `obligation`, `addition`, `ledger`, `mailbox`.
    pub kind: &'static str,
    /// Which.
    pub what: String,
    /// What follows from the letters.
    pub expected: String,
    /// What stands.
    pub found: String,
}

/// What was found.
#[derive(Debug, Clone, Serialize)]
pub struct Reconciliation {
    /// No difference.
    pub ok: bool,
    /// Each one named.
    pub differences: Vec<Difference>,
    /// What each mailbox came to, where they were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mailboxes: Vec<Compared>,
}

impl Reconciliation {
    /// Adds what the mailboxes came to.
    pub fn add(&mut self, mailboxes: Mailboxes) {
        self.differences.extend(mailboxes.differences);
        self.mailboxes = mailboxes.compared;
        self.ok = self.differences.is_empty();
    }
}

/// Recomputes everything; `progress` is told after every slice.
///
/// # Errors
/// When the database refuses.
pub async fn reconcile(app: &App, progress: &dyn Fn(u64)) -> Result<Reconciliation> {
    let mut differences = Vec::new();
    let mut expected: BTreeMap<String, i64> = BTreeMap::new();
    let (mut last, mut n) = (0, 0);
    loop {
        let page = app.store.letters_after(last, 500).await?;
        let Some(end) = page.last() else { break };
        last = end.id;
        n += page.len() as u64;
        for letter in &page {
            check_letter(app, letter, &mut expected, &mut differences).await?;
        }
        progress(n);
    }
    let found: BTreeMap<String, i64> = app.store.all_cells().await?.into_iter().collect();
    for key in expected
        .keys()
        .chain(found.keys())
        .collect::<std::collections::BTreeSet<_>>()
    {
        let (want, have) = (
            expected.get(key).copied().unwrap_or(0),
            found.get(key).copied().unwrap_or(0),
        );
        if want != have {
            differences.push(Difference {
                kind: "figure",
                what: key.clone(),
                expected: want.to_string(),
                found: have.to_string(),
            });
        }
    }
    check_ledger(app, n, &mut differences).await?;
    Ok(Reconciliation {
        ok: differences.is_empty(),
        differences,
        mailboxes: Vec::new(),
    })
}

async fn check_letter(
    app: &App,
    letter: &Letter,
    expected: &mut BTreeMap<String, i64>,
    differences: &mut Vec<Difference>,
) -> Result<()> {
    let number = letter.number.to_string();
    let obligations = app.store.obligations(letter.id).await?;
    let facts = facts(letter, &obligations);
    for (measure, bucket) in contribution(&facts) {
        *expected
            .entry(cell(&facts.dimensions, measure.code(), bucket))
            .or_default() += 1;
    }
    let counted = obligations
        .iter()
        .filter(|o| o.counts && o.round == letter.round)
        .count();
    if counted != 1 {
        differences.push(Difference {
            kind: "obligation",
            what: number.clone(),
            expected: "1 counted obligation".into(),
            found: counted.to_string(),
        });
    }
    let additions = app.store.additions(letter.id).await?;
    let undecided = additions.iter().filter(|a| a.ruling.is_none()).count();
    if i32::try_from(undecided).ok() != Some(letter.undecided) {
        differences.push(Difference {
            kind: "addition",
            what: number.clone(),
            expected: format!("{undecided} undecided"),
            found: letter.undecided.to_string(),
        });
    }
    let due = obligations
        .iter()
        .find(|o| o.counts && o.is_open())
        .map(|o| o.due_on);
    let due = due.filter(|_| letter.status.is_open());
    if due != letter.next_due_on {
        differences.push(Difference {
            kind: "obligation",
            what: number.clone(),
            expected: format!("{due:?}"),
            found: format!("{:?}", letter.next_due_on),
        });
    }
    let events = app.store.events(letter).await?;
    let chain = events.iter().map(|e| (&e.event, &e.hash));
    if let Err(broken) = event::verify(chain, (letter.event_seq, &letter.event_hash)) {
        differences.push(Difference {
            kind: "history",
            what: number,
            expected: "an unbroken history".into(),
            found: broken.to_string(),
        });
    }
    Ok(())
}

fn cell(d: &Dimensions, measure: &str, bucket: i32) -> String {
    format!(
        "{}|{}|{}|{}|{}|{}|{}|{measure}|{bucket}",
        d.received_on,
        d.channel_id,
        d.unit_id.unwrap_or_default(),
        d.class.map(|c| c.code()).unwrap_or_default(),
        d.topic.as_deref().unwrap_or_default(),
        d.place.as_deref().unwrap_or_default(),
        u8::from(d.sealed),
    )
}

async fn check_ledger(app: &App, letters: u64, differences: &mut Vec<Difference>) -> Result<()> {
    let counts = app.store.ledger_counts().await?;
    let with = |fate: Option<&str>| {
        counts
            .iter()
            .filter(|c| c.fate.as_deref() == fate)
            .map(|c| c.n)
            .sum::<i64>()
    };
    let registered = with(Some(Fate::Letter.code()));
    if u64::try_from(registered).ok() != Some(letters) {
        differences.push(Difference {
            kind: "ledger",
            what: "lines with the fate letter".into(),
            expected: letters.to_string(),
            found: registered.to_string(),
        });
    }
    let unread = with(None);
    if unread != 0 {
        differences.push(Difference {
            kind: "ledger",
            what: "lines without a fate".into(),
            expected: "0".into(),
            found: unread.to_string(),
        });
    }
    Ok(())
}
