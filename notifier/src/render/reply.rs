//! 答复: the words of an answer.

use super::words::words;
use super::{Prose, RenderError, SUBJECT, TOKEN, courtesy, day, line, signature};
use crate::clean;
use crate::notification::{Language, Reply};

pub(super) struct Words {
    number: String,
    token: &'static str,
    writer: String,
    subject: String,
    salutation: String,
    greeting: String,
    leads: bool,
    text: Prose,
    unit: String,
    issued_on: String,
    track_url: String,
    phone: String,
    signature: String,
    on_paper: bool,
}

words!(Words,
    Chinese: "reply/zh-CN.subject.txt", "reply/zh-CN.body.txt", "reply/zh-CN.body.html";
    English: "reply/en.subject.txt", "reply/en.body.txt", "reply/en.body.html";
);

impl Words {
    pub(super) fn new(reply: &Reply<'_>, language: Language) -> Result<Self, RenderError> {
        let text = clean::lines(reply.text);
        if text.is_empty() {
            return Err(RenderError::Blank);
        }
        let (signature, issued_on) = (signature(reply.office), day(reply.issued_on, language));
        let found = courtesy::part(&text, reply.writer_name, &[&signature, &issued_on]);
        Ok(Self {
            salutation: line(&found.salutation),
            greeting: line(&found.greeting),
            leads: found.leads,
            on_paper: reply.on_paper,
            number: line(reply.number),
            token: TOKEN,
            writer: line(reply.writer_name),
            subject: without_prefix(&clean::one_line(reply.subject, SUBJECT)).to_owned(),
            text: Prose(found.text),
            unit: line(reply.unit),
            issued_on,
            track_url: line(&reply.office.track_url),
            phone: line(&reply.office.phone),
            signature,
        })
    }
}

/// The subject without the marks that earlier replies and forwards left: ours adds one.
fn without_prefix(subject: &str) -> &str {
    const MARKS: [&str; 6] = ["re", "fw", "fwd", "回复", "答复", "转发"];
    let mut rest = subject.trim();
    while let Some((mark, after)) = rest.split_once([':', '：']) {
        if !MARKS.contains(&mark.trim().to_lowercase().as_str()) {
            break;
        }
        rest = after.trim_start();
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::without_prefix;

    #[test]
    fn marks_of_earlier_mails_go() {
        assert_eq!(
            without_prefix("Re: 回复：RE：Fwd: 关于补偿：几点疑问"),
            "关于补偿：几点疑问"
        );
        assert_eq!(without_prefix("re"), "re");
        assert_eq!(without_prefix("Re:"), "");
    }
}
