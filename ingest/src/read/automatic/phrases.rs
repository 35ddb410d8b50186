//! What robots write in subject and text. A phrase counts only where a robot puts it: at the
//! beginning, closed off by a colon, a bracket or the end.

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
    let start = subject.trim_start();
    let bare = start.trim_start_matches(['[', '【', '(', '（', '<', '*', '"', ' ']);
    // Only at the very start: who answers a robot's mail ("回复：自动回复：…") is a person.
    REPLIES
        .iter()
        .chain(&MORE_REPLIES)
        .any(|p| bare.strip_prefix(p).is_some_and(closes))
        || ["auto:", "auto：", "auto :"]
            .iter()
            .any(|mark| start.starts_with(mark))
        || says_absent(start)
}

/// `Emma McKinney is out of the office`, `张三 不在办公室`: a name, and nothing but the absence.
fn says_absent(subject: &str) -> bool {
    let end = subject.split(['(', '（']).next().unwrap_or_default().trim();
    [
        " is out of the office",
        " is out of office",
        " is on vacation",
        " 不在办公室",
        " 外出未归",
    ]
    .iter()
    .any(|absent| {
        end.strip_suffix(absent).is_some_and(|name| {
            let words = name.split_whitespace().count();
            (1..=4).contains(&words)
                && !["who ", "why ", "re:", "fw"]
                    .iter()
                    .any(|w| name.starts_with(w))
        })
    })
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
const TEXTS: [&str; 22] = [
    "这是来自qq邮箱的假期自动回复",
    "这是一封自动回复",
    "这是自动回复",
    "此为自动回复",
    "此邮件为自动回复",
    "此邮件为系统自动回复",
    "本邮件为自动回复",
    "本邮件为系统自动回复",
    "此为系统自动回复",
    "这是系统自动回复",
    "这是一封系统自动回复",
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
/// The text is that of a robot: a short text that says so first. "Sent automatically, do not reply"
/// is no such sign: web forms put it round a citizen's words.
pub(super) fn replies_by_text(text: &str) -> bool {
    let opening = head(text, 400);
    let opening = opening.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{3000}');
    TEXTS.iter().any(|t| opening.starts_with(t)) && text.chars().count() < 1_200
}

/// The text tells how to be sent no more of its kind.
pub(super) fn unsubscribes(text: &str) -> bool {
    const SAYS: [&str; 5] = ["退订", "退訂", "取消订阅", "取消訂閱", "unsubscribe"];
    let text = text.to_lowercase();
    SAYS.iter().any(|says| text.contains(says))
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

/// `complaint about message from 192.0.2.1`: Microsoft's feedback loop, in no standard form.
pub(super) fn complains_by_subject(subject: &str) -> bool {
    let subject = subject.trim().to_lowercase();
    let rest = subject.strip_prefix("complaint about message from ");
    rest.is_some_and(|ip| {
        let mut bytes = ip.bytes();
        ip.contains('.') && bytes.all(|b| b.is_ascii_hexdigit() || matches!(b, b'.' | b':' | b'x'))
    })
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
