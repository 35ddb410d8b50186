//! Mail made to exhaust the reader costs no more than any other: it is read, or refused with a
//! reason, within a few seconds of processor time even where nothing is optimised.

use std::process::{Command, Stdio};

use tests::{Engine, Huiyin, Setup};

/// Seconds of processor time; the release build needs a tenth of it.
const SECONDS: &str = "15";

const HEAD: &str = "From: li@example.com\r\nSubject: s\r\nMIME-Version: 1.0\r\n";

#[test]
fn each_is_read_or_refused_in_time() {
    let huiyin = Huiyin::prepare(&Setup::new(Engine::Sqlite));
    let mut wrong = Vec::new();
    for (name, mail) in bombs() {
        let path = huiyin.write(&format!("{name}.eml"), &mail);
        // `parse` without what the product's log and database would add to the account.
        let command = huiyin.command(&["parse", &path.to_string_lossy(), "--json"]);
        let mut limited = Command::new("sh");
        limited
            .args(["-c", "ulimit -t \"$0\" && exec \"$@\"", SECONDS])
            .arg(command.get_program())
            .args(command.get_args())
            .stdin(Stdio::null());
        let output = limited.output().expect("a shell");
        let said = String::from_utf8_lossy(&output.stderr);
        let read = output.status.success() && !output.stdout.is_empty();
        let refused = output.status.code() == Some(1) && said.contains("inspect the raw mail");
        if !read && !refused {
            wrong.push(format!("{name}: {} {said}", output.status));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn bombs() -> Vec<(&'static str, String)> {
    let header = |field: &str, piece: &str| {
        let times = 1_000_000 / piece.len();
        format!("{field}: {}\r\n\r\nhi\r\n", piece.repeat(times))
    };
    let body = |kind: &str, piece: &str| {
        let times = 2_000_000 / piece.len();
        format!("{HEAD}Content-Type: {kind}\r\n\r\n{}", piece.repeat(times))
    };
    let nested: String = (0..100_000)
        .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"))
        .collect();
    let sixty: String = (0..59)
        .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"))
        .collect();
    let continued: String = (0..50_000).map(|n| format!("; name*{n}=a")).collect();
    vec![
        ("nested", format!("{HEAD}{nested}")),
        (
            "dashes",
            format!("{HEAD}{sixty}\r\n{}", "--\n".repeat(600_000)),
        ),
        (
            "parts",
            body("multipart/mixed; boundary=b", "--b\r\n\r\nx\r\n"),
        ),
        ("line", format!("{HEAD}\r\n{}", "x".repeat(10_000_000))),
        (
            "fields",
            format!("{}\r\nhi", "X-A: b\r\n".repeat(1_000_000)),
        ),
        ("comments", header("From", "(")),
        ("angles", header("From", "<(")),
        ("commas", header("To", "a b,")),
        ("words", header("Subject", "=?utf-8?Q?=E5=85=B3?= ")),
        ("open-words", header("Subject", "=?utf-8?B?5YWz ")),
        ("ids", header("References", "<")),
        ("folds", header("Subject", "\r\n \r\n a")),
        (
            "continuations",
            format!("{HEAD}Content-Type: a/b{continued}\r\n\r\nhi"),
        ),
        ("tags", body("text/html", "<b>")),
        ("open-tags", body("text/html", "<a href=\"")),
        ("blockquotes", body("text/html", "<blockquote type=cite>x")),
        (
            "uuencode",
            body("text/plain", "begin 644 a\n#0V%T\n`\nend\n"),
        ),
        ("quotes", body("text/plain", "> > a\n")),
    ]
}
