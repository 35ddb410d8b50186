//! Programs learn every fault at once, in one shape, and the description of the API is whole.

use serde_json::{Value, json};
use tests::{Answer, Engine, Office, Setup};

tests::on_both_engines!(every_refusal_has_one_shape);

fn problem(answer: &Answer, status: u16) -> Value {
    let answer = answer.clone().expect(status);
    let kind = answer.header("content-type");
    assert_eq!(kind, Some("application/problem+json"), "{answer:?}");
    let problem = answer.json();
    assert_eq!(problem["status"], status, "{problem}");
    for name in ["type", "title", "code", "detail"] {
        assert!(problem[name].is_string(), "no {name} in {problem}");
    }
    problem
}

fn faults(problem: &Value) -> Vec<(&str, &str)> {
    let errors = problem["errors"].as_array().expect("a list of faults");
    errors
        .iter()
        .map(|e| {
            let words = |name: &str| e[name].as_str().expect("words");
            (words("field"), words("code"))
        })
        .collect()
}

fn every_refusal_has_one_shape(engine: Engine) {
    let office = Office::open(&Setup::new(engine));
    let (registrar, handler) = (&office.registrar.api, &office.handler.api);
    let visitor = office.huiyin.visitor();
    let letter = office
        .huiyin
        .submit("online-consultation", "道路", "何时修好？", "")
        .json();
    let number = letter["number"].as_str().expect("a number");
    let act = |action: &str, body: Value| registrar.act(number, action, body);

    let refused = problem(&act("accept", json!({ "class": "x", "route": "y" })), 422);
    assert_eq!(
        faults(&refused),
        [("class", "unknown"), ("route", "unknown")]
    );
    let refused = problem(&act("decline", json!({})), 422);
    assert_eq!(faults(&refused).len(), 2, "{refused}");
    let refused = problem(&act("serve", json!({ "by": "pigeon", "on": "soon" })), 422);
    assert_eq!(faults(&refused), [("by", "unknown"), ("on", "unknown")]);
    let refused = problem(&act("take", json!({ "reason": "not its field" })), 422);
    assert_eq!(faults(&refused), [("reason", "not-taken")]);
    let refused = problem(&act("take", json!({ "role": "administrator" })), 422);
    assert_eq!(faults(&refused), [("role", "malformed")]);
    let refused = problem(&act("draft", json!({ "version": "x" })), 403);
    assert!(
        refused["detail"]
            .as_str()
            .is_some_and(|d| d.contains("handler"))
    );
    assert_eq!(registrar.letter(number)["version"], 1, "nothing was done");

    let empty = visitor.post("/api/v1/letters", &json!({}));
    let refused = problem(&empty, 422);
    assert_eq!(faults(&refused).len(), 4, "{refused}");
    let broken = visitor.post_raw(
        "/api/v1/letters",
        b"{",
        &[("content-type", "application/json")],
    );
    let _ = problem(&broken, 400);
    let other = visitor.post_raw("/api/v1/letters", b"{}", &[("content-type", "text/plain")]);
    let _ = problem(&other, 415);
    let wrong = visitor.get("/api/v1/letters");
    let _ = problem(&wrong, 405);

    let unknown = visitor.get("/api/v1/desk/letters");
    let _ = problem(&unknown, 401);
    assert_eq!(unknown.header("www-authenticate"), Some("Bearer"));
    for query in [
        "filter=x",
        "channel=x",
        "unit=x",
        "status=x",
        "cursor=x",
        "sort=x",
    ] {
        let asked = handler.get(&format!("/api/v1/desk/letters?{query}"));
        let _ = problem(&asked, 400);
    }
    let backwards = visitor.get("/api/v1/statistics?from=2026-02-01&to=2026-01-01");
    let _ = problem(&backwards, 400);

    let api = visitor.get("/api/openapi.json").expect(200).json();
    assert_eq!(api["openapi"], "3.1.0");
    for route in tracker::web::routes() {
        let Some(_) = route.path.strip_prefix("/api/v1/") else {
            continue;
        };
        let call = &api["paths"][route.path][route.method.as_str().to_lowercase()];
        let responses = call["responses"].as_object();
        let responses = responses.unwrap_or_else(|| panic!("{} is not described", route.path));
        for (status, response) in responses {
            let described = response["description"].as_str().unwrap_or_default();
            assert!(!described.is_empty(), "{} {status}", route.path);
            let content = response["content"].as_object().expect("a body");
            let schema = content.values().next().map(|c| &c["schema"]["$ref"]);
            assert!(
                schema.is_some_and(Value::is_string),
                "{} {status}",
                route.path
            );
        }
        let staff = route.path.contains("/desk/");
        assert_eq!(call["security"].is_array(), staff, "{}", route.path);
    }
}
