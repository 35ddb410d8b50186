//! Blocks that open an unmarked quote: a rule with words ("原始邮件", "Original Message") or the
//! header lines of the earlier mail in any language of the usual mailers.

/// What opens a quote.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marker {
    /// Lines that belong to the marker itself.
    pub(super) lines: usize,
    /// Beyond doubt even where no quote mark follows.
    pub(super) certain: bool,
    /// Passes a mail on instead of answering it: what follows is what the writer wants read.
    pub(super) forwards: bool,
}

/// What a header line of the quoted mail says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    From,
    To,
    Date,
    Subject,
    Other,
}

const FROM: [&str; 37] = [
    "from",
    "发件人",
    "發件人",
    "寄件者",
    "寄件人",
    "发信人",
    "差出人",
    "보낸 사람",
    "보낸사람",
    "von",
    "de",
    "da",
    "van",
    "fra",
    "från",
    "od",
    "от",
    "kimden",
    "lähettäjä",
    "từ",
    "发送人",
    "发信者",
    "寄信人",
    "發信人",
    "afzender",
    "gönderen",
    "feladó",
    "expéditeur",
    "remitente",
    "mittente",
    "remetente",
    "від",
    "от кого",
    "de la",
    "odesílatel",
    "avsändare",
    "afsender",
];
const DATE: [&str; 75] = [
    "sent",
    "date",
    "发送时间",
    "发送日期",
    "發送時間",
    "日期",
    "时间",
    "時間",
    "寄件日期",
    "发件时间",
    "发信时间",
    "寄信时间",
    "發件時間",
    "送信日時",
    "日時",
    "보낸 날짜",
    "날짜",
    "보낸날짜",
    "gesendet",
    "datum",
    "envoyé",
    "enviado",
    "enviado el",
    "inviato",
    "data",
    "enviada em",
    "verzonden",
    "sendt",
    "skickat",
    "wysłano",
    "дата",
    "отправлено",
    "发件日期",
    "發送日期",
    "傳送日期",
    "传送日期",
    "发出时间",
    "发送于",
    "發信日期",
    "寄件時間",
    "寄出時間",
    "送信日",
    "日付",
    "보낸 시간",
    "envoyé le",
    "envoye le",
    "message du",
    "date d'envoi",
    "enviado em",
    "fecha",
    "data invio",
    "inviato il",
    "dato",
    "lähetetty",
    "päiväys",
    "päivämäärä",
    "gönderilen",
    "gönderme tarihi",
    "tarih",
    "odesláno",
    "odoslané",
    "dátum",
    "elküldve",
    "trimis",
    "отправлен",
    "отправка",
    "надіслано",
    "sent at",
    "date sent",
    "sent date",
    "sent on",
    "verstuurd",
    "verzonden op",
    "ngày gửi",
    "đã gửi",
];
const TO: [&str; 36] = [
    "to",
    "收件人",
    "收件者",
    "宛先",
    "받는 사람",
    "받는사람",
    "an",
    "à",
    "para",
    "a",
    "aan",
    "til",
    "till",
    "do",
    "кому",
    "kime",
    "komu",
    "đến",
    "收信人",
    "收信者",
    "傳送到",
    "接收人",
    "发送至",
    "发给",
    "发送到",
    "destinataire",
    "destinatario",
    "destinatário",
    "mottagare",
    "vastaanottaja",
    "alıcı",
    "címzett",
    "către",
    "za",
    "sent to",
    "à l'attention de",
];
const SUBJECT: [&str; 29] = [
    "subject",
    "主题",
    "主題",
    "主旨",
    "标题",
    "件名",
    "제목",
    "betreff",
    "objet",
    "asunto",
    "oggetto",
    "assunto",
    "onderwerp",
    "emne",
    "ämne",
    "temat",
    "тема",
    "konu",
    "標題",
    "邮件主题",
    "信件主题",
    "sujet",
    "aihe",
    "predmet",
    "předmět",
    "tárgy",
    "subiect",
    "chủ đề",
    "subj",
];
const OTHER: [&str; 48] = [
    "cc",
    "bcc",
    "抄送",
    "抄送人",
    "副本",
    "密送",
    "密件抄送",
    "reply-to",
    "回复",
    "importance",
    "重要性",
    "priority",
    "attachments",
    "附件",
    "参照",
    "sent by",
    "抄送至",
    "副本抄送",
    "密件副本",
    "暗送",
    "cc.",
    "c.c.",
    "copie à",
    "cc:",
    "copia",
    "kopi",
    "kopie",
    "kopia",
    "kopio",
    "dw",
    "do wiadomości",
    "копия",
    "копія",
    "risposta",
    "responder a",
    "répondre à",
    "antwort an",
    "答复",
    "回复地址",
    "回复至",
    "附件名称",
    "anlagen",
    "pièces jointes",
    "allegati",
    "bijlagen",
    "大小",
    "mailed-by",
    "signed-by",
];

