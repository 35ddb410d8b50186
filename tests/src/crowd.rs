//! A crowd of citizens: as many realistic letters as a measurement needs, the same ones every time.
//!
//! UTF-8, GB18030 and GBK, plain, HTML and both, base64 and quoted-printable; one in ten with a
//! file, one in twenty answering an earlier letter, one in thirty an automatic reply.

use std::fmt::Write as _;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use encoding_rs::{Encoding, GB18030, GBK, UTF_8};

/// The mailboxes they write to, and how many of a hundred letters each gets.
pub const MAILBOXES: [(&str, u64); 4] = [
    ("director", 40),
    ("consultation", 25),
    ("petition", 25),
    ("minerals", 10),
];

/// One letter of the crowd.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Local part of the mailbox it is written to.
    pub mailbox: &'static str,
    /// The writer's address.
    pub from: String,
    /// The whole mail.
    pub raw: Vec<u8>,
    /// Whether no person wrote it.
    pub automatic: bool,
}

/// The `n`th letter; depends on nothing else.
#[must_use]
pub fn letter(n: u64) -> Sent {
    let who = Writer::of(n);
    let mut dice = Dice::new(n.wrapping_mul(2) + 1);
    let automatic = dice.below(100) < 3;
    let answers = (!automatic && n > 20 && dice.below(100) < 5).then(|| {
        let earlier = Writer::of(n - 1 - dice.below(n.min(3_000)));
        Writer {
            mailbox: who.mailbox,
            ..earlier
        }
    });
    let text = if automatic {
        "您好，来信已经收到。本人近日外出，回来后尽快与您联系。\r\n\r\n此邮件由系统自动发出。\r\n"
            .to_owned()
    } else {
        words(&mut dice, answers.as_ref().unwrap_or(&who))
    };
    let mut head = format!(
        "Received: from mail.example.cn by mx.huiyin.test; {date}\r\nDate: {date}\r\n\
         Message-ID: <{id}>\r\nTo: {to}@huiyin.test\r\nMIME-Version: 1.0\r\n",
        date = date(n),
        id = who.id,
        to = who.mailbox,
    );
    let writer = answers.as_ref().unwrap_or(&who);
    let (charset, label) = match dice.below(100) {
        0..65 => (UTF_8, "utf-8"),
        65..90 => (GB18030, "gb18030"),
        _ => (GBK, "gb2312"),
    };
    let subject = match (&answers, automatic) {
        (Some(earlier), _) => {
            write!(
                head,
                "In-Reply-To: <{0}>\r\nReferences: <{0}>\r\n",
                earlier.id
            )
            .expect("a string can be written to");
            format!("回复：{}", earlier.subject)
        }
        (None, true) => {
            head.push_str("Auto-Submitted: auto-replied\r\n");
            "自动回复：贵单位来信".to_owned()
        }
        (None, false) => who.subject.clone(),
    };
    write!(
        head,
        "From: {} <{}>\r\nSubject: {}\r\n",
        word(&writer.name, charset, label),
        writer.address,
        word(&subject, charset, label)
    )
    .expect("a string can be written to");
    let plain = part("plain", &text, charset, label, dice.below(3) == 0);
    let page = part("html", &html(&text), charset, label, false);
    let shape = dice.below(100);
    let body = if automatic || shape < 45 {
        plain
    } else if shape < 90 {
        multipart("alternative", &[plain, page], n)
    } else {
        page
    };
    let body = if !automatic && dice.below(10) == 0 {
        multipart("mixed", &[body, file(&mut dice)], n + 1)
    } else {
        body
    };
    Sent {
        mailbox: who.mailbox,
        from: writer.address.clone(),
        raw: [head.as_bytes(), &body].concat(),
        automatic,
    }
}

struct Writer {
    name: String,
    address: String,
    mailbox: &'static str,
    subject: String,
    id: String,
    village: &'static str,
}

impl Writer {
    fn of(n: u64) -> Self {
        let mut dice = Dice::new(n.wrapping_mul(2));
        let mut left = dice.below(100);
        let mut mailbox = MAILBOXES[0].0;
        for (name, share) in MAILBOXES {
            mailbox = name;
            if left < share {
                break;
            }
            left -= share;
        }
        let village = dice.of(&VILLAGES);
        let given = dice.of(&GIVEN);
        Self {
            name: format!("{}{given}", dice.of(&SURNAMES)),
            address: format!("w{:07x}@mail{}.example.cn", n, dice.below(5)),
            mailbox,
            subject: dice.of(&SUBJECTS).replace("{}", village),
            id: format!("{:016x}.{n}@mail.example.cn", dice.next()),
            village,
        }
    }
}

