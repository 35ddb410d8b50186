//! Lines that say who wrote what follows: "On … wrote:", "在 …，… 写道：".

use super::block::Marker;

/// Most lines that one attribution is wrapped over.
const WRAPPED: usize = 5;
/// Longest attribution in bytes; a longer line is prose.
const LONGEST: usize = 600;

/// Verbs that an attribution ends with, before its colon.
const VERBS: [&str; 38] = [
    "写道",
    "寫道",
    "写到",
    "書きました",
    "のメッセージ",
    "님이 작성",
    "작성",
    "撰写",
    "编写",
    "wrote",
    "writes",
    "said",
    "schrieb",
    "schreef",
    "geschreven",
    "skrev",
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
    "napisala",
    "napsal",
    "napsal(a)",
    "napísal",
    "написал",
    "написал(а)",
    "пишет",
    "yazdı",
    "đã viết",
    "írta",
    "έγραψε",
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
        if line.is_empty()
            || line.len() > LONGEST
            || joined.len() > LONGEST
            || quoted[at + length - 1]
        {
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
        if length == 1 && !begins(line) {
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

fn followed_by_quote(lines: &[&str], from: usize, quoted: &[bool]) -> bool {
    let next = (from..lines.len().min(from + 4)).find(|n| !lines[*n].trim().is_empty());
    next.is_some_and(|n| quoted[n])
}

/// Whether a line attributes: certainly, only because a quote follows, or not at all.
fn judge(line: &str, followed: bool) -> Option<bool> {
    let verb = ends_with_verb(line) || has_verb_inside(line);
    let dated = is_dated(line);
    let addressed = line.contains('@') && line.contains(['<', '(', '[', '"', '“']);
    if verb && begins(line) && (dated || addressed) && is_no_prose(line, addressed) {
        return Some(true);
    }
    if followed && (verb || ((addressed || dated) && line.ends_with([':', '：', '>']))) {
        return Some(false);
    }
    // Gmail in Japanese and some phones use no verb: `2014/01/01 張三 <zs@example.cn>:`.
    (followed && dated && line.contains('@')).then_some(false)
}

/// A sentence of the writer can end in 写道 too: an attribution is short, names a time of day or an
/// address, and has no sentence in front.
fn is_no_prose(line: &str, addressed: bool) -> bool {
    let sentences = line.matches(['。', '！', '？', '；']).count();
    sentences == 0 && (addressed || has_clock(line) || line.is_ascii() || starts_with_date(line))
}

fn starts_with_date(line: &str) -> bool {
    let line = line.trim_start_matches(['在', '于', '於', ' ', '-', '*']);
    line.starts_with(|c: char| c.is_ascii_digit()) && line.chars().count() < 60
}

/// Colon and verb at the end: `… wrote:`, also `… wrote :` and with a note in brackets after it.
fn ends_with_verb(line: &str) -> bool {
    let bare = line.trim_end_matches(['-', '*', '_', ' ']);
    let Some(bare) = bare.strip_suffix([':', '：']) else {
        return false;
    };
    let bare = bare.trim_end().to_lowercase();
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
        "写道",
        "寫道",
    ]
    .iter()
    .any(|verb| lower.contains(verb))
        && (lower.contains('@') || is_dated(&lower))
}

const OPENINGS: [&str; 30] = [
    "on ", "at ", "am ", "le ", "el ", "il ", "em ", "op ", "w dniu", "dnia", "den ", "på ", "pe ",
    "în ", "dne ", "dňa", "vào ", "в ", "во ", "στις", "a ", "在", "于", "於", "de ", "da ",
    "von ", "ons ", "el día", "-- on ",
];

/// A line that an attribution may begin with: a preposition, a date, or a name with an address.
fn begins(line: &str) -> bool {
    let line = line.trim_start_matches(['-', '*', ' ', '>']);
    let lower: String = line.chars().take(12).collect::<String>().to_lowercase();
    OPENINGS.iter().any(|o| lower.starts_with(o))
        || line.starts_with(|c: char| c.is_ascii_digit())
        || line.contains('@')
        || line.starts_with(['"', '“', '<'])
        || (is_dated(line) && line.chars().count() < 120)
        || (ends_with_verb(line) && line.chars().count() < 80)
}

/// A year, or a time of day.
fn is_dated(line: &str) -> bool {
    has_clock(line) || has_year(line)
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
    is_year(bytes, bytes.len(), digits) || slashed(line)
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
fn has_clock(line: &str) -> bool {
    line.as_bytes().windows(4).any(|w| {
        w[0].is_ascii_digit()
            && matches!(w[1], b':' | b'.' | b'h')
            && w[2].is_ascii_digit()
            && w[3].is_ascii_digit()
    })
}
