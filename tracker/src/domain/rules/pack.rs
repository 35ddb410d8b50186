//! A pack as text: `pack.toml`, files of `[[rule]]`, golden cases. Parsing tells every fault at
//! once, each with file, rule and field.

use serde::{Deserialize, Serialize};

use super::{
    Allowed, Applies, Certainty, Decider, Lengthening, Meets, Rule, StageAt, Starts,
    golden::{self, Golden},
    sound,
};
use crate::domain::{
    obligation::ObligationKind,
    term::{Term, Unit},
    words::{Class, Route, Source},
};

/// One file of a pack.
#[derive(Debug, Clone)]
pub struct PackFile {
    /// Its name within the folder.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

/// A pack, parsed and sound in itself.
#[derive(Debug, Clone)]
pub struct Pack {
    /// `cn`.
    pub id: String,
    /// What it is called, in Chinese.
    pub title_zh: String,
    /// What it is called, in English.
    pub title_en: String,
    /// Its rules, all versions.
    pub rules: Vec<Rule>,
    /// Its golden cases.
    pub golden: Vec<Golden>,
}

/// What is wrong in a pack, where, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{}", self.words())]
pub struct PackFault {
    /// The file.
    pub file: String,
    /// The rule, or the line of a table of cases.
    pub rule: Option<String>,
    /// The field.
    pub field: Option<String>,
    /// What is wrong, and what to write instead.
    pub what: String,
}

impl PackFault {
    pub(super) fn new(file: &str, what: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            rule: None,
            field: None,
            what: what.into(),
        }
    }

    pub(super) fn of(mut self, rule: impl Into<String>) -> Self {
        self.rule = Some(rule.into());
        self
    }

    pub(super) fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    fn words(&self) -> String {
        let places = [Some(&self.file), self.rule.as_ref(), self.field.as_ref()];
        let places: Vec<&str> = places.into_iter().flatten().map(String::as_str).collect();
        format!("{}: {}", places.join(", "), self.what)
    }
}

/// Words in both languages.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Both {
    zh: String,
    en: String,
}

/// `pack.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    id: String,
    title: Both,
    #[serde(default)]
    stages: Option<Vec<StageAt>>,
}

/// A length with its unit.
#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Length {
    length: u32,
    unit: Unit,
}

impl From<Length> for Term {
    fn from(Length { length, unit }: Length) -> Self {
        Self { length, unit }
    }
}

impl From<Term> for Length {
    fn from(Term { length, unit }: Term) -> Self {
        Self { length, unit }
    }
}

/// Whom a rule binds, as written.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenApplies {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    class: Vec<Class>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    route: Vec<Route>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    channel: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    source: Vec<Source>,
}

/// A rule as written.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    id: String,
    version: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<jiff::civil::Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<jiff::civil::Date>,
    obligation: ObligationKind,
    starts: Starts,
    #[serde(default = "yes")]
    rolls: bool,
    counts: bool,
    #[serde(default)]
    needs_writer: bool,
    met_by: Vec<Meets>,
    certainty: Certainty,
    applies: WrittenApplies,
    term: Length,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until_started: Option<Length>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    extension: Option<WrittenLengthening>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    suspensions: Vec<Allowed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stages: Option<Vec<StageAt>>,
    basis: Both,
}

fn yes() -> bool {
    true
}

/// An extension as written.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct WrittenLengthening {
    times: u32,
    at_most: u32,
    decided_by: Decider,
    notice: bool,
}

impl Written {
    fn into_rule(self, pack: &str, stages: &[StageAt]) -> Rule {
        let WrittenApplies {
            class,
            route,
            channel,
            source,
        } = self.applies;
        Rule {
            id: self.id,
            version: self.version,
            from: self.from.unwrap_or(jiff::civil::Date::MIN),
            to: self.to,
            applies: Applies {
                class,
                route,
                channel,
                source,
            },
            obligation: self.obligation,
            term: self.term.into(),
            starts: self.starts,
            until_started: self.until_started.map(Term::from),
            rolls: self.rolls,
            counts: self.counts,
            needs_writer: self.needs_writer,
            met_by: self.met_by,
            suspensions: self.suspensions,
            extension: self.extension.map(|e| Lengthening {
                times: e.times,
                at_most: e.at_most,
                decided_by: e.decided_by,
                notice: e.notice,
            }),
            stages: self.stages.unwrap_or_else(|| stages.to_vec()),
            basis_zh: self.basis.zh,
            basis_en: self.basis.en,
            certainty: self.certainty,
            pack: pack.to_owned(),
        }
    }

    fn of(rule: &Rule) -> Self {
        let r = rule.clone();
        Self {
            id: r.id,
            version: r.version,
            from: Some(r.from).filter(|from| *from != jiff::civil::Date::MIN),
            to: r.to,
            obligation: r.obligation,
            starts: r.starts,
            rolls: r.rolls,
            counts: r.counts,
            needs_writer: r.needs_writer,
            met_by: r.met_by,
            certainty: r.certainty,
            applies: WrittenApplies {
                class: r.applies.class,
                route: r.applies.route,
                channel: r.applies.channel,
                source: r.applies.source,
            },
            term: r.term.into(),
            until_started: r.until_started.map(Length::from),
            extension: r.extension.map(|e| WrittenLengthening {
                times: e.times,
                at_most: e.at_most,
                decided_by: e.decided_by,
                notice: e.notice,
            }),
            suspensions: r.suspensions,
            stages: Some(r.stages),
            basis: Both {
                zh: r.basis_zh,
                en: r.basis_en,
            },
        }
    }
}

