//! The whole way: a mail in a real mailbox, a numbered letter, an answer in the same thread, and
//! a figure that moved.

use std::time::{Duration, Instant};

use serde_json::json;
use tests::{Dovecot, Engine, Letter, Office, Postfix, Setup, mail, until};

tests::on_both_engines!(
    from_mailbox_to_mailbox,
    what_a_human_has_opened_is_still_taken
);

fn from_mailbox_to_mailbox(engine: Engine) {
    let dovecot = Dovecot::start();
    let postfix = Postfix::start(&dovecot, &["director", "citizen", "letters"]);
    let setup = Setup::new(engine)
        .with(postfix.section())
        .with(dovecot.mailbox("director", "director-mailbox"));
    let office = Office::open(&setup);

    let letter = Letter::new(
        "citizen",
        "director",
        "关于耕地保护的咨询",
        "请问补偿标准是什么？",
    );
    let sent = Instant::now();
    postfix.send(&letter.mail());
    until("the mail to become a letter", || {
        office.numbers().len() == 1
    });
    assert!(
        sent.elapsed() < Duration::from_secs(5),
        "it took {:?}",
        sent.elapsed()
    );
    let number = office.numbers().remove(0);
    let seen = office.registrar.api.letter(&number);
    assert_eq!(seen["subject"], "关于耕地保护的咨询");
    assert_eq!(seen["channel"], "director-mailbox");
    until("the mail to be filed", || {
        dovecot.count("director", "Processed") == 1
    });
    assert_eq!(dovecot.count("director", "INBOX"), 0);

    let receipt = mail::seen(&dovecot.arrived("citizen", 1)[0]);
    assert_eq!(receipt.in_reply_to, letter.id());
    assert!(receipt.text.contains(&number), "{}", receipt.text);

    office.answer(&number, "每亩补偿标准见区片综合地价。");
    let mails = dovecot.arrived("citizen", 2);
    let reply = mails
        .iter()
        .map(|m| mail::seen(m))
        .find(|m| m.text.contains("区片综合地价"));
    let reply = reply.expect("the answer is among the citizen's mails");
    assert!(reply.references.contains(&letter.id()), "{reply:?}");
    assert!(!reply.in_reply_to.is_empty());
    until("the letter to be answered", || {
        office.status(&number) == "answered"
    });

    let figures = office
        .huiyin
        .visitor()
        .get("/api/v1/statistics")
        .expect(200)
        .json();
    assert_eq!(figures["total"]["answered_in_time"], 1, "{figures}");
    assert_eq!(figures["identity_holds"], true);
    let page = office.huiyin.visitor().get("/statistics").expect(200).body;
    assert!(page.contains("厅长信箱"));

    let more = Letter::new(
        "citizen",
        "director",
        &format!("Re: {}", reply.subject),
        "还有一个问题。",
    );
    let more = in_thread(&more, &reply.references);
    dovecot.append("director", &more);
    until("the second mail to join the letter", || {
        office.registrar.api.letter(&number)["messages"]
            .to_string()
            .contains("还有一个问题")
    });
    assert_eq!(office.huiyin.received(), 1);
    office.huiyin.reconciles();
}

/// The same mail as an answer within a thread.
fn in_thread(letter: &Letter, references: &str) -> Vec<u8> {
    let ids: Vec<String> = references
        .split_whitespace()
        .map(|id| format!("<{id}>"))
        .collect();
    let head = format!("References: {}\r\n", ids.join(" "));
    [head.into_bytes(), letter.bytes()].concat()
}

fn what_a_human_has_opened_is_still_taken(engine: Engine) {
    let dovecot = Dovecot::start();
    let mut twice = Letter::new("citizen", "director", "同一封", "正文").bytes();
    dovecot.append("director", &twice);
    // No Message-ID at all, and a mail that looks like another: both are letters.
    twice = String::from_utf8(twice)
        .expect("an ASCII mail")
        .replace("Message-ID", "X-Was")
        .into();
    dovecot.append("director", &twice);
    let setup = Setup::new(engine).with(dovecot.mailbox("director", "director-mailbox"));
    let office = Office::open(&setup);
    until("both to be taken", || {
        dovecot.count("director", "Processed") == 2
    });
    assert_eq!(office.huiyin.received(), 2);

    dovecot.append(
        "director",
        &Letter::new("citizen", "director", "另一封", "正文").bytes(),
    );
    until("the third to be taken", || office.huiyin.received() == 3);
    let number = office.numbers().remove(0);
    let _ = office
        .registrar
        .api
        .act(&number, "invalid", json!({ "reason": "空白" }))
        .expect(200);
    office.huiyin.reconciles();
}
