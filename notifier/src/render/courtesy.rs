//! The courtesies with which people begin and end what they write: 尊敬的周女士：, 您好！, the
//! department and the day. The letter has places of its own for them; what stands in the text goes
//! there, so that none is said twice. No word is lost: those that open are moved up, and only those
//! are left out that stand in the letter anyway.

/// What was found around a text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Courtesy {
    /// 称呼 with its mark; empty where there is none.
    pub(super) salutation: String,
    /// 您好 with its mark; empty where there is none.
    pub(super) greeting: String,
    /// The text says itself that the letter was received, or that the answer follows.
    pub(super) leads: bool,
    /// The rest.
    pub(super) text: String,
}

/// Titles that end a 称呼.
const TITLES: [&str; 14] = [
    "先生",
    "女士",
    "同志",
    "同学",
    "老师",
    "来信人",
    "来访人",
    "网友",
    "市民",
    "朋友",
    "群众",
    "您好",
    "你好",
    "各位",
];
/// Words that begin one.
const RESPECT: [&str; 3] = ["尊敬的", "敬爱的", "亲爱的"];
const GREETINGS: [&str; 4] = ["您们好", "你们好", "您好", "你好"];
/// How a text says that it is the answer.
const LEADS: [&str; 7] = [
    "收悉",
    "答复如下",
    "回复如下",
    "函复如下",
    "Thank you for your letter",
    "Thank you for writing",
    "our answer",
];
/// The longest 称呼, in characters; an English one may be three times as long.
const SHORT: usize = 20;

/// Takes a text apart. `signed` are the lines with which the letter ends of itself.
pub(super) fn part(text: &str, writer: &str, signed: &[&str]) -> Courtesy {
    let mut rest = text.trim_start();
    let mut out = Courtesy::default();
    if let Some(end) = salutation(rest, writer) {
        rest[..end].trim().clone_into(&mut out.salutation);
        rest = rest[end..].trim_start();
    }
    if let Some(end) = greeting(rest) {
        rest[..end].trim().clone_into(&mut out.greeting);
        rest = rest[end..].trim_start();
    }
    let first: String = rest
        .lines()
        .next()
        .unwrap_or_default()
        .chars()
        .take(120)
        .collect();
    out.leads = LEADS.iter().any(|l| first.contains(l));
    without_signature(rest, signed).clone_into(&mut out.text);
    if out.text.trim().is_empty() {
        // Courtesies alone are all there is to say.
        return Courtesy {
            text: text.trim().to_owned(),
            ..Courtesy::default()
        };
    }
    out
}

/// Where a 称呼 at the head of a text ends.
fn salutation(text: &str, writer: &str) -> Option<usize> {
    let line = text.lines().next().unwrap_or_default();
    let english = ["dear ", "hello ", "hi "];
    if english.iter().any(|w| starts(line, w)) {
        let end = line.find([',', ':', '，', '：']);
        let end = end.map_or(line.len(), |at| at + mark(line, at));
        return (line[..end].chars().count() <= 3 * SHORT).then_some(end);
    }
    let respectful = RESPECT.iter().any(|w| line.starts_with(w));
    let at = if respectful {
        line.find(['：', ':', '，', ',', '！', '!'])
    } else {
        line.find(['：', ':'])
    };
    let (name, end) = match at {
        Some(at) => (&line[..at], at + mark(line, at)),
        // A line of its own needs no mark.
        None if respectful => (line, line.len()),
        None => return None,
    };
    let name = name.trim();
    let own = !writer.trim().is_empty() && name == writer.trim();
    let titled = TITLES.iter().any(|t| name.ends_with(t));
    let about = ["关于", "对于", "答", "问"]
        .iter()
        .any(|w| name.starts_with(w));
    let short = name.chars().count() <= SHORT;
    (short && !about && (respectful || own || titled)).then_some(end)
}

/// Where a greeting at the head of a text ends.
fn greeting(text: &str) -> Option<usize> {
    let word = GREETINGS.iter().find(|w| text.starts_with(**w))?;
    let marks = ['！', '!', '，', ',', '。', '：', ':', '～', '~'];
    let after = &text[word.len()..];
    let rest = after.trim_start_matches(marks);
    let ends = rest.len() < after.len() || after.is_empty() || after.starts_with(['\n', '\r']);
    ends.then(|| text.len() - rest.len())
}

/// A text without the lines at its end that the letter ends with anyway.
fn without_signature<'t>(text: &'t str, signed: &[&str]) -> &'t str {
    let mut text = text.trim_end();
    loop {
        let (before, last) = text.rsplit_once('\n').unwrap_or(("", text));
        let last: String = last.split_whitespace().collect();
        let same = |s: &&str| {
            let s: String = s.split_whitespace().collect();
            !s.is_empty() && s == last
        };
        if !signed.iter().any(|s| same(&s)) {
            return text;
        }
        text = before.trim_end();
    }
}

fn starts(line: &str, word: &str) -> bool {
    line.get(..word.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(word))
}

fn mark(line: &str, at: usize) -> usize {
    line[at..].chars().next().map_or(0, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn courtesies_go_to_their_places() {
        let cases = [
            (
                "尊敬的周女士：\n您好！\n一、可以。",
                "尊敬的周女士：",
                "您好！",
                "一、可以。",
            ),
            (
                "周女士：您好！您反映的问题，经核实如下。",
                "周女士：",
                "您好！",
                "您反映的问题，经核实如下。",
            ),
            (
                "尊敬的来信人，您好。\n\n可以。",
                "尊敬的来信人，",
                "您好。",
                "可以。",
            ),
            ("您好，可以办理。", "", "您好，", "可以办理。"),
            ("张三丰:\n可以。", "张三丰:", "", "可以。"),
            ("Dear Mr Zhou,\n\nYes.", "Dear Mr Zhou,", "", "Yes."),
            ("可以。", "", "", "可以。"),
            ("答：可以。", "", "", "答：可以。"),
            ("关于张先生：已核实。", "", "", "关于张先生：已核实。"),
            ("一、结论：可以。", "", "", "一、结论：可以。"),
            ("您好不容易来信。", "", "", "您好不容易来信。"),
        ];
        for (text, salutation, greeting, rest) in cases {
            let found = part(text, "张三丰", &[]);
            let found = (found.salutation, found.greeting, found.text);
            let expected = (salutation.into(), greeting.into(), rest.to_owned());
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn what_the_letter_ends_with_is_not_said_twice() {
        let signed = ["某省自然资源厅", "2026年11月30日"];
        let text = "可以。\n\n此致\n敬礼！\n\n  某省自然资源厅\n2026年11月30日 \n";
        assert_eq!(part(text, "", &signed).text, "可以。\n\n此致\n敬礼！");
        assert_eq!(part("某省自然资源厅", "", &signed).text, "某省自然资源厅");
        assert_eq!(part("您好！", "", &signed).text, "您好！");
    }

    #[test]
    fn a_text_that_leads_itself_is_known() {
        assert!(part("您好！您的来信收悉，现答复如下：\n可以。", "", &[]).leads);
        assert!(!part("可以。\n\n材料收悉后办理。", "", &[]).leads);
    }
}
