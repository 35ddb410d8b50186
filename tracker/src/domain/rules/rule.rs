//! A rule of the law as data: whom it binds, what is owed, by when, what stops its clock, and
//! where it stands.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::super::{
    obligation::ObligationKind,
    term::Term,
    words::{Class, Route, Source, words},
};

words! {
    /// What sets a clock going.
    Starts, "start event" {
        /// The day of receipt.
        Received = "received",
        /// The day on which both sides confirm receipt (政府信息公开条例 2019, art. 31).
        Confirmed = "confirmed",
        /// 受理之日.
        Accepted = "accepted",
        /// 答复形成之日.
        Answered = "answered",
        /// 办结之日.
        Closed = "closed",
        /// The day on which a review or an opinion is asked for; no letter's receipt starts it.
        Requested = "requested",
    }
}

words! {
    /// What satisfies an obligation.
    Meets, "satisfying step" {
        /// 受理告知: acceptance, told to the writer.
        Acceptance = "acceptance",
        /// 答复.
        Answer = "answer",
        /// A served notice of declining, directing or transferring.
        Notice = "notice",
        /// 公开.
        Publication = "publication",
    }
}

words! {
    /// Why a clock stands still.
    Halt, "suspension" {
        /// 征求第三方意见.
        ThirdParty = "third-party",
        /// 征求其他机关意见.
        OtherOrgan = "other-organ",
        /// 听证.
        Hearing = "hearing",
        /// 补正.
        Correction = "correction",
        /// 缴费.
        Fee = "fee",
        /// 鉴定、检验、专家评审.
        Appraisal = "appraisal",
    }
}

words! {
    /// What a suspension does to the clock.
    Effect, "effect" {
        /// 暂停计时: none of its days counts.
        Pause = "pause",
        /// 重新起算: the term begins anew when it ends.
        Restart = "restart",
    }
}

words! {
    /// Whose decision an extension is.
    Decider, "deciding function" {
        /// 处室负责人.
        UnitLeader = "unit-leader",
        /// 本机关负责人.
        Head = "head",
        /// 信息公开工作机构负责人.
        DisclosureHead = "disclosure-head",
    }
}

words! {
    /// A stage of supervision.
    Stage, "stage" {
        /// 提醒: to whoever holds the paper.
        Remind = "remind",
        /// 催办: and to the unit's leader.
        Urge = "urge",
        /// 督办: and to the leader with the portfolio.
        Supervise = "supervise",
        /// 通报: drafted by the machine, issued by a leader.
        Circular = "circular",
    }
}

words! {
    /// How sure the source of a rule is.
    Certainty, "certainty" {
        /// The text of the law was read.
        Text = "text",
        /// A copy or report of it was read.
        Copy = "copy",
        /// Known by heart; check before relying on it.
        Memory = "memory",
        /// The department's own.
        Own = "own",
    }
}

/// Whom a rule binds; an empty list binds all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Applies {
    /// Classes.
    pub class: Vec<Class>,
    /// Routes of a claim; a rule that names routes also binds a claim whose route is not
    /// determined where it names [`Route::Opinion`].
    pub route: Vec<Route>,
    /// Codes of channels.
    pub channel: Vec<String>,
    /// Ways of arrival.
    pub source: Vec<Source>,
}

/// A suspension that a rule allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allowed {
    /// Why.
    pub kind: Halt,
    /// What it does.
    pub effect: Effect,
}

impl Allowed {
    /// What becomes of the term afterwards: a code of the words' `goes_on` family. Mail, desk,
    /// /track and API take their words from it, so that none says what another denies.
    #[must_use]
    pub fn goes_on(self) -> &'static str {
        match (self.effect, self.kind) {
            (Effect::Pause, _) => "pause",
            // 补正: from the day on which the corrected request is received (art. 30).
            (Effect::Restart, Halt::Correction) => "restart-correction",
            (Effect::Restart, Halt::Fee) => "restart-fee",
            (Effect::Restart, _) => "restart",
        }
    }
}

/// How far a rule lets its term be extended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lengthening {
    /// How often.
    pub times: u32,
    /// How much in total, in the term's unit.
    pub at_most: u32,
    /// Whose decision it is.
    pub decided_by: Decider,
    /// Whether the writer must be told.
    pub notice: bool,
}

/// A stage with its distance from the due day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageAt {
    /// Which.
    pub stage: Stage,
    /// Workdays after the due day; before it where negative.
    pub workdays: i32,
}

