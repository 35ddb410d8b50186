//! The letters that a held message may belong to, as far as this viewer may see them.

use std::collections::{BTreeMap, HashSet};

use ingest::letter::IncomingLetter;

use crate::{
    app::App,
    domain::{
        access::Scope,
        likely::{self, Candidate, Held, Ranked},
        number::{self, LetterNumber},
    },
    letters::{Result, announce, judge},
    store::{letters::Letter, lists::Filter},
};

/// Letters of the same sender that are looked at.
const OF_SENDER: u64 = 20;
/// Open letters whose subjects are compared, the latest.
const BY_SUBJECT: u64 = 200;
/// Proposed at most.
const MOST: usize = 8;

/// The likely letters, best first, each with the reasons.
///
/// # Errors
/// When the database refuses.
pub async fn likely(
    app: &App,
    scope: &Scope,
    read: &IncomingLetter,
) -> Result<Vec<(Letter, Ranked)>> {
    let mut letters: BTreeMap<i64, Letter> = BTreeMap::new();
    let mut add = |all: Vec<Letter>| letters.extend(all.into_iter().map(|l| (l.id, l)));
    let proved = judge::named(app, read).await?;
    let proved = proved.iter().filter(|n| n.proved);
    let ids: Vec<i64> = proved.map(|n| n.letter_id).collect();
    add(app.store.letters_by_id(&ids, scope).await?);
    let mut named = HashSet::new();
    for number in numbers(read) {
        if let Some(letter) = app.store.letter(number, scope).await? {
            named.insert(letter.id);
            add(vec![letter]);
        }
    }
    let mut of_sender = HashSet::new();
    for address in addresses(read) {
        let key = announce::address_key(app, &address);
        let theirs = app.store.letters_of_writer(&key, scope, OF_SENDER).await?;
        of_sender.extend(theirs.iter().map(|l| l.id));
        add(theirs);
    }
    // What proves nothing is compared by its subject only; a sealed one's words stand nowhere.
    let latest = Filter {
        open: false,
        ..Filter::default()
    };
    let sight = app.store.glance(scope).await?;
    let (latest, _) = app.store.list(&sight, &latest, None, BY_SUBJECT).await?;
    let known: HashSet<i64> = letters.keys().copied().collect();
    let held = Held {
        subject: read.subject.clone(),
        quoted: quoted(read),
    };
    let mut candidates = Vec::new();
    for letter in letters.values() {
        let said = if held.quoted.is_empty() {
            Vec::new()
        } else {
            let messages = app.store.messages(letter).await?;
            messages.into_iter().map(|m| m.words.text).collect()
        };
        candidates.push(Candidate {
            letter_id: letter.id,
            subject: letter.subject.clone(),
            said,
            token: ids.contains(&letter.id),
            same_sender: of_sender.contains(&letter.id),
            named: named.contains(&letter.id),
            open: letter.status.is_open(),
        });
    }
    let others = latest
        .iter()
        .filter(|l| !known.contains(&l.id) && l.status.is_open() && !l.is_sealed());
    candidates.extend(others.map(|l| Candidate {
        letter_id: l.id,
        subject: l.subject.clone(),
        open: true,
        ..Candidate::default()
    }));
    letters.extend(latest.into_iter().map(|l| (l.id, l)));
    let mut ranked = likely::rank(&held, &candidates);
    ranked.truncate(MOST);
    Ok(ranked
        .into_iter()
        .filter_map(|r| Some((letters.get(&r.letter_id)?.clone(), r)))
        .collect())
}

/// Where the message says it comes from.
fn addresses(read: &IncomingLetter) -> Vec<String> {
    let from = read.from.iter().map(|f| f.address.clone());
    let mut all: Vec<String> = from.chain([read.writer.email.clone()]).collect();
    all.retain(|a| !a.is_empty());
    all.dedup();
    all
}

/// What stands in the text beside the sender's own words.
fn quoted(read: &IncomingLetter) -> String {
    let own = read.visible_text.trim();
    match read.text.find(own).filter(|_| !own.is_empty()) {
        Some(at) => format!("{}\n{}", &read.text[..at], &read.text[at + own.len()..]),
        None => read.text.clone(),
    }
    .trim()
    .to_owned()
}

/// The letter numbers that subject and text mention.
fn numbers(read: &IncomingLetter) -> Vec<LetterNumber> {
    number::all_in(&format!("{} {}", read.subject, read.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(mail: &str) -> IncomingLetter {
        ingest::read::read(mail.as_bytes()).unwrap()
    }

    #[test]
    fn numbers_are_found_among_chinese_words_and_quotes_without_the_reply() {
        let number = LetterNumber {
            year: 2026,
            serial: 123,
        };
        let mail = format!(
            "From: a@b.cn\r\nSubject: 关于{number}的补充\r\nContent-Type: text/plain; \
             charset=utf-8\r\n\r\n补充一张照片，编号{number}。\r\n\r\n> 您的来信已经收到\r\n"
        );
        let read = read(&mail);
        assert_eq!(numbers(&read), [number]);
        let quoted = quoted(&read);
        assert!(quoted.contains("您的来信已经收到"), "{quoted}");
        assert!(!quoted.contains("补充一张照片"), "{quoted}");
    }
}
