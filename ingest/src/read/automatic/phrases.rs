//! What robots write in subject and text. A phrase counts only where a robot puts it: at the
//! beginning, closed off by a colon, a bracket or the end.

use super::Seen;

/// Beginnings that are an automatic answer when a separator follows, lower case.
const REPLIES: [&str; 58] = [
    "自动回复",
    "自动答复",
    "自动回覆",
    "自動回覆",
    "自動回復",
    "自動答覆",
    "自动应答",
    "系统自动回复",
    "假期自动回复",
    "休假自动回复",
    "外出自动回复",
    "邮件自动回复",
    "不在办公室",
    "不在辦公室",
    "外出留言",
    "外出回复",
    "自動応答",
    "自動返信",
    "不在通知",
    "자동 회신",
    "자동회신",
    "부재중",
    "automatic reply",
    "automatic response",
    "autoreply",
    "auto-reply",
    "auto reply",
    "autoresponse",
    "auto-response",
    "auto response",
    "autoresponder",
    "auto-responder",
    "automated reply",
    "automated response",
    "out of office",
    "out of the office",
    "out-of-office",
    "ooo",
    "vacation reply",
    "vacation notice",
    "vacation message",
    "on vacation",
    "away from my mail",
    "away from the office",
    "abwesenheitsnotiz",
    "abwesend",
    "automatische antwort",
    "abwesenheitsmeldung",
    "réponse automatique",
    "reponse automatique",
    "absence du bureau",
    "respuesta automática",
    "fuera de la oficina",
    "resposta automática",
    "risposta automatica",
    "automatisch antwoord",
    "automatisch bericht",
    "autosvar",
];
const MORE_REPLIES: [&str; 14] = [
    "automatiskt svar",
    "automatisk svar",
    "automaattinen vastaus",
    "автоответ",
    "автоматический ответ",
    "odpowiedź automatyczna",
    "automatická odpověď",
    "automatikus válasz",
    "otomatik yanıt",
    "fuori sede",
    "frånvaro",
    "afwezig",
    "poissa",
    "i am out of the office",
];

/// The subject is that of an automatic answer.
pub(super) fn replies_by_subject(subject: &str) -> bool {
    let subject = subject.to_lowercase();
    let mut start = subject.trim_start();
    // Robots answering robots: `Re: 自动回复: …`.
    for _ in 0..2 {
        let bare = start.trim_start_matches(['[', '【', '(', '（', '<', '*', '"', ' ']);
        if REPLIES
            .iter()
            .chain(&MORE_REPLIES)
            .any(|phrase| bare.strip_prefix(phrase).is_some_and(closes))
        {
            return true;
        }
        let Some(rest) = [
            "re:",
            "re：",
            "回复:",
            "回复：",
            "答复:",
            "答复：",
            "aw:",
            "sv:",
        ]
        .iter()
        .find_map(|re| start.strip_prefix(re)) else {
            break;
        };
        start = rest.trim_start();
    }
    let auto = start
        .strip_prefix("auto:")
        .or_else(|| start.strip_prefix("auto :"));
    auto.is_some_and(|rest| rest.trim_start().starts_with("re:") || rest.contains("office"))
}

/// What may follow the phrase: a separator or the end, or words that belong to it.
fn closes(rest: &str) -> bool {
    let bare = rest.trim_start();
    let words = [
        "reply",
        "autoreply",
        "response",
        "message",
        "notification",
        "notice",
        "until",
        "from",
        "to ",
        "(",
        "（",
        "for ",
        "邮件",
        "信息",
        "通知",
    ];
    bare.is_empty()
        || bare.starts_with([
            ':', '：', ']', '】', ')', '）', '-', '–', '—', '!', '！', '>', '.', '。', '"', '|',
            '/', '*',
        ])
        || (rest.len() > bare.len() && words.iter().any(|w| bare.starts_with(w)))
        || (rest.starts_with(['邮', '通'])
            && ["邮件:", "邮件：", "通知:", "通知："]
                .iter()
                .any(|w| rest.starts_with(w)))
}

/// Openings of texts that robots send without any header, lower case.
const TEXTS: [&str; 24] = [
    "这是来自qq邮箱的假期自动回复",
    "这是一封自动回复",
    "这是自动回复",
    "此为自动回复",
    "此邮件为自动回复",
    "此邮件为系统自动回复",
    "本邮件为自动回复",
    "本邮件为系统自动",
    "本邮件由系统自动",
    "此邮件由系统自动",
    "此为系统自动",
    "这是系统自动",
    "这是一封系统自动",
    "系统自动回复",
    "【自动回复】",
    "[自动回复]",
    "自动回复：",
    "自动回复:",
    "this is an automatic reply",
    "this is an automated reply",
    "this is an automated response",
    "this is an automatic response",
    "this is an auto-reply",
    "this is an autoreply",
];
/// Sentences that, in a no-reply sender's mail, say that nobody reads the answer.
const NO_ANSWERS: [&str; 12] = [
    "请勿回复",
    "请不要回复",
    "请勿直接回复",
    "自动发送",
    "自动发出",
    "系统邮件",
    "do not reply",
    "don't reply",
    "not monitored",
    "unattended mailbox",
    "automatically generated",
    "automated message",
];

/// The text is that of a robot: a short text that says so first, or a no-reply sender's that says
/// so anywhere. A web form sends as no-reply too, but names the citizen in Reply-To.
pub(super) fn replies_by_text(seen: &Seen<'_>) -> bool {
    let opening = head(seen.text, 400);
    let opening = opening.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{3000}');
    let said = TEXTS.iter().any(|t| opening.starts_with(t)) && seen.text.chars().count() < 1_200;
    said || (from_nobody(seen) && !seen.fields.has("reply-to") && {
        let text = head(seen.text, 6_000);
        NO_ANSWERS.iter().any(|t| text.contains(t))
    })
}

fn from_nobody(seen: &Seen<'_>) -> bool {
    let Some(from) = seen.from else { return false };
    let local = from
        .address
        .split('@')
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let local = local.replace(['-', '_', '.'], "");
    ["noreply", "donotreply", "nepasrepondre", "noresponder"]
        .iter()
        .any(|n| local.contains(n))
}

/// Subjects of read receipts, lower case.
const RECEIPTS: [&str; 20] = [
    "已读:",
    "已读：",
    "已讀:",
    "已讀：",
    "已读回执",
    "阅读回执",
    "回执:",
    "回执：",
    "未读:",
    "未读：",
    "read:",
    "read receipt",
    "not read:",
    "return receipt",
    "disposition notification",
    "gelesen:",
    "lu :",
    "lu:",
    "leído:",
    "letto:",
];

pub(super) fn receipt_by_subject(subject: &str) -> bool {
    let subject = subject.trim().to_lowercase();
    RECEIPTS.iter().any(|r| subject.starts_with(r))
}

/// What a receipt's text says.
pub(super) fn receipt_by_text(text: &str) -> bool {
    const SAID: [&str; 14] = [
        "was read on",
        "has been read",
        "has been displayed",
        "was displayed",
        "was deleted without being read",
        "return receipt for",
        "the message has been opened",
        "已被阅读",
        "已阅读",
        "已读取",
        "已被打开",
        "已于",
        "阅读回执",
        "邮件收条",
    ];
    let text_head = head(text, 2_000);
    text.chars().count() < 3_000 && SAID.iter().any(|s| text_head.contains(s))
}

/// The first bytes in lower case.
pub(super) fn head(text: &str, bytes: usize) -> String {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_lowercase()
}
