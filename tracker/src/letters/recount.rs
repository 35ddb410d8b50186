//! Counting due dates anew after calendar or rules changed: a preview of what would move, and the
//! job that moves it, slice by slice. Each slice is one short transaction that also says how far
//! the job got, so a kill neither loses nor doubles anything. What is met or ended is not touched.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::{Duration, Instant},
};

use jiff::civil::Date;
use serde_json::json;

use super::{
    Result,
    change::{facts, stands},
    fail_point, owe,
    supervise::{Scene, paper},
};
use crate::{
    app::App,
    domain::{event::EventKind, figures, job::JobState, law::Law, term::TermError, words::Topic},
    store::{
        Step, events::NewEvent, jobs::Job, letters::Letter, notices::Notice,
        obligations::Obligation,
    },
};

/// Obligations a slice looks at: some tens of milliseconds of lock where all of them move.
const SLICE: u64 = 200;

/// Obligations of a rule that move from one day to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Move {
    /// The rule's id.
    pub rule: String,
    /// When they are due as things stand.
    pub from: Date,
    /// When they would be.
    pub to: Date,
}

/// What counting anew would do.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// What is owed and open.
    pub open: u64,
    /// How many move, by rule and dates.
    pub moves: BTreeMap<Move, u64>,
    /// Provisional dates that stay and become firm.
    pub settled: u64,
    /// Firm dates that stay and become provisional.
    pub loosened: u64,
}

impl Preview {
    /// How many due dates move.
    #[must_use]
    pub fn moved(&self) -> u64 {
        self.moves.values().sum()
    }
}

/// What counting anew by a law would move; nothing is changed.
///
/// # Errors
/// When the database refuses.
pub async fn preview(app: &App, law: &Law) -> Result<Preview> {
    let mut preview = Preview::default();
    let mut after = 0;
    loop {
        let open = app.store.open_obligations(after, 5 * SLICE).await?;
        let Some(last) = open.last() else {
            return Ok(preview);
        };
        after = last.id;
        let received = received(app, law, &open).await?;
        for o in &open {
            preview.open += 1;
            let now = anew(law, o, received.get(&o.letter_id).copied());
            if now.due_on != o.due_on {
                let moved = Move {
                    rule: o.rule.clone(),
                    from: o.due_on,
                    to: now.due_on,
                };
                *preview.moves.entry(moved).or_default() += 1;
            } else if o.provisional && !now.provisional {
                preview.settled += 1;
            } else if !o.provisional && now.provisional {
                preview.loosened += 1;
            }
        }
    }
}

/// The days of receipt on which starts rest that are assumed by a rule which was corrected.
async fn received(app: &App, law: &Law, open: &[Obligation]) -> Result<HashMap<i64, Date>> {
    let assumed = open
        .iter()
        .filter(|o| o.start_assumed && law.correction(&o.rule, o.rule_version).is_some());
    let letters: Vec<i64> = assumed.map(|o| o.letter_id).collect();
    Ok(app.store.received_on(&letters).await?)
}

/// An obligation by the law as it stands. Where its start is still assumed, that is by the rule
/// too, from the day of receipt; a start that happened is what it was.
fn anew(law: &Law, o: &Obligation, received_on: Option<Date>) -> Obligation {
    let mut now = o.clone();
    let mut begun = Ok(());
    if let Some(rule) = law.correction(&o.rule, o.rule_version) {
        now.term = rule.term;
        now.rolls = rule.rolls;
        now.basis_zh.clone_from(&rule.basis_zh);
        now.basis_en.clone_from(&rule.basis_en);
        if let Some(received_on) = received_on.filter(|_| o.start_assumed) {
            now.starts = rule.starts;
            begun = owe::begins(rule, received_on, None)
                .map(|(on, assumed)| (now.start_on, now.start_assumed) = (on, assumed))
                .map_err(|_| TermError::Beyond);
        }
    }
    if let Err(error) = begun.and_then(|()| now.reckon(&law.calendar)) {
        tracing::error!(obligation = o.id, %error, "a due date cannot be counted anew; it stays");
        return o.clone();
    }
    // Counted by another calendar to the same end, it stays as it is.
    let counted_by = std::mem::replace(&mut now.calendar_version, o.calendar_version.clone());
    if now != *o {
        now.calendar_version = counted_by;
    }
    now
}

/// What a slice came to.
#[derive(Debug)]
pub struct Slice {
    /// The job as it stands now.
    pub job: Job,
    /// How long others could not write.
    pub held: Duration,
}

