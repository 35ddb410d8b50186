//! Rule packs: the law's clocks as data. A pack is a readable folder; one laid over another
//! overrides its rules by id.

pub mod golden;
pub mod pack;
pub mod rule;
pub mod say;
mod sound;
pub mod table;

pub use golden::{Difference, Golden};
pub use pack::{Pack, PackFault, PackFile};
pub use rule::{
    Allowed, Applies, Case, Certainty, Decider, Effect, Halt, Lengthening, Meets, Rule, Stage,
    StageAt, Starts,
};
pub use table::Line;

use jiff::civil::Date;

/// Every rule in force at some time, all versions.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    all: Vec<Rule>,
}

impl Rules {
    /// Rules of one or more packs, already laid over each other.
    #[must_use]
    pub fn new(mut all: Vec<Rule>) -> Self {
        all.sort_by(|a, b| (&a.id, a.version).cmp(&(&b.id, b.version)));
        Self { all }
    }

    /// A pack laid over these. A rule of the pack that names a version standing here replaces all
    /// versions of that id; one that names only new versions is added to them. An added version
    /// ends the one before it on the day before it begins.
    #[must_use]
    pub fn under(self, pack: Vec<Rule>) -> Self {
        let replaced = |r: &Rule| {
            let same = pack.iter().filter(|p| p.id == r.id);
            same.map(|p| p.version)
                .any(|version| self.get(&r.id, version).is_some())
        };
        let kept = self.all.iter().filter(|r| !replaced(r)).cloned();
        let kept = Self {
            all: kept.collect(),
        };
        pack.into_iter().fold(kept, Self::laid)
    }

    /// One rule laid over these: it replaces the same version, or is added as a new one and ends
    /// the one before it on the day before it begins.
    #[must_use]
    pub fn laid(self, rule: Rule) -> Self {
        let mut all = self.all;
        all.retain(|r| r.id != rule.id || r.version != rule.version);
        for older in all.iter_mut().filter(|r| r.id == rule.id) {
            if older.from < rule.from && sound::overlap(older, &rule) {
                older.to = rule.from.yesterday().ok();
            }
        }
        all.push(rule);
        Self::new(all)
    }

    /// What keeps these rules from deciding every letter: versions that hold on the same days, or
    /// nothing that counts for letters that no other rule binds.
    #[must_use]
    pub fn faults(&self) -> Vec<PackFault> {
        let named: Vec<_> = self
            .all
            .iter()
            .map(|r| (r.pack.clone(), r.clone()))
            .collect();
        let mut out = sound::faults(&named);
        let whole = |r: &&Rule| r.counts && !r.needs_writer && r.narrowness() == 0;
        let always = |r: &Rule| r.from == Date::MIN && r.to.is_none();
        if !self.all.iter().filter(whole).any(always) {
            let what = "no rule counts for every letter; keep one that binds all (applies = {}), \
                        counts, and has neither from nor to, as cn.own.default.15wd";
            out.push(PackFault::new("all packs together", what));
        }
        out
    }

    /// All of them, by id and version.
    #[must_use]
    pub fn all(&self) -> &[Rule] {
        &self.all
    }

    /// A rule in one version.
    #[must_use]
    pub fn get(&self, id: &str, version: u32) -> Option<&Rule> {
        self.all.iter().find(|r| r.id == id && r.version == version)
    }

    /// The version of a rule that governs letters received on a day, else its latest.
    #[must_use]
    pub fn named(&self, id: &str, received_on: Date) -> Option<&Rule> {
        let versions = || self.all.iter().filter(|r| r.id == id);
        let governing = versions().rfind(|r| r.in_force(received_on));
        governing.or_else(|| versions().next_back())
    }

    /// What is owed on a letter: first the one rule that counts, then those beside it.
    #[must_use]
    pub fn owed(&self, case: &Case<'_>) -> Vec<&Rule> {
        let bound: Vec<&Rule> = self.all.iter().filter(|r| r.binds(case)).collect();
        let counts = bound.iter().filter(|r| r.counts);
        let counted = counts
            .max_by_key(|r| (r.narrowness(), r.version, std::cmp::Reverse(&r.id)))
            .copied();
        let beside = bound.iter().filter(|r| !r.counts).copied();
        counted.into_iter().chain(beside).collect()
    }
}