impl Pack {
    /// Reads a pack from its files: `pack.toml`, any other `.toml` holds rules, any `.csv` golden
    /// cases.
    ///
    /// # Errors
    /// Every fault.
    pub fn parse(files: &[PackFile]) -> Result<Self, Vec<PackFault>> {
        let mut faults = Vec::new();
        let head = match head(files) {
            Ok(head) => head,
            Err(fault) => return Err(vec![fault]),
        };
        let stages = head.stages.clone().unwrap_or_else(Rule::usual_stages);
        let mut rules: Vec<(String, Rule)> = Vec::new();
        let mut cases = Vec::new();
        for file in files.iter().filter(|f| f.name != "pack.toml") {
            if file.name.ends_with(".toml") {
                for found in written(file) {
                    match found {
                        Ok(rule) => {
                            rules.push((file.name.clone(), rule.into_rule(&head.id, &stages)));
                        }
                        Err(fault) => faults.push(fault),
                    }
                }
            } else if file.name.ends_with(".csv") {
                match golden::parse(file) {
                    Ok(more) => cases.extend(more),
                    Err(more) => faults.extend(more),
                }
            }
        }
        faults.extend(sound::faults(&rules));
        if rules.is_empty() && faults.is_empty() {
            let what = "the pack holds no [[rule]]; put them into a .toml file beside pack.toml";
            faults.push(PackFault::new("pack.toml", what));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            id: head.id,
            title_zh: head.title.zh,
            title_en: head.title.en,
            rules: rules.into_iter().map(|(_, rule)| rule).collect(),
            golden: cases,
        })
    }
}

impl Rule {
    /// The rule as a pack writes it: one `[[rule]]`.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let wrapped = std::collections::BTreeMap::from([("rule", [Written::of(self)])]);
        toml::to_string(&wrapped).expect("a rule holds nothing that TOML cannot")
    }

    /// Reads one `[[rule]]` back; `pack` is where it is from.
    ///
    /// # Errors
    /// Every fault.
    pub fn from_toml(text: &str, pack: &str) -> Result<Self, Vec<PackFault>> {
        let file = PackFile {
            name: "rule".into(),
            text: text.to_owned(),
        };
        let found: Result<Vec<_>, _> = written(&file).into_iter().collect();
        let found = found.map_err(|fault| vec![fault])?;
        let [rule] = <[Written; 1]>::try_from(found).map_err(|found| {
            let what = format!("one [[rule]] is expected, {} stand here", found.len());
            vec![PackFault::new("rule", what)]
        })?;
        let rule = rule.into_rule(pack, &Self::usual_stages());
        let named = [("rule".to_owned(), rule)];
        let faults = sound::faults(&named);
        let [(_, rule)] = named;
        if faults.is_empty() {
            Ok(rule)
        } else {
            Err(faults)
        }
    }
}

fn head(files: &[PackFile]) -> Result<Head, PackFault> {
    let name = "pack.toml";
    let file = files.iter().find(|f| f.name == name).ok_or_else(|| {
        let what =
            "this file is missing; it holds id = \"…\" and title = { zh = \"…\", en = \"…\" }";
        PackFault::new(name, what)
    })?;
    let table = table(file)?;
    let head: Head = serde_path_to_error::deserialize(table).map_err(|e| unread(name, &e))?;
    if head.id.is_empty()
        || !head
            .id
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-')
    {
        let what = format!("{:?} must be letters, digits and -", head.id);
        return Err(PackFault::new(name, what).at("id"));
    }
    Ok(head)
}

fn table(file: &PackFile) -> Result<toml::Table, PackFault> {
    let fault = |e: toml::de::Error| PackFault::new(&file.name, e.to_string().trim_end());
    file.text.parse::<toml::Table>().map_err(fault)
}

fn unread(file: &str, error: &serde_path_to_error::Error<toml::de::Error>) -> PackFault {
    let fault = PackFault::new(file, error.inner().message());
    match error.path().to_string() {
        path if path == "." => fault,
        path => fault.at(path),
    }
}

/// The rules of a file, each read or at fault.
fn written(file: &PackFile) -> Vec<Result<Written, PackFault>> {
    let mut table = match table(file) {
        Ok(table) => table,
        Err(fault) => return vec![Err(fault)],
    };
    let rules = match table.remove("rule") {
        Some(toml::Value::Array(rules)) => rules,
        Some(_) => {
            let what = "write [[rule]] with two brackets: a file may hold several";
            return vec![Err(PackFault::new(&file.name, what).at("rule"))];
        }
        None => Vec::new(),
    };
    let strangers = table.keys().map(|key| {
        let what = "only [[rule]] may stand here";
        Err(PackFault::new(&file.name, what).at(key.as_str()))
    });
    let mut out: Vec<_> = strangers.collect();
    for (at, value) in rules.into_iter().enumerate() {
        let id = value.get("id").and_then(toml::Value::as_str);
        let name = id.map_or_else(|| format!("rule {} of the file", at + 1), str::to_owned);
        let read = serde_path_to_error::deserialize(value);
        out.push(read.map_err(|e| unread(&file.name, &e).of(name)));
    }
    out
}

#[cfg(test)]
#[path = "pack_tests.rs"]
mod tests;
