//! Signatures: what follows the agreed delimiter, and the line that phones and mailers add.

/// Most lines of a signature; more is a text of the writer.
const MOST: usize = 15;

/// What mailers add by themselves, as the beginning of a line.
const ADDED: [&str; 40] = [
    "发自我的",
    "發自我的",
    "从我的 iphone",
    "从我的iphone",
    "从我的 ipad",
    "从我的手机",
    "從我的 iphone",
    "从 iphone",
    "来自我的",
    "來自我的",
    "发送自我的",
    "发自 iphone",
    "发自iphone",
    "发自 outlook",
    "发自outlook",
    "发自网易邮箱",
    "发自qq邮箱",
    "发自 qq邮箱",
    "发自foxmail",
    "发送自 windows",
    "发送自 outlook",
    "从 windows 版邮件发送",
    "从 windows 10 版邮件",
    "获取 outlook",
    "获取 ios 版",
    "下载 outlook",
    "签名由 网易邮箱",
    "签名由网易邮箱",
    "sent from my ",
    "sent from mail for",
    "sent from outlook",
    "sent from yahoo",
    "sent via ",
    "get outlook for",
    "envoyé de mon ",
    "von meinem ",
    "enviado desde mi ",
    "enviado do meu ",
    "inviato da ",
    "verstuurd vanaf mijn ",
];

/// The lines without signature.
pub(super) fn cut<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let end = delimiter(lines).unwrap_or(lines.len());
    lines[..end]
        .iter()
        .copied()
        .filter(|line| !is_added(line))
        .collect()
}

/// Where the signature's delimiter stands: `-- ` (RFC 3676 §4.3), or a bare `--` above a few short
/// lines that hold no sentence.
fn delimiter(lines: &[&str]) -> Option<usize> {
    let from = lines.len().saturating_sub(MOST + 10);
    let at = (from..lines.len()).find(|at| matches!(lines[*at].trim_end(), "--" | "—" | "- --"))?;
    let below: Vec<&str> = lines[at + 1..]
        .iter()
        .map(|l| l.trim())
        .filter(|l| !l.is_empty())
        .collect();
    let exact = lines[at] == "-- ";
    let brief = below.len() <= if exact { MOST } else { 8 };
    let short = below
        .iter()
        .all(|l| l.chars().count() <= if exact { 200 } else { 80 });
    let prose = below
        .iter()
        .any(|l| l.contains(['。', '？', '！']) && !is_added(l));
    (brief && short && (exact || !prose)).then_some(at)
}

fn is_added(line: &str) -> bool {
    let line = line.trim().trim_start_matches(['-', '*', '_', ' ']);
    let short = line.chars().count() <= 80;
    let lower = line.to_lowercase();
    short
        && ADDED.iter().any(|words| lower.starts_with(words))
        && !line.contains(['。', '，', '！', '？'])
}
