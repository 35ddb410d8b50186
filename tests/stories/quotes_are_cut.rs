//! What a writer says is told from what they quote, for every client of `tests/corpus/quotes`: the
//! own words whole, and nothing else.

use std::fs;

use tests::corpus::{files, folder, parsed};

#[test]
fn the_writers_words_and_no_others() {
    let mails = files(&folder("quotes"), "eml");
    assert!(mails.len() >= 60, "{}", mails.len());
    let mut wrong = Vec::new();
    for mail in mails {
        let own = fs::read_to_string(mail.with_extension("txt")).expect("the own words");
        let seen = parsed(&mail);
        let visible = seen["visible_text"].as_str().unwrap_or_default();
        if visible.trim_end() != own.trim_end() {
            wrong.push(format!("{}:\n{visible}", mail.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
