//! 紧急: words that cannot wait for the morning. A word counts where it stands in a clause that does
//! not speak of prevention, policy or the past; in doubt it counts, for a duty officer who was woken
//! in vain is the smaller harm.

/// Dangers to life, of the ground and of people, as citizens write them.
const WORDS: &[&str] = &[
    "滑坡",
    "山体滑动",
    "塌陷",
    "地陷",
    "塌方",
    "崩塌",
    "坍塌",
    "垮塌",
    "泥石流",
    "地面裂缝",
    "地裂缝",
    "山体开裂",
    "山体裂缝",
    "房屋开裂",
    "危岩",
    "落石",
    "溃坝",
    "溃堤",
    "决堤",
    "决口",
    "管涌",
    "漫坝",
    "透水事故",
    "冒顶",
    "矿难",
    "尾矿泄漏",
    "尾矿库泄漏",
    "瓦斯",
    "爆炸",
    "燃气泄漏",
    "煤气泄漏",
    "毒气泄漏",
    "起火",
    "着火",
    "自杀",
    "轻生",
    "跳楼",
    "跳河",
    "跳桥",
    "喝药",
    "喝农药",
    "自焚",
    "割腕",
    "上吊",
    "不想活了",
    "活不下去",
    "同归于尽",
    "报复社会",
    "持刀",
    "砍人",
    "行凶",
    "投毒",
    "纵火",
    "绑架",
    "人员被困",
    "人被困",
    "群众被困",
    "被埋",
    "失联",
    "群体性",
    "聚众",
    "堵路",
    "围堵",
    "械斗",
    "救命",
];

/// The same in English, as whole words.
const ENGLISH: &[&str] = &[
    "landslide",
    "mudslide",
    "rockfall",
    "sinkhole",
    "cave-in",
    "collapsed",
    "explosion",
    "bomb",
    "suicide",
    "kill myself",
    "trapped",
    "dam break",
    "gas leak",
];

/// Where a word is part of one of these it means something else.
const HARMLESS: &[&str] = &[
    "爆炸性",
    "爆炸式",
    "信息爆炸",
    "人口爆炸",
    "跳楼价",
    "跳楼大",
    "跳楼机",
    "成绩滑坡",
    "业绩滑坡",
    "经济滑坡",
    "道德滑坡",
    "信任崩塌",
    "人设崩塌",
    "房价崩塌",
    "喝药调理",
    "喝药治",
    "喝中药",
    "群体性活动",
    "群体性免疫",
    "瓦斯费",
    "聚众打牌",
    "失联商户",
    "失联老板",
    "bath bomb",
];

/// A clause with one of these speaks of a matter, not of a danger …
const CALM: &[&str] = &[
    "防治",
    "预防",
    "防范",
    "防灾",
    "治理规划",
    "政策",
    "咨询",
    "请问",
    "历史",
    "历年",
    "往年",
    "去年",
    "前年",
    "曾经",
    "多年前",
    "演练",
    "宣传",
    "培训",
    "科普",
    "讲座",
    "论文",
    "课题",
    "资料",
    "数据",
    "规划",
    "资质",
    "评估报告",
    "保险",
    "条例",
    "标准",
    "电影",
    "小说",
    "新闻里",
    "报道",
    "热线电话是",
    "prevention",
    "policy",
    "history",
    "historical",
    "insurance",
    "training",
    "research",
];

/// … unless one of these stands in it too.
const NOW: &[&str] = &[
    "正在",
    "刚刚",
    "刚才",
    "现在",
    "今天",
    "今晚",
    "今早",
    "昨晚",
    "昨天",
    "马上",
    "立即",
    "随时",
    "已经发生",
    "又发生",
    "再次发生",
    "再次出现",
    "险情",
    "危险",
    "被困",
    "救命",
    "快来",
    "紧急",
    "倒塌了",
    "now",
    "right now",
    "tonight",
    "today",
    "help us",
    "danger",
];

/// What parts clauses.
const ENDS: &[char] = &[
    '，', '。', '；', '！', '？', '：', '、', ',', ';', '!', '?', ':', '\n', '\r', '（', '）', '(',
    ')',
];

/// The first word in a text that makes it urgent: of the list, or one that the department added.
#[must_use]
pub fn found(text: &str, added: &[String]) -> Option<String> {
    let text = text.to_lowercase();
    let clauses = text.split(ENDS).flat_map(|c| c.split(". "));
    clauses
        .filter(|clause| !clause.trim().is_empty())
        .find_map(|clause| in_clause(clause, added))
}

fn in_clause(clause: &str, added: &[String]) -> Option<String> {
    // What a department adds it means: no clause is calm about it.
    let own = added.iter().map(|w| w.trim().to_lowercase());
    if let Some(word) = own
        .filter(|w| !w.is_empty())
        .find(|w| clause.contains(w.as_str()))
    {
        return Some(word);
    }
    let mut bare = clause.to_owned();
    for harmless in HARMLESS {
        bare = bare.replace(harmless, " ");
    }
    let chinese = WORDS.iter().find(|w| bare.contains(**w));
    let word = chinese.or_else(|| ENGLISH.iter().find(|w| stands(&bare, w)))?;
    let has = |all: &[&str]| all.iter().any(|w| bare.contains(w));
    (!has(CALM) || has(NOW)).then(|| (*word).to_owned())
}

/// Whether a word stands by itself.
fn stands(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        !(letter(before) || letter(after) && after != Some('s'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dangers_are_found() {
        for (text, word) in [
            ("我村后山今天凌晨发生滑坡，三户人家危险", "滑坡"),
            ("矿区地面塌陷，房子歪了", "塌陷"),
            ("再不解决我就去跳楼", "跳楼"),
            ("有人在厅门口喝农药了！", "喝药"),
            ("山体开裂，裂缝有手掌宽", "山体开裂"),
            ("下游水库要溃坝了", "溃坝"),
            ("往年也有滑坡，但是现在又滑坡了", "滑坡"),
            ("咨询一下，矿洞里人员被困怎么办", "人员被困"),
            ("There was a landslide behind our school.", "landslide"),
            ("I will kill myself", "kill myself"),
        ] {
            let found = found(text, &[]);
            let near = |f: &String| f == word || word == "喝药" && f == "喝农药";
            assert!(found.as_ref().is_some_and(near), "{text}: {found:?}");
        }
    }

    #[test]
    fn matters_are_no_dangers() {
        for text in [
            "请问滑坡防治资金怎么申请",
            "咨询地面塌陷补偿政策",
            "历年滑坡数据能否公开",
            "本村历史上发生过泥石流",
            "现在是信息爆炸的时代",
            "土地出让价格是跳楼价",
            "孩子成绩滑坡",
            "地质灾害防灾演练和崩塌科普宣传",
            "Where can I read the landslide prevention policy?",
            "the bombastic style",
            "宅基地确权什么时候办",
            "",
        ] {
            assert_eq!(found(text, &[]), None, "{text}");
        }
    }

    #[test]
    fn a_department_adds_its_own() {
        let added = vec![" 陨石 ".to_owned(), String::new()];
        assert_eq!(found("请问陨石归谁所有", &added).as_deref(), Some("陨石"));
        assert_eq!(found("请问矿石归谁所有", &added), None);
    }
}
