//! What the department has to tell a writer. Plain data: dates are days in the department's zone,
//! secrets are never in here.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::staff::{Digest, Handed, Urgent, Weekly};

/// The language the reader is addressed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// 简体中文.
    #[default]
    #[serde(rename = "zh-CN")]
    Chinese,
    /// English.
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// Every language the words are complete in.
    pub const ALL: [Self; 2] = [Self::Chinese, Self::English];

    /// The BCP 47 tag, as in configuration and `lang` attributes.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// Reads a tag by its primary language: `zh`, `zh-Hans-CN`, `en_GB` … `None` for any other.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let primary = code.trim().split(['-', '_']).next()?;
        match primary.to_ascii_lowercase().as_str() {
            "zh" => Some(Self::Chinese),
            "en" => Some(Self::English),
            _ => None,
        }
    }
}

/// Who writes: the department as a whole, the same for every box, never a discipline body or a
/// unit. Every receipt shows it, those of sealed letters too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    /// The portal's name: 回音.
    pub name: String,
    /// 主办单位: the department that signs. Empty: the portal's name signs.
    pub organiser: String,
    /// Telephone for questions; empty if there is none.
    pub phone: String,
    /// Where a letter is followed with number and query code.
    pub track_url: String,
}

/// Something to tell a writer, or a member of staff.
#[derive(Clone, Debug)]
pub enum Notification<'a> {
    /// 收件回执.
    Receipt(Receipt<'a>),
    /// 答复.
    Reply(Reply<'a>),
    /// 告知.
    Notice(Notice<'a>),
    /// 办理提醒, to staff.
    Digest(Digest<'a>),
    /// 办理周报, to leaders.
    Weekly(Weekly<'a>),
    /// 紧急, to the duty officer.
    Urgent(Urgent<'a>),
    /// 分办即告, to staff.
    Handed(Handed<'a>),
}

/// 收件回执: the letter has arrived. Automatic, satisfies no obligation, and holds nothing that the
/// sender wrote: a form post with a stranger's address must not carry words to that stranger.
#[derive(Clone, Debug)]
pub struct Receipt<'a> {
    /// Who writes.
    pub office: &'a Office,
    /// 信件编号.
    pub number: &'a str,
    /// The day the letter reached the department.
    pub received_on: Date,
    /// The day the counted obligation is due.
    pub due_on: Date,
    /// The date may still change when the letter is classified.
    pub provisional: bool,
    /// The letter is sealed. Changes nothing: a receipt that looked different would betray by its
    /// look alone that it came from the report box.
    pub neutral: bool,
}

/// 答复: the answer, signed off by a person.
#[derive(Clone, Debug)]
pub struct Reply<'a> {
    /// Who writes.
    pub office: &'a Office,
    /// 信件编号.
    pub number: &'a str,
    /// 来信人; empty if unknown.
    pub writer_name: &'a str,
    /// The letter's subject; empty if it had none.
    pub subject: &'a str,
    /// The answer.
    pub text: &'a str,
    /// 承办处室; empty if the department answers as a whole.
    pub unit: &'a str,
    /// The day it was issued.
    pub issued_on: Date,
    /// The letter is sealed: only number and address of the answer are told, and name, subject,
    /// text and unit may be passed empty.
    pub neutral: bool,
    /// It leaves on paper or by word of mouth: nothing in it speaks of a mail to reply to.
    pub on_paper: bool,
}

/// 告知: the letter takes another way than an answer.
#[derive(Clone, Debug)]
pub struct Notice<'a> {
    /// Who writes.
    pub office: &'a Office,
    /// 信件编号.
    pub number: &'a str,
    /// 来信人; empty if unknown.
    pub writer_name: &'a str,
    /// Which way.
    pub kind: NoticeKind,
    /// The legal basis; of a [`NoticeKind::Duplicate`], the first letter's number. May be empty.
    pub ground: &'a str,
    /// The explanation, written by a person; may be empty.
    pub text: &'a str,
    /// The day it was issued.
    pub issued_on: Date,
    /// The letter is sealed: as for [`Reply::neutral`].
    pub neutral: bool,
    /// As for [`Reply::on_paper`].
    pub on_paper: bool,
}

/// Which way a letter takes that isn't answered here, or how it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    /// 不予受理.
    Declined,
    /// 告知向有权机关提出，或导入法定程序.
    Directed,
    /// 转送.
    Transferred,
    /// 重复件: the same writer and matter while the first letter is open.
    Duplicate,
    /// 受理告知: accepted, and by when it will be answered.
    Accepted,
    /// 延期告知: it takes longer, until when, and why.
    Extended,
    /// 暂停计时告知: what it waits for.
    Suspended,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_read_by_its_primary_tag() {
        for language in Language::ALL {
            assert_eq!(Language::parse(language.code()), Some(language));
        }
        assert_eq!(Language::parse("zh_Hans_CN"), Some(Language::Chinese));
        assert_eq!(Language::parse(" EN-gb"), Some(Language::English));
        assert_eq!(Language::parse("eng"), None);
        assert_eq!(Language::parse(""), None);
    }
}
