//! A crowd at once: guesses are booked before they are tried, so that no more of them are than the
//! limit says; an office that signs in at eight is no crowd of guessers; and uploads that stand still
//! take no room from those that move.

use std::{
    collections::BTreeMap,
    io::{Read as _, Write as _},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use tests::{Answer, Client, Engine, Huiyin, Office, Setup};

tests::on_both_engines!(no_more_guesses_are_tried_than_may_be);

fn no_more_guesses_are_tried_than_may_be(engine: Engine) {
    let office = Office::open(&Setup::new(engine));
    let base = &office.huiyin.base;

    let one = |_| sign_in(base, "handler", "wrong wrong wrong");
    assert_eq!(crowd(200, one), counted([(401, 10), (429, 190)]));
    let owner = sign_in(base, "handler", &office.handler.password);
    assert_eq!(owner.status, 429, "and then nobody is let in for a while");
    // Ten were from here, as all are: of sixty, fifty are left for other logins.
    let others = |n| sign_in(base, &format!("nobody-{n}"), "wrong wrong wrong");
    assert_eq!(crowd(200, others), counted([(401, 50), (429, 150)]));

    let letter = (office.huiyin).submit("online-consultation", "被猜的信", "正文", "");
    let number = letter.json()["number"]
        .as_str()
        .expect("a number")
        .to_owned();
    let code = |_| track(&office.huiyin, &number, "AAAA-AAAA-AAAA-AAAA");
    assert_eq!(crowd(200, code), counted([(404, 10), (429, 190)]));
    let unknown = |n| {
        track(
            &office.huiyin,
            &format!("2026-{n:06}-X"),
            "AAAA-AAAA-AAAA-AAAA",
        )
    };
    assert_eq!(crowd(200, unknown), counted([(404, 50), (429, 150)]));
}

#[test]
fn an_office_that_signs_in_at_eight_is_let_in() {
    let office = Office::open(&Setup::new(Engine::Sqlite));
    let (base, login) = (&office.huiyin.base, &office.handler.login);
    let all = |_| sign_in(base, login, &office.handler.password);
    assert_eq!(crowd(100, all), counted([(303, 100)]));
    let wrong = |_| sign_in(base, login, "wrong wrong wrong");
    assert_eq!(
        crowd(9, wrong),
        counted([(401, 9)]),
        "nothing is left booked"
    );

    // The old password of somebody signed in is a password like any other.
    let thief = office.huiyin.visitor();
    thief.sign_in(login, &office.handler.password);
    let fields = [
        ("old_password", "wrong wrong wrong"),
        ("password", "a new password 1"),
        ("again", "a new password 1"),
    ];
    let refused = crowd(12, |_| thief.post_form("/password", &fields));
    assert_eq!(refused, counted([(422, 12)]));
    let last = thief.post_form("/password", &fields).body;
    assert!(last.contains("尝试次数过多"), "{last}");
}

#[test]
fn what_stands_still_takes_no_room() {
    let huiyin = Huiyin::start(&Setup::new(Engine::Sqlite));
    let said = 120 << 20;
    let mut silent: Vec<TcpStream> = (0..4).map(|_| announce(&huiyin.base, said, 0)).collect();
    let mut stuck: Vec<TcpStream> = (0..3)
        .map(|_| announce(&huiyin.base, said, 15 << 20))
        .collect();

    let asked = Instant::now();
    let file = vec![b'x'; 2 << 20];
    let fields = [
        ("subject", "标题"),
        ("body", "正文"),
        ("kind", "question"),
        ("anonymous", "true"),
    ];
    let page = huiyin.visitor().post_files(
        "/write/online-consultation",
        &fields,
        &[("files", "照片.bin", file.as_slice())],
    );
    assert!(page.status < 400, "{}", page.body);
    let took = asked.elapsed();
    assert!(took < Duration::from_secs(10), "a citizen waits {took:?}");

    for stream in silent.iter_mut().chain(&mut stuck) {
        let wait = Some(Duration::from_secs(60));
        stream.set_read_timeout(wait).expect("a timeout");
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer:?}");
        assert!(answer.contains("发送时间过长"), "{answer}");
    }
    let took = asked.elapsed();
    assert!(took < Duration::from_secs(40), "shown out after {took:?}");
}

/// A connection that says how much comes, sends some of it, and then nothing.
fn announce(base: &str, says: usize, sends: usize) -> TcpStream {
    let address = base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).expect("a connection");
    let head = format!(
        "POST /write/online-consultation HTTP/1.1\r\nhost: {address}\r\norigin: {base}\r\n\
         accept-language: zh\r\ncontent-type: multipart/form-data; boundary=x\r\n\
         content-length: {says}\r\n\r\n--x\r\ncontent-disposition: form-data; name=\"files\"; \
         filename=\"a\"\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).expect("sent");
    stream.write_all(&vec![b'x'; sends]).expect("sent");
    stream
}

fn sign_in(base: &str, login: &str, password: &str) -> Answer {
    let fields = [("login", login), ("password", password), ("next", "")];
    Client::new(base).post_form("/login", &fields)
}

fn track(huiyin: &Huiyin, number: &str, code: &str) -> Answer {
    let fields = [("number", number), ("query_code", code)];
    huiyin.visitor().post_form("/track", &fields)
}

/// How many at once got which status.
fn crowd(n: usize, one: impl Fn(usize) -> Answer + Sync) -> BTreeMap<u16, usize> {
    let mut statuses = BTreeMap::new();
    thread::scope(|scope| {
        let one = &one;
        let all: Vec<_> = (0..n).map(|n| scope.spawn(move || one(n).status)).collect();
        for answer in all {
            *statuses
                .entry(answer.join().expect("an answer"))
                .or_default() += 1;
        }
    });
    statuses
}

fn counted<const N: usize>(statuses: [(u16, usize); N]) -> BTreeMap<u16, usize> {
    statuses.into_iter().collect()
}
