use encoding_rs::{BIG5, GB18030};

use crate::letter::{Authentication, IncomingLetter};

use super::*;

fn letter(raw: &[u8]) -> IncomingLetter {
    read(raw).expect("readable")
}

fn gbk(text: &str) -> Vec<u8> {
    GB18030.encode(text).0.into_owned()
}

#[test]
fn an_ordinary_chinese_mail() {
    let mut raw = b"From: =?GB2312?B?1cXI/Q==?= <zs@qq.com>\r\nTo: letters@x.gov.cn\r\n\
        Subject: =?GB2312?B?wO7LxA==?=\r\nDate: Mon, 1 May 2023 10:00:00 +0800\r\n\
        Message-ID: <m1@qq.com>\r\nContent-Type: text/plain; charset=\"gb2312\"\r\n\
        Content-Transfer-Encoding: 8bit\r\n\r\n"
        .to_vec();
    raw.extend(gbk("您好，朱镕基路何时修？\r\n谢谢\r\n"));
    let letter = letter(&raw);
    assert_eq!(letter.from.as_ref().map(|a| a.name.as_str()), Some("张三"));
    assert_eq!(letter.subject, "李四");
    assert_eq!(letter.text, "您好，朱镕基路何时修？\n谢谢");
    assert_eq!(
        letter.date.map(|d| d.to_string()).as_deref(),
        Some("2023-05-01T02:00:00Z")
    );
    assert_eq!(letter.message_id.as_deref(), Some("m1@qq.com"));
    assert_eq!(
        (letter.writer.email.as_str(), letter.writer.anonymous),
        ("zs@qq.com", false)
    );
    assert!(letter.complaints.is_empty() && letter.automatic.is_none() && letter.html.is_none());
}

#[test]
fn raw_bytes_in_header_and_body_without_any_charset() {
    let mut raw = b"From: ".to_vec();
    raw.extend(gbk(
        "张三 <zs@x.cn>\nSubject: 关于土地证的咨询\n\n请问如何办理？",
    ));
    let letter = letter(&raw);
    assert_eq!(letter.subject, "关于土地证的咨询");
    assert_eq!(letter.from.map(|a| a.name), Some("张三".into()));
    assert_eq!(letter.text, "请问如何办理？");
    assert!(
        letter
            .complaints
            .iter()
            .any(|c| c.starts_with("charset-guessed"))
    );
}

#[test]
fn the_declared_charset_helps_raw_headers() {
    let mut raw = b"From: a@x\nContent-Type: text/plain; charset=big5\nSubject: ".to_vec();
    raw.extend(&*BIG5.encode("許功蓋\n\n您好").0);
    let letter = letter(&raw);
    assert_eq!(
        (letter.subject.as_str(), letter.text.as_str()),
        ("許功蓋", "您好")
    );
}

#[test]
fn html_alone_becomes_text_and_plain_alone_no_html() {
    let html =
        letter(b"From: a@x\nContent-Type: text/html; charset=utf-8\n\n<p>\xe4\xbd\xa0<br>b</p>");
    assert_eq!(html.text, "你\nb");
    assert_eq!(html.html.as_deref(), Some("<p>你<br>b</p>"));
    assert_eq!(letter(b"From: a@x\n\nhi").html, None);
}

#[test]
fn an_empty_plain_part_beside_html_is_no_text() {
    let raw = b"From: a@x\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\n \n--b\nContent-Type: text/html\n\n<b>hi</b>\n--b--";
    assert_eq!(letter(raw).text, "hi");
}

#[test]
fn html_without_charset_follows_its_meta() {
    let mut raw = b"From: a@x\nContent-Type: text/html\n\n<meta charset=\"gbk\">".to_vec();
    raw.extend(gbk("喆"));
    assert_eq!(letter(&raw).text, "喆");
}

const MIXED: &[u8] = b"From: a@x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nhi\n--b\n\
    Content-Type: application/pdf; name=x.pdf\nContent-Transfer-Encoding: base64\n\
    Content-Disposition: attachment; filename=\"../../etc/x.pdf\"\n\naGVsbG8=\n--b--\n";

