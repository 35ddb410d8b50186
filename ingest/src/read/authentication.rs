//! What our own server says of the sender (RFC 8601). Only the topmost field counts: whatever
//! stands below may have come with the mail.

use crate::letter::Authentication;

use super::fields::Fields;

/// The verdict of the topmost Authentication-Results.
pub(super) fn verdict(fields: &Fields<'_>) -> Authentication {
    let Some(raw) = fields.first("authentication-results") else {
        return Authentication::None;
    };
    let text = bare(&String::from_utf8_lossy(raw)).to_ascii_lowercase();
    // The first piece names the server that judged; where it is missing, it is a result already.
    let results: Vec<(&str, &str)> = text.split(';').filter_map(result).collect();
    let any = |method: &str, values: &[&str]| {
        results
            .iter()
            .any(|(m, value)| *m == method && values.contains(value))
    };
    if any("dmarc", &["pass"]) {
        return Authentication::Pass;
    }
    if any("dmarc", &["fail"]) {
        return Authentication::Fail;
    }
    if any("spf", &["pass"]) || any("dkim", &["pass"]) {
        return Authentication::Pass;
    }
    if any("spf", &["fail", "softfail", "hardfail"]) && any("dkim", &["fail", "permerror"]) {
        return Authentication::Fail;
    }
    Authentication::None
}

/// `method=result`, the properties behind it left off.
fn result(piece: &str) -> Option<(&str, &str)> {
    let first = piece.split_whitespace().next()?;
    let (method, value) = first.split_once('=')?;
    let method = method.split('/').next().unwrap_or(method);
    Some((method.trim(), value.trim()))
}

/// Without comments and quoted strings, in which a sender's own words may stand.
fn bare(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut depth, mut quoted) = (0_u32, false);
    for c in text.chars() {
        match c {
            '"' if depth == 0 => quoted = !quoted,
            _ if quoted => {}
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out.replace(" =", "=").replace("= ", "=")
}

#[cfg(test)]
mod tests {
    use super::super::fields;
    use super::*;

    fn read(results: &str) -> Authentication {
        let raw = format!("Authentication-Results: {results}\nFrom: a@x\n\n");
        let (fields, _) = fields::of_mail(raw.as_bytes()).expect("readable");
        verdict(&fields)
    }

    #[test]
    fn dmarc_decides() {
        assert_eq!(
            read("mx; spf=fail; dkim=fail; dmarc=pass header.from=x"),
            Authentication::Pass
        );
        assert_eq!(
            read("mx; spf=pass smtp.mailfrom=x;\n dmarc=fail"),
            Authentication::Fail
        );
    }

    #[test]
    fn without_dmarc_one_pass_is_enough_and_both_must_fail() {
        assert_eq!(read("mx; spf=fail; dkim=pass"), Authentication::Pass);
        assert_eq!(read("mx; spf=softfail; dkim=fail"), Authentication::Fail);
        assert_eq!(read("mx; spf=fail; dkim=none"), Authentication::None);
        assert_eq!(read("mx; none"), Authentication::None);
        assert_eq!(
            read("spf=pass smtp.mailfrom=x; dkim=none"),
            Authentication::Pass
        );
    }

    #[test]
    fn comments_and_lower_fields_do_not_count() {
        assert_eq!(
            read("mx; spf=fail (dmarc=pass; dkim=pass); dkim=fail"),
            Authentication::Fail
        );
        let raw = "mx; dmarc=fail\nAuthentication-Results: mx; dmarc=pass";
        assert_eq!(read(raw), Authentication::Fail);
    }
}
