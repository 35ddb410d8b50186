//! What is owed, and whether it was met in time. Until rule packs decide by class, each channel
//! has one plain default.

use jiff::civil::Date;

use super::{
    calendar::Calendar,
    term::{Term, Unit},
    words::words,
};

words! {
    /// What is owed.
    ObligationKind, "obligation" {
        /// 告知.
        Acknowledge = "acknowledge",
        /// 答复/办结.
        Answer = "answer",
        /// 异议退回.
        Object = "object",
        /// 协办意见.
        Opinion = "opinion",
        /// 补正告知.
        Supplement = "supplement",
        /// 转送交办.
        Forward = "forward",
        /// 反馈.
        FeedBack = "feed_back",
        /// 公开.
        Publish = "publish",
        /// 复查.
        Reexamination = "reexamination",
    }
}

/// A channel's plain default.
#[derive(Debug, Clone, Copy)]
pub struct Default {
    /// The channel's code.
    pub channel: &'static str,
    /// Rule id.
    pub rule: &'static str,
    /// How long an answer may take.
    pub term: Term,
    /// On what basis.
    pub basis_zh: &'static str,
    /// On what basis.
    pub basis_en: &'static str,
}

/// The terms that ship. 国办发〔2014〕57号: feedback to suggestions and questions within 7
/// workdays. 信访工作条例 (2022) art. 34: 60 days. Where the law sets no term, the department's own
/// counts and says so.
pub const DEFAULTS: &[Default] = &[
    Default {
        channel: "online-consultation",
        rule: "cn.57.consultation.7wd",
        term: Term {
            length: 7,
            unit: Unit::Workday,
        },
        basis_zh: "国办发〔2014〕57号：网民意见建议7个工作日内反馈",
        basis_en: "State Council General Office Document 57 (2014): feedback within 7 working days",
    },
    Default {
        channel: "director-mailbox",
        rule: "cn.57.mailbox.7wd",
        term: Term {
            length: 7,
            unit: Unit::Workday,
        },
        basis_zh: "国办发〔2014〕57号：网民意见建议7个工作日内反馈",
        basis_en: "State Council General Office Document 57 (2014): feedback within 7 working days",
    },
    Default {
        channel: "e-petition",
        rule: "cn.xf2022.claim.answer.60d",
        term: Term {
            length: 60,
            unit: Unit::Day,
        },
        basis_zh: "《信访工作条例》（2022年）第三十四条：60日内办结",
        basis_en: "Regulations on Petition Work (2022), art. 34: concluded within 60 days",
    },
    Default {
        channel: "report-box",
        rule: "own.report.15wd",
        term: Term {
            length: 15,
            unit: Unit::Workday,
        },
        basis_zh: "法律未规定期限，按本机关内部办理时限15个工作日",
        basis_en: "No term set by law; the department's own term of 15 working days",
    },
];

/// Whether something met on `met_on` was in time: the due day ends at 24:00.
#[must_use]
pub fn in_time(met_on: Date, due_on: Date) -> bool {
    met_on <= due_on
}

/// How pressing an open letter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// Workdays past due.
    Overdue(u32),
    /// Due today.
    Today,
    /// Workdays left, at most three.
    Soon(u32),
    /// Workdays left, more than three.
    Ample(u32),
    /// Nothing is due.
    None,
}

impl Urgency {
    /// How pressing a due date is today.
    #[must_use]
    pub fn of(calendar: &Calendar, due_on: Option<Date>, today: Date) -> Self {
        match due_on {
            None => Self::None,
            Some(due) if due < today => Self::Overdue(calendar.workdays_between(due, today)),
            Some(due) if due == today => Self::Today,
            Some(due) => match calendar.workdays_between(today, due) {
                left @ 0..=3 => Self::Soon(left),
                left => Self::Ample(left),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_due_day_itself_is_in_time() {
        let due = Date::constant(2026, 11, 24);
        assert!(in_time(due, due));
        assert!(!in_time(due.tomorrow().unwrap(), due));
    }

    #[test]
    fn urgency_counts_workdays() {
        let calendar = Calendar::built_in();
        let friday = Date::constant(2026, 11, 20);
        let monday = Date::constant(2026, 11, 23);
        assert_eq!(
            Urgency::of(calendar, Some(friday), monday),
            Urgency::Overdue(1)
        );
        assert_eq!(
            Urgency::of(calendar, Some(monday), friday),
            Urgency::Soon(1)
        );
        assert_eq!(Urgency::of(calendar, Some(monday), monday), Urgency::Today);
        assert_eq!(Urgency::of(calendar, None, monday), Urgency::None);
    }
}
