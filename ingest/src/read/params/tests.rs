use super::*;

fn name(raw: &[u8]) -> String {
    let mut notes = Notes::default();
    Params::parse(raw, &mut notes)
        .words("filename", &mut notes)
        .unwrap_or_default()
}

#[test]
fn a_continuation_in_gb2312_split_inside_a_character() {
    // 办公.pdf: B0 EC B9 AB
    let raw =
        b"attachment;\r\n filename*0*=gb2312''%B0%EC%B9;\r\n filename*1*=%AB;\r\n filename*2=.pdf";
    assert_eq!(name(raw), "办公.pdf");
}

#[test]
fn continuations_counted_from_one() {
    let raw = b"attachment; filename*1*=utf-8''%E5%8A%9E; filename*2=.pdf";
    assert_eq!(name(raw), "办.pdf");
}

#[test]
fn one_extended_value() {
    assert_eq!(
        name(b"attachment; filename=x.pdf; filename*=UTF-8''%E5%8A%9E.pdf"),
        "办.pdf"
    );
}

#[test]
fn continuations_out_of_order_and_in_encoded_words() {
    assert_eq!(
        name(b"attachment; filename*1=\"b.pdf\"; filename*0=\"a\""),
        "ab.pdf"
    );
    let raw = b"attachment; filename*0=\"=?gb2312?B?sOy5q\"; filename*1=\"w==?=.pdf\"";
    assert_eq!(name(raw), "办公.pdf");
}

#[test]
fn names_in_encoded_words_raw_bytes_and_percent() {
    assert_eq!(
        name(b"attachment; filename=\"=?gb2312?B?sOy5qw==?=.pdf\""),
        "办公.pdf"
    );
    assert_eq!(
        name(b"attachment; filename=\"\xcd\xc1\xb5\xd8\xb5\xc4.pdf\""),
        "土地的.pdf"
    );
    assert_eq!(name(b"attachment; filename=\"%E5%8A%9E.pdf\""), "办.pdf");
    assert_eq!(
        name(b"attachment; filename=\"%B0%EC%B9%AB.pdf\""),
        "办公.pdf"
    );
    assert_eq!(
        name(b"attachment; filename=\"RV %A312.xls\""),
        "RV %A312.xls"
    );
    assert_eq!(name(b"attachment; filename=\"100%25.txt\""), "100%25.txt");
}

#[test]
fn extended_values_under_plain_names() {
    assert_eq!(
        name(b"attachment; filename=\"UTF-8''%E5%9B%9E%E6%89%A7.txt\""),
        "回执.txt"
    );
    assert_eq!(
        name(b"attachment; filename=utf-8'zh-CN'%E5%9B%9E%20a.txt"),
        "回 a.txt"
    );
    assert_eq!(
        name(b"attachment; filename=\"gbk''%BB%D8%D6%B4.txt\""),
        "回执.txt"
    );
    assert_eq!(
        name(b"attachment; filename=\"it's 5'9 100%.txt\""),
        "it's 5'9 100%.txt"
    );
}

#[test]
fn unquoted_unclosed_and_doubly_quoted_names() {
    assert_eq!(
        name(b"attachment; filename=my report.pdf; size=3"),
        "my report.pdf"
    );
    assert_eq!(name(b"attachment; filename=\"cut off.pdf"), "cut off.pdf");
    assert_eq!(name(b"attachment; filename=\"cut.pdf; size=12"), "cut.pdf");
    assert_eq!(
        name(b"attachment; filename=\"a\"b\".pdf\"; size=3"),
        "a\"b\".pdf"
    );
    assert_eq!(name(b"attachment; filename=\"a;b.pdf\""), "a;b.pdf");
    assert_eq!(
        name(br#"attachment; filename="C:\dir\a.pdf""#),
        r"C:\dir\a.pdf"
    );
}

#[test]
fn a_missing_semicolon_and_a_comment() {
    let params = Params::parse(
        b"Text/Plain charset=gb2312 (Chinese)",
        &mut Notes::default(),
    );
    assert_eq!(
        (params.value.as_str(), params.get("charset")),
        ("text/plain", Some("gb2312"))
    );
}
