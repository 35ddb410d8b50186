//! An answer that comes back makes its letter "answered, undelivered", once, whatever form the
//! bounce has; its handler sees it. Delays, receipts and reports change nothing.

use serde_json::json;
use tests::{Engine, FaultySmtp, Huiyin, Office, Setup, faulty_smtp::Given, until};

tests::on_both_engines!(
    in_the_standard_form,
    in_none,
    by_the_envelope,
    what_changes_nothing
);

/// An office that answered a letter; the answer as the mail server took it.
fn answered(engine: Engine, more: &str) -> (FaultySmtp, Office, String, Given) {
    let smtp = FaultySmtp::start(&[]);
    let office = Office::open(&Setup::new(engine).with(smtp.section()).with(more));
    let number = send(&office.huiyin, "采矿权");
    until("the receipt", || smtp.given().len() == 1);
    office.answer(&number, "请在期满前三十日申请。");
    until("the answer", || smtp.given().len() == 2);
    until("the letter to be answered", || {
        office.status(&number) == "answered"
    });
    let reply = smtp.given().remove(1);
    (smtp, office, number, reply)
}

fn send(huiyin: &Huiyin, subject: &str) -> String {
    let letter = huiyin.submit("online-consultation", subject, "如何？", "zhang@a.test");
    let number = letter.json()["number"].as_str().map(ToOwned::to_owned);
    number.expect("a number")
}

/// The whole header line of a field.
fn field(mail: &str, name: &str) -> String {
    let found = mail.lines().find(|line| line.starts_with(name));
    found
        .unwrap_or_else(|| panic!("no {name} in\n{mail}"))
        .to_owned()
}

fn ingest(office: &Office, name: &str, mail: &str) -> serde_json::Value {
    let path = office.huiyin.write(name, mail).display().to_string();
    office
        .huiyin
        .json(&["ingest", &path, "--channel", "director-mailbox"])
}

fn take(office: &Office, name: &str, mail: &str) -> serde_json::Value {
    let taken = ingest(office, name, mail);
    assert_eq!(taken["automatic"], 1, "{taken}");
    taken
}

fn undelivered(office: &Office, number: &str) -> bool {
    office.handler.api.letter(number)["undelivered"] == true
}

/// How often its history says that the answer did not arrive.
fn failures(office: &Office, number: &str) -> usize {
    let events = office.handler.api.letter(number)["events"].clone();
    let events = events.as_array().cloned().unwrap_or_default();
    let failed = |e: &&serde_json::Value| e["kind"] == "delivery_failed";
    events.iter().filter(failed).count()
}

fn dsn(id: &str, action: &str) -> String {
    format!(
        "Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@mx.a.test>\r\n\
         To: letters@huiyin.test\r\nSubject: Undelivered Mail Returned to Sender\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; \
         boundary=b\r\n\r\n--b\r\n\r\nYour message could not be delivered.\r\n\r\n--b\r\n\
         Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.a.test\r\n\r\n\
         Final-Recipient: rfc822; zhang@a.test\r\nAction: {action}\r\nStatus: 5.1.1\r\n\
         Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n--b\r\n\
         Content-Type: text/rfc822-headers\r\n\r\n{id}\r\nSubject: x\r\n\r\n--b--\r\n"
    )
}

fn in_the_standard_form(engine: Engine) {
    let (smtp, office, number, reply) = answered(engine, "");
    let id = field(&reply.mail, "Message-ID:");
    take(&office, "delay.eml", &dsn(&id, "delayed"));
    assert!(!undelivered(&office, &number), "a delay is no failure");
    take(&office, "bounce.eml", &dsn(&id, "failed"));
    let letter = office.handler.api.letter(&number);
    assert_eq!(letter["undelivered"], true);
    assert_eq!(letter["status"], "answered", "the outcome stays");
    let total = office.huiyin.json(&["stats"])["total"].clone();
    assert_eq!(total["undelivered"], 1, "{total}");
    assert_eq!(total["answered_in_time"], 1, "{total}");
    assert_eq!(failures(&office, &number), 1);

    take(
        &office,
        "again.eml",
        &dsn(&id, "failed").replace("mx.a.test", "mx2.a.test"),
    );
    assert_eq!(failures(&office, &number), 1, "once is enough");
    let handler = office.huiyin.visitor();
    handler.sign_in(&office.handler.login, &office.handler.password);
    let desk = handler.get("/desk?view=troubled").expect(200).body;
    assert!(desk.contains(&number), "{desk}");

    let _ = office
        .handler
        .api
        .act(&number, "resend", json!({}))
        .expect(200);
    until("the second attempt", || !undelivered(&office, &number));
    assert_eq!(smtp.given_to("zhang@a.test").len(), 3);
    office.huiyin.reconciles();
}