/// Rules with words that open the mail answered to.
const RULES: [&str; 54] = [
    "原始邮件",
    "原始郵件",
    "邮件原件",
    "原邮件",
    "回复的原邮件",
    "回复的邮件",
    "原始信件",
    "原郵件",
    "original message",
    "originalmessage",
    "original-nachricht",
    "ursprüngliche nachricht",
    "message d'origine",
    "message original",
    "mensaje original",
    "mensagem original",
    "messaggio originale",
    "oorspronkelijk bericht",
    "원본 메시지",
    "原始信息",
    "原始消息",
    "原始訊息",
    "原邮件信息",
    "邮件原文",
    "原来的邮件",
    "原始郵件訊息",
    "回复的原始邮件",
    "原邮件内容",
    "original",
    "original mail",
    "original email",
    "original e-mail",
    "reply message",
    "replied message",
    "oprindelig besked",
    "oprindelig meddelelse",
    "ursprungligt meddelande",
    "opprinnelig melding",
    "alkuperäinen viesti",
    "wiadomość oryginalna",
    "oryginalna wiadomość",
    "původní zpráva",
    "pôvodná správa",
    "исходное сообщение",
    "оригинальное сообщение",
    "пересланное сообщение",
    "eredeti üzenet",
    "original ileti",
    "orijinal mesaj",
    "message d’origine",
    "mesaj original",
    "originalmeldung",
    "元のメッセージ",
    "original message follows",
];
/// Rules with words that open a mail passed on.
const FORWARDS: [&str; 25] = [
    "转发的邮件",
    "转发邮件",
    "转发邮件信息",
    "轉寄郵件",
    "轉寄的郵件",
    "被转发邮件",
    "被转发的邮件信息",
    "forwarded message",
    "forwarded mail",
    "begin forwarded message",
    "forwarded by",
    "weitergeleitete nachricht",
    "message transféré",
    "转发的信息",
    "转发信件",
    "转发的邮件信息",
    "轉寄訊息",
    "已转发邮件",
    "videresendt meddelelse",
    "mensaje reenviado",
    "messaggio inoltrato",
    "mensagem encaminhada",
    "doorgestuurd bericht",
    "転送メッセージ",
    "начало переадресованного сообщения",
];
/// Lines that ask to write above them.
const ABOVE: [&str; 5] = [
    "reply above this line",
    "type your reply above",
    "write above this line",
    "请在此行以上回复",
    "请在此行上方回复",
];

/// What each line says as a header line.
pub(super) fn fields(lines: &[&str]) -> Vec<Option<Said>> {
    lines.iter().map(|line| said(line)).collect()
}

/// The block that begins at a line.
pub(super) fn find(lines: &[&str], fields: &[Option<Said>], at: usize) -> Option<Marker> {
    let line = lines[at].trim();
    if line.is_empty() || line.len() > 400 {
        return None;
    }
    let header = header(lines, fields, at);
    if let Some(forwards) = rule(line) {
        let below = (at + 1..lines.len().min(at + 4)).find(|n| !lines[*n].trim().is_empty());
        let block = below.and_then(|n| header_at(lines, fields, n).map(|length| n - at + length));
        // A rule alone must be drawn; words alone need the header under them.
        let drawn = is_drawn(line);
        if drawn || block.is_some() {
            return Some(Marker {
                lines: block.unwrap_or(1),
                certain: true,
                forwards,
            });
        }
    }
    let lower = line.to_lowercase();
    if ABOVE.iter().any(|words| lower.contains(words)) {
        return Some(Marker {
            lines: 1,
            certain: true,
            forwards: false,
        });
    }
    header
}

