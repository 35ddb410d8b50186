//! A mail that offers its words twice, as plain text and as HTML: which form holds them. The plain
//! one is taken, unless all it says is that there is another.

use crate::visible;

/// Longest plain text that may be a stub, in letters.
const STUB: usize = 300;
/// Letters of the HTML that are compared.
const COMPARED: usize = 20_000;
/// Letters in a row that show two forms to hold the same words.
const RUN: usize = 6;

/// What stubs speak of, lower case.
const SAYS: [&str; 27] = [
    "html",
    "browser",
    "浏览器",
    "瀏覽器",
    "富文本",
    "超文本",
    "纯文本",
    "純文字",
    "网页版",
    "网页格式",
    "plain text",
    "plain-text",
    "text version",
    "rich text",
    "web version",
    "mime format",
    "view this email",
    "view this message",
    "view it online",
    "mail client",
    "email client",
    "mail reader",
    "邮件客户端",
    "邮件程序",
    "邮件软件",
    "查看邮件",
    "查看此邮件",
];

/// The words, out of the plain form and what the HTML reads as.
pub(super) fn words(plain: String, html: impl FnOnce() -> String) -> String {
    let said = letters(&plain);
    if said.len() > STUB {
        return plain;
    }
    let html = html();
    let mut other = letters(&html);
    other.truncate(COMPARED);
    if said.is_empty() {
        return if other.is_empty() { plain } else { html };
    }
    if other.is_empty() || holds(&said, &other) {
        return plain;
    }
    if holds(&other, &said) {
        // A preview of the beginning, or the same words with a quote below.
        let preview = is_cut(&plain) && other.starts_with(&said);
        return if preview { html } else { plain };
    }
    let lower = plain.to_lowercase();
    if SAYS.iter().any(|words| lower.contains(words)) {
        return html;
    }
    // Nothing of the one stands in the other: both are what the writer sent.
    let foreign = !said
        .windows(RUN.min(said.len()))
        .any(|run| holds(&other, run));
    if foreign && other.len() >= said.len() * 2 {
        return format!("{html}\n\n{plain}");
    }
    plain
}

/// `…` or `...` at the end.
fn is_cut(plain: &str) -> bool {
    let end = plain.trim_end();
    end.ends_with('…') || end.ends_with("...")
}

/// Letters and digits alone: two forms differ in space and signs.
fn letters(text: &str) -> Vec<char> {
    let mut letters = Vec::new();
    for c in text
        .chars()
        .filter(|c| c.is_alphanumeric() && !visible::is_unseen(*c))
    {
        letters.extend(c.to_lowercase());
    }
    letters
}

fn holds(text: &[char], part: &[char]) -> bool {
    part.is_empty() || text.windows(part.len()).any(|w| w == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(plain: &str, html: &str) -> String {
        words(plain.to_owned(), || html.to_owned())
    }

    #[test]
    fn a_stub_gives_way_to_the_words() {
        let html = "小区电梯停运三周，请查处物业。";
        for stub in [
            "您的邮件客户端不支持HTML格式，请使用支持HTML的客户端查看。",
            "请用浏览器打开本邮件",
            "This message is in HTML. Please use an HTML capable mail client.",
            "This is a multi-part message in MIME format.",
            "\u{a0}\u{200b}\n",
            "----",
        ] {
            assert_eq!(chosen(stub, html), html, "{stub}");
        }
        assert_eq!(chosen("小区电梯停运…", html), html);
    }

    #[test]
    fn the_plain_form_is_the_letter_where_it_holds_the_words() {
        for (plain, html) in [
            ("好的", "好的\n\n> 原文很长很长很长很长"),
            ("我的 HTML 问题是这样", "我的HTML问题是这样！"),
            ("请修路", ""),
            ("网页版打不开，请修", "网页版打不开，请修\n\n-- \n某公司"),
            ("见附件。\n姓名 张三", "姓名 张三"),
        ] {
            assert_eq!(chosen(plain, html), plain);
        }
        let long = "很长的来信".repeat(100);
        assert_eq!(words(long.clone(), || unreachable!("not asked")), long);
    }

    #[test]
    fn two_different_letters_are_both_kept() {
        assert_eq!(
            chosen("请看图", "门前的路坏了三个月，无人来修。"),
            "门前的路坏了三个月，无人来修。\n\n请看图"
        );
    }
}
