//! Signatures: what follows the agreed delimiter, and the line that phones and mailers add.

/// Most lines of a signature; more is a text of the writer.
const MOST: usize = 15;

/// What mailers add by themselves: the beginning of a line that has no sentence in it.
const ADDED: [&str; 36] = [
    "发自139邮箱",
    "发自189邮箱",
    "来自钉钉",
    "从我的 iphone",
    "从我的iphone",
    "从我的 ipad",
    "从我的手机",
    "從我的 iphone",
    "從我的 ipad",
    "从 iphone",
    "发自 iphone",
    "发自iphone",
    "发自 outlook",
    "发自outlook",
    "发自网易邮箱",
    "发自qq邮箱",
    "发自 qq邮箱",
    "发自新浪邮箱",
    "来自新浪邮箱",
    "来自139邮箱",
    "来自189邮箱",
    "发自foxmail",
    "发送自 windows",
    "发送自 outlook",
    "发送自 yahoo",
    "从 yahoo",
    "从 windows 版邮件发送",
    "从 windows 10 版邮件",
    "获取 outlook",
    "获取 ios 版",
    "获取 android 版",
    "下载 outlook",
    "取得 outlook",
    "签名由 网易邮箱",
    "签名由网易邮箱",
    "由 网易邮箱大师",
];

/// `发自我的` goes before a device, and before a heart.
const MINE: [&str; 5] = ["发自我的", "發自我的", "来自我的", "來自我的", "发送自我的"];

/// What a device is called there, beside names in Latin letters.
const DEVICES: [&str; 16] = [
    "手机", "手機", "平板", "华为", "荣耀", "小米", "红米", "三星", "苹果", "魅族", "锤子", "一加",
    "移动", "设备", "电脑", "邮箱",
];

/// How such a line begins elsewhere; a blank line stands before and after it.
const SENT: [&str; 40] = [
    "sent from",
    "sent via",
    "sent with",
    "sent by my",
    "sent using",
    "get outlook for",
    "from my iphone",
    "from my android",
    "envoyé de",
    "envoyé depuis",
    "envoyé à partir",
    "envoyée depuis",
    "télécharger outlook",
    "von meinem",
    "gesendet von",
    "gesendet mit",
    "gesendet über",
    "diese nachricht wurde von mein",
    "holen sie sich outlook",
    "enviado desde",
    "enviado do meu",
    "enviado de mi",
    "enviado a partir",
    "obtener outlook",
    "inviato da",
    "inviato dal",
    "verstuurd vanaf",
    "verzonden vanaf",
    "verzonden met",
    "verzonden via",
    "outlook voor",
    "sendt fra",
    "skickat från",
    "lähetetty ",
    "wysłane z",
    "wysłano z",
    "odesláno z",
    "отправлено с",
    "отправлено из",
    "iphoneから送信",
];

/// The lines without signature.
pub(super) fn cut<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let end = delimiter(lines).unwrap_or(lines.len());
    let lines = &lines[..end];
    let mut own = vec![true; lines.len()];
    for at in 0..lines.len() {
        if is_added(lines[at]) || is_sent_from(lines, at) {
            own[at] = false;
            own[card(lines, at)..at].fill(false);
        }
    }
    let own = lines.iter().zip(own).filter(|(_, own)| *own);
    own.map(|(line, _)| *line).collect()
}

/// Where the signature's delimiter stands: `-- ` (RFC 3676 §4.3), or a bare `--` above a few short
/// lines that hold no sentence; or the rule above a mailing list's footer.
fn delimiter(lines: &[&str]) -> Option<usize> {
    let from = lines.len().saturating_sub(MOST + 10);
    (from..lines.len()).find(|at| {
        let below: Vec<&str> = lines[at + 1..]
            .iter()
            .map(|l| l.trim())
            .filter(|l| !l.is_empty())
            .collect();
        match lines[*at].trim_end() {
            "--" | "—" | "- --" => is_signature(&below, lines[*at].starts_with("-- ")),
            rule => is_footer(rule, &below),
        }
    })
}

fn is_signature(below: &[&str], exact: bool) -> bool {
    let brief = below.len() <= if exact { MOST } else { 8 };
    let longest = if exact { 200 } else { 80 };
    let short = below.iter().all(|l| l.chars().count() <= longest);
    let prose = below
        .iter()
        .any(|l| (l.contains(['。', '？', '！']) || is_item(l)) && !is_added(l));
    brief && short && (exact || !prose)
}

