//! Lines that say who wrote what follows: "On … wrote:", "在 …，… 写道：".

pub(super) use super::block::Marker;

/// Most lines that one attribution is wrapped over.
const WRAPPED: usize = 6;
/// Longest attribution in bytes; a longer line is prose.
const LONGEST: usize = 600;

/// Verbs that an attribution ends with, before its colon.
const VERBS: [&str; 48] = [
    "写道",
    "寫道",
    "写到",
    "撰写",
    "编写",
    "来信",
    "書きました",
    "のメッセージ",
    "님이 작성",
    "작성",
    "wrote",
    "writes",
    "said",
    "schrieb",
    "schreef",
    "geschreven",
    "geschreven door",
    "skrev",
    "skrev følgende",
    "skriver",
    "kirjoitti",
    "escribió",
    "escribio",
    "escreveu",
    "a écrit",
    "a ecrit",
    "ha scritto",
    "scrive",
    "napisał",
    "napisał(a)",
    "napisała",
    "napisala",
    "napsal",
    "napsal(a)",
    "napsala",
    "napísal",
    "написал",
    "написал(а)",
    "написала",
    "пишет",
    "пише",
    "написав",
    "yazdı",
    "đã viết",
    "írta",
    "έγραψε",
    "a scris",
    "כתב",
];

/// The attribution that begins at a line.
pub(super) fn find(lines: &[&str], at: usize, quoted: &[bool]) -> Option<Marker> {
    let first = lines[at].trim();
    if first.is_empty() || first.len() > LONGEST {
        return None;
    }
    let mut joined = String::new();
    for length in 1..=WRAPPED {
        let line = lines.get(at + length - 1)?.trim();
        if line.is_empty() && opens_address(lines, at + length) {
            continue;
        }
        let broken = quoted[at + length - 1];
        if line.is_empty() || line.len() > LONGEST || joined.len() > LONGEST || broken {
            return None;
        }
        if length > 1 && starts_anew(line) {
            return None;
        }
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(line);
        let followed = followed_by_quote(lines, at + length, quoted);
        if let Some(certain) = judge(&joined, followed) {
            return Some(Marker {
                lines: length,
                certain,
                forwards: false,
            });
        }
        if length == 1 && !goes_on(line) {
            return None;
        }
    }
    None
}

/// The line ends an attribution, whatever stands before it.
pub(super) fn ends_one(line: &str) -> bool {
    let line = line.trim();
    line.len() <= LONGEST
        && (ends_with_verb(line) || (line.ends_with([':', '：']) && line.contains('@')))
}

/// A line that begins with a preposition and a date, as an attribution does.
pub(super) fn opens_with_date(line: &str) -> bool {
    opens(line) && line.bytes().take(28).any(|b| b.is_ascii_digit())
}

/// Beside its date and its verb the attribution says whose words follow.
pub(super) fn names_somebody(line: &str) -> bool {
    if line.contains('@') {
        return true;
    }
    const TIMES: [&str; 18] = [
        "在", "于", "於", "年", "月", "日", "号", "星期", "周", "上午", "下午", "晚上", "时", "点",
        "分", "秒", "写道", "寫道",
    ];
    let head = line.split(['：', ':']).take(3).collect::<String>();
    let bare = TIMES.iter().fold(head, |head, word| head.replace(word, ""));
    let rest = bare.trim_matches(|c: char| !c.is_alphabetic());
    rest.chars()
        .filter(|c| c.is_alphabetic() && !"一二三四五六天".contains(*c))
        .count()
        >= 2
}

/// Words stand behind the verb and its colon: whoever wrote them wrote them here.
fn goes_on_behind(line: &str) -> bool {
    let lower = line.to_lowercase();
    VERBS.iter().any(|verb| {
        lower.match_indices(verb).any(|(at, verb)| {
            let rest = lower[at + verb.len()..].trim_start();
            let behind = rest.strip_prefix([':', '：']).map(str::trim_start);
            behind.is_some_and(|behind| behind.chars().any(char::is_alphanumeric))
        })
    })
}

