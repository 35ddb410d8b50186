//! What the department's own mail server takes for spam waits for a person, or for nobody; so does
//! a blocked sender. A citizen who answers us is heard all the same.

use tests::{Engine, FaultySmtp, Office, Setup, until};

tests::on_both_engines!(by_score_and_by_list);

fn mail(from: &str, head: &str) -> String {
    format!(
        "{head}From: {from}\r\nTo: letters@huiyin.test\r\nSubject: x {from}\r\n\r\nhello {from}\r\n"
    )
}

fn by_score_and_by_list(engine: Engine) {
    let smtp = FaultySmtp::start(&[]);
    let spam =
        "[spam]\nhold_from = 6\ninvalid_from = 12\nblocked = [\"@ads.test\", \"who@b.test\"]\n";
    let office = Office::open(&Setup::new(engine).with(smtp.section()).with(spam));
    let take = |name: &str, mail: &str| {
        let path = office.huiyin.write(name, mail).display().to_string();
        office
            .huiyin
            .json(&["ingest", &path, "--channel", "director-mailbox"])
    };
    let fates = [
        (
            "clean.eml",
            mail("a@a.test", "X-Spam-Score: 5.9\r\n"),
            "letters",
        ),
        (
            "held.eml",
            mail("c@a.test", "X-Spam-Status: Yes, score=6.1 required=5\r\n"),
            "held",
        ),
        (
            "invalid.eml",
            mail("d@a.test", "X-Rspamd-Score: 14\r\n"),
            "invalid",
        ),
        ("domain.eml", mail("e@mail.ads.test", ""), "invalid"),
        ("address.eml", mail("Who@B.test", ""), "invalid"),
    ];
    for (name, mail, fate) in fates {
        let taken = take(name, &mail);
        assert_eq!(taken[fate], 1, "{name}: {taken}");
    }
    until("the one receipt", || smtp.given().len() == 1);
    let receipt = smtp.given().remove(0);
    assert_eq!(receipt.to, ["a@a.test"]);

    let id = receipt.mail.lines().find(|l| l.starts_with("Message-ID:"));
    let id = id.expect("an id").trim_start_matches("Message-ID:").trim();
    let head = format!("X-Spam-Score: 9\r\nIn-Reply-To: {id}\r\n");
    let taken = take("answer.eml", &mail("a@a.test", &head));
    assert_eq!(taken["additions"], 1, "{taken}");

    let registrar = office.huiyin.visitor();
    registrar.sign_in(&office.registrar.login, &office.registrar.password);
    let page = registrar.get("/intake?tab=held").expect(200).body;
    assert!(page.contains("垃圾邮件"), "the held mail says why: {page}");
    assert_eq!(office.huiyin.received(), 1);
    office.huiyin.reconciles();
}
