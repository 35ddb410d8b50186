//! Every page in both languages, looked at as a browser and a screen reader would.

use std::collections::BTreeSet;

use super::samples;
use crate::domain::words::Language;

/// The values of an attribute, wherever it stands.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    html.split(&format!(" {attribute}=\""))
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

fn each(look: impl Fn(&str, &str) -> Result<(), String>) {
    let mut faults = Vec::new();
    for &language in Language::ALL {
        for (name, html) in samples::all(language) {
            if let Err(fault) = look(name, &html) {
                faults.push(format!("{name} ({language}): {fault}"));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn ids_are_unique_and_what_refers_to_them_finds_them() {
    each(|_, html| {
        let ids = values(html, "id");
        let known: BTreeSet<&str> = ids.iter().copied().collect();
        if known.len() != ids.len() {
            let twice: Vec<_> = known
                .iter()
                .filter(|id| ids.iter().filter(|i| i == id).count() > 1)
                .collect();
            return Err(format!("ids stand twice: {twice:?}"));
        }
        let mut wanted: Vec<&str> = values(html, "for");
        for name in ["aria-labelledby", "aria-describedby"] {
            wanted.extend(values(html, name).iter().flat_map(|v| v.split(' ')));
        }
        wanted.extend(
            values(html, "href")
                .iter()
                .filter_map(|link| link.strip_prefix('#')),
        );
        match wanted.iter().find(|id| !known.contains(**id)) {
            Some(missing) => Err(format!("nothing has the id {missing:?}")),
            None => Ok(()),
        }
    });
}

#[test]
fn one_heading_one_main_and_every_field_has_its_label() {
    each(|_, html| {
        if html.matches("<h1").count() != 1 || html.matches("<main").count() != 1 {
            return Err("not one h1 and one main".into());
        }
        let labels: BTreeSet<&str> = values(html, "for").into_iter().collect();
        for tag in ["<input ", "<select ", "<textarea "] {
            for field in html
                .split(tag)
                .skip(1)
                .filter_map(|rest| rest.split('>').next())
            {
                let field = format!(" {field}");
                let (id, kind) = (values(&field, "id"), values(&field, "type"));
                let wrapped = kind
                    .iter()
                    .any(|k| ["hidden", "checkbox", "radio"].contains(k));
                if !wrapped && !id.iter().any(|id| labels.contains(id)) {
                    return Err(format!("no label for {field}"));
                }
            }
        }
        for table in html.split("<table").skip(1) {
            if !table.contains("<caption") || !table.contains("scope=\"col") {
                return Err("a table without caption or scope".into());
            }
        }
        Ok(())
    });
}

#[test]
fn a_page_with_errors_says_so_in_its_title_and_lists_them() {
    each(|name, html| {
        let title = html
            .split("<title>")
            .nth(1)
            .and_then(|t| t.split("</title>").next());
        let title = title.unwrap_or("");
        let told = title.starts_with("错误：") || title.starts_with("Error: ");
        let listed = html.contains("id=\"summary-title\"");
        if told == listed {
            Ok(())
        } else {
            Err(format!("{name}: {title:?}"))
        }
    });
}

#[test]
fn no_key_shows_instead_of_its_words() {
    each(|_, html| {
        let text: String = html
            .split('<')
            .filter_map(|part| part.split('>').nth(1))
            .collect();
        for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || "._".contains(c))) {
            let (family, rest) = word.split_once('.').unwrap_or((word, ""));
            let named = [
                "t", "act", "row", "due", "form", "letter", "write", "figure", "tag", "term",
            ];
            if named.contains(&family) && !rest.is_empty() {
                return Err(format!("{word} has no words"));
            }
        }
        if html.contains("%{") {
            Err("a place was not filled".into())
        } else {
            Ok(())
        }
    });
}

#[test]
fn fields_hold_what_was_entered() {
    let pages = samples::all(Language::Chinese);
    for (name, id, value) in [
        ("admin-person", "name", "张敏"),
        ("admin-unit", "code", "gengbao"),
        ("write-errors", "name", "周秀兰"),
        ("track-error", "number", "2026-000123-X"),
        ("login-error", "login", "zhangmin"),
    ] {
        let html = &pages.iter().find(|(page, _)| *page == name).unwrap().1;
        let field = html
            .split("<input ")
            .find(|f| f.starts_with(&format!("id=\"{id}\"")))
            .unwrap();
        assert_eq!(values(field, "value")[0], value, "{name}");
    }
}

#[test]
fn words_of_others_are_escaped() {
    let page = super::error::ErrorPage {
        detail: "<script>alert(1)</script>".into(),
        code: "not-found".into(),
        ..Default::default()
    };
    let html = askama::Template::render(&page).unwrap();
    assert!(
        !html.contains("<script") && html.contains("&#60;script"),
        "{html}"
    );
}
