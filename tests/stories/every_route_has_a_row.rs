//! Who may call what: every route of the product, every role, one row each. A route without a row
//! fails here, so that none is added without saying whose it is.

use serde_json::json;
use tests::{Answer, Client, Engine, Huiyin, Setup, on_both_engines};

on_both_engines!(every_cell_is_as_it_should_be);

/// Whose a route is.
#[derive(Clone, Copy, PartialEq)]
enum Whose {
    /// Anybody's.
    Public,
    /// Anybody's who is signed in.
    Staff,
    /// Theirs who have a desk.
    Desk,
    /// Theirs who see the letter at hand: of one unit, unsealed.
    Reader,
    /// Theirs who may leave a note on it.
    Worker,
    /// Theirs who see what is late everywhere.
    Overseer,
    /// Theirs who see all letters, or lead or link a unit.
    CircularReader,
    /// A leader's.
    Leader,
    /// The registrar's.
    Registrar,
    /// The administrator's.
    Administrator,
}

const ROWS: &[(&str, &str, Whose)] = &[
    ("GET", "/", Whose::Public),
    ("GET", "/help", Whose::Public),
    ("GET", "/when", Whose::Public),
    ("POST", "/language", Whose::Public),
    ("GET", "/write/{channel}", Whose::Public),
    ("POST", "/write/{channel}", Whose::Public),
    ("GET", "/write/{channel}/{name}", Whose::Public),
    ("POST", "/write/{channel}/{name}", Whose::Public),
    ("GET", "/write/{channel}/{name}/{page}", Whose::Public),
    ("GET", "/track", Whose::Public),
    ("POST", "/track", Whose::Public),
    ("GET", "/track/{name}", Whose::Public),
    ("POST", "/track/leave", Whose::Public),
    ("POST", "/track/add", Whose::Public),
    ("POST", "/track/files/{id}", Whose::Public),
    ("GET", "/statistics", Whose::Public),
    ("GET", "/statistics.csv", Whose::Public),
    ("GET", "/assets/{name}", Whose::Public),
    ("GET", "/health/live", Whose::Public),
    ("GET", "/health/ready", Whose::Public),
    ("GET", "/login", Whose::Public),
    ("POST", "/login", Whose::Public),
    ("POST", "/logout", Whose::Public),
    ("GET", "/first", Whose::Public),
    ("POST", "/first", Whose::Public),
    ("GET", "/password", Whose::Staff),
    ("POST", "/password", Whose::Staff),
    ("GET", "/desk", Whose::Desk),
    ("POST", "/desk/notices", Whose::Staff),
    ("GET", "/overview", Whose::Overseer),
    ("GET", "/circulars", Whose::CircularReader),
    ("GET", "/circulars/{id}", Whose::CircularReader),
    ("POST", "/circulars/{id}/{decision}", Whose::Leader),
    ("GET", "/desk/letters/{number}", Whose::Reader),
    ("POST", "/desk/letters/{number}/{action}", Whose::Worker),
    ("GET", "/desk/letters/{number}/files/{id}", Whose::Reader),
    (
        "GET",
        "/desk/letters/{number}/messages/{id}/html",
        Whose::Reader,
    ),
    ("GET", "/intake", Whose::Registrar),
    ("GET", "/intake/new", Whose::Registrar),
    ("POST", "/intake/new", Whose::Registrar),
    ("GET", "/intake/{id}", Whose::Registrar),
    ("GET", "/intake/{id}/raw", Whose::Registrar),
    ("POST", "/intake/bulk", Whose::Registrar),
    ("POST", "/intake/{id}/{decision}", Whose::Registrar),
    ("GET", "/admin", Whose::Administrator),
    ("GET", "/admin/roles", Whose::Administrator),
    ("GET", "/admin/units", Whose::Administrator),
    ("POST", "/admin/units", Whose::Administrator),
    ("GET", "/admin/units/{code}", Whose::Administrator),
    ("GET", "/admin/people", Whose::Administrator),
    ("POST", "/admin/people", Whose::Administrator),
    ("GET", "/admin/people/{login}", Whose::Administrator),
    ("POST", "/admin/people/{login}/{what}", Whose::Administrator),
    ("GET", "/admin/rules", Whose::Administrator),
    ("GET", "/admin/rules/{id}", Whose::Administrator),
    ("GET", "/admin/calendar", Whose::Administrator),
    ("POST", "/admin/calendar/remove", Whose::Administrator),
    ("GET", "/admin/calendar/import", Whose::Administrator),
    ("POST", "/admin/calendar/import", Whose::Administrator),
    ("GET", "/admin/calendar/{year}", Whose::Administrator),
    ("GET", "/admin/channels", Whose::Administrator),
    ("GET", "/admin/channels/{code}", Whose::Administrator),
    ("POST", "/admin/channels/{code}", Whose::Administrator),
    ("GET", "/api/openapi.json", Whose::Public),
    ("POST", "/api/v1/letters", Whose::Public),
    ("GET", "/api/v1/letters/{number}", Whose::Public),
    ("GET", "/api/v1/when", Whose::Public),
    ("GET", "/api/v1/statistics", Whose::Public),
    ("GET", "/api/v1/desk/letters", Whose::Staff),
    ("GET", "/api/v1/desk/letters/{number}", Whose::Reader),
    (
        "POST",
        "/api/v1/desk/letters/{number}/{action}",
        Whose::Worker,
    ),
];

