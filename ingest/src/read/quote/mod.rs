//! The writer's own words: a mail without the quoted earlier mail and the signature.
//!
//! What is quoted shows itself by `>`, by a line that attributes it ("… 写道："), or by a block of
//! header lines ("发件人：…"). Only evident quotes go: a word of the writer lost is worse than a
//! line of quote kept. Every line is looked at a bounded number of times.

mod attribution;
mod block;
mod seams;
mod signature;

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Own,
    Cut,
}

/// The text without quotes and signature. Where nothing would be left (the words stand below an
/// unmarked quote, or only a phone's signature above it), only marked lines go; a mail that is
/// nothing but an attributed quote has no words of its own.
#[must_use]
pub fn visible(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let lines = seams::parted(&lines);
    let (kept, _) = own_words(&lines, true);
    if !kept.is_empty() {
        return kept;
    }
    let (kept, evident) = own_words(&lines, false);
    let attributed = || lines.iter().any(|line| attribution::ends_one(line));
    if kept.is_empty() && !(evident && attributed()) {
        return tidy(&lines);
    }
    kept
}

/// The own lines, and whether some quote was beyond doubt. `to_end` lets an unmarked quote reach to
/// the end of the mail.
fn own_words(lines: &[&str], to_end: bool) -> (String, bool) {
    let mut fates = vec![Fate::Own; lines.len()];
    let evident = cut_quotes(lines, &mut fates, to_end);
    let own: Vec<&str> = lines
        .iter()
        .zip(&fates)
        .filter(|(_, f)| **f == Fate::Own)
        .map(|(l, _)| *l)
        .collect();
    (tidy(&signature::cut(&own)), evident)
}

/// Marks the quoted lines; true if some quote was beyond doubt.
fn cut_quotes(lines: &[&str], fates: &mut [Fate], to_end: bool) -> bool {
    let quoted = quoted_lines(lines);
    let next = next_filled(lines);
    let fields = block::fields(lines);
    let mut evident = false;
    let mut own = false;
    let mut at = 0;
    while at < lines.len() {
        if quoted[at] {
            fates[at] = Fate::Cut;
            evident = true;
            at += 1;
            continue;
        }
        let marker =
            block::find(lines, &fields, at).or_else(|| attribution::find(lines, at, &quoted));
        let Some(marker) = marker else {
            own |= !lines[at].trim().is_empty();
            at += 1;
            continue;
        };
        let after = at + marker.lines;
        let first = next.get(after).copied().flatten();
        if first.is_some_and(|n| quoted[n]) {
            // The quote below is marked line by line: only the marker itself goes.
            fates[at..after].fill(Fate::Cut);
            evident = true;
            at = after;
        } else if to_end && marker.certain && (own || first.is_none()) && !marker.forwards {
            let pasted = !block::is_framed(lines[at]) && introduces(&lines[..at], fates);
            if pasted || points_below(&lines[..at], fates) {
                return evident;
            }
            if answered_inside(lines, after, &quoted) {
                fates[at..after].fill(Fate::Cut);
                at = after;
                continue;
            }
            // An unmarked quote under the writer's words reaches to the end.
            fates[rule_above(lines, at)..].fill(Fate::Cut);
            return true;
        } else {
            // Nothing above: the words may follow the quote, and where is not to be told.
            own |= !marker.certain;
            at = after.max(at + 1);
        }
    }
    evident
}

/// The few words above say that the answers stand inside the quote: then nothing of it may go.
fn points_below(above: &[&str], fates: &[Fate]) -> bool {
    const SAYS: [&str; 16] = [
        "见下方",
        "见下面",
        "见下文",
        "在下方",
        "在下面",
        "下方回复",
        "红字",
        "红色字",
        "蓝字",
        "标红",
        "逐条回复",
        "逐条答复",
        "inline",
        "see below",
        "answers below",
        "in red",
    ];
    let own = above
        .iter()
        .zip(fates)
        .filter(|(l, f)| **f == Fate::Own && !l.trim().is_empty());
    let words: Vec<String> = own.take(9).map(|(line, _)| line.to_lowercase()).collect();
    let short = words.len() < 9 && words.iter().map(String::len).sum::<usize>() < 600;
    let says = |says: &&str| words.iter().any(|line| line.contains(*says));
    short && SAYS.iter().any(says)
}

