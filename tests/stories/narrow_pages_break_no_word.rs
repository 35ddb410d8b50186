//! On a telephone, 320 pixels wide, in the language with the longer words: no page is wider than the
//! screen, no word is broken within, and the department's name stands on every one.

use serde_json::json;
use tests::{Browser, Engine, Huiyin, Office, Setup};

const ORGANISER: &str = "Department of Natural Resources of Guishan Province";

/// Words whose letters stand on more than one line, and whatever sticks out.
const LOOK: &str = r#"
const broken = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const node = walker.currentNode;
  if (node.parentElement.closest('.unseen, .skip, .raw, textarea, option, script')) continue;
  for (const word of node.data.matchAll(/[A-Za-z]{2,24}/g)) {
    const range = document.createRange();
    range.setStart(node, word.index);
    range.setEnd(node, word.index + word[0].length);
    const lines = new Set([...range.getClientRects()].map(r => Math.round(r.top)));
    if (lines.size > 1) broken.push(word[0]);
  }
}
const wide = document.documentElement.scrollWidth;
const name = document.querySelector('.mark-of');
return { broken, wide, name: name && name.getClientRects().length ? name.innerText : '' };
"#;

fn looked_at(browser: &Browser, what: &str) {
    for dark in [false, true] {
        browser.look(320, dark);
        if let Some(folder) = std::env::var_os("HUIYIN_PICTURES") {
            let name = what.trim_matches('/').replace(['/', '?', '='], "_");
            let file = format!("{name}-320{}.png", if dark { "-dark" } else { "" });
            browser.picture(&std::path::Path::new(&folder).join(file));
        }
    }
    let seen = browser.script(LOOK);
    assert_eq!(seen["broken"], json!([]), "{what} breaks words");
    assert!(
        seen["wide"].as_i64().is_some_and(|w| w <= 320),
        "{what}: {seen}"
    );
    assert_eq!(seen["name"], ORGANISER, "{what} names the department");
}

fn in_english(browser: &Browser, huiyin: &Huiyin) {
    browser.visit(&format!("{}/help", huiyin.base));
    browser.click("button[name=language]");
    browser.shows(".ways", "Write");
}

fn all(browser: &Browser, huiyin: &Huiyin, pages: &[&str]) {
    for page in pages {
        browser.visit(&format!("{}{page}", huiyin.base));
        looked_at(browser, page);
    }
}

fn setup() -> Setup {
    Setup::new(Engine::Sqlite).environment([("HUIYIN__SITE__ORGANISER", ORGANISER.into())])
}

#[test]
fn the_public_pages() {
    let huiyin = Huiyin::start(&setup());
    let browser = Browser::open(false);
    in_english(&browser, &huiyin);
    let pages = [
        "/",
        "/help",
        "/when",
        "/statistics",
        "/login",
        "/track",
        "/nowhere",
    ];
    all(&browser, &huiyin, &pages);
    all(
        &browser,
        &huiyin,
        &["/write/report-box", "/write/director-mailbox"],
    );
    browser.click("button[value=check]");
    browser.shows("main", "Enter a subject");
    looked_at(&browser, "what is wrong");
    browser.fill(
        "#subject",
        "Street light at the end of the road out of order",
    );
    browser.fill(
        "#body",
        "It has been out of order for three months.\nPlease repair it.",
    );
    browser.fill(
        "#email",
        "a.very.long.address.of.somebody@subdomain.example.com.cn",
    );
    browser.click("input[name=kind][value=report]");
    browser.click("button[value=check]");
    browser.shows("main", "Check before you send");
    looked_at(&browser, "the check");
    browser.click("button[value=channel]");
    browser.shows("main", "Change the channel");
    looked_at(&browser, "the channels");
    browser.back();
    browser.click("button[value=submit]");
    browser.shows("main", "We have your letter");
    looked_at(&browser, "the receipt");
    browser.click("form[action$='/track'] button");
    browser.shows("main", "What you wrote");
    browser.click("details.own summary");
    looked_at(&browser, "the letter");
}

#[test]
fn the_desk() {
    let office = Office::open(&setup());
    let huiyin = &office.huiyin;
    let letter = huiyin.submit(
        "director-mailbox",
        "Compensation for crops unpaid for more than a year",
        "It has been unpaid for more than a year.",
        "writer.with.a.long.address@subdomain.example.com.cn",
    );
    let letter = letter.json();
    let number = letter["number"].as_str().expect("a number");
    let page = format!("/desk/letters/{number}");
    let desk = ["/desk", "/desk?view=all", &page, "/password", "/circulars"];
    let intake = [
        "/intake",
        "/intake?tab=ledger",
        "/intake?tab=sources",
        "/intake/new",
        "/overview",
    ];
    let registrar = Browser::open(false);
    registrar.sign_in(huiyin, &office.registrar);
    in_english(&registrar, huiyin);
    all(&registrar, huiyin, &desk);
    all(&registrar, huiyin, &intake);
    let admin = huiyin.colleague("boss", "administrator", tests::office::UNIT, &[]);
    let pages = [
        "/admin",
        "/admin/roles",
        "/admin/units",
        "/admin/people",
        "/admin/people/registrar",
        "/admin/rules",
        "/admin/rules/cn.57.consultation.7wd",
        "/admin/calendar",
        "/admin/calendar/import",
        "/admin/calendar/2026",
        "/admin/channels",
        "/admin/channels/report-box",
    ];
    let administrator = Browser::open(false);
    administrator.sign_in(huiyin, &admin);
    in_english(&administrator, huiyin);
    all(&administrator, huiyin, &pages);
}