/// Login, role, unit.
const CAST: &[(&str, &str, &str)] = &[
    ("handler", "handler", "gb"),
    ("elsewhere", "handler", "kq"),
    ("liaison", "liaison", "gb"),
    ("head", "unit-leader", "gb"),
    ("registrar", "registrar", "kq"),
    ("leader", "leader", "kq"),
    ("publisher", "publisher", "kq"),
    ("auditor", "auditor", "kq"),
    ("security", "security", "kq"),
    ("duty", "duty", "kq"),
    ("admin", "administrator", "kq"),
];

fn allowed(whose: Whose, who: Option<&str>) -> bool {
    let Some(who) = who else {
        return whose == Whose::Public;
    };
    let among = |all: &[&str]| all.contains(&who);
    match whose {
        Whose::Public | Whose::Staff => true,
        Whose::Desk => who != "security",
        Whose::Reader => !among(&["elsewhere", "security", "duty", "admin"]),
        Whose::Worker => among(&["handler", "liaison", "head", "registrar", "leader"]),
        Whose::Overseer => among(&["registrar", "leader", "auditor"]),
        Whose::CircularReader => among(&[
            "liaison",
            "head",
            "registrar",
            "leader",
            "publisher",
            "auditor",
        ]),
        Whose::Leader => who == "leader",
        Whose::Registrar => who == "registrar",
        Whose::Administrator => who == "admin",
    }
}

/// A letter of the unit `gb` with a file and an HTML version, and another held back.
struct Objects {
    number: String,
    file: String,
    message: String,
    line: String,
}

fn every_cell_is_as_it_should_be(engine: Engine) {
    let routes = tracker::web::routes();
    for route in &routes {
        let known = ROWS
            .iter()
            .any(|(m, p, _)| *m == route.method.as_str() && *p == route.path);
        assert!(known, "{} {} has no row", route.method, route.path);
    }
    assert_eq!(routes.len(), ROWS.len(), "a row without a route");

    let huiyin = Huiyin::start(&Setup::new(engine));
    huiyin.unit("gb", "耕地保护监督处");
    huiyin.unit("kq", "矿业权管理处");
    let cast: Vec<_> = CAST
        .iter()
        .map(|(login, role, unit)| huiyin.colleague(login, role, unit, &[]))
        .collect();
    let registrar = &cast[4].api;
    let objects = objects(&huiyin, registrar);
    for (method, path, whose) in ROWS {
        let concrete = filled(path, &objects);
        let nobody = call(&huiyin.visitor(), method, path, &concrete);
        check(
            method,
            &concrete,
            "nobody",
            &nobody,
            allowed(*whose, None),
            *whose,
        );
        for colleague in &cast {
            let answer = call(&colleague.api, method, path, &concrete);
            let may = allowed(*whose, Some(&colleague.login));
            check(method, &concrete, &colleague.login, &answer, may, *whose);
        }
    }
}