/// A line of header, for the lines before a quote mark.
pub(super) fn names_field(line: &str) -> bool {
    said(line).is_some()
}

fn header(lines: &[&str], fields: &[Option<Said>], at: usize) -> Option<Marker> {
    let length = header_at(lines, fields, at)?;
    Some(Marker {
        lines: length,
        certain: true,
        forwards: false,
    })
}

/// Length of a header block at a line: a From first (or close), then at least two other kinds, one
/// of them a date or subject.
fn header_at(lines: &[&str], fields: &[Option<Said>], at: usize) -> Option<usize> {
    let first = fields[at]?;
    if !matches!(first, Said::From | Said::Date | Said::Subject) {
        return None;
    }
    let mut seen = vec![first];
    let mut end = at + 1;
    let mut strays = 0;
    for (place, line) in lines.iter().enumerate().skip(at + 1).take(14) {
        match fields[place] {
            Some(kind) => {
                if !seen.contains(&kind) {
                    seen.push(kind);
                }
                end = place + 1;
                strays = 0;
            }
            // A folded list of recipients, or blank lines that HTML left between.
            None if strays < 2 && (line.trim().is_empty() || folded(line)) => strays += 1,
            None => break,
        }
    }
    let has = |kind: Said| seen.contains(&kind);
    let whole = has(Said::From)
        && (has(Said::Date) || has(Said::Subject))
        && seen.iter().filter(|k| **k != Said::Other).count() >= 3;
    whole.then_some(end - at)
}

fn folded(line: &str) -> bool {
    line.starts_with([' ', '\t']) || line.contains('@')
}

/// What kind of header line this is: `发件人：`, `*From:*`, `| 日期 | …`, `主　题：`.
fn said(line: &str) -> Option<Said> {
    let line = line
        .trim()
        .trim_start_matches(['*', '|', '>', ' ', '•', '_']);
    if line.len() > 2_000 {
        return None;
    }
    let head: String = line.chars().take(24).collect();
    let end = head.find([':', '：', '|'])?;
    let label: String = head[..end]
        .chars()
        .filter(|c| !matches!(c, '*' | '\u{3000}' | '\u{a0}'))
        .collect();
    let label = label.trim().to_lowercase();
    // Chinese labels are set with spaces between their characters to line up.
    let close: String = label.chars().filter(|c| *c != ' ').collect();
    let is = |labels: &[&str]| labels.contains(&label.as_str()) || labels.contains(&close.as_str());
    [
        (Said::From, &FROM[..]),
        (Said::Date, &DATE[..]),
        (Said::To, &TO[..]),
        (Said::Subject, &SUBJECT[..]),
        (Said::Other, &OTHER[..]),
    ]
    .into_iter()
    .find(|(_, labels)| is(labels))
    .map(|(kind, _)| kind)
}

/// A rule with words: does it pass a mail on?
fn rule(line: &str) -> Option<bool> {
    let words = line
        .trim_matches(|c: char| is_stroke(c) || c.is_whitespace())
        .trim_end_matches([':', '：']);
    if words.chars().count() > 60 {
        return None;
    }
    let words = words.to_lowercase();
    let words = words.trim();
    if RULES.contains(&words) {
        return Some(false);
    }
    // `---- Forwarded by Zhang San on 2023-05-01 ----`
    FORWARDS
        .iter()
        .any(|f| words == *f || (is_drawn(line) && words.starts_with(f)))
        .then_some(true)
}

/// Drawn before and behind: `-------- words --------`.
pub(super) fn is_framed(line: &str) -> bool {
    let words = line.trim();
    let ends = |mut strokes: usize, c: char| {
        strokes += usize::from(is_stroke(c));
        strokes
    };
    words.chars().count() < 80
        && words.chars().take(2).fold(0, ends) == 2
        && words.chars().rev().take(2).fold(0, ends) == 2
}

fn is_drawn(line: &str) -> bool {
    let strokes = line.chars().take_while(|c| is_stroke(*c)).count();
    strokes >= 2
}

fn is_stroke(c: char) -> bool {
    matches!(
        c,
        '-' | '_' | '=' | '*' | '—' | '─' | '－' | '~' | '#' | '|' | '\u{a0}'
    )
}
