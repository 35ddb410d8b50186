//! Every mail of the corpus is read as its expectation says, through the command that shows it.

use std::{
    path::{Path, PathBuf},
    thread,
};

use serde_json::Value;
use tests::{Engine, Huiyin, Setup};

/// What the corpus promises at the least.
const AT_LEAST: usize = 330;

#[test]
fn every_mail_of_the_corpus() {
    let huiyin = Huiyin::prepare(&Setup::new(Engine::Sqlite));
    let mails = mails();
    assert!(mails.len() >= AT_LEAST, "only {} mails", mails.len());
    let half = mails.len() / 2;
    let wrong: Vec<String> = thread::scope(|threads| {
        [&mails[..half], &mails[half..]]
            .map(|some| threads.spawn(|| some.iter().flat_map(|m| read(&huiyin, m)).collect()))
            .into_iter()
            .flat_map(|thread| -> Vec<String> { thread.join().expect("no panic") })
            .collect()
    });
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

fn mails() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/mail");
    let entries = std::fs::read_dir(folder).expect("the corpus");
    let mut mails: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    mails.retain(|path| path.extension().is_some_and(|e| e == "eml"));
    mails.sort();
    mails
}

/// What of a mail is read otherwise than expected, a line each.
fn read(huiyin: &Huiyin, mail: &Path) -> Vec<String> {
    let name = mail.file_stem().expect("a name").to_string_lossy();
    let expected = std::fs::read(mail.with_extension("json")).expect("an expectation");
    let expected: Value = serde_json::from_slice(&expected).expect("JSON");
    let expected = expected.as_object().expect("an object");
    assert!(!expected.is_empty(), "{name} expects nothing");

    let output = huiyin.run(&["parse", &mail.to_string_lossy(), "--json"]);
    let said = String::from_utf8_lossy(&output.stderr);
    if let Some(reason) = expected.get("fails").and_then(Value::as_str) {
        let refused = output.status.code() == Some(1) && said.contains(reason);
        return (!refused)
            .then(|| format!("{name}: not refused with «{reason}», but {said}"))
            .into_iter()
            .collect();
    }
    let Ok(letter) = serde_json::from_slice::<Value>(&output.stdout) else {
        return vec![format!("{name}: {said}")];
    };
    expected
        .iter()
        .filter(|(field, value)| letter.get(field.as_str()) != Some(*value))
        .map(|(field, value)| {
            let found = letter.get(field).unwrap_or(&Value::Null);
            format!("{name}: {field}\n  expected {value}\n  found    {found}")
        })
        .collect()
}
