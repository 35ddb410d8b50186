//! What members of staff are told: once a day what waits for them, once a week how their units
//! stand, and at once what is urgent. Plain data, as for writers.

use jiff::civil::Date;

use crate::notification::Office;

/// 办理提醒: one mail a person a day, however many letters.
#[derive(Clone, Debug)]
pub struct Digest<'a> {
    /// Who writes.
    pub office: &'a Office,
    /// Whom it is for.
    pub name: &'a str,
    /// The day.
    pub day: Date,
    /// Where the letters are worked on.
    pub desk_url: &'a str,
    /// What there is, most pressing first.
    pub sections: Vec<Section>,
}

/// What the letters of a section have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SectionKind {
    /// 催办 by a person, with their sentence.
    Urged,
    /// 拟予通报.
    Circular,
    /// 督办.
    Supervise,
    /// 催办.
    Urge,
    /// 提醒.
    Remind,
    /// 待寄送: issued, and nobody posted it.
    Unposted,
    /// 延期申请逾期未批.
    Lapsed,
    /// 办理期限调整.
    DueMoved,
    /// 通报, issued.
    Issued,
}

/// A part of a digest.
#[derive(Clone, Debug)]
pub struct Section {
    /// What it is about.
    pub kind: SectionKind,
    /// Its letters.
    pub lines: Vec<Line>,
    /// Letters beyond those.
    pub more: usize,
    /// Letters that the reader may know no more of than that they are there.
    pub hidden: usize,
    /// Finished words, of [`SectionKind::Issued`].
    pub text: String,
}

/// A letter in a digest.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// 信件编号.
    pub number: String,
    /// Its subject; empty where it is sealed.
    pub subject: String,
    /// 承办处室; empty before it is assigned, and where it is sealed.
    pub unit: String,
    /// Whoever holds the paper.
    pub holder: String,
    /// What is owed, in words: 答复期限.
    pub owed: String,
    /// By when.
    pub due_on: Option<Date>,
    /// When it was due before, where the date moved.
    pub from: Option<Date>,
    /// Workdays past due; before it where negative.
    pub late: i64,
    /// Who says something about it.
    pub by: String,
    /// What they say.
    pub words: String,
    /// Its page.
    pub url: String,
}

/// 办理周报: how the units of a leader stand.
#[derive(Clone, Debug)]
pub struct Weekly<'a> {
    /// Who writes.
    pub office: &'a Office,
    /// Whom it is for.
    pub name: &'a str,
    /// The day.
    pub day: Date,
    /// First day of the week before.
    pub from: Date,
    /// Last day of the week before.
    pub to: Date,
    /// Where the letters are.
    pub desk_url: &'a str,
    /// A row a unit.
    pub rows: Vec<WeeklyRow>,
    /// Open sealed letters.
    pub sealed: u64,
    /// What else waits for them that day: nobody gets a second mail for it.
    pub sections: Vec<Section>,
}

/// A unit's week.
#[derive(Clone, Debug, Default)]
pub struct WeeklyRow {
    /// Its name; empty for letters without a unit.
    pub unit: String,
    /// Open letters.
    pub open: i64,
    /// Past due.
    pub overdue: i64,
    /// Due soon.
    pub due_soon: i64,
    /// The earliest due day of what is late.
    pub oldest: Option<Date>,
    /// Met in time in the week before.
    pub in_time: i64,
    /// Met late.
    pub late: i64,
    /// Extensions that wait for a decision.
    pub extensions: i64,
    /// Letters of this year whose class was determined anew.
    pub reclassified: i64,
}

/// 紧急: letters that cannot wait, one call for all of them.
#[derive(Clone, Debug)]
pub struct Urgent<'a> {
    /// Who writes.
    pub office: &'a Office,
    /// Whom it is for.
    pub name: &'a str,
    /// What nobody took on. Where there are several, none of their words are shown.
    pub letters: Vec<Called>,
    /// Where all of them are.
    pub desk_url: &'a str,
}

/// A letter that somebody is called for.
#[derive(Clone, Debug, Default)]
pub struct Called {
    /// 信件编号.
    pub number: String,
    /// Its channel; empty where it is sealed.
    pub channel: String,
    /// Its subject; empty where it is sealed.
    pub subject: String,
    /// When it came, in words; empty where it is sealed.
    pub received: String,
    /// How often somebody was told, this time included.
    pub times: i32,
    /// Its page.
    pub url: String,
}

/// 分办即告: letters that came to somebody, one mail for all of them.
#[derive(Clone, Debug)]
pub struct Handed<'a> {
    /// Who writes.
    pub office: &'a Office,
    /// Whom it is for.
    pub name: &'a str,
    /// What came.
    pub letters: Vec<Came>,
    /// Where all of them are.
    pub desk_url: &'a str,
}

/// A letter that came to somebody.
#[derive(Clone, Debug, Default)]
pub struct Came {
    /// 信件编号.
    pub number: String,
    /// Its subject; empty where it is sealed.
    pub subject: String,
    /// How it came, in words: to them, to their unit, back from somebody.
    pub how: String,
    /// 承办处室; empty where it is sealed.
    pub unit: String,
    /// Who answers it; empty where nobody does yet, or it is sealed.
    pub handler: String,
    /// By when it is to be answered; `None` while its clock stands.
    pub due_on: Option<Date>,
    /// Its page.
    pub url: String,
}
