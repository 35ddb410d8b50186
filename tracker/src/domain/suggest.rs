//! What a letter may be, from its words and from what its writer chose: a suggestion with its
//! ground, for the person who determines it. The channel says nothing: people write where they
//! find a form.

use super::words::{Class, Kind};

/// What was found, and what it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suggestion {
    /// The class.
    pub class: Class,
    /// Why.
    pub ground: Ground,
}

/// What a suggestion rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// Words of the letter, the first that were found.
    Words(&'static str),
    /// What the writer chose.
    Kind(Kind),
}

/// Words that go before what the writer chose, the weightier class first: a request for information
/// has a legal term wherever it stands, and an accusation of a person other hands.
const TELLING: &[(Class, &[&str])] = &[
    (
        Class::Disclosure,
        &[
            "申请公开",
            "信息公开申请",
            "依申请公开",
            "申请政府信息公开",
            "申请获取",
            "《政府信息公开条例》",
            "freedom of information",
            "request for information",
        ],
    ),
    (
        Class::Accusation,
        &[
            "贪污",
            "受贿",
            "行贿",
            "索贿",
            "挪用公款",
            "滥用职权",
            "玩忽职守",
            "以权谋私",
            "徇私",
            "吃拿卡要",
            "收受",
            "bribe",
            "corrupt",
        ],
    ),
    (
        Class::Lead,
        &[
            "盗采",
            "偷采",
            "非法采",
            "无证采",
            "违法占",
            "非法占",
            "违法建",
            "违章建",
            "乱占耕地",
            "私挖",
            "乱挖",
            "illegal mining",
            "illegally",
        ],
    ),
];

/// Words that say something only where the writer chose nothing.
const SAYING: &[(Class, &[&str])] = &[
    (
        Class::Claim,
        &[
            "请求",
            "要求",
            "补偿",
            "赔偿",
            "纠纷",
            "不服",
            "维权",
            "解决",
            "compensation",
        ],
    ),
    (
        Class::Advice,
        &["建议", "意见", "希望能", "suggest", "propose"],
    ),
    (
        Class::Consultation,
        &[
            "请问", "咨询", "如何", "怎么", "怎样", "是否", "什么", "？", "?", "how ", "what ",
        ],
    ),
];

/// What a letter may be; `None` where neither its words nor its writer say.
#[must_use]
pub fn suggest(kind: Option<Kind>, subject: &str, text: &str) -> Option<Suggestion> {
    let words = format!("{subject}\n{text}").to_lowercase();
    let found = |lists: &'static [(Class, &'static [&'static str])]| {
        let each = lists
            .iter()
            .flat_map(|(class, all)| all.iter().map(move |w| (*class, *w)));
        let mut each = each.filter(|(_, w)| words.contains(w));
        each.next().map(|(class, word)| Suggestion {
            class,
            ground: Ground::Words(word),
        })
    };
    let chosen = |kind| Suggestion {
        class: usual(kind),
        ground: Ground::Kind(kind),
    };
    found(TELLING)
        .or_else(|| kind.map(chosen))
        .or_else(|| found(SAYING))
}

/// What letters of a kind mostly are (信访工作条例 2022, art. 29: 建议意见类、检举控告类、申诉求决类).
fn usual(kind: Kind) -> Class {
    match kind {
        Kind::Question => Class::Consultation,
        Kind::Suggestion => Class::Advice,
        Kind::Report => Class::Lead,
        Kind::Complaint | Kind::Help | Kind::Petition => Class::Claim,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_go_before_what_was_chosen() {
        let of = |kind, text| suggest(kind, "来信", text).map(|s| (s.class, s.ground));
        let cases = [
            (
                Some(Kind::Question),
                "何时修好？",
                Class::Consultation,
                Ground::Kind(Kind::Question),
            ),
            (
                Some(Kind::Complaint),
                "补偿款没有到账",
                Class::Claim,
                Ground::Kind(Kind::Complaint),
            ),
            (
                Some(Kind::Suggestion),
                "多设几个窗口",
                Class::Advice,
                Ground::Kind(Kind::Suggestion),
            ),
            (
                Some(Kind::Question),
                "现申请公开本村征地批复文件",
                Class::Disclosure,
                Ground::Words("申请公开"),
            ),
            (
                Some(Kind::Help),
                "有人夜里盗采河沙",
                Class::Lead,
                Ground::Words("盗采"),
            ),
            (
                Some(Kind::Report),
                "某科长受贿",
                Class::Accusation,
                Ground::Words("受贿"),
            ),
            (
                None,
                "请问如何办理？",
                Class::Consultation,
                Ground::Words("请问"),
            ),
            (None, "要求尽快支付", Class::Claim, Ground::Words("要求")),
        ];
        for (kind, text, class, ground) in cases {
            assert_eq!(of(kind, text), Some((class, ground)), "{text}");
        }
        assert_eq!(of(None, "您好。"), None, "nothing is made up");
        let english = suggest(None, "Illegal mining", "at night").map(|s| s.class);
        assert_eq!(english, Some(Class::Lead));
    }
}
