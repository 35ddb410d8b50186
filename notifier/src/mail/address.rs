//! One address, exactly: nothing that a header or an envelope could read as a second one.

use lettre::Address;
use lettre::message::Mailbox;

use super::MailError;
use crate::clean;

/// An envelope path is at most 256 octets with its brackets (RFC 5321 §4.5.3.1.3).
const LONGEST: usize = 254;

/// Reads `local@domain`. A domain in Chinese comes out in its ASCII form; a local part in Chinese
/// stays (it needs a server with SMTPUTF8). Quoted local parts are refused: nobody has one, and
/// they may hold commas, brackets and blanks.
pub(crate) fn address(text: &str) -> Result<Address, MailError> {
    let refuse = || MailError::Address(clean::one_line(text, 80));
    let forbidden = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || clean::is_noncharacter(c)
            || "<>()[],;:\\\"".contains(c)
    };
    let text = text.trim_matches(' ');
    // `=?` opens an encoded word, which some readers would decode even here.
    if text.len() > LONGEST || text.contains(forbidden) || text.contains("=?") {
        return Err(refuse());
    }
    let (local, domain) = text.rsplit_once('@').ok_or_else(refuse)?;
    let domain = idna::domain_to_ascii(domain).map_err(|_| refuse())?;
    Address::new(local, domain).map_err(|_| refuse())
}

/// Reads the configured sender: `local@domain` or `Name <local@domain>`.
pub(crate) fn mailbox(text: &str) -> Result<Mailbox, MailError> {
    let Some((name, rest)) = text.split_once('<') else {
        return Ok(Mailbox::new(None, address(text)?));
    };
    let inner = rest
        .trim_end()
        .strip_suffix('>')
        .ok_or_else(|| MailError::Address(clean::one_line(text, 80)))?;
    let name = clean::one_line(name.trim().trim_matches('"'), 80);
    Ok(Mailbox::new(
        (!name.is_empty()).then_some(name),
        address(inner)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_is_read() {
        assert_eq!(
            address(" zhang.san+x@example.gov.cn ").unwrap().to_string(),
            "zhang.san+x@example.gov.cn"
        );
        assert_eq!(
            address("a@例子.中国").unwrap().to_string(),
            "a@xn--fsqu00a.xn--fiqs8s"
        );
        assert_eq!(address("张三@例子.中国").unwrap().user(), "张三");
    }

    #[test]
    fn whatever_could_be_two_is_refused() {
        for text in [
            "",
            "a",
            "@b.cn",
            "a@",
            "a@b.cn, c@d.cn",
            "a@b.cn;c@d.cn",
            "a@b.cn\r\nBcc: c@d.cn",
            "a@b.cn\rRCPT TO:<c@d.cn>",
            "a\0@b.cn",
            "A <a@b.cn>",
            "<a@b.cn>",
            "\"a, b\"@c.cn",
            "a@b.cn c@d.cn",
            "a@b@c.cn",
            "a@b.cn\u{2028}x",
            "=?utf-8?q?a=0D=0A?=@b.cn",
        ] {
            assert!(address(text).is_err(), "{text:?}");
        }
        assert!(address(&format!("{}@b.cn", "a".repeat(260))).is_err());
    }

    #[test]
    fn the_sender_may_have_a_name() {
        let from = mailbox("回音 <letters@example.gov.cn>").unwrap();
        assert_eq!(from.name.as_deref(), Some("回音"));
        assert_eq!(from.email.to_string(), "letters@example.gov.cn");
        assert_eq!(mailbox("a@b.cn").unwrap().name, None);
        assert!(mailbox("x <a@b.cn>, y <c@d.cn>").is_err());
        assert!(mailbox("x <a@b.cn").is_err());
    }
}