/// The last words above announce a mail ("我收到的邮件如下："): who set its header lines there wants
/// them read.
fn introduces(above: &[&str], fates: &[Fate]) -> bool {
    const MAIL: [&str; 9] = [
        "邮件",
        "来信",
        "回信",
        "回复",
        "答复",
        "mail",
        "letter",
        "message",
        "following",
    ];
    let own = above.iter().zip(fates).rev();
    let mut own = own.filter(|(l, f)| **f == Fate::Own && !l.trim().is_empty());
    own.next().is_some_and(|(line, _)| {
        let line = line.trim().to_lowercase();
        line.ends_with([':', '：']) && MAIL.iter().any(|word| line.contains(word))
    })
}

/// Lines marked as quoted stand below, and none of them has an attribution or block of its own: the
/// unmarked lines among them are answers.
fn answered_inside(lines: &[&str], from: usize, quoted: &[bool]) -> bool {
    let Some(first) = (from..lines.len()).find(|at| quoted[*at]) else {
        return false;
    };
    let introduced = lines[from..first]
        .iter()
        .rev()
        .filter(|l| !l.trim().is_empty())
        .take(3);
    !introduced
        .into_iter()
        .any(|line| attribution::ends_one(line) || block::names_field(line))
}

/// For every line the first filled one from there on.
fn next_filled(lines: &[&str]) -> Vec<Option<usize>> {
    let mut next = vec![None; lines.len() + 1];
    for at in (0..lines.len()).rev() {
        next[at] = if lines[at].trim().is_empty() {
            next[at + 1]
        } else {
            Some(at)
        };
    }
    next
}

/// The lines that begin with a quote mark. Lines of nothing but measures (`>100 亩`) with no quote
/// beside them and no attribution above are the writer's.
fn quoted_lines(lines: &[&str]) -> Vec<bool> {
    let marks = lines.iter().map(|line| marked(line));
    let marks: Vec<Option<&str>> = marks
        .map(|rest| rest.filter(|rest| !attribution::is_tail(rest)))
        .collect();
    let mut quoted: Vec<bool> = marks.iter().map(Option::is_some).collect();
    let mut at = 0;
    for run in marks.chunk_by(|a, b| a.is_some() == b.is_some()) {
        let measures = run.iter().flatten().all(|rest| is_a_measure(rest));
        let above = lines[..at].iter().rev().take(3);
        let mut above = above.filter(|l| !l.trim().is_empty());
        if measures && !above.next().is_some_and(|l| attribution::ends_one(l)) {
            quoted[at..at + run.len()].fill(false);
        }
        at += run.len();
    }
    quoted
}

/// What follows the first quote mark of a line. mboxes write `>From` for a line that begins with
/// From: no quote.
fn marked(line: &str) -> Option<&str> {
    let line = line.trim_start();
    if line.starts_with(">From ") {
        return None;
    }
    line.strip_prefix('>')
        .or_else(|| line.strip_prefix('＞'))
        .or_else(|| initials(line))
}

/// `JS> words`, as some old mailers quote.
fn initials(line: &str) -> Option<&str> {
    let (name, rest) = line.split_at_checked(line.find('>').filter(|n| (1..=3).contains(n))?)?;
    name.bytes()
        .all(|b| b.is_ascii_uppercase())
        .then(|| &rest[1..])
}

fn is_a_measure(rest: &str) -> bool {
    rest.starts_with(|c: char| c.is_ascii_digit() || c == '=')
}

/// Where a rule of signs or a blank line above a marker begins.
fn rule_above(lines: &[&str], marker: usize) -> usize {
    let mut start = marker;
    while start > 0 {
        let line = lines[start - 1].trim();
        if line.is_empty() || block::is_framed(line) {
            start -= 1;
        } else {
            break;
        }
    }
    start
}

/// Joins lines: none blank at the ends, no more than one blank line between. What was one line
/// before it was parted is one again.
fn tidy(lines: &[&str]) -> String {
    let mut out = String::new();
    let mut blank = false;
    let mut before: Option<&str> = None;
    for part in lines {
        let line = part.trim_end();
        let goes_on = before.is_some_and(|b| b.as_bytes().as_ptr_range().end == part.as_ptr());
        let gap = before.map_or("", |b| &b[b.trim_end().len()..]);
        before = Some(part);
        if line.is_empty() {
            blank = !out.is_empty();
            continue;
        }
        if goes_on && !blank {
            out.push_str(gap);
        } else if !out.is_empty() {
            out.push_str(if blank { "\n\n" } else { "\n" });
        }
        blank = false;
        out.push_str(line);
    }
    out
}

#[cfg(test)]
mod tests;