/// What follows the `>` of an address that was broken before it: ` wrote:`.
pub(super) fn is_tail(rest: &str) -> bool {
    rest.len() < 24 && !rest.trim_start().starts_with('>') && ends_with_verb(rest)
}

fn followed_by_quote(lines: &[&str], from: usize, quoted: &[bool]) -> bool {
    let next = (from..lines.len().min(from + 4)).find(|n| !lines[*n].trim().is_empty());
    next.is_some_and(|n| quoted[n])
}

/// The next filled line is a wrapped address.
fn opens_address(lines: &[&str], from: usize) -> bool {
    let next = (from..lines.len().min(from + 3)).find(|n| !lines[*n].trim().is_empty());
    next.is_some_and(|n| lines[n].trim().starts_with('<'))
}

/// Whether a line attributes: certainly, only because a quote follows, or not at all.
fn judge(line: &str, followed: bool) -> Option<bool> {
    if goes_on_behind(line) {
        return None;
    }
    let verb = ends_with_verb(line) || has_verb_inside(line);
    let dated = is_dated(line);
    let addressed = line.contains('@') && line.contains(['<', '(', '[', '"', '“', '&']);
    if verb && begins(line) && (dated || addressed) && is_no_prose(line, addressed) {
        return Some(true);
    }
    // Without a verb: `2014年1月1日(水) 10:00 張三 <zs@example.cn>:`, also Yandex and Mail.ru.
    if ends_with_address(line) && has_clock(line) && (has_year(line) || slashed(line)) {
        return Some(true);
    }
    // Zoho has no colon: `---- On Wed, 14 Nov 2018 08:14:43 -0200 A <a@x> wrote ----`.
    if line.contains('@') && has_clock(line) && begins(line) && bare(line).ends_with(" wrote") {
        return Some(true);
    }
    if followed && (verb || ((addressed || dated) && line.ends_with([':', '：', '>']))) {
        return Some(false);
    }
    // Gmail in Japanese and some phones use no verb: `2014/01/01 張三 <zs@example.cn>:`.
    (followed && dated && line.contains('@')).then_some(false)
}

/// A sentence of the writer can end in 写道 too: an attribution is short, names a time of day or an
/// address, has no sentence in front and none of the words that join one.
fn is_no_prose(line: &str, addressed: bool) -> bool {
    const JOINING: [&str; 14] = [
        " i ", " my ", " me ", " your ", " our ", " we ", " he ", " she ", " they ", " the ",
        " his ", " her ", " who ", " that ",
    ];
    let sentences = line.matches(['。', '！', '？', '；']).count();
    let of_something = ["中写道", "里写道", "上写道", "书写道", "信写道", "内写道"]
        .iter()
        .any(|end| line.contains(end));
    let chinese = !line.contains(['写', '寫']) || addressed || starts_with_date(line);
    sentences == 0
        && !of_something
        && (addressed || !line.contains(['的', '我', '你', '您']))
        && !JOINING.iter().any(|word| line.contains(word))
        && chinese
        && (addressed || has_clock(line) || line.is_ascii() || starts_with_date(line))
}

fn starts_with_date(line: &str) -> bool {
    let line = line.trim_start_matches(['在', '于', '於', ' ', '-', '*']);
    line.starts_with(|c: char| c.is_ascii_digit()) && line.chars().count() < 90
}

/// `… <a@x>:`
fn ends_with_address(line: &str) -> bool {
    let Some(rest) = line.strip_suffix([':', '：']) else {
        return false;
    };
    rest.trim_end()
        .strip_suffix('>')
        .and_then(|rest| rest.rsplit_once('<'))
        .is_some_and(|(_, address)| address.contains('@') && !address.contains(' '))
}

fn bare(line: &str) -> String {
    line.trim_end_matches(['-', '*', '_', ' ']).to_lowercase()
}

/// Colon and verb at the end: `… wrote:`, also `… wrote :` and with a note in brackets after it.
fn ends_with_verb(line: &str) -> bool {
    let bare = bare(line);
    let Some(bare) = bare.strip_suffix([':', '：']) else {
        return false;
    };
    let bare = bare.trim_end();
    VERBS.iter().any(|verb| bare.ends_with(verb))
}

