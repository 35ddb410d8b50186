//! Everything in the order of time: the clock goes from instant to instant, and at each something
//! comes in or somebody does something.

use std::{collections::HashMap, sync::Arc, time::Duration};

use jiff::{Timestamp, ToSpan};

use super::{
    DemoError, Guide,
    content::{self, Extra, Sample},
    doors::{self, Comes, Known},
    office::{self, Office},
    steps::{self, Line, Way},
    when::Anchor,
};
use crate::{app::App, clock::FixedClock, letters::Error, serve, workers::delivery};

/// The samples reach this far back.
const BEGINS_DAYS_AGO: i64 = 100;

/// What happens at an instant.
enum Event<'c> {
    Comes(usize),
    Step(usize, Line<'c>, &'c str),
    Extra(usize),
    Discard(usize),
}

struct Stage<'c> {
    app: &'c App,
    clock: &'c FixedClock,
    outlet: Arc<notifier::Outlet>,
    office: Office,
    letters: &'c [Sample],
    extras: &'c [Extra],
    anchor: &'c Anchor<'c>,
    ways: HashMap<usize, (Way<'c>, Known<'c>)>,
    lines: HashMap<usize, i64>,
}

/// Plays the samples up to `now`.
pub(super) async fn play(
    app: &App,
    clock: &FixedClock,
    now: Timestamp,
) -> Result<Guide, DemoError> {
    let (letters, extras) = (content::letters()?, content::extras()?);
    let law = app.law();
    let anchor = Anchor {
        now,
        zone: app.zone.clone(),
        calendar: &law.calendar,
    };
    let begin = now
        .to_zoned_datetime(app.zone.clone())
        .checked_sub(BEGINS_DAYS_AGO.days());
    clock.set(begin.map_or(now, |z| z.timestamp()));
    let outlet = serve::outlet(app)?.ok_or_else(|| fault("mail", "there is no way out"))?;
    let mut stage = Stage {
        app,
        clock,
        outlet: Arc::new(outlet),
        office: office::found(app).await?,
        letters: &letters,
        extras: &extras,
        anchor: &anchor,
        ways: HashMap::new(),
        lines: HashMap::new(),
    };
    for (at, event) in stage.plan()? {
        stage.go_to(at);
        stage.happens(&event, at).await?;
    }
    clock.set(now);
    Ok(Guide {
        track: stage.track().await?,
        logins: stage.office.logins,
    })
}

fn fault(place: &str, why: &str) -> DemoError {
    DemoError::Content {
        place: place.to_owned(),
        why: why.to_owned(),
    }
}

impl<'c> Stage<'c> {
    /// Every event with its instant, in order.
    fn plan(&self) -> Result<Vec<(Timestamp, Event<'c>)>, DemoError> {
        let mut plan = Vec::new();
        let read = |place: &str, line: &'c str| {
            let found = self.anchor.read(line);
            found.ok_or_else(|| fault(place, &format!("no instant: {line}")))
        };
        for (n, sample) in self.letters.iter().enumerate() {
            let comes = sample.typed.as_deref().unwrap_or(&sample.came);
            plan.push((read(&sample.subject, comes)?.0, Event::Comes(n)));
            for text in &sample.way {
                let (at, rest) = read(&sample.subject, text)?;
                let line = Line::read(rest);
                let line =
                    line.ok_or_else(|| fault(&sample.subject, &format!("no step: {text}")))?;
                plan.push((at, Event::Step(n, line, text)));
            }
        }
        for (n, extra) in self.extras.iter().enumerate() {
            plan.push((read("extra.toml", &extra.came)?.0, Event::Extra(n)));
            if let Some(text) = &extra.discarded {
                plan.push((read("extra.toml", text)?.0, Event::Discard(n)));
            }
        }
        plan.sort_by_key(|(at, _)| *at);
        Ok(plan)
    }

    /// The clock never goes back.
    fn go_to(&self, at: Timestamp) {
        self.clock.set(at.max(self.app.now()));
    }

    async fn happens(&mut self, event: &Event<'c>, at: Timestamp) -> Result<(), DemoError> {
        let (place, done, lost) = match event {
            Event::Comes(n) => (
                self.letters[*n].subject.clone(),
                self.comes(*n).await,
                false,
            ),
            Event::Step(n, line, text) => {
                let done = self.step(*n, line, at).await.map_err(Comes::Refused);
                let subject = &self.letters[*n].subject;
                (format!("{subject}: {text}"), done, line.cut_short)
            }
            Event::Extra(n) => (
                self.extras[*n].came.clone(),
                self.arrives(*n, at).await,
                false,
            ),
            Event::Discard(n) => {
                let line = self.lines.get(n).copied().unwrap_or_default();
                let reason = &self.extras[*n].reason;
                let done = doors::discard(self.app, &self.office, line, reason).await;
                (reason.clone(), done.map_err(Comes::Refused), false)
            }
        };
        let refused = |error| DemoError::Step {
            place: place.clone(),
            error,
        };
        done.map_err(|e| match e {
            Comes::Refused(error) => refused(error),
            Comes::Demo(error) => error,
        })?;
        self.post(lost).await.map_err(refused)
    }

    async fn comes(&mut self, n: usize) -> Result<(), Comes> {
        let sample = &self.letters[n];
        let read = self.anchor.read(&sample.came);
        let received_at = read.map_or_else(|| self.app.now(), |(at, _)| at);
        let done = doors::letter(self.app, sample, n, received_at).await?;
        let way = Way {
            sample,
            number: done.letter.number,
            sealed: done.letter.is_sealed(),
            handler: String::new(),
        };
        self.ways.insert(n, (way, Known { sample, n, done }));
        Ok(())
    }

    async fn step(&mut self, n: usize, line: &Line<'_>, at: Timestamp) -> Result<(), Error> {
        let of = steps::repeats(line).and_then(|id| self.known(id));
        let of = of.map(|k| k.done.letter.number);
        let (way, _) = self.ways.get_mut(&n).ok_or(Error::NotFound)?;
        steps::take(self.app, &self.office, way, line, at, of).await
    }

    async fn arrives(&mut self, n: usize, at: Timestamp) -> Result<(), Comes> {
        let extra = &self.extras[n];
        let about = extra.answers.as_deref().or(extra.again.as_deref());
        let known = about.and_then(|id| self.known(id));
        if about.is_some() && known.is_none() {
            return Err(Comes::Refused(Error::NotFound));
        }
        if let Some(line) = doors::extra(self.app, extra, n, at, known).await? {
            self.lines.insert(n, line);
        }
        Ok(())
    }

    fn known(&self, id: &str) -> Option<&Known<'c>> {
        let all = self.ways.values().map(|(_, known)| known);
        all.into_iter().find(|k| k.sample.id == id)
    }

    /// What waits in the outbox leaves once it can no longer be taken back.
    async fn post(&self, cut_short: bool) -> Result<(), Error> {
        self.go_to(self.app.now() + self.app.undo());
        if cut_short {
            // As when the power fails: claimed, and never heard of again. The next round finds it.
            self.app
                .store
                .claim(self.app.now(), 1, Duration::ZERO)
                .await?;
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        while delivery::once(self.app, &self.outlet).await? > 0 {}
        Ok(())
    }

    /// An answered letter that its writer can follow.
    async fn track(&self) -> Result<Option<(String, String)>, DemoError> {
        let Some(known) = self.known("track") else {
            return Ok(None);
        };
        let letter = &known.done.letter;
        Ok(Some((
            letter.number.to_string(),
            known.done.code.to_string(),
        )))
    }
}
