//! 告知: the words that say which other way a letter takes.

use super::words::words;
use super::{Prose, TOKEN, day, line, signature};
use crate::notification::{Language, Notice, NoticeKind};

pub(super) struct Words {
    number: String,
    token: &'static str,
    writer: String,
    kind: NoticeKind,
    ground: String,
    text: Prose,
    issued_on: String,
    track_url: String,
    phone: String,
    signature: String,
}

words!(Words,
    Chinese: "notice/zh-CN.subject.txt", "notice/zh-CN.body.txt", "notice/zh-CN.body.html";
    English: "notice/en.subject.txt", "notice/en.body.txt", "notice/en.body.html";
);

impl Words {
    pub(super) fn new(notice: &Notice<'_>, language: Language) -> Self {
        Self {
            number: line(notice.number),
            token: TOKEN,
            writer: line(notice.writer_name),
            kind: notice.kind,
            ground: line(notice.ground),
            text: Prose::new(notice.text),
            issued_on: day(notice.issued_on, language),
            track_url: line(&notice.office.track_url),
            phone: line(&notice.office.phone),
            signature: signature(notice.office),
        }
    }
}
