//! Administration of channels: names, and the term of the department's own. It shows no letter.

use axum::{extract::State, http::StatusCode, response::Response};

use super::{
    Web,
    chrome::Chrome,
    error::Trouble,
    extract::{Named, Posted},
    page,
    pages::{
        admin::{ChannelPage, ChannelRow, ChannelsPage},
        parts::{Errors, FieldError},
    },
    show,
    visit::Visit,
};
use crate::{
    domain::{
        rules::Rule,
        term::{Term, Unit as TermUnit},
    },
    letters::setup,
    reading::due,
    store::channels::OwnTerm,
};

/// `GET /admin/channels`
///
/// # Errors
/// For anybody but an administrator.
pub async fn channels(State(web): State<Web>, visit: Visit) -> Result<Response, Trouble> {
    visit.administrator()?;
    let chrome = visit.chrome();
    let rows = web
        .app
        .store
        .channels()
        .await?
        .into_iter()
        .map(|c| {
            let counted = due::rule_today(&web.app, &c);
            (c, counted)
        })
        .map(|(c, counted)| ChannelRow {
            in_force: counted
                .as_ref()
                .map(|r| show::term(&chrome, r))
                .unwrap_or_default(),
            rule: counted.as_ref().map(|r| r.id.clone()).unwrap_or_default(),
            name: show::channel_name(&chrome, &c),
            class: c.default_class.code().into(),
            term: (c.own.as_ref())
                .map(|o| chrome.term(o.term.unit.code(), o.term.length.into()))
                .unwrap_or_default(),
            basis: counted.map(|r| basis(&chrome, r)).unwrap_or_default(),
            sealed: c.sealed,
            enabled: c.enabled,
            code: c.code,
        });
    page::page(&ChannelsPage {
        rows: rows.collect(),
        chrome,
    })
}

fn basis(chrome: &Chrome, rule: Rule) -> String {
    if show::chinese(chrome) {
        rule.basis_zh
    } else {
        rule.basis_en
    }
}

/// `GET /admin/channels/{code}`
///
/// # Errors
/// For anybody but an administrator, and for a code that is unknown.
pub async fn channel(
    State(web): State<Web>,
    visit: Visit,
    Named(code): Named<String>,
) -> Result<Response, Trouble> {
    visit.administrator()?;
    let all = web.app.store.channels().await?;
    let c = all
        .into_iter()
        .find(|c| c.code == code)
        .ok_or_else(Trouble::not_found)?;
    let chrome = visit.chrome();
    let codes = TermUnit::ALL.iter().map(TermUnit::code);
    let counted = due::rule_today(&web.app, &c);
    let own = c.own.unwrap_or_else(no_term);
    page::page(&ChannelPage {
        class: c.default_class.code().into(),
        in_force: counted
            .as_ref()
            .map(|r| show::term(&chrome, r))
            .unwrap_or_default(),
        in_force_basis: counted.map(|r| basis(&chrome, r)).unwrap_or_default(),
        term_units: chrome.choices("term_unit", codes, own.term.unit.code()),
        code: c.code,
        name_zh: c.name_zh,
        name_en: c.name_en,
        intro_zh: c.intro_zh,
        intro_en: c.intro_en,
        sealed: c.sealed,
        enabled: c.enabled,
        term_length: match own.term.length {
            0 => String::new(),
            n => n.to_string(),
        },
        basis_zh: own.basis_zh,
        basis_en: own.basis_en,
        version: c.version.into(),
        errors: Errors::default(),
        chrome,
    })
}

/// A form without a term of the department's own.
fn no_term() -> OwnTerm {
    OwnTerm {
        term: Term {
            length: 0,
            unit: TermUnit::Workday,
        },
        basis_zh: String::new(),
        basis_en: String::new(),
    }
}

/// `POST /admin/channels/{code}`: letters received from now on count by what stands then; none
/// that is here already moves.
///
/// # Errors
/// For anybody but an administrator, and for a code that is unknown.
pub async fn save_channel(
    State(web): State<Web>,
    visit: Visit,
    Named(code): Named<String>,
    posted: Posted,
) -> Result<Response, Trouble> {
    let by = Some(visit.administrator()?.person_id);
    let all = web.app.store.channels().await?;
    let mut c = all
        .into_iter()
        .find(|c| c.code == code)
        .ok_or_else(Trouble::not_found)?;
    let mut errors = Errors::default();
    let has_term = posted.some("term_length").is_some();
    let needed: &[&str] = if has_term {
        &["name_zh", "name_en", "basis_zh", "basis_en"]
    } else {
        &["name_zh", "name_en"]
    };
    for field in needed.iter().copied() {
        if posted.some(field).is_none() {
            errors.0.push(FieldError {
                field: field.into(),
                code: "required".into(),
                arg: String::new(),
            });
        }
    }
    let length = posted
        .get("term_length")
        .parse()
        .ok()
        .filter(|n| (1..=3650).contains(n));
    let unit = posted.get("term_unit").parse::<TermUnit>().ok();
    if has_term && (length.is_none() || unit.is_none()) {
        errors.0.push(FieldError {
            field: "term_length".into(),
            code: "not-a-number".into(),
            arg: String::new(),
        });
    }
    if errors.is_empty() {
        let text = |name: &str| posted.get(name).trim().to_owned();
        let own = length.zip(unit).map(|(length, unit)| OwnTerm {
            term: Term { length, unit },
            basis_zh: text("basis_zh"),
            basis_en: text("basis_en"),
        });
        if own != c.own {
            c.rule_version += 1;
        }
        c.own = own;
        c.name_zh = text("name_zh");
        c.name_en = text("name_en");
        c.intro_zh = text("intro_zh");
        c.intro_en = text("intro_en");
        c.enabled = posted.ticked("enabled");
        c.version += 1;
        setup::save_channel(&web.app, by, &c).await?;
        return Ok(page::to_saying(&web, "/admin/channels", "saved", ""));
    }
    let chrome = visit.chrome();
    let codes = TermUnit::ALL.iter().map(TermUnit::code);
    let counted = due::rule_today(&web.app, &c);
    let again = ChannelPage {
        class: c.default_class.code().into(),
        in_force: counted
            .as_ref()
            .map(|r| show::term(&chrome, r))
            .unwrap_or_default(),
        in_force_basis: counted.map(|r| basis(&chrome, r)).unwrap_or_default(),
        term_units: chrome.choices("term_unit", codes, posted.get("term_unit")),
        code: c.code,
        name_zh: posted.get("name_zh").into(),
        name_en: posted.get("name_en").into(),
        intro_zh: posted.get("intro_zh").into(),
        intro_en: posted.get("intro_en").into(),
        sealed: c.sealed,
        enabled: posted.ticked("enabled"),
        term_length: posted.get("term_length").into(),
        basis_zh: posted.get("basis_zh").into(),
        basis_en: posted.get("basis_en").into(),
        version: c.version.into(),
        errors,
        chrome,
    };
    page::with_status(StatusCode::UNPROCESSABLE_ENTITY, &again)
}
