use super::*;

fn guessed(table: &'static Encoding, text: &str) -> &'static Encoding {
    best(&table.encode(text).0, None)
}

#[test]
fn chinese_without_a_label() {
    assert_eq!(guessed(GB18030, "关于土地征收补偿的咨询"), GB18030);
    assert_eq!(guessed(GB18030, "你好"), GB18030);
    assert_eq!(
        guessed(BIG5, "關於土地徵收補償的諮詢，請問應該如何辦理？"),
        BIG5
    );
    assert_eq!(guessed(UTF_8, "关于"), UTF_8);
}

#[test]
fn short_names_without_a_label() {
    // Four bytes are as good in many charsets: where the mail comes from decides.
    for name in [
        "林晓芸",
        "张三",
        "吴秀兰",
        "赵喆",
        "欧阳",
        "陈国栋",
        "李晖",
        "王淼",
    ] {
        let bytes = GB18030.encode(name).0;
        assert_eq!(best(&bytes, Some(GB18030)), GB18030, "{name}");
    }
    assert_eq!(guessed(GB18030, "林晓芸"), GB18030);
    assert_eq!(guessed(WINDOWS_1251, "тест тест"), WINDOWS_1251);
    assert_eq!(guessed(KOI8_R, "Рассылка"), KOI8_R);
    assert_eq!(guessed(KOI8_R, "тест тест"), KOI8_R);
}

#[test]
fn the_two_characters_that_look_like_utf8() {
    assert_eq!(guessed(GB18030, "联通"), GB18030);
}

#[test]
fn other_scripts_without_a_label() {
    assert_eq!(guessed(EUC_KR, "안녕하세요 세계, 질문이 있습니다"), EUC_KR);
    assert_eq!(guessed(SHIFT_JIS, "これはテストのメールです"), SHIFT_JIS);
    assert_eq!(guessed(EUC_JP, "これはテストのメールです"), EUC_JP);
    assert_eq!(
        guessed(WINDOWS_1251, "Здравствуйте, у меня вопрос"),
        WINDOWS_1251
    );
    assert_eq!(
        guessed(WINDOWS_1252, "déjà vu à la carte, señor"),
        WINDOWS_1252
    );
}

#[test]
fn a_hint_settles_what_is_close() {
    let bytes = BIG5.encode("許功蓋").0;
    assert_eq!(best(&bytes, Some(BIG5)), BIG5);
}

#[test]
fn escapes_tell_the_seven_bit_charsets() {
    assert_eq!(
        stateful(b"\x1b$B%O\x1b(B"),
        Some(Charset::Table(ISO_2022_JP))
    );
    assert_eq!(stateful(b"~{<:Ky2;S{#,NpJ)l6HK!#~}"), Some(Charset::Hz));
    assert_eq!(stateful(b"~/.config ~{x}"), None);
}
