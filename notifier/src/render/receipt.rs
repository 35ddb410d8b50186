//! 收件回执: the words of a receipt. No field of the view comes from the sender.

use super::words::words;
use super::{CODE, TOKEN, day, line, signature};
use crate::notification::{Language, Receipt};

pub(super) struct Words {
    number: String,
    code: &'static str,
    token: &'static str,
    received_on: String,
    track_url: String,
    phone: String,
    signature: String,
}

words!(Words,
    Chinese: "receipt/zh-CN.subject.txt", "receipt/zh-CN.body.txt", "receipt/zh-CN.body.html";
    English: "receipt/en.subject.txt", "receipt/en.body.txt", "receipt/en.body.html";
);

impl Words {
    pub(super) fn new(receipt: &Receipt<'_>, language: Language) -> Self {
        Self {
            number: line(receipt.number),
            code: CODE,
            token: TOKEN,
            received_on: day(receipt.received_on, language),
            track_url: line(&receipt.office.track_url),
            phone: line(&receipt.office.phone),
            signature: signature(receipt.office),
        }
    }
}
