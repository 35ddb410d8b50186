use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, ISO_8859_2, ISO_8859_7, KOI8_R, SHIFT_JIS, UTF_8,
    WINDOWS_874, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1255,
    WINDOWS_1256,
};
use proptest::prelude::*;

use super::super::charset::decode;
use super::super::complaints::Notes;

/// Labels of every kind: right ones, vendors', stateful ones, such as say nothing, invented ones.
const LABELS: [&str; 64] = [
    "us-ascii",
    "iso-8859-1",
    "iso-8859-2",
    "iso-8859-3",
    "iso-8859-4",
    "iso-8859-5",
    "iso-8859-6",
    "iso-8859-7",
    "iso-8859-8",
    "iso-8859-9",
    "iso-8859-10",
    "iso-8859-11",
    "iso-8859-13",
    "iso-8859-14",
    "iso-8859-15",
    "iso-8859-16",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "windows-1258",
    "windows-874",
    "koi8-r",
    "koi8-u",
    "macintosh",
    "x-mac-cyrillic",
    "ibm866",
    "ibm850",
    "cp437",
    "utf-8",
    "utf-7",
    "utf-16",
    "utf-16le",
    "utf-16be",
    "utf-32",
    "ucs-2",
    "unicode",
    "gb2312",
    "gbk",
    "gb18030",
    "big5",
    "big5-hkscs",
    "euc-tw",
    "euc-kr",
    "euc-jp",
    "shift_jis",
    "iso-2022-jp",
    "iso-2022-kr",
    "iso-2022-cn",
    "iso-2022-cn-ext",
    "hz-gb-2312",
    "x-user-defined",
    "replacement",
    "x-unknown",
    "unknown-8bit",
    "8bit",
    "",
    "iso-10646",
    "chinese-simplified",
    "\"; x",
];

const SENTENCES: [&str; 4] = [
    "请处理：门前的路坏了三个月。",
    "反映的问题至今没有答复，望尽快处理",
    "我家房屋漏水，物业公司不管，请厅长关注。\r\n谢谢！",
    "尊敬的领导：你好，村里的自来水停了七天了。",
];

fn read(label: &str, bytes: &[u8]) -> String {
    decode(label, bytes, &mut Notes::default())
}

