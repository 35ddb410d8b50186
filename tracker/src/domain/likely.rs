//! Which letters a held message probably belongs to, best first, and why. Only a proposal: a
//! person decides, and sees nothing here that they could not see elsewhere.

use std::collections::HashSet;

/// What the message says.
#[derive(Debug, Clone, Default)]
pub struct Held {
    /// Its subject.
    pub subject: String,
    /// Earlier mail that it quotes; empty where it quotes none.
    pub quoted: String,
}

/// A letter that it might belong to.
#[derive(Debug, Clone, Default)]
pub struct Candidate {
    /// The letter.
    pub letter_id: i64,
    /// Its subject.
    pub subject: String,
    /// What was said on it so far, by either side.
    pub said: Vec<String>,
    /// The message bears its reply token, or answers one of our mails about it.
    pub token: bool,
    /// The message's address is its writer's.
    pub same_sender: bool,
    /// The message names its number.
    pub named: bool,
    /// It is still open.
    pub open: bool,
}

/// Why a letter is likely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Its reply mark, or a mail of its thread.
    Token,
    /// Its number.
    Number,
    /// Words from it are quoted.
    Quote,
    /// The same sender, and it is open.
    Sender,
    /// The same sender, and it is closed.
    SenderBefore,
    /// A similar subject.
    Subject,
}

impl Why {
    /// The key of its words.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Number => "number",
            Self::Quote => "quote",
            Self::Sender => "sender",
            Self::SenderBefore => "sender-before",
            Self::Subject => "subject",
        }
    }

    /// How much it says. A reply mark only we can have made; a number anybody can write.
    fn weight(self) -> u32 {
        match self {
            Self::Token => 100,
            Self::Quote => 60,
            Self::Number => 45,
            Self::Sender => 35,
            Self::Subject => 30,
            Self::SenderBefore => 15,
        }
    }
}

/// A candidate in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked {
    /// The letter.
    pub letter_id: i64,
    /// Why, the weightiest first.
    pub why: Vec<Why>,
    weight: u32,
}

/// Subjects at least so alike count: of all pairs of neighbouring characters, twice the shared ones.
const ALIKE: f64 = 0.5;
/// So much of the quoted words must stand in what was said on the letter.
const QUOTED: f64 = 0.6;
/// Shorter quotes say nothing.
const SHORTEST_QUOTE: usize = 12;

/// The letters for which anything speaks, best first; equal ones newest first.
#[must_use]
pub fn rank(held: &Held, candidates: &[Candidate]) -> Vec<Ranked> {
    let subject = bare(&held.subject);
    let quoted = shingles(&held.quoted, 4);
    let mut ranked: Vec<Ranked> = candidates
        .iter()
        .filter_map(|c| {
            let mut why = Vec::new();
            if c.token {
                why.push(Why::Token);
            }
            if held.quoted.chars().count() >= SHORTEST_QUOTE && quotes(&quoted, &c.said) {
                why.push(Why::Quote);
            }
            if c.named {
                why.push(Why::Number);
            }
            match (c.same_sender, c.open) {
                (true, true) => why.push(Why::Sender),
                (true, false) => why.push(Why::SenderBefore),
                (false, _) => {}
            }
            if alike(&subject, &bare(&c.subject)) >= ALIKE {
                why.push(Why::Subject);
            }
            let weight = why.iter().map(|w| w.weight()).sum();
            why.sort_by_key(|w| std::cmp::Reverse(w.weight()));
            (!why.is_empty()).then_some(Ranked {
                letter_id: c.letter_id,
                why,
                weight,
            })
        })
        .collect();
    ranked.sort_by_key(|r| std::cmp::Reverse((r.weight, r.letter_id)));
    ranked.dedup_by_key(|r| r.letter_id);
    ranked
}

