//! Words on the line on which an attribution begins: phones and web mailers that lose a line end
//! write "谢谢。On Mon, 1 May 2023, A wrote:". Such a line is taken for two; the halves that stay
//! are one line again ([`super::tidy`]).

use super::attribution;

/// Longest line that is looked into, in bytes.
const LONGEST: usize = 2_000;
/// Places of a line at which an attribution is looked for.
const MOST: usize = 8;
/// Lines that an attribution may reach over.
const REACH: usize = 7;

/// Prepositions that an attribution begins with, when a date follows.
const LATIN: [&str; 12] = [
    "On ",
    "At ",
    "Le ",
    "Am ",
    "El ",
    "Il ",
    "Op ",
    "Em ",
    "Den ",
    "Dne ",
    "W dniu ",
    "Il giorno ",
];
const CHINESE: [&str; 3] = ["在", "于", "於"];

/// The lines, cut where an attribution begins inside of one.
pub(super) fn parted<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let mut parts = Vec::with_capacity(lines.len());
    for (at, line) in lines.iter().enumerate() {
        match seam(lines, at) {
            Some(place) => parts.extend([&line[..place], &line[place..]]),
            None => parts.push(*line),
        }
    }
    parts
}

/// Where the attribution begins behind words of the writer.
fn seam(lines: &[&str], at: usize) -> Option<usize> {
    let line = lines[at];
    let quoted = line.trim_start().starts_with(['>', '＞']);
    if line.len() > LONGEST || quoted || attribution::opens_with_date(line.trim_start()) {
        return None;
    }
    places(line).take(MOST).find(|place| {
        let (before, rest) = line.split_at(*place);
        before.chars().any(char::is_alphanumeric)
            && (attribution::names_somebody(rest) || ends_sentence(before))
            && attributes(rest, &lines[at + 1..])
    })
}

/// An attribution begins with this and ends in the lines below at the latest.
fn attributes(rest: &str, below: &[&str]) -> bool {
    let lines: Vec<&str> = std::iter::once(rest)
        .chain(below.iter().take(REACH).copied())
        .collect();
    let quoted: Vec<bool> = lines.iter().map(|l| super::marked(l).is_some()).collect();
    // In the middle of a line a sentence may look the same: an address, a time of day, or a quote
    // below must speak for it.
    let spoken = |marker: attribution::Marker| {
        let own = lines[..marker.lines].concat();
        let below = lines[marker.lines..]
            .iter()
            .position(|l| !l.trim().is_empty());
        own.contains('@')
            || attribution::has_clock(&own)
            || below.is_some_and(|n| quoted[marker.lines + n])
    };
    attribution::find(&lines, 0, &quoted).is_some_and(spoken)
}

/// Where a preposition with a date stands, or a date alone.
fn places(line: &str) -> impl Iterator<Item = usize> {
    line.char_indices().skip(1).filter_map(move |(at, c)| {
        let (before, rest) = line.split_at(at);
        let apart = !before.ends_with(|c: char| c.is_ascii_alphanumeric());
        let latin = || LATIN.iter().find_map(|word| rest.strip_prefix(word));
        let dated = match c {
            'A'..='Z' => apart && latin().is_some_and(soon_a_number),
            '在' | '于' | '於' => CHINESE
                .iter()
                .find_map(|word| rest.strip_prefix(word))
                .is_some_and(|date| is_year(date.trim_start())),
            '1' | '2' => {
                (before.ends_with(char::is_whitespace) || ends_sentence(before)) && is_year(rest)
            }
            _ => false,
        };
        dated.then_some(at)
    })
}

fn soon_a_number(rest: &str) -> bool {
    rest.bytes().take(28).any(|b| b.is_ascii_digit())
}

/// `2023年`, `2023-`, `2023/`.
fn is_year(rest: &str) -> bool {
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    digits == 4
        && rest[digits..]
            .trim_start()
            .starts_with(['年', '-', '/', '.'])
}

fn ends_sentence(before: &str) -> bool {
    before.trim_end().ends_with([
        '。', '！', '？', '；', '.', '!', '?', ';', '~', '～', '…', '）', ')',
    ])
}
