//! A draft keeps its files until they leave with the answer; the answer is shown as it will leave;
//! a letter's page prints the letter.

use serde_json::json;
use tests::{Browser, Client, Engine, Office, Setup, client};

const NAME: &str = "附图.pdf";

fn handed_over(office: &Office, channel: &str) -> String {
    let subject = format!("门前道路 {channel}");
    let letter = office.huiyin.submit(channel, &subject, "何时修好？", "");
    let number = letter.json()["number"]
        .as_str()
        .expect("a number")
        .to_owned();
    office.hand_over(&number);
    number
}

/// What the page of a letter has hidden in the form of its answer.
fn form(who: &Client, number: &str) -> Vec<(String, String)> {
    let page = who.get(&format!("/desk/letters/{number}")).expect(200);
    let (_, form) = page.body.split_once("id=\"answer\"").expect("the form");
    let (form, _) = form.split_once("</form>").expect("its end");
    let hidden = form.split("<input type=\"hidden\" name=\"").skip(1);
    hidden
        .map(|rest| {
            let (name, rest) = rest.split_once("\" value=\"").expect("a value");
            (
                name.to_owned(),
                rest.split('"').next().unwrap_or_default().to_owned(),
            )
        })
        .collect()
}

fn of<'a>(fields: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    let all = fields.iter().filter(|(n, _)| n == name);
    all.map(|(_, v)| v.as_str()).collect()
}

fn files(who: &Client, number: &str) -> Vec<String> {
    let letter = who.letter(number);
    let messages = letter["messages"].as_array().expect("messages");
    let reply = messages.iter().rfind(|m| m["direction"] == "out");
    let files = reply.map(|m| m["attachments"].as_array().expect("files").clone());
    let name = |f: &serde_json::Value| f["name"].as_str().expect("a name").to_owned();
    files.unwrap_or_default().iter().map(name).collect()
}

#[test]
fn from_draft_to_answer() {
    let office = Office::open(&Setup::new(Engine::Sqlite));
    let handler = &office.handler.api;
    // Files are posted by whoever is signed in on a page.
    let page = office.huiyin.visitor();
    page.sign_in(&office.handler.login, &office.handler.password);
    for channel in ["online-consultation", "report-box"] {
        let number = handed_over(&office, channel);
        let path = |action: &str| format!("/desk/letters/{number}/{action}");
        let draft = |fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]| {
            let version = form(handler, &number);
            let version = of(&version, "version")[0].to_owned();
            let fields = [&[("version", version.as_str())], fields].concat();
            page.post_files(&path("draft"), &fields, files).expect(303)
        };
        let pdf: &[u8] = b"%PDF-1.4 map";
        let _ = draft(&[("text", "拟答复")], &[("attachments", NAME, pdf)]);
        let kept = form(handler, &number);
        let token = of(&kept, "kept");
        assert_eq!(token.len(), 1, "{channel}: it survives the reload");
        // Saved again with another file, then without the first.
        let more = [("text", "拟答复二"), ("kept", token[0])];
        let _ = draft(&more, &[("attachments", "清单.txt", b"one")]);
        let kept = form(handler, &number);
        assert_eq!(of(&kept, "kept").len(), 2);
        // Words alone, from a program: the files stay.
        let words = json!({ "text": "可以。" });
        let _ = handler.act(&number, "draft", words).expect(200);
        let kept = form(handler, &number);
        let (first, second) = (of(&kept, "kept")[0], of(&kept, "kept")[1]);

        // The preview shows words and files, changes nothing, and leads back to the form.
        let version = of(&kept, "version")[0];
        let fields = [
            ("version", version),
            ("text", "尊敬的来信人：\n您好！可以。"),
            ("kept", first),
            ("kept", second),
        ];
        let shown = handler
            .post_form(&path("preview"), &fields)
            .expect(200)
            .body;
        assert!(
            shown.contains(NAME) && shown.contains("清单.txt"),
            "{shown}"
        );
        let back = handler.post_form(&path("edit"), &fields).expect(200).body;
        assert!(
            back.contains("您好！可以。") && back.contains(NAME),
            "{back}"
        );
        assert_eq!(office.status(&number), "working");

        // One is dropped as it is issued; taken out of the draft, it is gone for good.
        let fields = [
            ("version", version),
            ("text", "可以。"),
            ("kept", first),
            ("kept", second),
            ("drop", second),
        ];
        let _ = handler.post_form(&path("answer"), &fields).expect(303);
        assert_eq!(files(handler, &number), [NAME]);
        let sent = handler.letter(&number);
        assert_eq!(sent["status"], "answered", "{sent}");
    }
    office.huiyin.reconciles();
}

#[test]
fn taken_back_with_its_files() {
    let office = Office::open(&Setup::new(Engine::Sqlite));
    let handler = &office.handler.api;
    let letter = json!({ "channel": "online-consultation", "kind": "question", "subject": "咨询",
        "body": "何时修好？", "writer": { "name": "王五", "address": "某市某区某路1号" } });
    let letter = office
        .huiyin
        .visitor()
        .post("/api/v1/letters", &letter)
        .expect(201);
    let number = letter.json()["number"]
        .as_str()
        .expect("a number")
        .to_owned();
    office.hand_over(&number);
    let file = json!([{ "name": NAME, "media_type": "application/pdf", "base64": "JVBERg==" }]);
    let draft = json!({ "text": "可以。", "attachments": file });
    let _ = handler.act(&number, "draft", draft).expect(200);
    // The answer names no files: those of the draft leave.
    let _ = handler
        .act(&number, "answer", json!({ "text": "可以。" }))
        .expect(200);
    assert_eq!(files(handler, &number), [NAME]);
    let page = handler
        .get(&format!("/desk/letters/{number}?lang=zh-CN"))
        .expect(200);
    assert!(
        client::plain(&page.body).contains("待寄送"),
        "{}",
        page.body
    );
    let _ = handler.act(&number, "recall", json!({})).expect(200);
    let kept = form(handler, &number);
    assert_eq!(
        of(&kept, "kept").len(),
        1,
        "words and files are a draft again"
    );

    // As it would leave on paper: the handler's own salutation, once.
    let version = of(&kept, "version")[0];
    let fields = [
        ("version", version),
        ("text", "尊敬的王五先生：\n您好！\n可以。"),
    ];
    let path = format!("/desk/letters/{number}/preview");
    let shown = handler.post_form(&path, &fields).expect(200).body;
    let (_, shown) = shown.split_once("id=\"preview\">").expect("the preview");
    let (shown, _) = shown.split_once("</div>").expect("its end");
    assert!(
        shown.starts_with("尊敬的王五先生：\n\n您好！\n\n您的来信（信件编号"),
        "{shown}"
    );
    assert_eq!(shown.matches("王五").count(), 1, "{shown}");
    assert!(shown.contains("某省自然资源厅"), "{shown}");
    let blank = [("version", version), ("text", " ")];
    let _ = handler.post_form(&path, &blank).expect(422);
}

#[test]
fn printing_a_letter_prints_the_letter() {
    let office = Office::open(&Setup::new(Engine::Sqlite));
    let number = handed_over(&office, "online-consultation");
    let browser = Browser::open(false);
    browser.sign_in(&office.huiyin, &office.handler);
    let page = |query: &str| {
        browser.visit(&format!(
            "{}/desk/letters/{number}{query}",
            office.huiyin.base
        ));
        browser.pages_printed()
    };
    assert_eq!(page(""), 1, "a short letter is one page");
    assert!(
        page("?print=all") > 1,
        "with all that explains it, it is more"
    );
}