/// A subject without what mail programs put before it, in small letters, without spaces.
fn bare(subject: &str) -> String {
    const MARKS: [&str; 12] = [
        "re:",
        "re：",
        "fw:",
        "fw：",
        "fwd:",
        "fwd：",
        "aw:",
        "回复:",
        "回复：",
        "答复:",
        "答复：",
        "转发",
    ];
    let mut rest = subject.trim().to_lowercase();
    while let Some(cut) = MARKS.iter().find_map(|m| rest.strip_prefix(m)) {
        rest = cut.trim_start_matches([':', '：', ' ']).to_owned();
    }
    rest.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Sørensen and Dice's measure over pairs of neighbouring characters: good for Chinese, which has
/// no words to split at. Nothing is alike where one side is empty.
fn alike(a: &str, b: &str) -> f64 {
    if a == b && !a.is_empty() {
        return 1.0;
    }
    let (a, b) = (shingles(a, 2), shingles(b, 2));
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    2.0 * a.intersection(&b).count() as f64 / (a.len() + b.len()) as f64
}

fn quotes(quoted: &HashSet<Vec<char>>, said: &[String]) -> bool {
    if quoted.is_empty() {
        return false;
    }
    let said: HashSet<Vec<char>> = said.iter().flat_map(|s| shingles(s, 4)).collect();
    quoted.intersection(&said).count() as f64 >= QUOTED * quoted.len() as f64
}

fn shingles(text: &str, n: usize) -> HashSet<Vec<char>> {
    let chars: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
    chars.windows(n).map(<[char]>::to_vec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(letter_id: i64, subject: &str) -> Candidate {
        Candidate {
            letter_id,
            subject: subject.into(),
            open: true,
            ..Candidate::default()
        }
    }

    fn held(subject: &str, quoted: &str) -> Held {
        Held {
            subject: subject.into(),
            quoted: quoted.into(),
        }
    }

    #[test]
    fn what_only_we_could_have_made_comes_first() {
        let mut token = candidate(1, "别的事");
        token.token = true;
        let mut named = candidate(2, "石门村青苗补偿款何时发放");
        (named.named, named.same_sender) = (true, true);
        let found = rank(&held("回复：石门村青苗补偿款何时发放", ""), &[named, token]);
        let ids: Vec<i64> = found.iter().map(|r| r.letter_id).collect();
        assert_eq!(ids, [2, 1], "three lesser signs together outweigh one mark");
        assert_eq!(found[0].why, [Why::Number, Why::Sender, Why::Subject]);
    }

    #[test]
    fn a_number_alone_is_less_than_a_quote() {
        let said = "您户青苗补偿款已于十一月十八日拨至大坪镇财政所，镇政府承诺月底前发放到户。";
        let mut quoted = candidate(1, "");
        quoted.said = vec!["来信正文".into(), said.into()];
        let mut named = candidate(2, "");
        named.named = true;
        let message = held(
            "补充材料",
            "> 您户青苗补偿款已于十一月十八日拨至大坪镇财政所",
        );
        let found = rank(&message, &[named, quoted, candidate(3, "其他")]);
        assert_eq!(found.len(), 2, "nothing speaks for the third");
        assert_eq!(
            (found[0].letter_id, &found[0].why[..]),
            (1, &[Why::Quote][..])
        );
        assert_eq!(found[1].why, [Why::Number]);
    }

    #[test]
    fn subjects_are_compared_without_marks_and_by_their_characters() {
        let alike_one = candidate(1, "石门村青苗补偿款发放时间");
        let other = candidate(2, "矿业权延续登记需要哪些材料");
        let found = rank(
            &held("Re: 转发: 石门村青苗补偿款发放", ""),
            &[other, alike_one],
        );
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].letter_id, &found[0].why[..]),
            (1, &[Why::Subject][..])
        );
        assert!(rank(&held("", ""), &[candidate(1, "")]).is_empty());
    }

    #[test]
    fn an_open_letter_of_the_sender_before_a_closed_one() {
        let (mut open, mut closed) = (candidate(1, ""), candidate(9, ""));
        (open.same_sender, closed.same_sender) = (true, true);
        closed.open = false;
        let found = rank(&held("您好", ""), &[closed, open]);
        assert_eq!(found[0].why, [Why::Sender]);
        assert_eq!(found[1].why, [Why::SenderBefore]);
    }

    #[test]
    fn short_quotes_say_nothing() {
        let mut c = candidate(1, "");
        c.said = vec!["您好，谢谢".into()];
        assert!(rank(&held("x", "> 您好"), &[c]).is_empty());
    }
}
