//! Forms of other sites, ways off this one, bodies that are too large, and heads that never end.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use tests::{Engine, Office, Setup};

tests::on_both_engines!(nothing_is_done_for_another_site);

fn nothing_is_done_for_another_site(engine: Engine) {
    let office = Office::open(&Setup::new(engine));
    let handler = office.huiyin.visitor();
    handler.sign_in(&office.handler.login, &office.handler.password);
    let letter = office
        .huiyin
        .submit("online-consultation", "道路", "何时修好？", "")
        .json();
    let number = letter["number"].as_str().expect("a number");
    office.hand_over(number);
    let before = office.handler.api.letter(number);

    let path = format!("/desk/letters/{number}/note");
    let from: [&[(&str, &str)]; 6] = [
        &[("origin", "https://evil.test")],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[],
        // Browsers send what a proxy asked them for to whoever's form goes there.
        &[
            ("authorization", "Basic eDp5"),
            ("origin", "https://evil.test"),
        ],
    ];
    for headers in from {
        let answer = handler.post_raw(&path, b"text=forged", headers);
        assert_eq!(answer.status, 403, "{headers:?}");
    }
    let _ = handler.get(&path).expect(405);
    assert_eq!(office.handler.api.letter(number), before);

    let password = format!("{}-changed-1", office.handler.password);
    for away in [
        "//evil.test",
        "/\\evil.test",
        "https:evil.test",
        "/a\r\nb: c",
    ] {
        let fields = [
            ("login", "handler"),
            ("password", &*password),
            ("next", away),
        ];
        let to = office
            .huiyin
            .visitor()
            .post_form("/login", &fields)
            .expect(303);
        assert_eq!(to.header("location"), Some("/desk"), "{away:?}");
        let fields = [("language", "en"), ("back", away)];
        let to = handler.post_form("/language", &fields).expect(303);
        assert_eq!(to.header("location"), Some("/"), "{away:?}");
    }
    let spoken = handler
        .get("/desk?said=registered&of=call+0900-1234")
        .expect(200);
    let said = spoken
        .body
        .split("class=\"notice")
        .nth(1)
        .expect("a notice");
    let said = said.split("</p>").next().unwrap_or_default();
    assert!(
        !said.contains("0900"),
        "no link puts words in our mouth: {said}"
    );

    // One byte over: the answer comes when all has been read, so that none is cut off.
    let long = vec![b'a'; (1 << 20) + 1];
    let here = [("origin", office.huiyin.base.as_str())];
    for path in ["/login", "/track", "/language", "/admin/units"] {
        let answer = office.huiyin.visitor().post_raw(path, &long, &here);
        assert_eq!(answer.status, 413, "{path}");
    }
    let large = vec![b'x'; 21 << 20];
    let file = [("files", "大.bin", large.as_slice())];
    let fields = [("subject", "标题"), ("body", "正文"), ("kind", "question")];
    let page = handler.post_files("/write/online-consultation", &fields, &file);
    assert!(page.expect(422).body.contains("大.bin"));
}

#[test]
fn whoever_says_nothing_is_shown_out() {
    let office = Office::open(&Setup::new(Engine::Sqlite));
    let address = office.huiyin.base.trim_start_matches("http://").to_owned();
    let mut slow: Vec<TcpStream> = (0..200)
        .map(|n| {
            let mut stream = TcpStream::connect(&address).expect("a connection");
            if n % 2 == 0 {
                stream
                    .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n")
                    .expect("sent");
            }
            stream
        })
        .collect();
    let asked = Instant::now();
    let _ = office.huiyin.visitor().get("/").expect(200);
    assert!(
        asked.elapsed() < Duration::from_secs(5),
        "{:?}",
        asked.elapsed()
    );
    for stream in &mut slow {
        let wait = Some(Duration::from_secs(60));
        stream.set_read_timeout(wait).expect("a timeout");
        let end = stream.read_to_end(&mut Vec::new());
        assert!(end.is_ok(), "still open: {end:?}");
    }
}
