//! What the reader repaired or could not decode, kept as short keys so that both languages can
//! say it: `key` or `key: detail`.

use encoding_rs::Encoding;

/// What one reading learned on its way: the charset to try first, and what to tell the clerk.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// The charset that the mail declares for its text: the best guess for bytes without one.
    pub(super) hint: Option<&'static Encoding>,
    /// Keys, each once, in the order of reading.
    pub(super) complaints: Vec<String>,
}

impl Notes {
    /// Notes a complaint once.
    pub(super) fn complain(&mut self, key: &str, detail: &str) {
        // The detail is the sender's own: a label of any length, with anything in it.
        let detail: String = detail
            .chars()
            .filter(|c| !c.is_control())
            .take(60)
            .collect();
        let line = if detail.is_empty() {
            key.to_owned()
        } else {
            format!("{key}: {detail}")
        };
        if !self.complaints.contains(&line) && self.complaints.len() < 50 {
            self.complaints.push(line);
        }
    }
}

/// A charset was missing or wrong; the words were read by a guess.
pub(super) const CHARSET_GUESSED: &str = "charset-guessed";
/// Some characters could not be decoded and show as �.
pub(super) const CHARSET_UNDECODABLE: &str = "charset-undecodable";
/// A part says base64 and is not, or only partly.
pub(super) const BAD_BASE64: &str = "bad-base64";
/// A multipart without a usable boundary, or cut off before its end.
pub(super) const BROKEN_MULTIPART: &str = "broken-multipart";

/// The words can be read only with a key.
pub(super) const ENCRYPTED: &str = "encrypted";

/// A line of [`crate::letter::IncomingLetter::complaints`] in words, in `zh-CN` unless the
/// language starts with `en`. A key from a newer version comes back as it is.
#[must_use]
pub fn explain(complaint: &str, language: &str) -> String {
    let (key, detail) = complaint.split_once(": ").unwrap_or((complaint, ""));
    let english = language.starts_with("en");
    let words = match (key, english) {
        (CHARSET_GUESSED, true) => "the charset was missing or wrong and has been guessed",
        (CHARSET_GUESSED, false) => "字符编码缺失或有误，已按推测的编码显示",
        (CHARSET_UNDECODABLE, true) => "some characters could not be decoded; see the raw mail",
        (CHARSET_UNDECODABLE, false) => "部分文字无法解码，请查看原始邮件",
        (BAD_BASE64, true) => "a part is damaged (base64); its content may be incomplete",
        (BAD_BASE64, false) => "邮件中有部分内容损坏（base64），可能不完整",
        (BROKEN_MULTIPART, true) => "the mail's structure is broken or cut off",
        (BROKEN_MULTIPART, false) => "邮件结构损坏或被截断",
        (ENCRYPTED, true) => {
            "the mail is encrypted: it can be read only with the key it was made for"
        }
        (ENCRYPTED, false) => "该邮件已加密，须用对应的密钥或证书才能阅读",
        _ => return complaint.to_owned(),
    };
    match (detail.is_empty(), english) {
        (true, _) => words.to_owned(),
        (false, true) => format!("{words} ({detail})"),
        (false, false) => format!("{words}（{detail}）"),
    }
}
