//! 督办: which stages an obligation has reached, when a unit works, and who hears of it. A paper
//! that lies is asked after at whoever holds it, then at the unit's leader, then at the leader with
//! the portfolio; whom a letter accuses is passed over, and the next above hears instead.

use std::collections::BTreeSet;

use jiff::{
    ToSpan,
    civil::{Date, DateTime, Time},
};

use super::{
    access::Role,
    calendar::Calendar,
    rules::{Stage, StageAt},
};

/// The stages reached on a day, earliest first. `workdays` after the due day are reached when so
/// many workdays have passed since; before it, when so many or fewer are left.
#[must_use]
pub fn reached(calendar: &Calendar, stages: &[StageAt], due_on: Date, today: Date) -> Vec<Stage> {
    let late = calendar.workdays_between(due_on, today);
    let left = calendar.workdays_between(today, due_on);
    let is = |at: &&StageAt| match u32::try_from(at.workdays) {
        Ok(0) => today >= due_on,
        Ok(after) => late >= after,
        Err(_) => today >= due_on || left <= at.workdays.unsigned_abs(),
    };
    let mut out: Vec<Stage> = stages.iter().filter(is).map(|at| at.stage).collect();
    out.sort();
    out
}

/// The first day after today on which another stage is reached; `None` where none is left.
#[must_use]
pub fn next_look(
    calendar: &Calendar,
    stages: &[StageAt],
    due_on: Date,
    today: Date,
) -> Option<Date> {
    let days = stages.iter().filter_map(|at| day_of(calendar, due_on, at));
    days.filter(|day| *day > today).min()
}

/// The first day on which a stage counts as reached.
fn day_of(calendar: &Calendar, due_on: Date, at: &StageAt) -> Option<Date> {
    let mut day = due_on;
    let mut left = at.workdays.unsigned_abs();
    if at.workdays >= 0 {
        while left > 0 {
            day = day.tomorrow().ok()?;
            left -= u32::from(calendar.is_workday(day));
        }
        return Some(day);
    }
    // Back to the first day after which no more than so many workdays are left.
    loop {
        if calendar.is_workday(day) {
            if left == 0 {
                return Some(day);
            }
            left -= 1;
        }
        day = day.yesterday().ok()?;
    }
}

/// 上班时间: spans of a day, ends excluded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours(Vec<(Time, Time)>);

/// What holds where a unit sets nothing that can be read.
pub const USUAL_HOURS: &str = "09:00-12:00,13:30-17:30";

impl Hours {
    /// Reads `09:00-12:00,13:30-17:30`; the usual hours where that cannot be read.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let read = |text: &str| {
            text.split([',', '，'])
                .map(span)
                .collect::<Option<Vec<_>>>()
        };
        Self(read(text).or_else(|| read(USUAL_HOURS)).unwrap_or_default())
    }

    /// Whether offices are at work at an instant of a day.
    #[must_use]
    pub fn at_work(&self, calendar: &Calendar, at: DateTime) -> bool {
        let within = |(from, to): &(Time, Time)| (*from..*to).contains(&at.time());
        calendar.is_workday(at.date()) && self.0.iter().any(within)
    }

    /// When work begins on a workday.
    #[must_use]
    pub fn begin(&self) -> Time {
        self.0.iter().map(|s| s.0).min().unwrap_or_default()
    }

    /// When it ends.
    #[must_use]
    pub fn end(&self) -> Time {
        self.0.iter().map(|s| s.1).max().unwrap_or(Time::MAX)
    }
}

fn span(text: &str) -> Option<(Time, Time)> {
    let (from, to) = text.split_once(['-', '–', '—', '－'])?;
    let time = |text: &str| {
        let (hour, minute) = text.trim().split_once([':', '：'])?;
        match (hour.parse().ok()?, minute.parse().ok()?) {
            (24, 0) => Some(Time::MAX),
            (hour, minute) => Time::new(hour, minute, 0, 0).ok(),
        }
    };
    let (from, to) = (time(from)?, time(to)?);
    (from < to).then_some((from, to))
}

/// A unit as far as the chain goes through it.
#[derive(Debug, Clone)]
pub struct Post {
    /// The unit.
    pub unit_id: i64,
    /// The one above.
    pub parent_id: Option<i64>,
    /// 处室负责人.
    pub leader_id: Option<i64>,
    /// 联络员.
    pub liaison_id: Option<i64>,
    /// 分管厅领导.
    pub overseer_id: Option<i64>,
}

/// A person as far as the chain is concerned.
#[derive(Debug, Clone)]
pub struct Colleague {
    /// Who.
    pub id: i64,
    /// Their unit.
    pub unit_id: Option<i64>,
    /// Their roles.
    pub roles: Vec<Role>,
    /// Sealed channels they are cleared for.
    pub cleared: Vec<i64>,
}

/// The house: units, and people who are active.
#[derive(Debug, Clone, Default)]
pub struct House {
    /// Units.
    pub posts: Vec<Post>,
    /// People.
    pub people: Vec<Colleague>,
}

/// A letter as far as the chain depends on it.
#[derive(Debug, Clone, Default)]
pub struct Paper {
    /// The lead unit.
    pub unit_id: Option<i64>,
    /// Who answers it.
    pub handler_id: Option<i64>,
    /// It is on its way out.
    pub sending: bool,
    /// Its channel, where it is sealed.
    pub sealed: Option<i64>,
    /// Named readers.
    pub readers: Vec<i64>,
    /// Accused persons.
    pub accused: Vec<i64>,
    /// Accused units.
    pub accused_units: Vec<i64>,
    /// Who has an extension of it to decide.
    pub deciders: Vec<i64>,
}

