//! Whom an answer goes to, whatever a mail says of it: the writer, and never the department itself.
//! What names the department as its sender, or came by a list, is for a person to decide.

use tests::{Client, Engine, FaultySmtp, Office, Setup, until};

/// A mail to the department's own mailbox.
fn mail(name: &str, head: &str, body: &str) -> String {
    format!(
        "To: letters@huiyin.test\r\nSubject: {name}\r\n{head}\
         Date: Mon, 30 Nov 2026 09:15:00 +0800\r\nMessage-ID: <{name}@mail.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    )
}

fn ingest(office: &Office, name: &str, mail: &str) -> serde_json::Value {
    let path = office.huiyin.write(&format!("{name}.eml"), mail);
    let path = path.display().to_string();
    office
        .huiyin
        .json(&["ingest", &path, "--channel", "director-mailbox"])
}

fn signed_in(office: &Office) -> Client {
    let clerk = office.huiyin.visitor();
    clerk.sign_in(&office.registrar.login, &office.registrar.password);
    clerk
}

#[test]
fn to_the_next_address_that_can_be_used() {
    let smtp = FaultySmtp::start(&[]);
    let office = Office::open(&Setup::new(Engine::Sqlite).with(smtp.section()));
    let cases = [
        ("none", "", "zhou0@mail.example"),
        (
            "ours",
            "Reply-To: letters@huiyin.test\r\n",
            "zhou1@mail.example",
        ),
        (
            "tagged",
            "Reply-To: <Letters+hy.2026-000001-k.7f3km2pq9xwe4rta@HUIYIN.test>\r\n",
            "zhou2@mail.example",
        ),
        (
            "local",
            "Reply-To: root@localhost\r\n",
            "zhou3@mail.example",
        ),
        (
            "nameless",
            "Reply-To: \"a b\"@mail.example\r\n",
            "zhou4@mail.example",
        ),
        (
            "several",
            "Reply-To: letters@huiyin.test, nobody, li@mail.example\r\n",
            "li@mail.example",
        ),
        (
            "empty-group",
            "Reply-To: undisclosed:;\r\n",
            "zhou6@mail.example",
        ),
    ];
    for (place, (name, head, _)) in cases.iter().enumerate() {
        let head = format!("From: =?utf-8?B?5ZGo?= <zhou{place}@mail.example>\r\n{head}");
        let taken = ingest(&office, name, &mail(name, &head, "何时修好？"));
        assert_eq!(taken["letters"], 1, "{name}: {taken}");
    }
    let form = "From: letters@huiyin.test\r\nReply-To: wang@mail.example\r\n";
    let taken = ingest(&office, "form", &mail("form", form, "表单代发"));
    assert_eq!(taken["letters"], 1, "{taken}");

    let mut expected: Vec<&str> = cases.iter().map(|(_, _, to)| *to).collect();
    expected.push("wang@mail.example");
    until("a receipt for everybody", || {
        smtp.given().len() >= expected.len()
    });
    let mut told: Vec<String> = smtp.given().into_iter().flat_map(|mail| mail.to).collect();
    told.sort();
    expected.sort_unstable();
    assert_eq!(told, expected);

    let number = office
        .numbers()
        .into_iter()
        .find(|number| office.registrar.api.letter(number)["subject"] == "tagged");
    office.answer(&number.expect("the letter"), "本周内修好。");
    until("the answer", || smtp.given().len() > expected.len());
    let answer = smtp.given().pop().expect("the answer");
    assert_eq!(answer.to, ["zhou2@mail.example"]);
    office.huiyin.reconciles();
}

#[test]
fn what_names_ourselves_or_came_by_a_list_waits_for_a_person() {
    let smtp = FaultySmtp::start(&[]);
    let office = Office::open(&Setup::new(Engine::Sqlite).with(smtp.section()));
    let list = "From: =?utf-8?B?5ZGo?= <zhou@mail.example>\r\nList-Id: <village.list.example>\r\n\
                List-Unsubscribe: <mailto:leave@list.example>\r\n";
    for (name, head) in [
        (
            "nobody",
            "From: =?utf-8?B?5Zue6Z+z?= <letters@huiyin.test>\r\n",
        ),
        (
            "to-itself",
            "From: Letters+a@huiyin.test\r\nReply-To: letters@huiyin.test\r\n",
        ),
        ("village", list),
    ] {
        let taken = ingest(&office, name, &mail(name, head, "村口的路何时开工？"));
        assert_eq!(
            (&taken["held"], &taken["automatic"]),
            (&1.into(), &0.into()),
            "{name}: {taken}"
        );
    }
    let news = format!("{list}Precedence: bulk\r\n");
    let taken = ingest(&office, "news", &mail("news", &news, "本期优惠"));
    assert_eq!(taken["automatic"], 1, "{taken}");

    let page = signed_in(&office).get("/intake?tab=held").expect(200).body;
    assert!(
        page.contains("邮件列表") && page.contains("本单位的信箱"),
        "{page}"
    );
    assert!(smtp.given().is_empty());
    office.huiyin.reconciles();
}

#[test]
fn a_letter_is_shown_whole_or_says_why_not() {
    let office = Office::open(&Setup::new(Engine::Sqlite));
    let pasted = "我收到这样一封信：\r\n\r\n发件人: 物业公司\r\n发送时间: 2026年11月1日 9:00\r\n\
                  收件人: 业主\r\n主题: 停水\r\n\r\n从明天起停水三天。\r\n\r\n请问合法吗？";
    let from = "From: zhou@mail.example\r\n";
    let _ = ingest(&office, "pasted", &mail("pasted", from, pasted));
    let unseen = mail("x", from, "正文").replace("Subject: x", "Subject: \u{200b}\u{2060}\u{3164}");
    let _ = ingest(&office, "unseen", &unseen);
    let locked = include_str!("../corpus/mail/smime-encrypted.eml");
    let _ = ingest(&office, "locked", locked);

    let clerk = signed_in(&office);
    let letters = office.registrar.api.letters("filter=all");
    let number = |subject: &str| {
        let found = letters.iter().find(|l| l["subject"] == subject);
        found.expect(subject)["number"]
            .as_str()
            .expect("a number")
            .to_owned()
    };
    let page = |subject: &str| {
        let path = format!("/desk/letters/{}", number(subject));
        clerk.get(&path).expect(200).body
    };
    let whole = page("pasted");
    assert!(whole.contains("从明天起停水三天") && whole.contains("请问合法吗"));
    assert!(
        !whole.contains("class=\"quoted\""),
        "nothing is folded away"
    );
    assert!(page("hello").contains("来信已加密"));
    assert!(page("").contains("（无标题）"));
    let list = clerk.get("/desk?filter=all").expect(200).body;
    let row = format!("/desk/letters/{}\">（无标题）", number(""));
    assert!(list.contains(&row), "{list}");
}

#[test]
fn the_day_of_a_mail_with_a_zone_in_words() {
    let office = Office::open(&Setup::new(Engine::Sqlite));
    for (name, date) in [("words", "GMT+8"), ("colon", "+08:00")] {
        let from = "From: zhou@mail.example\r\n";
        let mail = mail(name, from, "正文");
        let mail = mail.replace("09:15:00 +0800", &format!("17:30:00 {date}"));
        let mail = mail.replace("30 Nov", "26 Nov");
        let _ = ingest(&office, name, &mail);
    }
    for letter in office.registrar.api.letters("filter=all") {
        let at = letter["received_at"].as_str().unwrap_or_default();
        assert!(at.starts_with("2026-11-26"), "{letter}");
    }
}
