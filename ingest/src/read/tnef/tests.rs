use super::*;

fn attribute(level: u8, id: u16, data: &[u8]) -> Vec<u8> {
    let mut out = vec![level];
    out.extend(id.to_le_bytes());
    out.extend(0_u16.to_le_bytes());
    out.extend(u32::try_from(data.len()).expect("short").to_le_bytes());
    out.extend(data);
    out.extend([0; 2]);
    out
}

fn property(id: u16, kind: u16, data: &[u8]) -> Vec<u8> {
    let mut out = kind.to_le_bytes().to_vec();
    out.extend(id.to_le_bytes());
    if matches!(kind, 0x1E | 0x1F | 0x0D | 0x102) {
        out.extend(1_u32.to_le_bytes());
        out.extend(u32::try_from(data.len()).expect("short").to_le_bytes());
    }
    out.extend(data);
    while !out.len().is_multiple_of(4) {
        out.push(0);
    }
    out
}

fn list(properties: &[Vec<u8>]) -> Vec<u8> {
    let count = u32::try_from(properties.len()).expect("few");
    let mut out = count.to_le_bytes().to_vec();
    properties.iter().for_each(|p| out.extend(p));
    out
}

fn stream(attributes: &[Vec<u8>]) -> Vec<u8> {
    let mut out = SIGNATURE.to_le_bytes().to_vec();
    out.extend([1, 0]);
    attributes.iter().for_each(|a| out.extend(a));
    out
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn file(title: &[u8], properties: &[Vec<u8>], data: &[u8]) -> Vec<u8> {
    [
        attribute(2, attribute::FILE_START, &[0; 14]),
        attribute(2, attribute::FILE_TITLE, title),
        attribute(2, attribute::FILE_DATA, data),
        attribute(2, attribute::FILE_PROPERTIES, &list(properties)),
    ]
    .concat()
}

fn opened(raw: &[u8]) -> Opened {
    open(raw, &mut Notes::default()).expect("a stream")
}

#[test]
fn body_and_files_come_out() {
    let page = [936_u32.to_le_bytes(), 0_u32.to_le_bytes()].concat();
    let raw = stream(&[
        attribute(1, attribute::CODE_PAGE, &page),
        attribute(1, attribute::BODY, b"\xc4\xe3\xba\xc3\0"),
        file(
            b"PLAN~1.PDF\0",
            &[property(0x3707, 0x1F, &utf16("规划图.pdf\0"))],
            b"%PDF",
        ),
        file(b"\xcd\xbc.jpg\0", &[], b"jpg"),
    ]);
    let opened = opened(&raw);
    assert_eq!(opened.text, "你好");
    let names: Vec<&str> = opened.files.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["规划图.pdf", "图.jpg"]);
    assert_eq!(opened.files[0].bytes, b"%PDF");
}

#[test]
fn html_follows_its_code_page_and_named_properties_are_passed_over() {
    let mut named = property(0x8001, 0x1E, b"x\0");
    let name = [
        &[0_u8; 16][..],
        &1_u32.to_le_bytes(),
        &2_u32.to_le_bytes(),
        b"a\0\0\0",
    ]
    .concat();
    named.splice(4..4, name);
    let raw = stream(&[attribute(
        1,
        attribute::MESSAGE_PROPERTIES,
        &list(&[
            named,
            property(0x0040, 0x40, &[0; 8]),
            property(0x3FDE, 0x03, &65001_u32.to_le_bytes()),
            property(0x1013, 0x102, "<p>你好</p>".as_bytes()),
        ]),
    )]);
    assert_eq!(opened(&raw).html.as_deref(), Some("<p>你好</p>"));
}

#[test]
fn a_message_inside_gives_its_words_and_files() {
    let inner = stream(&[
        attribute(1, attribute::BODY, b"inner words\0"),
        file(b"in.txt\0", &[], b"in"),
    ]);
    let object = [&EMBEDDED_MESSAGE[..], &inner].concat();
    let raw = stream(&[file(
        b"x\0",
        &[
            property(0x3001, 0x1E, b"fwd\0"),
            property(0x3701, 0x0D, &object),
        ],
        b"",
    )]);
    let files = opened(&raw).files;
    let names: Vec<&str> = files.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["fwd.txt", "in.txt"]);
    assert_eq!(files[0].bytes, b"inner words");
}

#[test]
fn no_damage_panics_and_a_cut_file_is_still_a_file() {
    let raw = stream(&[
        attribute(
            1,
            attribute::MESSAGE_PROPERTIES,
            &list(&[property(0x1000, 0x1F, &utf16("hi"))]),
        ),
        file(
            b"a.bin\0",
            &[property(0x3707, 0x1E, b"long.bin\0")],
            &[7; 40],
        ),
    ]);
    for at in 0..raw.len() {
        let _ = open(&raw[..at], &mut Notes::default());
        for byte in [0_u8, 0xFF, 0x80, 0x10] {
            let mut damaged = raw.clone();
            damaged[at] = byte;
            let _ = open(&damaged, &mut Notes::default());
        }
    }
    let cut = raw.windows(3).position(|w| w == [7, 7, 7]).expect("data") + 20;
    assert_eq!(opened(&raw[..cut]).files[0].bytes.len(), 20);
}