impl House {
    /// Whether a letter accuses somebody: by name, or as a member of an accused unit or of one
    /// under it. They never see a trace.
    #[must_use]
    pub fn accuses(&self, paper: &Paper, person: i64) -> bool {
        let leads = |p: &&Post| p.leader_id == Some(person) || p.liaison_id == Some(person);
        let of = self.people.iter().find(|p| p.id == person);
        let own = of.and_then(|p| p.unit_id);
        let mut units = own
            .into_iter()
            .chain(self.posts.iter().filter(leads).map(|p| p.unit_id));
        paper.accused.contains(&person)
            || units.any(|u| self.up(u).any(|p| paper.accused_units.contains(&p.unit_id)))
    }

    /// Whoever holds the paper: the handler, else the unit's liaison or leader, else the
    /// registrars; of a sealed one those who may read it.
    #[must_use]
    pub fn holders(&self, paper: &Paper) -> Vec<i64> {
        if let Some(handler) = self.fit(paper, paper.handler_id) {
            return vec![handler];
        }
        if paper.sealed.is_some() {
            return self.registrars(paper);
        }
        let post = self.post(paper.unit_id);
        let liaison = post.and_then(|p| self.fit(paper, p.liaison_id));
        match liaison.or_else(|| self.leader(paper)) {
            Some(one) if paper.unit_id.is_some() => vec![one],
            _ => self.registrars(paper),
        }
    }

    /// Whoever opens the mail of the letter's unit: its liaison, else its leader.
    #[must_use]
    pub fn desk_of(&self, paper: &Paper) -> Option<i64> {
        let post = self.post(paper.unit_id)?;
        let liaison = self.fit(paper, post.liaison_id);
        liaison.or_else(|| self.fit(paper, post.leader_id))
    }

    /// The unit's leader, or the next one up the tree who can be told.
    #[must_use]
    pub fn leader(&self, paper: &Paper) -> Option<i64> {
        let mut up = self.up(paper.unit_id?);
        up.find_map(|p| self.fit(paper, p.leader_id))
    }

    /// The leader with the portfolio, or the next up the tree; where nobody has it, all leaders.
    #[must_use]
    pub fn overseers(&self, paper: &Paper) -> Vec<i64> {
        let mut up = paper.unit_id.into_iter().flat_map(|u| self.up(u));
        match up.find_map(|p| self.fit(paper, p.overseer_id)) {
            Some(one) => vec![one],
            None => self.with_role(paper, Role::Leader),
        }
    }

    /// Registrars; of a sealed letter those cleared or named, and only where there are none of
    /// them the others, who learn nothing but that there is one.
    #[must_use]
    pub fn registrars(&self, paper: &Paper) -> Vec<i64> {
        let all = self.with_role(paper, Role::Registrar);
        let reads: Vec<i64> = all
            .iter()
            .copied()
            .filter(|p| self.reads(paper, *p))
            .collect();
        if reads.is_empty() { all } else { reads }
    }

    /// Whether somebody may read a letter that is sealed.
    #[must_use]
    pub fn reads(&self, paper: &Paper, person: i64) -> bool {
        let Some(channel) = paper.sealed else {
            return true;
        };
        let clears = |p: &Colleague| {
            p.id == person && p.roles.contains(&Role::Registrar) && p.cleared.contains(&channel)
        };
        paper.readers.contains(&person)
            || paper.handler_id == Some(person)
            || self.people.iter().any(clears)
    }

    /// Who hears of a stage.
    #[must_use]
    pub fn told(&self, paper: &Paper, stage: Stage) -> Vec<i64> {
        let mut told: BTreeSet<i64> = self.holders(paper).into_iter().collect();
        if !paper.sending {
            let deciders = paper.deciders.iter();
            told.extend(deciders.filter_map(|d| self.fit(paper, Some(*d))));
        }
        if stage >= Stage::Urge && paper.unit_id.is_some() {
            match self.leader(paper) {
                Some(leader) => told.extend([leader]),
                None => told.extend(self.overseers(paper)),
            }
        }
        if stage >= Stage::Supervise {
            told.extend(self.overseers(paper));
        }
        told.into_iter().collect()
    }

    /// Everybody with a role who can be told of a letter.
    #[must_use]
    pub fn with_role(&self, paper: &Paper, role: Role) -> Vec<i64> {
        let has = self.people.iter().filter(|p| p.roles.contains(&role));
        has.filter_map(|p| self.fit(paper, Some(p.id))).collect()
    }

    /// Somebody who is here and not accused.
    fn fit(&self, paper: &Paper, person: Option<i64>) -> Option<i64> {
        let known = |id: &i64| self.people.iter().any(|p| p.id == *id);
        person.filter(known).filter(|id| !self.accuses(paper, *id))
    }

    fn post(&self, unit: Option<i64>) -> Option<&Post> {
        self.posts.iter().find(|p| Some(p.unit_id) == unit)
    }

    /// A unit and those above it; a circle ends where it began.
    fn up(&self, unit: i64) -> impl Iterator<Item = &Post> {
        let mut seen = BTreeSet::new();
        let next = |p: &&Post| self.post(p.parent_id);
        std::iter::successors(self.post(Some(unit)), next)
            .take_while(move |p| seen.insert(p.unit_id))
    }
}

/// The Monday of a day's week.
#[must_use]
pub fn monday(day: Date) -> Date {
    let back = i64::from(day.weekday().to_monday_zero_offset());
    day.checked_sub(back.days()).unwrap_or(day)
}

/// Whether a day is the first workday of its week.
#[must_use]
pub fn opens_week(calendar: &Calendar, day: Date) -> bool {
    let before = monday(day).series(1.day()).take_while(|d| *d < day);
    calendar.is_workday(day) && before.into_iter().all(|d| !calendar.is_workday(d))
}

#[cfg(test)]
#[path = "supervision_tests.rs"]
mod tests;
