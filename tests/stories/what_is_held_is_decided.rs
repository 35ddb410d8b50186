//! Held mail is decided by a registrar: forged senders are marked for ever, the likely letters are
//! proposed to whom may see them, and what was discarded by mistake comes back.

use tests::{Client, Engine, Office, Setup, office::UNIT};

tests::on_both_engines!(
    forged_mail_is_marked,
    sealed_letters_are_proposed_to_the_cleared
);

/// A mail whose sender our own server calls forged.
fn forged(from: &str, subject: &str, body: &str) -> String {
    format!(
        "Authentication-Results: mx.example.gov.cn; dmarc=fail header.from=example.cn\r\n\
         From: {from}\r\nTo: director@example.gov.cn\r\nSubject: {subject}\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    )
}

fn ingest(office: &Office, name: &str, mail: &str, channel: &str) {
    let path = office.huiyin.write(name, mail).display().to_string();
    let taken = office.huiyin.json(&["ingest", &path, "--channel", channel]);
    assert_eq!(taken["held"], 1, "{taken}");
}

fn signed_in(office: &Office, login: &str, password: &str) -> Client {
    let clerk = office.huiyin.visitor();
    clerk.sign_in(login, password);
    clerk
}

/// The items a list shows.
fn items(clerk: &Client, tab: &str) -> Vec<String> {
    let body = clerk.get(&format!("/intake?tab={tab}")).expect(200).body;
    let ids = body.split("name=\"id\" value=\"").skip(1);
    ids.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()))
        .collect()
}

fn forged_mail_is_marked(engine: Engine) {
    let office = Office::open(&Setup::new(engine));
    let sent = office.huiyin.submit(
        "director-mailbox",
        "石门村青苗补偿款何时发放",
        "去年十月占了地，至今没有拿到钱。",
        "zhou@example.cn",
    );
    let number = sent.json()["number"].as_str().expect("a number").to_owned();
    let hostile = "<script>alert(1)</script>";
    let mail = forged(
        &format!("\"{hostile}\" <zhou@example.cn>"),
        &format!("Re: 石门村青苗补偿款何时发放 {hostile}"),
        &format!("撤回我的来信 {hostile}"),
    );
    ingest(&office, "forged.eml", &mail, "director-mailbox");
    let clerk = signed_in(&office, &office.registrar.login, &office.registrar.password);
    let held = items(&clerk, "held");
    assert_eq!(held.len(), 1);
    let id = &held[0];
    let item = clerk
        .get(&format!("/intake/{id}?lang=zh-CN"))
        .expect(200)
        .body;
    assert!(item.contains("发件人未通过验证"), "{item}");
    assert!(
        item.contains(&number),
        "the sender's open letter is proposed"
    );
    assert!(item.contains("同一发件人的在办信件"), "and why: {item}");
    for page in ["held", "ledger", "sources"] {
        let page = clerk.get(&format!("/intake?tab={page}")).expect(200).body;
        assert!(!page.contains("<script>alert"), "{page}");
    }
    assert!(!item.contains("<script>alert"), "{item}");
    let before = office.registrar.api.letter(&number);
    let finds = |words: &str| {
        let page = clerk
            .get(&format!("/intake?tab=ledger&q={words}"))
            .expect(200);
        page.body.contains(&format!("/intake/{id}"))
    };
    assert!(
        finds("zhou%40example.cn") && !finds("nobody"),
        "while it waits"
    );

    // Discarded by mistake, without a reason where one is due, then with one, then put back.
    let path = |what: &str| format!("/intake/{id}/{what}");
    let other = [("ground", "other"), ("reason", " ")];
    let page = clerk.post_form(&path("discard"), &other).expect(422);
    assert!(page.body.contains("id=\"reason-error\""), "{}", page.body);
    let spam = [("ground", "spam"), ("reason", "看错了")];
    let _ = clerk.post_form(&path("discard"), &spam).expect(303);
    assert_eq!(items(&clerk, "held").len(), 0);
    assert!(
        finds("zhou%40example.cn") && !finds("nobody"),
        "once discarded"
    );
    let closed = clerk.get(&format!("/intake/{id}")).expect(200).body;
    assert!(closed.contains("看错了"), "the decision and its words stay");
    let _ = clerk.post_form(&path("retry"), &[]).expect(422);
    let _ = clerk.post_form(&path("reopen"), &[]).expect(303);
    assert_eq!(items(&clerk, "held"), held);

    let joined = clerk.post_form(&path("addition"), &[("number", &number)]);
    let _ = joined.expect(303);
    assert_eq!(items(&clerk, "held").len(), 0);
    let ledger = clerk.get("/intake?tab=ledger&lang=zh-CN&fate=addition");
    let ledger = ledger.expect(200).body;
    assert!(ledger.contains("发件人未通过验证"), "{ledger}");
    let letter = clerk.get(&format!("/desk/letters/{number}?lang=zh-CN"));
    let letter = letter.expect(200).body;
    assert!(letter.contains("发件人未通过验证"), "{letter}");
    let after = office.registrar.api.letter(&number);
    assert_eq!(after["status"], before["status"], "it withdraws nothing");
    assert!(
        finds("zhou%40example.cn") && !finds("nobody"),
        "once joined"
    );
    office.huiyin.reconciles();
}

