//! Mail that nobody can read stops no other: every good one becomes a letter, and a clerk rescues
//! each bad one in the browser, without scripts and without touching a file.

use tests::{Browser, Client, Dovecot, Engine, Letter, Office, Setup, until, within};

tests::on_both_engines!(six_among_twenty);

#[test]
#[ignore = "takes minutes: tests/run --long"]
fn sixty_among_six_hundred_on_sqlite() {
    rescued(Engine::Sqlite, 60, 600);
}

#[test]
#[ignore = "takes minutes: tests/run --long"]
fn sixty_among_six_hundred_on_postgres() {
    rescued(Engine::Postgres, 60, 600);
}

fn six_among_twenty(engine: Engine) {
    rescued(engine, 6, 20);
}

/// A mail that no reader makes a letter of, of six kinds. The first two hold nothing anyhow.
fn poison(n: usize) -> Vec<u8> {
    let words = format!("Please answer letter {n} all the same.");
    match n % 6 {
        0 => format!("\u{1}\u{2} noise {n} without any header \u{3}\r\n").into_bytes(),
        1 => format!("From: p{n}@example.cn\r\nX-Number: {n}\r\n\r\n \r\n").into_bytes(),
        2 => {
            let long = "x".repeat(1_100_000);
            format!("From: p{n}@example.cn\r\nX-Long: {long}\r\n\r\n{words}\r\n").into_bytes()
        }
        3 => {
            let mut mail = format!("From: p{n}@example.cn\r\nSubject: deep\r\n");
            for level in 0..80 {
                mail.push_str(&format!(
                    "Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n"
                ));
            }
            format!("{mail}\r\n{words}\r\n").into_bytes()
        }
        4 => {
            let parts = "--b\r\n\r\nx\r\n".repeat(2_100);
            format!(
                "From: p{n}@example.cn\r\nSubject: parts\r\nContent-Type: multipart/mixed; \
                 boundary=b\r\n\r\n{parts}--b\r\n\r\n{words}\r\n--b--\r\n"
            )
            .into_bytes()
        }
        _ => format!("no header here, but words: {words}\r\n").into_bytes(),
    }
}

fn rescued(engine: Engine, bad: usize, good: usize) {
    let dovecot = Dovecot::start();
    let setup = Setup::new(engine).with(dovecot.mailbox("director", "director-mailbox"));
    let office = Office::open(&setup);
    let huiyin = &office.huiyin;
    let mut poisoned = 0;
    for n in 0..good {
        if poisoned < bad && n % (good / bad) == 0 {
            dovecot.append("director", &poison(poisoned));
            poisoned += 1;
        }
        let subject = format!("第{n}封来信");
        let letter = Letter::new(&format!("citizen{n}"), "director", &subject, "请予答复。");
        dovecot.append("director", &letter.bytes());
    }
    assert_eq!(poisoned, bad);
    let patience = std::time::Duration::from_secs(300);
    within(patience, "every good mail to be a letter", || {
        (huiyin.received() == good as u64).then_some(())
    });
    until("every bad mail to be set aside", || {
        dovecot.count("director", "Failed") as usize == bad
    });
    let proof = huiyin.json(&["reconcile", "--mailboxes"]);
    assert_eq!(proof["mailboxes"][0]["by_fate"]["letter"], good, "{proof}");
    assert_eq!(proof["mailboxes"][0]["by_fate"]["quarantined"], bad);

    let clerk = huiyin.visitor();
    clerk.sign_in(&office.registrar.login, &office.registrar.password);
    let browser = Browser::open(false);
    browser.visit(&format!("{}/login?lang=zh-CN", huiyin.base));
    browser.fill("#login", &office.registrar.login);
    browser.fill(
        "#password",
        &format!("{}-changed-1", office.registrar.password),
    );
    browser.click("main form button");
    browser.shows("main h1", "");
    let waiting = items(&clerk);
    assert_eq!(waiting.len(), bad);
    let mut written = 0;
    for id in &waiting {
        browser.visit(&format!("{}/intake/{id}", huiyin.base));
        browser.shows(".banner", "读取时的问题");
        if !holds_words(&clerk, id) {
            continue;
        }
        written += 1;
        browser.fill("#subject", &format!("人工登记 {id}"));
        browser.fill("#body", "对照原件录入：请予答复。");
        browser.click("form[action$='/write'] button");
        browser.shows(".notice[role=status]", "已立为信件");
    }
    assert!(written * 2 >= bad, "{written} of {bad} hold words");
    // The rest in one go, page by page.
    let mut left = bad - written;
    while left > 0 {
        browser.visit(&format!("{}/intake?tab=quarantined", huiyin.base));
        browser.shows("nav.tabs", "异常件");
        browser.click("main form p a");
        browser.shows("main form p a", "取消勾选");
        browser.click("button[value='discard']");
        browser.shows("main h1", "处理结果");
        browser.shows(".notice[role=status]", "未完成 0 件");
        let now = items(&clerk).len();
        assert!(now < left, "nothing left the quarantine");
        left = now;
    }
    browser.visit(&format!("{}/intake?tab=quarantined", huiyin.base));
    browser.shows(".empty", "没有异常件");
    assert_eq!(huiyin.received() as usize, good + written);
    let proof = huiyin.json(&["reconcile", "--mailboxes"]);
    let by_fate = &proof["mailboxes"][0]["by_fate"];
    assert_eq!(by_fate["letter"], good + written, "{proof}");
    assert_eq!(by_fate["invalid"], bad - written, "{proof}");
    assert_eq!(proof["mailboxes"][0]["on_server"], good + bad);
}

/// Whether a person finds words in the original.
fn holds_words(clerk: &Client, id: &str) -> bool {
    let raw = clerk.get(&format!("/intake/{id}/raw")).expect(200);
    raw.body.contains("all the same")
}

/// The quarantined items, over all pages.
fn items(clerk: &Client) -> Vec<String> {
    let mut found = Vec::new();
    let mut page = "/intake?tab=quarantined".to_owned();
    loop {
        let body = clerk.get(&page).expect(200).body;
        let ids = body.split("name=\"id\" value=\"").skip(1);
        found.extend(ids.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
        let next = body.split("rel=\"next\" href=\"").nth(1);
        match next.and_then(|rest| rest.split_once('"')) {
            Some((link, _)) => page = tests::client::plain(link),
            None => return found,
        }
    }
}
