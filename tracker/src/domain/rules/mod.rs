//! Rule packs: the law's clocks as data. A pack is a readable folder; one laid over another
//! overrides its rules by id.

pub mod rule;

pub use rule::{
    Allowed, Applies, Case, Certainty, Decider, Effect, Halt, Lengthening, Meets, Rule, Stage,
    StageAt, Starts,
};

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