/// Does one slice of a job; `None` where there is no such job.
///
/// # Errors
/// When the database refuses; then nothing of the slice happened.
pub async fn slice(app: &App, job_id: i64) -> Result<Option<Slice>> {
    let Some(job) = app.store.job(job_id).await? else {
        return Ok(None);
    };
    let held = Duration::ZERO;
    if job.state == JobState::Ended {
        return Ok(Some(Slice { job, held }));
    }
    let law = app.current_law().await?;
    let open = app.store.open_obligations(job.cursor, SLICE).await?;
    let received = received(app, &law, &open).await?;
    let by_law = |o: &Obligation| anew(&law, o, received.get(&o.letter_id).copied());
    let moves = open.iter().filter(|o| by_law(o) != **o);
    let letters: BTreeSet<i64> = moves.map(|o| o.letter_id).collect();
    let window: BTreeSet<i64> = open.iter().map(|o| o.id).collect();
    let scene = Scene::load(app).await?;

    let step = app.store.begin(app.now()).await?;
    let began = Instant::now();
    let stored = step.job(job_id).await?;
    let same = stored.is_some_and(|s| (s.state, s.cursor) == (job.state, job.cursor));
    // Somebody else did this slice, or the law changed once more: look again.
    if !same || app.law_of(&step).await?.stamp != law.stamp {
        return Ok(Some(Slice { job, held }));
    }
    let mut job = job;
    if !letters.is_empty() {
        let letters: Vec<i64> = letters.into_iter().collect();
        job.moved += recount(app, &by_law, &step, &job, &letters, &window, &scene).await?;
    }
    job.seen += i64::try_from(open.len()).unwrap_or_default();
    match open.last() {
        Some(last) => job.cursor = last.id,
        None => end(app, &step, &mut job).await?,
    }
    step.save_job(job.clone()).await?;
    fail_point("recount-before-commit");
    step.commit().await?;
    fail_point("recount-after-commit");
    let held = began.elapsed();
    Ok(Some(Slice { job, held }))
}

async fn end(app: &App, step: &Step<'_>, job: &mut Job) -> Result<()> {
    job.state = JobState::Ended;
    job.ended_at = Some(step.now);
    let data = json!({
        "job": job.id, "kind": job.kind.code(), "seen": job.seen, "moved": job.moved,
    });
    step.add_admin_event(app.id(), job.by, "due-dates-recounted", data)
        .await?;
    Ok(())
}

/// Counts the open obligations of these letters anew, those of the slice; answers how many
/// letters' dates moved.
async fn recount(
    app: &App,
    by_law: &impl Fn(&Obligation) -> Obligation,
    step: &Step<'_>,
    job: &Job,
    letters: &[i64],
    window: &BTreeSet<i64>,
    scene: &Scene,
) -> Result<i64> {
    let letters = step.letters_by_id(letters).await?;
    let ids: Vec<i64> = letters.iter().map(|l| l.id).collect();
    let mut owed: BTreeMap<i64, Vec<Obligation>> = BTreeMap::new();
    for o in step.obligations_of_all(&ids).await? {
        owed.entry(o.letter_id).or_default().push(o);
    }
    let (mut changed, mut moved) = (Vec::new(), Vec::new());
    let (mut deltas, mut notices) = (Vec::new(), Vec::new());
    for mut letter in letters {
        let stored = owed.remove(&letter.id).unwrap_or_default();
        let mut now = stored.clone();
        for o in now
            .iter_mut()
            .filter(|o| o.is_open() && window.contains(&o.id))
        {
            *o = by_law(o);
        }
        let pairs = || stored.iter().zip(&now);
        changed.extend(pairs().filter(|(a, b)| a != b).map(|(_, b)| b.clone()));
        let Some(mut data) = told(job, pairs()) else {
            continue;
        };
        let due = now.iter().find(|o| o.counts && o.is_open());
        let due = due.map(|o| o.due_on);
        let before = facts(&letter, &stored);
        letter.next_due_on = due.filter(|_| letter.status.is_open());
        letter.version += 1;
        let rows = figures::delta(Some(&before), &facts(&letter, &now));
        deltas.extend(rows.into_iter().map(|d| (app.id(), d)));
        for person_id in holders(app, step, scene, &letter).await? {
            notices.push(Notice::new(
                app.id(),
                person_id,
                Some(letter.id),
                Topic::DueMoved,
                data.clone(),
                step.now,
            ));
        }
        data["after"] = stands(&letter, &now);
        moved.push((letter, NewEvent::new(EventKind::DueMoved, job.by, data)));
    }
    let events = moved.iter_mut().map(|(l, e)| (l, app.id(), e.clone()));
    step.add_events(events.collect()).await?;
    step.add_deltas(deltas).await?;
    step.add_staff_notices(notices).await?;
    step.save_recounted(&changed).await?;
    let moved: Vec<Letter> = moved.into_iter().map(|(l, _)| l).collect();
    step.save_moved(&moved).await?;
    Ok(i64::try_from(moved.len()).unwrap_or_default())
}

/// Who hears that a letter's date moved: whoever holds the paper.
async fn holders(app: &App, step: &Step<'_>, scene: &Scene, letter: &Letter) -> Result<Vec<i64>> {
    let (parties, readers) = if letter.is_sealed() {
        let readers = app.store.readers(letter.id).await?;
        (step.parties(letter.id).await?, readers)
    } else {
        Default::default()
    };
    Ok(scene.house.holders(&paper(letter, parties, readers)))
}

/// What a letter's history and its handler are told of the dates that moved: the one that counts
/// first; nothing where none did.
fn told<'a>(
    job: &Job,
    pairs: impl Iterator<Item = (&'a Obligation, &'a Obligation)>,
) -> Option<serde_json::Value> {
    let mut moved: Vec<_> = pairs.filter(|(a, b)| a.due_on != b.due_on).collect();
    moved.sort_by_key(|(a, _)| !a.counts);
    let dates = |(a, b): &(&Obligation, &Obligation)| {
        json!({
            "obligation": a.kind.code(), "rule": a.rule,
            "from": a.due_on.to_string(), "to": b.due_on.to_string(),
        })
    };
    let mut data = dates(moved.first()?);
    data["job"] = json!(job.id);
    if moved.len() > 1 {
        data["others"] = moved[1..].iter().map(dates).collect();
    }
    Some(data)
}