#[test]
fn an_attachment_is_found_again_by_its_part() {
    let letter = letter(MIXED);
    let file = &letter.attachments[0];
    assert_eq!(
        (file.name.as_str(), file.media_type.as_str(), file.size),
        ("x.pdf", "application/pdf", 5)
    );
    assert_eq!(
        file.sha256,
        "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    );
    assert_eq!(
        attachment(MIXED, &file.part).as_deref(),
        Some(&b"hello"[..])
    );
    assert_eq!(attachment(MIXED, "7"), None);
    assert_eq!(attachment(MIXED, "../x"), None);
    assert_eq!(attachment(b"", "0"), None);
}

#[test]
fn every_file_of_the_corpus_is_found_again() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/corpus/mail");
    let mut inside = 0;
    for entry in std::fs::read_dir(folder).expect("the corpus") {
        let path = entry.expect("an entry").path();
        let raw = std::fs::read(&path).expect("a file");
        let Ok(letter) = read(&raw) else {
            continue;
        };
        for file in letter.attachments {
            let bytes = attachment(&raw, &file.part).map(|b| b.len() as u64);
            assert_eq!(bytes, Some(file.size), "{} of {path:?}", file.name);
            inside += usize::from(file.part.contains('.'));
        }
    }
    assert!(inside >= 10, "{inside} files from inside of others");
}

#[test]
fn a_mail_cut_off_before_its_final_boundary() {
    let cut = &MIXED[..MIXED.len() - 7];
    let letter = letter(cut);
    assert_eq!(letter.text, "hi");
    assert_eq!(letter.attachments.len(), 1);
    assert_eq!(letter.complaints, ["broken-multipart"]);
}

#[test]
fn bad_base64_is_flagged_and_shown() {
    let raw = b"From: a@x\nContent-Transfer-Encoding: base64\n\nThis is, in fact, plain text.\n";
    let letter = letter(raw);
    assert_eq!(letter.text, "This is, in fact, plain text.");
    assert_eq!(letter.complaints, ["bad-base64"]);
}

#[test]
fn an_attached_mail_is_a_file_named_by_its_subject() {
    let raw = b"From: a@x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nhi\n--b\nContent-Type: message/rfc822\n\nSubject: inner/one\nFrom: b@x\n\ninside\n--b--\n";
    let letter = letter(raw);
    assert_eq!(letter.attachments[0].name, "inner_one.eml");
    let inner = attachment(raw, &letter.attachments[0].part).expect("there");
    assert_eq!(read(&inner).expect("readable").text, "inside");
}

#[test]
fn a_uuencoded_file_in_a_text_is_an_attachment() {
    let raw = b"From: a@x\n\nhello\nbegin 644 cat.txt\n#0V%T\n`\nend\n";
    let letter = letter(raw);
    assert_eq!(letter.text, "hello");
    assert_eq!(letter.attachments[0].name, "cat.txt");
    assert_eq!(
        attachment(raw, &letter.attachments[0].part).as_deref(),
        Some(&b"Cat"[..])
    );
}

#[test]
fn nothing_of_a_header_is_required() {
    let letter = letter(b"Subject: only this\n\nwords");
    assert_eq!(
        (letter.from, letter.date, letter.message_id),
        (None, None, None)
    );
    assert!(letter.writer.anonymous && letter.writer.email.is_empty());
}

#[test]
fn replies_go_to_reply_to_and_the_name_stays() {
    let letter = letter(b"From: San <zs@x>\nReply-To: other@y\n\nhi");
    assert_eq!(
        (letter.writer.name.as_str(), letter.writer.email.as_str()),
        ("San", "other@y")
    );
}

#[test]
fn the_first_from_wins_and_an_empty_one_does_not() {
    assert_eq!(
        letter(b"From: a@x\nFrom: b@x\n\n").from.map(|a| a.address),
        Some("a@x".into())
    );
    assert_eq!(
        letter(b"From: \nFrom: b@x\n\n").from.map(|a| a.address),
        Some("b@x".into())
    );
}

