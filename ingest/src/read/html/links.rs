//! Where a link leads, for a text that has no links.

use super::entities;

/// Longest address that is written out, in characters: a download's with its key fits.
const LONGEST: usize = 2_000;

/// What is written behind the words of a link: its address, where the words do not say it.
pub(super) fn address(href: &str, words: &str) -> Option<String> {
    let href: String = entities(href)
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .collect();
    if href.chars().count() > LONGEST || !leads_somewhere(&href) {
        return None;
    }
    let (shown, said) = (bare(&href), bare(words));
    if shown.is_empty() || said.contains(&shown) {
        return None;
    }
    let mailto = href.len() >= 7 && href.as_bytes()[..7].eq_ignore_ascii_case(b"mailto:");
    let shown = if mailto {
        href[7..].split('?').next().unwrap_or_default()
    } else {
        &href
    };
    Some(shown.replace('<', "%3C").replace('>', "%3E"))
}

/// An address of its own: not a place on the same page, a script, or a file within the mail.
fn leads_somewhere(href: &str) -> bool {
    const WITHIN: [&str; 7] = [
        "javascript",
        "vbscript",
        "data",
        "cid",
        "mid",
        "about",
        "file",
    ];
    let scheme = href
        .split_once(':')
        .map(|(scheme, _)| scheme.to_ascii_lowercase());
    match scheme {
        Some(scheme) => {
            let named = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
            scheme.len() > 1 && scheme.chars().all(named) && !WITHIN.contains(&scheme.as_str())
        }
        None => href.starts_with("//") || href.to_ascii_lowercase().starts_with("www."),
    }
}

/// What is compared: without scheme, `www.`, closing slash, space and case.
fn bare(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let text = text.to_lowercase();
    let text = text
        .split_once("mailto:")
        .map_or(text.as_str(), |(_, rest)| {
            rest.split('?').next().unwrap_or_default()
        });
    text.replace("https://", "")
        .replace("http://", "")
        .replace("tel:", "")
        .replace("www.", "")
        .trim_start_matches("//")
        .trim_end_matches('/')
        .to_owned()
}

/// The value of an attribute.
pub(super) fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = attributes;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let end = rest
            .find(|c: char| c.is_whitespace() || c == '=')
            .unwrap_or(rest.len());
        let (found, after) = rest.split_at(end);
        let after = after.trim_start();
        let Some(value) = after.strip_prefix('=').map(str::trim_start) else {
            if found.is_empty() {
                return None;
            }
            rest = after;
            continue;
        };
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inner = &value[1..];
                inner.split_once(quote).unwrap_or((inner, ""))
            }
            _ => value
                .split_once(|c: char| c.is_whitespace())
                .unwrap_or((value, "")),
        };
        if found.eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_said_where_the_words_do_not() {
        let shown = |href, words| address(href, words).unwrap_or_default();
        assert_eq!(
            shown("https://x.cn/d?a=1&amp;b=2", "点这里"),
            "https://x.cn/d?a=1&b=2"
        );
        assert_eq!(shown("mailto:a@x.cn?subject=s", "张三"), "a@x.cn");
        assert_eq!(shown(" https://x.cn/\n d ", "下载"), "https://x.cn/d");
        for (href, words) in [
            ("https://www.x.cn/", "x.cn"),
            ("http://x.cn/a", "见 https://x.cn/a 。"),
            ("mailto:a@x.cn", "A@x.cn"),
            ("tel:123", "123"),
            ("#top", "上"),
            ("javascript:go()", "去"),
            ("cid:1", "图"),
            ("../a.html", "页"),
            ("", "x"),
        ] {
            assert_eq!(shown(href, words), "", "{href}");
        }
    }

    #[test]
    fn attributes_in_any_spelling() {
        for attributes in [
            " href=\"a b\"",
            " class=x HREF = 'a b' id=y",
            " disabled href=\"a b\"",
            " title=\"href=z\" href='a b'/",
        ] {
            assert_eq!(attribute(attributes, "href"), Some("a b"), "{attributes}");
        }
        assert_eq!(attribute(" href=a title=b", "href"), Some("a"));
        assert_eq!(attribute(" data-href=a", "href"), None);
        assert_eq!(attribute("=\"", "href"), None);
    }
}