fn in_none(engine: Engine) {
    let (_smtp, office, number, reply) = answered(engine, "");
    let bounce = format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.a.test\r\nTo: letters@huiyin.test\r\n\
         Subject: failure notice\r\n\r\nHi. This is the qmail-send program at mx.a.test.\r\n\
         I'm afraid I wasn't able to deliver your message to the following addresses.\r\n\r\n\
         <zhang@a.test>:\r\n550 user unknown\r\n\r\n\
         --- Below this line is a copy of the message.\r\n\r\n{}",
        reply.mail
    );
    take(&office, "bounce.eml", &bounce);
    assert!(undelivered(&office, &number));
    assert_eq!(failures(&office, &number), 1);
    office.huiyin.reconciles();
}

/// A server that repeats nothing at all: the address that it writes back to is enough.
fn by_the_envelope(engine: Engine) {
    let smtp = FaultySmtp::start(&[]);
    let mailbox = "[[mailbox]]\nname = \"letters\"\nchannel = \"director-mailbox\"\n\
                   host = \"127.0.0.1\"\nport = 1\nsecurity = \"none\"\nusername = \"letters\"\n\
                   password = \"x\"\naddress = \"letters@huiyin.test\"\nsub_address = true\n";
    let maildir = |huiyin: &Huiyin, name: &str, mail: &str| {
        let path = huiyin.write(name, mail).display().to_string();
        huiyin.json(&["ingest", &path, "--channel", "director-mailbox"])
    };
    let office = Office::open(&Setup::new(engine).with(smtp.section()).with(mailbox));
    let number = send(&office.huiyin, "采矿权");
    until("the receipt", || smtp.given().len() == 1);
    office.answer(&number, "请在期满前三十日申请。");
    until("the answer", || smtp.given().len() == 2);
    let receipt = smtp.given().remove(0);
    let reply = smtp.given().remove(1);
    assert_eq!(receipt.from, "", "a receipt cannot bounce");
    assert!(reply.from.ends_with("@huiyin.test"), "{}", reply.from);
    until("the letter to be answered", || {
        office.status(&number) == "answered"
    });
    // The mark of the letter stands in the words of the answer: a copy of them alone finds it too.
    let token = reply.mail.clone();
    let bounce = format!(
        "Return-Path: <>\r\nFrom: postmaster@a.test\r\nTo: {}\r\nSubject: =?utf-8?B?57O757uf6YCA5L+h?=\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\
         Content-Type: text/plain\r\n\r\n550 user unknown, could not be delivered\r\n--b\r\n{}\r\n--b--\r\n",
        reply.from,
        body_part(&token)
    );
    let taken = maildir(&office.huiyin, "bounce.eml", &bounce);
    assert_eq!(taken["automatic"], 1, "{taken}");
    assert!(undelivered(&office, &number));
    office.huiyin.reconciles();
}

/// The plain text part of a mail of ours, with its header.
fn body_part(mail: &str) -> String {
    let start = mail.find("Content-Type: text/plain").expect("a plain part");
    let end = mail[start..].find("\r\n--").expect("its end");
    mail[start..start + end].to_owned()
}

fn what_changes_nothing(engine: Engine) {
    let (smtp, office, number, reply) = answered(engine, "");
    let id = field(&reply.mail, "Message-ID:");
    let receipt = field(&smtp.given().remove(0).mail, "Message-ID:");
    take(&office, "receipt.eml", &dsn(&receipt, "failed"));
    assert!(
        !undelivered(&office, &number),
        "nobody acts on a lost receipt"
    );
    let read = format!(
        "From: zhang@a.test\r\nTo: letters@huiyin.test\r\nSubject: Read: x\r\n\
         In-Reply-To: {}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; \
         report-type=disposition-notification; boundary=b\r\n\r\n--b\r\n\r\nread\r\n--b\r\n\
         Content-Type: message/disposition-notification\r\n\r\nDisposition: \
         manual-action/MDN-sent-manually; displayed\r\n--b--\r\n",
        id.trim_start_matches("Message-ID:").trim()
    );
    take(&office, "read.eml", &read);
    let complaint = dsn(&id, "failed")
        .replace("delivery-status", "feedback-report")
        .replace("Action: failed", "Feedback-Type: abuse");
    take(&office, "complaint.eml", &complaint);
    take(&office, "own.eml", &reply.mail);
    let from_us =
        "From: letters@huiyin.test\r\nTo: director@huiyin.test\r\nSubject: x\r\n\r\nhi\r\n";
    // It says that we sent it, and we did not: a person must say, and nobody hears of it.
    let taken = ingest(&office, "from-us.eml", from_us);
    assert_eq!(taken["held"], 1, "{taken}");
    let forged = dsn("Message-ID: <0123456789abcdef@huiyin.test>", "failed");
    take(&office, "forged.eml", &forged);
    assert!(!undelivered(&office, &number));
    assert_eq!(failures(&office, &number), 0);
    std::thread::sleep(std::time::Duration::from_secs(2));
    assert_eq!(smtp.given().len(), 2, "none of them is answered");
    assert_eq!(office.huiyin.received(), 1);
    office.huiyin.reconciles();
}
