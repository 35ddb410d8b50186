//! What a bounce tells of the mail that came back: its Message-ID, wherever the server repeated it,
//! and whether it was given up.

use crate::letter::Returned;

/// How much of a part is searched, and how many ids are kept: a bounce names one mail.
const SEARCHED: usize = 256 * 1024;
const MOST: usize = 20;

/// `parts` are the decoded leaves of the bounce with their media types.
pub(in crate::read) fn of(subject: &str, parts: &[(&str, Vec<u8>)]) -> Returned {
    let mut returned = Returned {
        mails: Vec::new(),
        given_up: true,
        reason: String::new(),
    };
    let mut actions = Vec::new();
    for (media_type, bytes) in parts {
        let text = String::from_utf8_lossy(&bytes[..bytes.len().min(SEARCHED)]);
        let text = text.replace("&lt;", "<").replace("&gt;", ">");
        let lower = text.to_ascii_lowercase();
        ids(&text, &lower, &mut returned.mails);
        if media_type.ends_with("delivery-status") {
            actions.extend(values(&lower, "action:").map(str::to_owned));
        }
        if returned.reason.is_empty() {
            returned.reason = reason(&text, &lower);
        }
    }
    returned.given_up = if actions.is_empty() {
        !is_delay(subject)
    } else {
        actions.iter().any(|action| action.starts_with("failed"))
    };
    returned
}

/// Whatever follows a `Message-ID:`, of the mail's own header or of a report about it.
fn ids(text: &str, lower: &str, found: &mut Vec<String>) {
    const LABELS: [&str; 2] = ["message-id:", "original-envelope-id:"];
    for label in LABELS {
        for (at, _) in lower.match_indices(label) {
            let from = at + label.len();
            let rest = &text[from..floor(text, from + 400)];
            let rest = rest.trim_start_matches([' ', '\t', '\r', '\n', '>', '|']);
            let rest = rest.strip_prefix('<').unwrap_or(rest);
            let mut id = rest.split(|c: char| c == '>' || c.is_whitespace() || c.is_control());
            let id = id.next().unwrap_or_default();
            let new = id.contains('@')
                && !id.contains('<')
                && id.len() < 250
                && !found.iter().any(|f| f == id);
            if new && found.len() < MOST {
                found.push(id.to_owned());
            }
        }
    }
}

/// The last place for a cut at or before `at`: no id is longer, and a hostile part may hold nothing
/// but labels.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The values of a field, by the beginning of its lines.
fn values<'a>(text: &'a str, field: &'a str) -> impl Iterator<Item = &'a str> {
    text.lines()
        .filter_map(move |line| line.trim().strip_prefix(field))
        .map(str::trim)
}

/// `Diagnostic-Code: smtp; 550 5.1.1 …`, one line.
fn reason(text: &str, lower: &str) -> String {
    let Some(at) = lower.find("diagnostic-code:") else {
        return String::new();
    };
    let mut lines = text[at + "diagnostic-code:".len()..].lines();
    let mut reason = lines.next().unwrap_or_default().trim().to_owned();
    for more in lines
        .take_while(|line| line.starts_with([' ', '\t']))
        .take(4)
    {
        reason.push(' ');
        reason.push_str(more.trim());
    }
    reason
        .chars()
        .filter(|c| !c.is_control())
        .take(300)
        .collect()
}

/// Still being tried: nothing is lost yet.
fn is_delay(subject: &str) -> bool {
    const SAYS: [&str; 10] = [
        "delay",
        "could not send message for past",
        "still being retried",
        "will be retried",
        "warning:",
        "延迟",
        "延遲",
        "推迟",
        "暂时",
        "配信遅延",
    ];
    let subject = subject.to_lowercase();
    SAYS.iter().any(|says| subject.contains(says))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: &str, text: &str) -> Returned {
        of("Undelivered Mail", &[(kind, text.as_bytes().to_vec())])
    }

    #[test]
    fn ids_stand_in_headers_quotes_and_reports() {
        for text in [
            "Message-ID: <a.1@x.gov.cn>",
            "> Message-Id:\r\n >  <a.1@x.gov.cn>",
            "<p>Message-ID: &lt;a.1@x.gov.cn&gt;</p>",
            "X-Original-Message-ID: a.1@x.gov.cn",
        ] {
            assert_eq!(read("text/plain", text).mails, ["a.1@x.gov.cn"], "{text}");
        }
        for text in ["Message-ID: none", "Message-ID: a<b@c", "Message-ID: \0@"] {
            assert!(
                !read("text/plain", text)
                    .mails
                    .iter()
                    .any(|id| id.contains(['<', '\0']))
            );
        }
    }

    #[test]
    fn a_delay_is_no_failure() {
        let kind = "message/delivery-status";
        let failed = read(
            kind,
            "Action: failed\nDiagnostic-Code: smtp; 550 no\n such user\n",
        );
        assert!(failed.given_up);
        assert_eq!(failed.reason, "smtp; 550 no such user");
        assert!(!read(kind, "Action: delayed\n").given_up);
        assert!(!of("Warning: could not send message for past 4 hours", &[]).given_up);
    }
}
