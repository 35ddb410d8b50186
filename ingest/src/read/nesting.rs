//! Whatever a mail nests in whatever: no words and no file of it are lost.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use proptest::prelude::*;

use super::{attachment, read};

const SUBTYPES: [&str; 6] = [
    "mixed",
    "alternative",
    "related",
    "report",
    "signed",
    "x-own",
];

#[derive(Debug, Clone)]
enum Part {
    Plain,
    Html,
    File,
    NamedText,
    Multi {
        subtype: &'static str,
        encoded: bool,
        inside: Vec<Part>,
    },
}

fn part() -> impl Strategy<Value = Part> {
    let leaf = prop_oneof![
        Just(Part::Plain),
        Just(Part::Html),
        Just(Part::File),
        Just(Part::NamedText)
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        (
            proptest::sample::select(&SUBTYPES[..]),
            any::<bool>(),
            proptest::collection::vec(inner, 1..4),
        )
            .prop_map(|(subtype, encoded, inside)| Part::Multi {
                subtype,
                encoded,
                inside,
            })
    })
}

/// Header and body of a part; each leaf has a word of its own.
fn written(part: &Part, path: &str, words: &mut Vec<String>) -> String {
    let mut word = || {
        words.push(format!("word{}end", words.len()));
        words.last().cloned().unwrap_or_default()
    };
    match part {
        Part::Plain => format!("Content-Type: text/plain\n\n{}\n", word()),
        Part::Html => format!("Content-Type: text/html\n\n<p>{}</p>\n", word()),
        Part::File => format!(
            "Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n{}\n",
            STANDARD.encode(word())
        ),
        Part::NamedText => format!(
            "Content-Type: text/plain\nContent-Disposition: inline; filename=a.txt\n\n{}\n",
            word()
        ),
        Part::Multi {
            subtype,
            encoded,
            inside,
        } => {
            let mut body = String::new();
            for (place, inner) in inside.iter().enumerate() {
                let inner = written(inner, &format!("{path}-{place}"), words);
                body.push_str(&format!("--b{path}\n{inner}\n"));
            }
            body.push_str(&format!("--b{path}--\n"));
            let encoding = if *encoded {
                body = STANDARD.encode(body);
                "Content-Transfer-Encoding: base64\n"
            } else {
                ""
            };
            format!("Content-Type: multipart/{subtype}; boundary=\"b{path}\"\n{encoding}\n{body}")
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn every_leaf_is_words_or_a_file(part in part()) {
        let mut words = Vec::new();
        let raw = format!("From: a@x.cn\nSubject: s\n{}", written(&part, "0", &mut words));
        let letter = read(raw.as_bytes()).expect("readable");
        let mut seen = letter.text.clone();
        seen.push_str(letter.html.as_deref().unwrap_or_default());
        for file in &letter.attachments {
            let bytes = attachment(raw.as_bytes(), &file.part).unwrap_or_default();
            prop_assert_eq!(bytes.len() as u64, file.size, "{}", &file.name);
            seen.push_str(&String::from_utf8_lossy(&bytes));
        }
        for word in words {
            prop_assert!(seen.contains(&word), "{} of\n{}", word, raw);
        }
    }
}