/// A rule in one of its versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// `cn.xf2022.claim.answer.60d`.
    pub id: String,
    /// 1, 2, 3 …; a new one governs letters received from its start and moves nothing.
    pub version: u32,
    /// Letters received from this day …; [`Date::MIN`] where they always were.
    #[serde(serialize_with = "unless_always")]
    pub from: Date,
    /// … up to and including this one.
    pub to: Option<Date>,
    /// Whom it binds.
    pub applies: Applies,
    /// What is owed.
    pub obligation: ObligationKind,
    /// By when.
    pub term: Term,
    /// From when.
    pub starts: Starts,
    /// The latest day, counted from receipt, on which the start is assumed until it happens.
    pub until_started: Option<Term>,
    /// A last day on which offices are closed rolls to the next workday.
    pub rolls: bool,
    /// It may be the one that figures count.
    pub counts: bool,
    /// Owed only to a writer who can be told.
    pub needs_writer: bool,
    /// What satisfies it.
    pub met_by: Vec<Meets>,
    /// What may stop its clock.
    pub suspensions: Vec<Allowed>,
    /// How far it can be extended; not at all where `None`.
    pub extension: Option<Lengthening>,
    /// When it is supervised, earliest first.
    pub stages: Vec<StageAt>,
    /// The article, in Chinese.
    pub basis_zh: String,
    /// The article, in English.
    pub basis_en: String,
    /// How sure that is.
    pub certainty: Certainty,
    /// The pack it is from.
    pub pack: String,
}

fn unless_always<S: serde::Serializer>(from: &Date, s: S) -> Result<S::Ok, S::Error> {
    Some(from).filter(|from| **from != Date::MIN).serialize(s)
}

/// A letter as far as rules depend on it.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// Its class, or its channel's default until it is determined.
    pub class: Class,
    /// The route of a claim.
    pub route: Option<Route>,
    /// Its channel's code.
    pub channel: &'a str,
    /// How it arrived.
    pub source: Source,
    /// When it was received.
    pub received_on: Date,
    /// The writer left an address or a name and can be told.
    pub reachable: bool,
}

impl Rule {
    /// Whether it governs letters received on a day.
    #[must_use]
    pub fn in_force(&self, received_on: Date) -> bool {
        self.from <= received_on && self.to.is_none_or(|to| received_on <= to)
    }

    /// Whether it binds a letter.
    #[must_use]
    pub fn binds(&self, case: &Case<'_>) -> bool {
        let a = &self.applies;
        let route = case.route.unwrap_or(Route::Opinion);
        self.in_force(case.received_on)
            && (a.class.is_empty() || a.class.contains(&case.class))
            && (a.route.is_empty() || (case.class == Class::Claim && a.route.contains(&route)))
            && (a.channel.is_empty() || a.channel.iter().any(|c| c == case.channel))
            && (a.source.is_empty() || a.source.contains(&case.source))
            && (case.reachable || !self.needs_writer)
    }

    /// How narrowly it names whom it binds: of two rules that could count, the narrower does.
    #[must_use]
    pub fn narrowness(&self) -> u32 {
        let a = &self.applies;
        u32::from(!a.class.is_empty())
            + 2 * u32::from(!a.route.is_empty())
            + 4 * u32::from(!a.source.is_empty())
            + 8 * u32::from(!a.channel.is_empty())
    }

    /// What a suspension for a reason does, where it is allowed.
    #[must_use]
    pub fn halt(&self, kind: Halt) -> Option<Effect> {
        let found = self.suspensions.iter().find(|a| a.kind == kind);
        found.map(|a| a.effect)
    }

    /// What makes two versions different law: everything but where the text came from.
    #[must_use]
    pub fn same_law(&self, other: &Self) -> bool {
        let strip = |r: &Self| Self {
            pack: String::new(),
            ..r.clone()
        };
        strip(self) == strip(other)
    }
}

impl Rule {
    /// The department's own term, where the law sets none: supervised as a matter of course,
    /// extended by the unit's leader.
    #[must_use]
    pub fn own(term: Term, basis_zh: &str, basis_en: &str) -> Self {
        Self {
            id: String::new(),
            version: 1,
            from: Date::MIN,
            to: None,
            applies: Applies::default(),
            obligation: ObligationKind::Answer,
            term,
            starts: Starts::Received,
            until_started: None,
            rolls: true,
            counts: true,
            needs_writer: false,
            met_by: vec![Meets::Answer, Meets::Notice],
            suspensions: Vec::new(),
            extension: Some(Lengthening {
                times: 1,
                at_most: term.length,
                decided_by: Decider::UnitLeader,
                notice: true,
            }),
            stages: Self::usual_stages(),
            basis_zh: basis_zh.to_owned(),
            basis_en: basis_en.to_owned(),
            certainty: Certainty::Own,
            pack: String::new(),
        }
    }

    /// Reminded two workdays before, urged the day after, supervised after three, circulated
    /// after ten.
    #[must_use]
    pub fn usual_stages() -> Vec<StageAt> {
        let at = |stage, workdays| StageAt { stage, workdays };
        vec![
            at(Stage::Remind, -2),
            at(Stage::Urge, 1),
            at(Stage::Supervise, 3),
            at(Stage::Circular, 10),
        ]
    }
}