#[test]
fn lines_that_end_in_a_bare_cr() {
    let letter = letter(b"From: a@x\rSubject: s\r\rone\rtwo\r");
    assert_eq!(
        (letter.subject.as_str(), letter.text.as_str()),
        ("s", "one\ntwo")
    );
}

#[test]
fn nuls_are_no_part_of_words() {
    let letter = letter(b"From: a@x\nSubject: a\x00b\n\nc\x00d\x07");
    assert_eq!(
        (letter.subject.as_str(), letter.text.as_str()),
        ("ab", "cd")
    );
}

#[test]
fn tokens_by_trust() {
    let (one, two) = (
        "HY.2026-000001-K.7F3KM2PQ9XWE4RTA",
        "HY.2026-000002-K.7F3KM2PQ9XWE4RTA",
    );
    let raw = format!("From: a@x\nTo: director+{two}@x.gov.cn\n\nanswer\n> [{one}]\n> [{two}]\n");
    assert_eq!(letter(raw.as_bytes()).tokens, [two, one]);
}

#[test]
fn the_servers_verdict_is_kept() {
    let raw = b"Authentication-Results: mx; dmarc=fail\nFrom: a@x\n\nhi";
    assert_eq!(letter(raw).authentication, Authentication::Fail);
}

#[test]
fn what_is_no_mail_says_why() {
    assert_eq!(read(b""), Err(Unreadable::Empty));
    assert_eq!(read(b"\x89PNG\r\n\x1a\n\0\0"), Err(Unreadable::NoHeader));
    assert!(Unreadable::Empty.explain("zh-CN").contains("邮件内容为空"));
    assert_eq!(
        explain("bad-base64", "zh-CN"),
        "邮件中有部分内容损坏（base64），可能不完整"
    );
}

#[test]
fn the_json_has_the_names_of_the_contract() {
    let json = serde_json::to_value(letter(MIXED)).expect("plain data");
    let keys: Vec<&str> = json
        .as_object()
        .expect("object")
        .keys()
        .map(String::as_str)
        .collect();
    let mut expected = vec![
        "subject",
        "from",
        "to",
        "cc",
        "reply_to",
        "date",
        "message_id",
        "in_reply_to",
        "references",
        "text",
        "visible_text",
        "html",
        "attachments",
        "automatic",
    ];
    expected.sort_unstable();
    let mut keys = keys;
    keys.sort_unstable();
    assert_eq!(keys, expected);
    assert_eq!(
        json["attachments"][0].as_object().map(serde_json::Map::len),
        Some(4)
    );
}

/// Every mail of this file, cut and flipped in every place: reading may fail, never panic.
#[test]
fn no_damage_panics() {
    let mut seeds: Vec<Vec<u8>> = vec![MIXED.to_vec()];
    seeds.push("From: =?gbk?B?1cXI/Q==?= <a@x>\nSubject: =?utf-8?Q?=E4=BD?= 你\nDate: 1 May 23 10:00 +0800\nContent-Type: text/html; charset=gbk; name*0*=gb2312''%B0%EC\nAuthentication-Results: mx; dmarc=pass (x)\n\n<p>&#20320;<blockquote type=cite>On 1 May 2023 10:00, A <a@x> wrote:<br>HY.2026-000001-K.7F3KM2PQ9XWE4RTA".into());
    for seed in seeds {
        for at in 0..seed.len() {
            let _ = read(&seed[..at]);
            for byte in [0_u8, b'\n', b'"', b'=', b'<', 0x80, 0xFF, 0x1B] {
                let mut raw = seed.clone();
                raw[at] = byte;
                if let Ok(letter) = read(&raw) {
                    for file in &letter.attachments {
                        assert_eq!(
                            attachment(&raw, &file.part).map(|b| b.len() as u64),
                            Some(file.size)
                        );
                    }
                }
            }
        }
    }
}
