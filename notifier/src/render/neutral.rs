//! What the writer of a sealed letter is told by mail: that there is something to read, and where.
//! The view has no field that could tell more, not even who answers (检举控告人信息严格保密,
//! 纪检监察机关处理检举控告工作规则 art. 47).

use super::words::words;
use super::{TOKEN, day, line};
use crate::notification::{Language, Notice, Reply};

pub(super) struct Words {
    number: String,
    token: &'static str,
    answered: bool,
    issued_on: String,
    track_url: String,
}

words!(Words,
    Chinese: "neutral/zh-CN.subject.txt", "neutral/zh-CN.body.txt", "neutral/zh-CN.body.html";
    English: "neutral/en.subject.txt", "neutral/en.body.txt", "neutral/en.body.html";
);

impl Words {
    pub(super) fn of_reply(reply: &Reply<'_>, language: Language) -> Self {
        Self {
            number: line(reply.number),
            token: TOKEN,
            answered: true,
            issued_on: day(reply.issued_on, language),
            track_url: line(&reply.office.track_url),
        }
    }

    pub(super) fn of_notice(notice: &Notice<'_>, language: Language) -> Self {
        Self {
            number: line(notice.number),
            token: TOKEN,
            answered: false,
            issued_on: day(notice.issued_on, language),
            track_url: line(&notice.office.track_url),
        }
    }
}