const SURNAMES: [&str; 16] = [
    "赵", "钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈", "杨", "朱", "秦", "许", "何", "吕",
];
const GIVEN: [&str; 12] = [
    "建国", "秀兰", "志远", "海燕", "春生", "晓东", "玉梅", "国强", "子涵", "敏", "军", "丽",
];
const VILLAGES: [&str; 10] = [
    "清水坪村",
    "大湾村",
    "向阳社区",
    "双河口村",
    "岩脚寨",
    "石板坡村",
    "新场村",
    "竹林湾",
    "龙井社区",
    "塘边村",
];
const SUBJECTS: [&str; 10] = [
    "咨询{}征地补偿款发放时间",
    "{}农房不动产权证迟迟未办理",
    "反映{}耕地上堆放建筑垃圾",
    "关于{}地质灾害隐患点治理的建议",
    "{}采石场夜间爆破扰民",
    "宅基地确权登记面积有误",
    "请求公开{}土地征收批准文件",
    "继承父母房屋如何办理过户",
    "测绘成果如何申请使用",
    "感谢工作人员上门服务",
];
const SENTENCES: [&str; 14] = [
    "我是{}的村民，家里的承包地去年被项目占用，至今没有收到补偿款。",
    "镇上的同志说材料已经报到县里，但是一直没有下文。",
    "公示上的面积和我们自己丈量的面积相差将近一亩，希望能够重新核实。",
    "房子是二〇一五年建的，当时的审批手续都保存完好，可以随时提供。",
    "每到下雨天，屋后的山坡就往下掉石头，老人和孩子都不敢住在里屋。",
    "请问办理登记需要准备哪些材料，能不能在网上先预约？",
    "窗口的工作人员态度很好，只是系统里查不到以前的档案。",
    "运输车辆经常在半夜经过{}，路面已经被压坏多处。",
    "我们几户人家商量过，愿意配合调查，也可以到现场指认位置。",
    "不知道补偿标准依据的是哪一年的文件，恳请告知文号。",
    "此前打过两次热线电话，都答复说正在办理。",
    "如果不属于贵厅职责，请告知应当向哪个部门反映。",
    "希望在规定期限内给予书面答复，谢谢！",
    "以上情况属实，如需补充材料请与我联系。",
];

fn words(dice: &mut Dice, writer: &Writer) -> String {
    let mut text = String::from("尊敬的领导：\r\n\r\n");
    for _ in 0..=dice.below(4) {
        for _ in 0..=dice.below(4) {
            text.push_str(&dice.of(&SENTENCES).replace("{}", writer.village));
        }
        text.push_str("\r\n\r\n");
    }
    write!(
        text,
        "此致\r\n敬礼\r\n\r\n{}\r\n联系电话：000-{:08}\r\n",
        writer.name,
        dice.below(100_000_000)
    )
    .expect("a string can be written to");
    text
}

fn html(text: &str) -> String {
    let paragraphs: String = text
        .split("\r\n\r\n")
        .map(|p| format!("<p>{}</p>\r\n", p.replace("\r\n", "<br>\r\n")))
        .collect();
    format!("<html><head><style>p{{margin:6px}}</style></head><body>{paragraphs}</body></html>\r\n")
}

fn word(text: &str, charset: &'static Encoding, label: &str) -> String {
    let mut words = Vec::new();
    let chars: Vec<char> = text.chars().collect();
    for some in chars.chunks(10) {
        let some: String = some.iter().collect();
        let (bytes, ..) = charset.encode(&some);
        words.push(format!("=?{label}?B?{}?=", BASE64_STANDARD.encode(bytes)));
    }
    words.join("\r\n ")
}

fn part(sub: &str, text: &str, charset: &'static Encoding, label: &str, quoted: bool) -> Vec<u8> {
    let (bytes, ..) = charset.encode(text);
    let (how, body) = if quoted {
        ("quoted-printable", quote(&bytes))
    } else {
        ("base64", lines(&bytes))
    };
    format!(
        "Content-Type: text/{sub}; charset={label}\r\nContent-Transfer-Encoding: {how}\r\n\r\n\
         {body}"
    )
    .into_bytes()
}

fn lines(bytes: &[u8]) -> String {
    let coded = BASE64_STANDARD.encode(bytes);
    let mut out = String::with_capacity(coded.len() * 39 / 38 + 2);
    for line in coded.as_bytes().chunks(76) {
        out.push_str(str::from_utf8(line).expect("base64 is ASCII"));
        out.push_str("\r\n");
    }
    out
}

fn quote(bytes: &[u8]) -> String {
    let (mut out, mut column) = (String::new(), 0);
    for &byte in bytes {
        match byte {
            b'\n' => {
                out.push_str("\r\n");
                column = 0;
                continue;
            }
            b'\r' => continue,
            _ if column > 70 => {
                out.push_str("=\r\n");
                column = 0;
            }
            _ => {}
        }
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
            column += 1;
        } else {
            write!(out, "={byte:02X}").expect("a string can be written to");
            column += 3;
        }
    }
    out
}

fn multipart(sub: &str, parts: &[Vec<u8>], n: u64) -> Vec<u8> {
    let boundary = format!("=_{sub}_{n:x}");
    let mut out =
        format!("Content-Type: multipart/{sub}; boundary=\"{boundary}\"\r\n\r\n").into_bytes();
    for part in parts {
        out.extend(format!("--{boundary}\r\n").as_bytes());
        out.extend(part);
        out.extend(b"\r\n");
    }
    out.extend(format!("--{boundary}--\r\n").as_bytes());
    out
}

/// A scan of 3 to 40 kB.
fn file(dice: &mut Dice) -> Vec<u8> {
    let size = 3_000 + dice.below(37_000);
    let bytes: Vec<u8> = b"%PDF-1.4\n"
        .iter()
        .copied()
        .chain((0..size).map(|_| dice.next().to_le_bytes()[0]))
        .collect();
    format!(
        "Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment; \
         filename*=UTF-8''%E8%AF%81%E6%98%8E%E6%9D%90%E6%96%99.pdf\r\n\r\n{}",
        lines(&bytes)
    )
    .into_bytes()
}

/// Spread over the year 2026, up to today's November.
fn date(n: u64) -> String {
    let second = i64::try_from(n * 2_654_435_761 % (320 * 86_400)).expect("within a year");
    let at = jiff::Timestamp::from_second(1_767_225_600 + second).expect("within this century");
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
    jiff::fmt::rfc2822::to_string(&at.to_zoned_datetime(zone)).expect("a date of this century")
}

/// Chance that can be repeated: SplitMix64.
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// The same seed throws the same.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n.max(1)
    }

    /// One of these.
    pub fn of<T: Copy>(&mut self, list: &[T]) -> T {
        let n = usize::try_from(self.below(list.len() as u64)).expect("a small number");
        list[n]
    }
}
