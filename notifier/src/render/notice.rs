//! 告知: the words that say which other way a letter takes.

use super::words::words;
use super::{Prose, TOKEN, courtesy, day, line, signature};
use crate::clean;
use crate::notification::{Language, Notice, NoticeKind};

pub(super) struct Words {
    number: String,
    token: &'static str,
    writer: String,
    kind: NoticeKind,
    ground: String,
    salutation: String,
    greeting: String,
    text: Prose,
    issued_on: String,
    track_url: String,
    phone: String,
    signature: String,
    on_paper: bool,
}

words!(Words,
    Chinese: "notice/zh-CN.subject.txt", "notice/zh-CN.body.txt", "notice/zh-CN.body.html";
    English: "notice/en.subject.txt", "notice/en.body.txt", "notice/en.body.html";
);

impl Words {
    pub(super) fn new(notice: &Notice<'_>, language: Language) -> Self {
        let (signature, issued_on) = (signature(notice.office), day(notice.issued_on, language));
        let text = clean::lines(notice.text);
        let found = courtesy::part(&text, notice.writer_name, &[&signature, &issued_on]);
        Self {
            salutation: line(&found.salutation),
            greeting: line(&found.greeting),
            on_paper: notice.on_paper,
            number: line(notice.number),
            token: TOKEN,
            writer: line(notice.writer_name),
            kind: notice.kind,
            ground: line(notice.ground),
            text: Prose(found.text),
            issued_on,
            track_url: line(&notice.office.track_url),
            phone: line(&notice.office.phone),
            signature,
        }
    }
}