/// German and Dutch put the name behind the verb: "Am … schrieb Max Muster <mm@example.de>:".
fn has_verb_inside(line: &str) -> bool {
    if !line.ends_with([':', '：']) {
        return false;
    }
    let lower = line.to_lowercase();
    [
        " schrieb ",
        " schreef ",
        " skrev ",
        " skrev:",
        " geschreven",
        " kirjoitti ",
        " пишет ",
        "写道",
        "寫道",
    ]
    .iter()
    .any(|verb| lower.contains(verb))
        && (lower.contains('@') || is_dated(&lower))
}

const OPENINGS: [&str; 31] = [
    "on ", "at ", "am ", "le ", "el ", "il ", "em ", "op ", "w dniu", "dnia", "den ", "på ", "pe ",
    "în ", "dne ", "dňa", "vào ", "в ", "во ", "στις", "a ", "在", "于", "於", "de ", "da ",
    "von ", "ons ", "el día", "quoting ", "in data ",
];

/// A line that an attribution may begin with: a preposition, a date, or a name with an address.
fn begins(line: &str) -> bool {
    let line = line.trim_start_matches(['-', '*', ' ', '>']);
    opens(line)
        || line.starts_with(|c: char| c.is_ascii_digit())
        || names_sender(line)
        || line.starts_with(['"', '“', '<'])
        || (is_dated(line) && line.chars().count() < 120)
        || (ends_with_verb(line) && line.chars().count() < 80)
}

fn opens(line: &str) -> bool {
    let lower: String = line.chars().take(12).collect::<String>().to_lowercase();
    OPENINGS.iter().any(|o| lower.starts_with(o))
}

/// A name of no more than a few words, then an address.
fn names_sender(line: &str) -> bool {
    match line.split_once('<') {
        Some((name, rest)) => {
            rest.contains('@')
                && name.chars().count() <= 60
                && !name.contains([',', '，', '。', '!', '！', '?', '？'])
                && !name.contains(". ")
        }
        None => line.contains('@') && !line.contains(' '),
    }
}

/// The first line of an attribution that is wrapped: a sentence does not look like this.
fn goes_on(line: &str) -> bool {
    let line = line.trim_start_matches(['-', '*', ' ', '>']);
    let dated = line.bytes().take(60).any(|b| b.is_ascii_digit());
    (opens(line) && (dated || line.chars().count() < 30))
        || (line.starts_with(|c: char| c.is_ascii_digit()) && is_dated(line))
        || names_sender(line)
        || line.starts_with(['"', '“', '<'])
        || (is_dated(line) && line.chars().count() < 120)
}

/// A preposition with a date: another attribution begins here, and what stands above is none of it.
fn starts_anew(line: &str) -> bool {
    let line = line.trim_start_matches(['-', '*', ' ']);
    opens(line) && (has_year(line) || slashed(line))
}

/// A year, or a time of day.
fn is_dated(line: &str) -> bool {
    has_clock(line) || has_year(line) || slashed(line)
}

fn has_year(line: &str) -> bool {
    let bytes = line.as_bytes();
    let mut digits = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if byte.is_ascii_digit() {
            digits += 1;
            continue;
        }
        if is_year(bytes, at, digits) {
            return true;
        }
        digits = 0;
    }
    is_year(bytes, bytes.len(), digits)
}

fn is_year(bytes: &[u8], end: usize, digits: usize) -> bool {
    digits == 4 && (bytes[end - 4..].starts_with(b"19") || bytes[end - 4..].starts_with(b"20"))
}

/// `5/1/23`
fn slashed(line: &str) -> bool {
    line.split_whitespace().any(|word| {
        let parts: Vec<&str> = word
            .trim_matches([',', '，'])
            .split(['/', '-', '.'])
            .collect();
        parts.len() == 3
            && parts
                .iter()
                .all(|p| (1..=4).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))
    })
}

/// `10:00`
pub(super) fn has_clock(line: &str) -> bool {
    line.as_bytes().windows(4).any(|w| {
        w[0].is_ascii_digit()
            && matches!(w[1], b':' | b'.' | b'h')
            && w[2].is_ascii_digit()
            && w[3].is_ascii_digit()
    })
}
