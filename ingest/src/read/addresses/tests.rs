use super::*;

fn read(raw: &[u8]) -> Vec<(String, String)> {
    let list = list(raw, &mut Notes::default());
    list.into_iter().map(|a| (a.name, a.address)).collect()
}

fn pair(name: &str, address: &str) -> (String, String) {
    (name.to_owned(), address.to_owned())
}

#[test]
fn names_before_behind_and_without() {
    let raw = b" \"San, Zhang\" <zs@x.cn>, li@x.cn (Li Si), wang@x.cn";
    let expected = [
        pair("San, Zhang", "zs@x.cn"),
        pair("Li Si", "li@x.cn"),
        pair("", "wang@x.cn"),
    ];
    assert_eq!(read(raw), expected);
}

#[test]
fn encoded_and_raw_names() {
    assert_eq!(
        read(b"=?gbk?B?1cXI/Q==?= <zs@x.cn>"),
        [pair("张三", "zs@x.cn")]
    );
    assert_eq!(
        read(b"\"=?gbk?B?1cXI/Q==?=\" <zs@x.cn>"),
        [pair("张三", "zs@x.cn")]
    );
    assert_eq!(
        read(b"\"\xd5\xc5\xc8\xfd\" <zs@x.cn>"),
        [pair("张三", "zs@x.cn")]
    );
}

#[test]
fn an_unquoted_comma_in_a_name() {
    assert_eq!(
        read(b"Zhang, San <zs@x.cn>"),
        [pair("Zhang, San", "zs@x.cn")]
    );
    assert_eq!(
        read(b"root, zs@x.cn"),
        [pair("", "root"), pair("", "zs@x.cn")]
    );
}

#[test]
fn a_quoted_local_part_stays_one_mailbox() {
    for raw in [
        "\"a b\"@x.cn",
        "<\"a b\"@x.cn>",
        "< \"a b\"@x.cn >",
        "(note) \"a b\"@x.cn",
    ] {
        assert_eq!(read(raw.as_bytes())[0].1, "\"a b\"@x.cn", "{raw}");
    }
    assert_eq!(
        read(b"San \"a b\"@x.cn, Li <\"c,d <e\\\"@y>\"@x.cn>, \"f;g\"@x.cn (Wang)"),
        [
            pair("San", "\"a b\"@x.cn"),
            pair("Li", "\"c,d <e\\\"@y>\"@x.cn"),
            pair("Wang", "\"f;g\"@x.cn")
        ]
    );
    assert_eq!(read(b"\"a@b\"@x.cn"), [pair("", "\"a@b\"@x.cn")]);
    // Quotes that say nothing.
    assert_eq!(read(b"\"zhang.san\"@x.cn"), [pair("", "zhang.san@x.cn")]);
    // A name that holds an address, and one that only ends in a sign.
    assert_eq!(read(b"\"zs@y.cn\" <zs@x.cn>"), [pair("zs@y.cn", "zs@x.cn")]);
    assert_eq!(read(b"\"a b\"@y.cn <zs@x.cn>")[0].1, "zs@x.cn");
}

#[test]
fn what_mail_can_be_sent_to() {
    for good in ["a@x.cn", "a+b@mail.x.cn", "a@例子.中国"] {
        assert!(is_mailable(good), "{good}");
    }
    for bad in [
        "",
        "a",
        "@",
        "a@",
        "@x.cn",
        "a@localhost",
        "a@x",
        "a@x.",
        "a@.cn",
        "a@b@x.cn",
        "\"a b\"@x.cn",
        "a b@x.cn",
        "root@localhost.localdomain",
        "a@x.invalid",
        "a@[10.0.0.1]",
    ] {
        assert!(!is_mailable(bad), "{bad}");
    }
}

#[test]
fn groups_are_flattened_and_empty_ones_are_nothing() {
    assert_eq!(read(b"undisclosed-recipients:;"), []);
    assert_eq!(read(b"<Undisclosed-Recipient:@mx.x.cn;>"), []);
    assert_eq!(read(b"Staff: a@x, B <b@x>; c@x").len(), 3);
}

#[test]
fn broken_ones() {
    assert_eq!(read(b"San <zs@x.cn"), [pair("San", "zs@x.cn")]);
    assert_eq!(read(b"\"San <zs@x.cn>"), [pair("San", "zs@x.cn")]);
    assert_eq!(read(b"<<zs@x.cn>>"), [pair("", "zs@x.cn")]);
    assert_eq!(read("张三".as_bytes()), [pair("张三", "")]);
    assert_eq!(read(b"San zs@x.cn"), [pair("San", "zs@x.cn")]);
}

#[test]
fn comments_and_white_space_inside_an_address() {
    let raw = b"Pete(A wonderful \\) chap) <pete(his account)@silly.test(his host)>";
    assert_eq!(read(raw), [pair("Pete", "pete@silly.test")]);
    assert_eq!(
        read(b"A Group(Some people)  :Chris Jones <c@(Chris's host.)public.example>"),
        [pair("Chris Jones", "c@public.example")]
    );
    assert_eq!(
        read(b"John <jdoe@machine(comment).  example>, , jdoe@test   . example"),
        [
            pair("John", "jdoe@machine.example"),
            pair("", "jdoe@test.example")
        ]
    );
}

#[test]
fn separators_that_are_missing_or_inside_an_encoded_word() {
    assert_eq!(
        read(b"A <a@x> B <b@x>"),
        [pair("A", "a@x"), pair("B", "b@x")]
    );
    assert_eq!(
        read(b"\"San\" <zs@x.cn>:<attacker@x.cn>")[0],
        pair("San", "zs@x.cn")
    );
    assert_eq!(
        read(b"=?utf-8?Q?San:)?= <zs@x.cn>"),
        [pair("San:)", "zs@x.cn")]
    );
    assert_eq!(read(b"<zs@x.cn> San"), [pair("San", "zs@x.cn")]);
    assert_eq!(
        read("张三 <zs@x.cn>；li@x.cn，wang@x.cn".as_bytes()),
        [
            pair("张三", "zs@x.cn"),
            pair("", "li@x.cn"),
            pair("", "wang@x.cn")
        ]
    );
    assert_eq!(
        read(b"<x.cn postmaster@x.cn>"),
        [pair("", "postmaster@x.cn")]
    );
    assert_eq!(read(b"San (x <zs@x.cn>"), [pair("San (x", "zs@x.cn")]);
}

#[test]
fn a_field_of_open_ends_costs_one_pass() {
    for piece in [
        "(",
        "\"",
        "<",
        "=?a?q?",
        "a,",
        "(a\"<",
        "=?",
        "\\",
        ":",
        "a <b> c <",
    ] {
        let _ = read(piece.repeat(200_000).as_bytes());
    }
}

#[test]
fn a_list_inside_one_encoded_word() {
    assert_eq!(read(b"=?utf-8?Q?San_<zs@x.cn>?="), [pair("San", "zs@x.cn")]);
}

#[test]
fn names_do_not_turn_direction() {
    assert_eq!(
        read("\u{202e}San <zs@x.cn>".as_bytes()),
        [pair("San", "zs@x.cn")]
    );
}
