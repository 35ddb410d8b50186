//! 补充材料收件回执: the words of it. No field of the view comes from the sender.

use super::words::words;
use super::{TOKEN, day, line, signature};
use crate::notification::{Added, Language};

pub(super) struct Words {
    number: String,
    token: &'static str,
    received_on: String,
    track_url: String,
    phone: String,
    signature: String,
}

words!(Words,
    Chinese: "added/zh-CN.subject.txt", "added/zh-CN.body.txt", "added/zh-CN.body.html";
    English: "added/en.subject.txt", "added/en.body.txt", "added/en.body.html";
);

impl Words {
    pub(super) fn new(added: &Added<'_>, language: Language) -> Self {
        Self {
            number: line(added.number),
            token: TOKEN,
            received_on: day(added.received_on, language),
            track_url: line(&added.office.track_url),
            phone: line(&added.office.phone),
            signature: signature(added.office),
        }
    }
}
