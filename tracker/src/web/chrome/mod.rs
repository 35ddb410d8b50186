//! What every page carries around its content: the language, the site's name and address prefix,
//! who is signed in, and the words.

mod written;

use std::borrow::{Borrow, Cow};
use std::sync::Arc;

use crate::domain::words::Language;
use crate::web::language;
use crate::web::pages::parts::{Choice, FieldError};

/// A link with its finished words.
#[derive(Clone, Debug, Default)]
pub struct Link {
    /// The words shown.
    pub label: String,
    /// Where it leads: an absolute address.
    pub url: String,
}

/// What the configuration's `[site]` says, the same on every page. Empty means not shown.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// The site's name, `回音`.
    pub name: String,
    /// The department, 主办单位.
    pub organiser: String,
    /// 联系电话.
    pub phone: String,
    /// 网站标识码.
    pub site_code: String,
    /// ICP 备案号.
    pub icp: String,
    /// 公网安备号.
    pub police: String,
    /// Links beside the navigation, to the department's own site for instance.
    pub header_links: Vec<Link>,
    /// Links in the footer.
    pub footer_links: Vec<Link>,
    /// A digest of the assets, so that browsers may keep them for ever.
    pub asset_version: String,
}

/// The person signed in, and which parts of the staff side they may enter.
#[derive(Clone, Debug, Default)]
pub struct Viewer {
    /// Their name.
    pub name: String,
    /// Their unit's name, or empty.
    pub unit: String,
    /// May open `/desk`.
    pub desk: bool,
    /// May open `/overview`.
    pub overview: bool,
    /// May open `/intake`.
    pub intake: bool,
    /// May open `/admin`.
    pub admin: bool,
}

/// What the page before wants said once on this one: a code of the words' `notice` family, or
/// finished words.
#[derive(Clone, Debug, Default)]
pub struct Notice {
    /// A code (`saved`, `assigned` …), or finished words.
    pub code: String,
    /// Filled into the words as `%{a}`.
    pub arg: String,
    /// Whether it warns rather than confirms.
    pub warns: bool,
}

/// What every page embeds.
#[derive(Clone, Debug)]
pub struct Chrome {
    /// The language of this page.
    pub language: Language,
    /// The site.
    pub site: Arc<Site>,
    /// The path of `base_url`, without a slash at its end: empty, or `/hd`.
    pub base: String,
    /// The path asked for, without the base and the query: `/desk`.
    pub path: String,
    /// Where the language switch comes back to: path and query, without the base.
    pub here: String,
    /// Who is signed in.
    pub viewer: Option<Viewer>,
    /// The nonce of this answer's content security policy.
    pub nonce: String,
    /// Posted back by every form as `csrf`; empty where the handler needs none.
    pub csrf: String,
    /// Said once at the top.
    pub notice: Option<Notice>,
    /// This year, in the department's zone.
    pub year: i16,
    /// Years whose holidays should be known by now and are not: told to those who can import them.
    pub unannounced: Vec<String>,
}

impl Default for Chrome {
    fn default() -> Self {
        Self {
            language: Language::Chinese,
            site: Arc::default(),
            base: String::new(),
            path: "/".into(),
            here: "/".into(),
            viewer: None,
            nonce: String::new(),
            csrf: String::new(),
            notice: None,
            year: 0,
            unannounced: Vec::new(),
        }
    }
}

