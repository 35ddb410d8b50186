//! Whatever stands between a member of staff and the letter (a colleague, a forgotten field, the end
//! of their session), what they wrote and chose is still there afterwards.

use serde_json::json;
use tests::{Answer, Client, Engine, Office, Setup};

tests::on_both_engines!(
    signed_out_while_writing,
    both_texts_of_a_conflict,
    a_refused_answer_keeps_its_files
);

/// A letter on the handler's desk, its number.
fn letter(office: &Office, subject: &str) -> String {
    let letter = office
        .huiyin
        .submit("online-consultation", subject, "何时修好？", "")
        .json();
    let number = letter["number"].as_str().expect("a number").to_owned();
    office.hand_over(&number);
    number
}

fn signed_in(office: &Office) -> Client {
    let visitor = office.huiyin.visitor();
    visitor.sign_in(&office.handler.login, &office.handler.password);
    visitor
}

fn version(office: &Office, number: &str) -> String {
    office.handler.api.letter(number)["version"].to_string()
}

fn signed_out_while_writing(engine: Engine) {
    let office = Office::open(&Setup::new(engine));
    let number = letter(&office, "道路");
    let _ = signed_in(&office);
    let version = version(&office, &number);
    let words = "写了很久的答复\n第二行 <b>";

    let later = office.huiyin.visitor();
    let path = format!("/desk/letters/{number}/answer");
    let asked = later
        .post_form(&path, &[("version", &version), ("text", words)])
        .expect(401);
    assert!(
        !asked.body.contains("写了很久"),
        "sealed until they are back"
    );
    let mut fields = asked.hidden();
    assert!(
        fields.iter().any(|(name, _)| name == "resume"),
        "{fields:?}"
    );

    let wrong = post(
        &later,
        &fields,
        &[("login", "handler"), ("password", "wrong")],
    )
    .expect(401);
    fields = wrong.hidden();
    let password = format!("{}-changed-1", office.handler.password);
    let back = [("login", "handler"), ("password", password.as_str())];
    let page = post(&later, &fields, &back).expect(200);
    assert!(
        tests::client::plain(&page.body).contains(words),
        "{}",
        page.body
    );
    assert_eq!(
        office.status(&number),
        "working",
        "nothing was sent by itself"
    );

    let _ = later
        .post_form(&path, &[("version", &version), ("text", words)])
        .expect(303);
    assert_eq!(office.status(&number), "answered");

    // Somebody else who signs in there sees no letter that is not theirs.
    let stranger = office.huiyin.visitor();
    office.huiyin.unit("other", "矿业权管理处");
    let other = office.huiyin.colleague("other", "handler", "other", &[]);
    stranger.sign_in(&other.login, &other.password);
    let password = format!("{}-changed-1", other.password);
    let theirs = [("login", "other"), ("password", password.as_str())];
    let elsewhere = post(&office.huiyin.visitor(), &fields, &theirs).expect(303);
    assert!(!elsewhere.body.contains("写了很久"));
}

fn post(visitor: &Client, hidden: &[(String, String)], more: &[(&str, &str)]) -> Answer {
    let hidden = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str()));
    let fields: Vec<_> = hidden.chain(more.iter().copied()).collect();
    visitor.post_form("/login", &fields)
}

fn both_texts_of_a_conflict(engine: Engine) {
    let office = Office::open(&Setup::new(engine));
    let handler = signed_in(&office);
    for (action, theirs) in [("draft", "同事存的草稿"), ("answer", "同事签发的答复")] {
        let number = letter(&office, theirs);
        let seen = version(&office, &number);
        let words = json!({ "text": theirs });
        let _ = office.handler.api.act(&number, action, words).expect(200);
        let path = format!("/desk/letters/{number}/answer");
        let page = handler
            .post_form(&path, &[("version", &seen), ("text", "我写的答复")])
            .expect(409);
        for words in [theirs, "我写的答复", "同事handler"] {
            assert!(page.body.contains(words), "{words} in {}", page.body);
        }
    }
}

fn a_refused_answer_keeps_its_files(engine: Engine) {
    let office = Office::open(&Setup::new(engine));
    let handler = signed_in(&office);
    let number = letter(&office, "道路");
    let version = version(&office, &number);
    let path = format!("/desk/letters/{number}/answer");
    let fields = [("version", version.as_str()), ("text", " ")];
    let file = [("attachments", "批复.txt", b"approved".as_slice())];
    let refused = handler.post_files(&path, &fields, &file).expect(422);
    let kept = refused
        .hidden()
        .into_iter()
        .find(|(name, _)| name == "kept");
    let (_, kept) = kept.expect("the file is kept");

    let fields = [
        ("version", version.as_str()),
        ("text", "见附件。"),
        ("kept", kept.as_str()),
    ];
    let _ = handler.post_files(&path, &fields, &[]).expect(303);
    let letter = office.handler.api.letter(&number);
    let reply = letter["messages"].as_array().expect("messages").last();
    let file = &reply.expect("a reply")["attachments"][0];
    assert_eq!(file["name"], "批复.txt", "{letter}");
    assert_eq!(file["size"], 8);
    let forged = [("version", "1"), ("text", "x"), ("kept", "AAAA")];
    let _ = handler.post_files(&path, &forged, &[]).expect(409);
}