fn sealed_letters_are_proposed_to_the_cleared(engine: Engine) {
    let office = Office::open(&Setup::new(engine));
    let plain = office.huiyin.colleague("plain", "registrar", UNIT, &[]);
    let report = office.huiyin.submit(
        "report-box",
        "举报某处室违规审批",
        "请查办，资料随后补充。",
        "reporter@example.cn",
    );
    let number = report.json()["number"]
        .as_str()
        .expect("a number")
        .to_owned();
    // The same sender writes to an open mailbox, forged as it seems.
    let mail = forged("reporter@example.cn", "补充资料", "见附件。");
    ingest(&office, "open.eml", &mail, "director-mailbox");
    let mail = forged("someone@example.cn", "金丝雀线索", "密件正文。");
    ingest(&office, "sealed.eml", &mail, "report-box");

    let cleared = signed_in(&office, &office.registrar.login, &office.registrar.password);
    let plain = signed_in(&office, &plain.login, &plain.password);
    assert_eq!(items(&cleared, "held").len(), 2);
    let open = items(&plain, "held");
    assert_eq!(open.len(), 1, "the report box is not theirs");
    let item = format!("/intake/{}", open[0]);
    assert!(cleared.get(&item).expect(200).body.contains(&number));
    assert!(!plain.get(&item).expect(200).body.contains(&number));
    let of_box = items(&cleared, "held");
    let of_box = of_box.iter().find(|id| **id != open[0]).expect("the other");
    for what in ["", "/raw"] {
        let _ = plain.get(&format!("/intake/{of_box}{what}")).expect(404);
        let _ = cleared.get(&format!("/intake/{of_box}{what}")).expect(200);
    }
    let discard = [("ground", "spam")];
    let _ = plain
        .post_form(&format!("/intake/{of_box}/discard"), &discard)
        .expect(404);
    let ids = [
        ("id", of_box.as_str()),
        ("what", "discard"),
        ("ground", "spam"),
    ];
    let page = plain.post_form("/intake/bulk", &ids).expect(200).body;
    assert!(!page.contains(of_box.as_str()), "{page}");
    let ledger = plain.get("/intake?tab=ledger").expect(200).body;
    assert!(!ledger.contains(of_box.as_str()) && !ledger.contains(&number));
    let found = cleared.get("/intake?tab=ledger&q=%E9%87%91%E4%B8%9D%E9%9B%80");
    let found = found.expect(200).body;
    assert!(!found.contains(of_box.as_str()), "search leaves sealed out");

    // Joined to the sealed letter, it is gone for whoever is not cleared.
    let join = [("number", number.as_str())];
    let _ = plain
        .post_form(&format!("{item}/addition"), &join)
        .expect(422);
    let _ = cleared
        .post_form(&format!("{item}/addition"), &join)
        .expect(303);
    let _ = plain.get(&item).expect(404);
    let _ = cleared.get(&item).expect(200);

    // Released to an open channel it stays sealed, and whoever released it still sees it.
    let to = [("channel", "online-consultation")];
    let released = cleared.post_form(&format!("/intake/{of_box}/letter"), &to);
    let released = released.expect(303);
    let place = released.header("location").unwrap_or_default().to_owned();
    let new = place.split("of=").nth(1).expect("a number").to_owned();
    let _ = cleared.get(&format!("/desk/letters/{new}")).expect(200);
    let _ = plain.get(&format!("/desk/letters/{new}")).expect(404);
    office.huiyin.reconciles();
}