/// `1. …`, `二、…`, `- …`: a list of the writer.
fn is_item(line: &str) -> bool {
    let number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十（(".contains(c);
    let rest = line.trim_start_matches(number);
    let numbered = rest.len() < line.len() && line.chars().count() - rest.chars().count() <= 3;
    (numbered && rest.starts_with(['.', '、', ')', '）', '．']))
        || ["- ", "• ", "· ", "* ", "●"]
            .iter()
            .any(|mark| line.starts_with(mark))
}

/// `_______` or `--`, then a few lines that name a mailing list and its page.
fn is_footer(rule: &str, below: &[&str]) -> bool {
    let drawn = rule.len() >= 2 && rule.bytes().all(|b| matches!(b, b'_' | b'-' | b'='));
    drawn
        && (1..=6).contains(&below.len())
        && below[0].to_lowercase().contains("mailing list")
        && below.iter().any(|l| l.contains("http") || l.contains('@'))
}

fn is_added(line: &str) -> bool {
    let line = without_link(line).trim_start_matches(['-', '*', '_', ' ', '<', '(', '（']);
    let lower = line.to_lowercase();
    let mine = || {
        let device = MINE.iter().find_map(|words| lower.strip_prefix(words));
        device.is_some_and(|rest| {
            let rest = rest.trim_start();
            let named = rest.starts_with(|c: char| c.is_ascii_alphanumeric())
                || DEVICES.iter().any(|d| rest.contains(d));
            named && is_name(rest)
        })
    };
    let added = || {
        let rest = ADDED.iter().find_map(|words| lower.strip_prefix(words));
        rest.is_some_and(is_name)
    };
    line.chars().count() <= 80 && !line.contains(['。', '，', '！', '？']) && (added() || mine())
}

/// The name of a device or program, and nothing that somebody says behind it.
fn is_name(rest: &str) -> bool {
    const OF_NAMES: [&str; 26] = [
        "客户端",
        "浏览器",
        "典藏",
        "尊享",
        "青春",
        "标准",
        "系列",
        "企业",
        "微信",
        "网易",
        "腾讯",
        "阿里",
        "邮件",
        "大师",
        "智能",
        "终端",
        "电话",
        "应用",
        "发送",
        "定制",
        "专属",
        "商务",
        "免费",
        "安卓",
        "鸿蒙",
        "版",
    ];
    let known = || DEVICES.iter().chain(&OF_NAMES);
    let words = rest.split(|c: char| c.is_whitespace() || c.is_ascii_punctuation());
    let mut words = words.filter(|w| !w.is_empty()).enumerate();
    words.all(|(place, word)| {
        let names = known().any(|name| word.contains(name));
        let bare = known().fold(word.to_owned(), |word, name| word.replace(name, ""));
        let others = bare.chars().filter(|c| !c.is_ascii()).count();
        // A brand has two characters; words behind a Latin name stand for themselves.
        let brand = names || (place == 0 && word.chars().next().is_some_and(|c| !c.is_ascii()));
        others <= if brand { 2 } else { 0 }
    }) && !talks(rest)
}

/// Somebody speaks in English behind the name of the device.
fn talks(lower: &str) -> bool {
    const SAYS: [&str; 17] = [
        "i", "i'm", "you", "we", "please", "my", "me", "call", "need", "thanks", "thank", "can",
        "will", "is", "are", "not", "they",
    ];
    const SORRY: [&str; 6] = ["excuse", "forgive", "pardon", "typo", "brevity", "sorry"];
    let mut words = lower.split(|c: char| !(c.is_alphanumeric() || c == '\''));
    words.any(|word| SAYS.contains(&word)) && !SORRY.iter().any(|word| lower.contains(word))
}

/// A line without the address of its last link.
fn without_link(line: &str) -> &str {
    let line = line.trim();
    match line.rsplit_once('<') {
        Some((words, link)) if link.ends_with('>') && link.contains("://") => words.trim_end(),
        _ => line,
    }
}

/// `Sent from my iPhone` and its cousins, alone between blank lines or others of its kind.
fn is_sent_from(lines: &[&str], at: usize) -> bool {
    let says = |line: &str| {
        let line = without_link(line).trim_start_matches(['-', '*', '_', ' ', '<', '(']);
        let lower = line.to_lowercase();
        let words = line.split(['<', '(']).next().unwrap_or_default();
        let sentence = words
            .trim_end_matches(['.', ' '])
            .contains([',', ';', '?', '!', '。', '，']);
        let behind = SENT.iter().find_map(|words| lower.strip_prefix(words));
        let behind = behind.map(|rest| rest.trim_start().trim_start_matches("my "));
        line.chars().count() <= 100
            && behind.is_some_and(|rest| !talks(rest))
            && (!sentence || lower.contains("excuse"))
    };
    let apart = |n: Option<usize>| {
        n.and_then(|n| lines.get(n))
            .is_none_or(|line| line.trim().is_empty() || says(line))
    };
    says(lines[at]) && apart(at.checked_sub(1)) && apart(Some(at + 1))
}

/// The card that 网易邮箱大师 puts above its line: names between lines that are bars alone.
fn card(lines: &[&str], added: usize) -> usize {
    let bar =
        |line: &str| line.contains('|') && line.trim().chars().all(|c| matches!(c, '|' | ' '));
    let above = added.saturating_sub(12);
    let short =
        |line: &&str| line.chars().count() <= 60 && !line.contains(['。', '，', '！', '？']);
    let from = (above..added).find(|at| bar(lines[*at]));
    from.filter(|from| lines[*from..added].iter().all(short))
        .unwrap_or(added)
}
