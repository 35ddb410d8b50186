//! What a writer adds to a letter: nothing of it is settled until a person says what becomes of it.
//! Words never decide; what they look like is a hint beside the question.

use jiff::civil::Date;

use super::{
    calendar::Calendar,
    rules::{Stage, StageAt},
    supervision,
    words::words,
};

words! {
    /// What becomes of an addition.
    Ruling, "decision on an addition" {
        /// 无需另行办理: a thank-you starts no clock.
        NothingOwed = "nothing-owed",
        /// 并入本件: it belongs to this letter and its answer.
        Part = "part",
        /// 重新办理: the answer did not end the matter, a new round begins.
        Reopen = "reopen",
        /// 另立新件: a matter of its own, from the day it came.
        OwnLetter = "own-letter",
    }
}

impl Ruling {
    /// Whether it started a clock that a writer may know of: then it is not decided anew here; the
    /// letter it made, or the round, ends as any other does.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Reopen | Self::OwnLetter)
    }
}

words! {
    /// What an addition looks like.
    Hint, "hint" {
        /// 似为致谢.
        Thanks = "thanks",
        /// 似含信息公开申请 (政府信息公开条例 2019, art. 29: by letter, and with a term of its own).
        Disclosure = "disclosure",
    }
}

/// The longest text that can be nothing but thanks, in characters.
const THANKS: usize = 80;

/// What its words look like. It preselects nothing.
#[must_use]
pub fn hint(subject: &str, text: &str) -> Option<Hint> {
    let any = |all: &[&str], text: &str| all.iter().any(|w| text.contains(w));
    let both = format!("{subject}\n{text}").to_lowercase();
    let asks_to_open = any(&["申请", "要求", "请予", "request"], &both)
        && any(
            &["公开", "政府信息", "disclos", "freedom of information"],
            &both,
        );
    if asks_to_open {
        return Some(Hint::Disclosure);
    }
    let text = text.trim().to_lowercase();
    let asks = any(
        &["？", "?", "请", "但", "还是", "仍", "补充", "please", "but"],
        &text.replace("请放心", ""),
    );
    let thanks = any(&["谢", "感激", "辛苦了", "thank"], &text);
    (thanks && !asks && text.chars().count() <= THANKS).then_some(Hint::Thanks)
}

/// After how many workdays without a decision it is asked after, at whom [`supervision`] says.
pub const STAGES: [StageAt; 3] = [
    StageAt {
        stage: Stage::Remind,
        workdays: 2,
    },
    StageAt {
        stage: Stage::Urge,
        workdays: 5,
    },
    StageAt {
        stage: Stage::Supervise,
        workdays: 10,
    },
];

/// The highest stage that one has reached which stands since a day, and when to look again.
#[must_use]
pub fn reached(calendar: &Calendar, since: Date, today: Date) -> (Option<Stage>, Option<Date>) {
    let stage = supervision::reached(calendar, &STAGES, since, today).pop();
    (
        stage,
        supervision::next_look(calendar, &STAGES, since, today),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thanks_and_applications_are_hinted_at_and_nothing_else() {
        for thanks in ["谢谢！", "收到了，非常感谢，你们辛苦了。", "Thank you."] {
            assert_eq!(hint("Re: 门前道路", thanks), Some(Hint::Thanks), "{thanks}");
        }
        for more in [
            "谢谢，但是路还没有修好。",
            "谢谢。请问什么时候开工？",
            "谢谢，现补充照片两张。",
            "路又塌了。",
        ] {
            assert_eq!(hint("Re: 门前道路", more), None, "{more}");
        }
        let asked = "我要申请公开2025年征地批复文件。谢谢！";
        assert_eq!(hint("另一件事", asked), Some(Hint::Disclosure));
        assert_eq!(
            hint("另一件事：申请公开征地批文", "见附件。"),
            Some(Hint::Disclosure)
        );
    }

    #[test]
    fn it_is_asked_after_in_workdays() {
        let calendar = Calendar::built_in();
        let day = |text: &str| text.parse::<Date>().unwrap();
        // Thursday 3 December 2026.
        let since = day("2026-12-03");
        for (today, stage, next) in [
            ("2026-12-05", None, Some("2026-12-07")),
            ("2026-12-07", Some(Stage::Remind), Some("2026-12-10")),
            ("2026-12-10", Some(Stage::Urge), Some("2026-12-17")),
            ("2026-12-31", Some(Stage::Supervise), None),
        ] {
            let (reached, look) = reached(calendar, since, day(today));
            assert_eq!((reached, look), (stage, next.map(day)), "{today}");
        }
    }
}