#[test]
fn chinese_is_read_under_any_label() {
    let mut wrong = Vec::new();
    for label in LABELS {
        for text in SENTENCES {
            for table in [GB18030, UTF_8] {
                let seen = read(label, &table.encode(text).0);
                if seen != text {
                    wrong.push(format!("{} as {label}: {seen}", table.name()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn two_words_in_gbk_are_read_under_a_latin_label() {
    for text in [
        "繁琐的手续，请厘清。",
        "修路",
        "停水三天",
        "关于拆迁补偿",
        "路灯坏了",
    ] {
        for label in ["iso-8859-1", "windows-1252", "iso-8859-15", "us-ascii"] {
            assert_eq!(read(label, &GB18030.encode(text).0), text, "{label}");
        }
    }
}

#[test]
fn honest_labels_are_believed() {
    let honest: [(&'static Encoding, &str); 24] = [
        (WINDOWS_1252, "Größe der Straße für Männer, Übung und Ärger"),
        (WINDOWS_1252, "À l'été, j'ai été déçu: où êtes-vous, cœur?"),
        (WINDOWS_1252, "¿Qué pasó mañana en España? ¡Olé!"),
        (WINDOWS_1252, "Jürgen"),
        (WINDOWS_1252, "“quoted” – and it’s 5 €"),
        (WINDOWS_1250, "Příliš žluťoučký kůň úpěl ďábelské ódy"),
        (ISO_8859_2, "Zażółć gęślą jaźń, proszę o odpowiedź"),
        (WINDOWS_1251, "Здравствуйте, у меня вопрос о земле"),
        (WINDOWS_1251, "ПРИВЕТ"),
        (WINDOWS_1251, "Привет"),
        (KOI8_R, "Здравствуйте, у меня вопрос о земле"),
        (ISO_8859_7, "Καλημέρα σας, έχω μια ερώτηση για τη γη"),
        (WINDOWS_1253, "Καλημέρα"),
        (WINDOWS_1255, "שלום, יש לי שאלה לגבי הקרקע"),
        (WINDOWS_1256, "مرحبا، لدي سؤال حول الأرض"),
        (WINDOWS_874, "สวัสดีครับ ผมมีคำถามเกี่ยวกับที่ดิน"),
        (SHIFT_JIS, "これはテストのメールです。土地の問題について"),
        (EUC_JP, "これはテストのメールです。土地の問題について"),
        (EUC_KR, "안녕하세요 세계, 질문이 있습니다"),
        (BIG5, "許功蓋先生"),
        (BIG5, "關於土地徵收補償的諮詢，請問應該如何辦理？"),
        (GB18030, "關於土地徵收補償的諮詢，請問應該如何辦理？"),
        (GB18030, "朱镕基、赵喆、㐀"),
        (GB18030, "龘靐齉爩"),
    ];
    for (table, text) in honest {
        let (bytes, _, lossy) = table.encode(text);
        assert!(!lossy, "{text}");
        assert_eq!(read(table.name(), &bytes), text, "{}", table.name());
    }
}

#[test]
fn other_scripts_under_a_latin_label() {
    for (table, text) in [
        (WINDOWS_1251, "Здравствуйте, у меня вопрос о земле"),
        (BIG5, "關於土地徵收補償的諮詢，請問應該如何辦理？"),
        (EUC_KR, "안녕하세요 세계, 질문이 있습니다"),
        (SHIFT_JIS, "これはテストのメールです"),
        (UTF_8, "Привет, мир"),
        (UTF_8, "café"),
    ] {
        assert_eq!(read("iso-8859-1", &table.encode(text).0), text);
    }
}

#[test]
fn sixteen_bits_under_any_label() {
    let text = "请处理：门前的路坏了三个月。\r\nThank you.";
    let units = |turn: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(turn).collect::<Vec<u8>>();
    for label in [
        "utf-8",
        "gb2312",
        "us-ascii",
        "",
        "iso-8859-1",
        "utf-16le",
        "utf-16be",
        "utf-16",
    ] {
        assert_eq!(read(label, &units(u16::to_le_bytes)), text, "le as {label}");
        assert_eq!(read(label, &units(u16::to_be_bytes)), text, "be as {label}");
        let marked = [vec![0xFF, 0xFE], units(u16::to_le_bytes)].concat();
        assert_eq!(read(label, &marked), text, "marked as {label}");
    }
    for label in ["utf-16", "utf-16le", "utf-16be", "utf-32", "ucs-2"] {
        assert_eq!(
            read(label, b"plain words in ASCII, no more"),
            "plain words in ASCII, no more"
        );
    }
}

#[test]
fn escapes_under_a_label_that_has_none() {
    assert_eq!(
        read("gb2312", b"~{<:Ky2;S{#,NpJ)l6HK!#~}"),
        "己所不欲，勿施於人。"
    );
    assert_eq!(read("utf-8", b"\x1b$B%O%m\x1b(B!"), "ハロ!");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Whatever the label, whatever the bytes: something of them is read.
    #[test]
    fn never_nothing_but_lost_characters(
        label in prop_oneof![proptest::sample::select(&LABELS[..]).prop_map(str::to_owned), "[ -~]{0,20}"],
        bytes in proptest::collection::vec(any::<u8>(), 1..80),
    ) {
        let text = read(&label, &bytes);
        prop_assert!(!super::is_lost(&text), "{text:?}");
    }

    /// A sentence out of common words is read back under any label.
    #[test]
    fn common_words_are_read_back(
        label in proptest::sample::select(&LABELS[..]),
        words in proptest::collection::vec(proptest::sample::select(&[
            "我们村", "的路", "坏了", "请问", "补偿", "没有", "答复", "土地", "房屋", "办理",
            "物业", "小区", "学校", "医院", "三个月", "什么时候", "解决", "问题", "，", "。",
        ][..]), 5..30),
        utf8 in any::<bool>(),
    ) {
        let text = words.concat();
        let table = if utf8 { UTF_8 } else { GB18030 };
        prop_assert_eq!(read(label, &table.encode(&text).0), text);
    }
}