fn check(method: &str, path: &str, who: &str, answer: &Answer, may: bool, whose: Whose) {
    let status = answer.status;
    let to_login = answer
        .header("location")
        .is_some_and(|to| to.starts_with("/login"));
    // What is not one's own to see answers like what does not exist.
    let wrong_login = status == 401 && path == "/login";
    let refused = (matches!(status, 401 | 403) && !wrong_login) || (to_login && path != "/logout");
    let hidden = status == 404 && matches!(whose, Whose::Reader | Whose::Worker);
    if may {
        assert!(
            !refused && !hidden && status < 500,
            "{who}: {method} {path} is {status}"
        );
    } else {
        assert!(refused || hidden, "{who}: {method} {path} is {status}");
    }
}

fn call(client: &Client, method: &str, path: &str, concrete: &str) -> Answer {
    if method == "GET" {
        return client.get(concrete);
    }
    if path.starts_with("/api/") {
        client.post(concrete, &json!({ "text": "备注" }))
    } else {
        client.post_form(concrete, &[("text", "备注")])
    }
}

fn filled(path: &str, o: &Objects) -> String {
    let id = if path.contains("/files/") && path.starts_with("/desk") {
        &o.file
    } else if path.contains("/messages/") {
        &o.message
    } else if path.contains("/rules/") {
        "cn.57.consultation.7wd"
    } else {
        &o.line
    };
    let code = if path.contains("channels") {
        "e-petition"
    } else {
        "gb"
    };
    path.replace("{number}", &o.number)
        .replace("{action}", "note")
        .replace("{id}", id)
        .replace("{channel}", "online-consultation")
        .replace("{name}", "huiyin.css")
        .replace("{page}", "check")
        .replace("{decision}", "retry")
        .replace("{code}", code)
        .replace("{login}", "duty")
        .replace("{year}", "2026")
        .replace("{what}", "enable")
}

fn objects(huiyin: &Huiyin, registrar: &Client) -> Objects {
    let mail = "From: Li <li@example.cn>\r\nTo: a@b.cn\r\nSubject: land\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n\
        <p>words</p>\r\n--x\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; \
        filename=a.pdf\r\n\r\n%PDF\r\n--x--\r\n";
    let path = huiyin.write("letter.eml", mail);
    let path = path.display().to_string();
    let taken = huiyin.json(&["ingest", &path, "--channel", "director-mailbox"]);
    assert_eq!(taken["letters"], 1, "{taken}");
    let empty = huiyin.write(
        "empty.eml",
        "From: Li <li@example.cn>\r\nTo: a@b.cn\r\n\r\n",
    );
    let empty = empty.display().to_string();
    let taken = huiyin.json(&["ingest", &empty, "--channel", "director-mailbox"]);
    assert_eq!(taken["quarantined"], 1, "{taken}");
    let number = registrar.letters("filter=all")[0]["number"]
        .as_str()
        .expect("a number")
        .to_owned();
    let _ = registrar
        .act(&number, "accept", json!({ "class": "advice" }))
        .expect(200);
    let _ = registrar
        .act(&number, "assign", json!({ "unit": "gb" }))
        .expect(200);
    let page = registrar
        .get(&format!("/desk/letters/{number}"))
        .expect(200)
        .body;
    let after = |mark: &str| {
        let rest = page
            .split_once(mark)
            .unwrap_or_else(|| panic!("{mark} in {page}"))
            .1;
        rest.chars()
            .take_while(char::is_ascii_digit)
            .collect::<String>()
    };
    let intake = registrar.get("/intake?tab=quarantined").expect(200).body;
    let line = intake
        .split("/intake/")
        .find(|r| r.starts_with(|c: char| c.is_ascii_digit()));
    let line = line.unwrap_or_else(|| panic!("no item in {intake}"));
    Objects {
        file: after("/files/"),
        message: after("/messages/"),
        line: line.chars().take_while(char::is_ascii_digit).collect(),
        number,
    }
}