impl Chrome {
    /// The words of `key`; the key itself where there are none, which a test forbids.
    #[must_use]
    pub fn t(&self, key: &str) -> Cow<'static, str> {
        self.words(key)
            .unwrap_or_else(|| Cow::Owned(key.to_owned()))
    }

    /// The words of `key` with `a` at `%{a}`.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "templates hand over values and references"
    )]
    #[must_use]
    pub fn t1(&self, key: &str, a: impl ToString) -> String {
        fill(&self.t(key), &[("a", &a.to_string())])
    }

    /// The words of `key` with `a` at `%{a}` and `b` at `%{b}`.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "templates hand over values and references"
    )]
    #[must_use]
    pub fn t2(&self, key: &str, a: impl ToString, b: impl ToString) -> String {
        fill(
            &self.t(key),
            &[("a", &a.to_string()), ("b", &b.to_string())],
        )
    }

    /// The words of `key` with `a`, `b` and `c` at their places.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "templates hand over values and references"
    )]
    #[must_use]
    pub fn t3(&self, key: &str, a: impl ToString, b: impl ToString, c: impl ToString) -> String {
        let (a, b, c) = (a.to_string(), b.to_string(), c.to_string());
        fill(&self.t(key), &[("a", &a), ("b", &b), ("c", &c)])
    }

    /// The words of `key.one` or `key.other` with the number at `%{n}`.
    #[must_use]
    pub fn tn(&self, key: &str, n: impl Borrow<i64>) -> String {
        let n = *n.borrow();
        let form = if n == 1 { "one" } else { "other" };
        fill(&self.t(&format!("{key}.{form}")), &[("n", &self.count(n))])
    }

    /// What a code is called: the words of `family.code`, or the code itself where the family
    /// does not have it, so that a name stored as data shows as it is.
    #[must_use]
    pub fn word(&self, family: &str, code: impl AsRef<str>) -> String {
        let code = code.as_ref();
        self.words(&format!("{family}.{code}"))
            .map_or_else(|| code.to_owned(), Cow::into_owned)
    }

    /// Options for codes of a family, with one chosen. An empty code leaves it open.
    #[must_use]
    pub fn choices<C: AsRef<str>>(
        &self,
        family: &str,
        codes: impl IntoIterator<Item = C>,
        chosen: &str,
    ) -> Vec<Choice> {
        codes
            .into_iter()
            .map(|code| {
                let value = code.as_ref().to_owned();
                let label = match value.as_str() {
                    "" => self.t("form.any").into_owned(),
                    code => self.word(family, code),
                };
                Choice {
                    chosen: value == chosen,
                    label,
                    value,
                    ..Choice::default()
                }
            })
            .collect()
    }

    /// What is wrong with a field: the words of `fault.field-code`, else of `fault.code`, else the
    /// code as it is.
    #[must_use]
    pub fn fault(&self, error: &FieldError) -> String {
        let of_field = format!("fault.{}-{}", error.field, error.code);
        let words = self
            .words(&of_field)
            .map_or_else(|| self.word("fault", &error.code), Cow::into_owned);
        fill(&words, &[("a", &error.arg)])
    }

    /// The notice in words, if there is one.
    #[must_use]
    pub fn notice_text(&self, notice: &Notice) -> String {
        fill(&self.word("notice", &notice.code), &[("a", &notice.arg)])
    }

    /// An address on this site: the base before `path`, which begins with a slash.
    #[must_use]
    pub fn url(&self, path: impl AsRef<str>) -> String {
        format!("{}{}", self.base, path.as_ref())
    }

    /// The address of a file of `tracker/assets`.
    #[must_use]
    pub fn asset(&self, name: &str) -> String {
        format!("{}/assets/{name}?v={}", self.base, self.site.asset_version)
    }

    /// Whether this page belongs to the staff side, which has its own navigation.
    #[must_use]
    pub fn staff(&self) -> bool {
        [
            "/desk",
            "/overview",
            "/circulars",
            "/intake",
            "/admin",
            "/password",
            "/first",
        ]
        .iter()
        .any(|root| self.within(root))
    }

    /// Whether the page lies at or under `root`.
    #[must_use]
    pub fn within(&self, root: &str) -> bool {
        match self.path.strip_prefix(root) {
            Some(rest) => rest.is_empty() || rest.starts_with('/'),
            None => false,
        }
    }

    /// The language that the switch offers, and what it calls itself.
    #[must_use]
    pub fn other_language(&self) -> (&'static str, &'static str) {
        let other = match self.language {
            Language::Chinese => Language::English,
            Language::English => Language::Chinese,
        };
        (other.code(), language::own_name(other))
    }

    fn words(&self, key: &str) -> Option<Cow<'static, str>> {
        // The `t!` macro answers a missing key with a text; whether it is missing is asked here.
        crate::_rust_i18n_try_translate(self.language.code(), key)
    }
}

/// Fills `%{name}` in one pass, so that a value that looks like a placeholder stays as it is.
fn fill(words: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(words.len() + 16);
    let mut rest = words;
    while let Some(start) = rest.find("%{") {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let value = rest
            .find('}')
            .and_then(|end| Some((end, values.iter().find(|(name, _)| *name == &rest[2..end])?)));
        match value {
            Some((end, (_, value))) => {
                out.push_str(value);
                rest = &rest[end + 1..];
            }
            None => {
                out.push_str("%{");
                rest = &rest[2..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chrome(language: Language) -> Chrome {
        Chrome {
            language,
            base: "/hd".into(),
            path: "/desk/letters/1".into(),
            ..Chrome::default()
        }
    }

    #[test]
    fn values_that_look_like_placeholders_stay() {
        assert_eq!(
            fill("%{a}/%{b}/%{c", &[("a", "%{b}"), ("b", "2")]),
            "%{b}/2/%{c"
        );
    }

    #[test]
    fn the_base_stands_before_every_address() {
        let chrome = chrome(Language::Chinese);
        assert_eq!(chrome.url("/track"), "/hd/track");
        assert!(chrome.within("/desk") && chrome.staff() && !chrome.within("/des"));
    }
}
