//! Reading the configuration, and saying plainly everything that is wrong with it.

use std::path::{Path, PathBuf};

use figment::{
    Figment,
    error::Kind,
    providers::{Env, Format, Serialized, Toml},
    value::{Dict, Value},
};

use super::{Config, Secret, check, place::Source};

/// Something that is wrong with the configuration.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Fault {
    /// `huiyin.toml:12`, or the variable of the environment; empty where it stands nowhere.
    #[serde(rename = "where")]
    pub place: String,
    /// What is wrong, and what to do.
    pub what: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.place.is_empty() {
            write!(f, "{}", self.what)
        } else {
            write!(f, "{}: {}", self.place, self.what)
        }
    }
}

/// What is wrong with the configuration: every fault, one a line.
#[derive(Debug, thiserror::Error)]
#[error("the configuration cannot be used:\n{}", .0.iter().map(|f| format!("  - {f}")).collect::<Vec<_>>().join("\n"))]
pub struct ConfigError(pub Vec<Fault>);

/// Stands for what is missing, so that the rest can be read: no fault is told of it.
const MISSING: &str = "\u{0}missing";

/// Faults looked for in one configuration.
const MOST: usize = 200;

impl Config {
    /// The file (named, or `huiyin.toml` where it is there) and the environment over it.
    ///
    /// # Errors
    /// Every fault, with where it stands and what to do about it.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let usual = Path::new("huiyin.toml");
        let alone = |place: String, what: String| ConfigError(vec![Fault { place, what }]);
        let path = match file {
            Some(path) if !path.is_file() => {
                let what = format!("there is no file {}; check --config", path.display());
                return Err(alone(String::new(), what));
            }
            Some(path) => Some(path),
            // A file that is not named may be missing.
            None => usual.is_file().then_some(usual),
        };
        let name = path.map(|p| p.display().to_string()).unwrap_or_default();
        let text = match path.map(std::fs::read_to_string).transpose() {
            Ok(text) => text,
            Err(e) => return Err(alone(name, format!("it cannot be read: {e}"))),
        };
        let source = match &text {
            Some(text) => Source::read(name, text).map_err(|(p, w)| alone(p, w))?,
            None => Source::none(),
        };
        let mut figment = Figment::new();
        if let Some(text) = &text {
            figment = figment.merge(Toml::string(text));
        }
        let figment = figment.merge(Env::prefixed("HUIYIN__").split("__"));
        let told_base = figment.find_value("base_url").is_ok();
        let (config, mut faults) = forbearing(&figment, &source);
        let Some(mut config) = config else {
            return Err(ConfigError(faults));
        };
        let known: Vec<String> = faults.iter().map(|f| f.place.clone()).collect();
        let mut more = config.read_secret_files();
        more.extend(check::faults(&config));
        let more = more.into_iter().filter(|(_, what)| !what.contains(MISSING));
        let more = more.map(|(path, what)| Fault {
            place: source.of(&path),
            what,
        });
        // What cannot be read was told already; what follows from it is none of its own.
        faults.extend(more.filter(|f| f.place.is_empty() || !known.contains(&f.place)));
        if !faults.is_empty() {
            return Err(ConfigError(faults));
        }
        if !told_base && !config.listen.public.ip().is_unspecified() {
            config.lead_to(config.listen.public);
        }
        Ok(config)
    }

    /// Where a setting (`mailbox.0.channel`) stands, as [`Fault::place`] says it.
    #[must_use]
    pub fn place(file: Option<&Path>, setting: &str) -> String {
        let path = file.unwrap_or(Path::new("huiyin.toml"));
        let Ok(text) = std::fs::read_to_string(path) else {
            return Source::none().of(setting);
        };
        let source = Source::read(path.display().to_string(), &text);
        source.map(|s| s.of(setting)).unwrap_or_default()
    }

    /// The database's URL, SQLite in the data folder by default.
    #[must_use]
    pub fn database_url(&self) -> String {
        match self.database.url.expose() {
            "" => format!("sqlite://{}", self.data_dir.join("huiyin.db").display()),
            url => url.to_owned(),
        }
    }

    /// Whether there is a database to ask: a file that is there, or a server that is named.
    #[must_use]
    pub fn has_database(&self) -> bool {
        let url = self.database_url();
        let Some(path) = url.strip_prefix("sqlite:") else {
            return true;
        };
        let path = path.strip_prefix("//").unwrap_or(path);
        let path = path.split('?').next().unwrap_or(path);
        std::path::Path::new(path).exists()
    }

    /// Fills secrets from their files; answers settings at fault.
    fn read_secret_files(&mut self) -> Vec<(String, String)> {
        let mut faults = Vec::new();
        let mut take = |path: String, what: &str, file: &Option<PathBuf>| {
            let from = file.as_ref()?;
            match std::fs::read_to_string(from) {
                Ok(text) => Some(Secret::new(text.trim_end_matches(['\r', '\n']).to_owned())),
                Err(e) => {
                    let words = format!("{what} = \"{}\" cannot be read: {e}", from.display());
                    faults.push((path, words));
                    None
                }
            }
        };
        let mut top = |path: &str, file: &Option<PathBuf>| take(path.to_owned(), path, file);
        if let Some(url) = top("database.url_file", &self.database.url_file) {
            self.database.url = url;
        }
        if let Some(smtp) = &mut self.smtp
            && let Some(password) = top("smtp.password_file", &smtp.password_file)
        {
            smtp.password = Some(password);
        }
        for (n, mailbox) in self.mailbox.iter_mut().enumerate() {
            let name = mailbox.name.clone();
            let mut of = |key: &str, file: &Option<PathBuf>| {
                let what = format!("[[mailbox]] {name}: {key}");
                take(format!("mailbox.{n}.{key}"), &what, file)
            };
            if let Some(p) = of("password_file", &mailbox.password_file) {
                mailbox.password = Some(p);
            }
            if let Some(t) = of("oauth2_file", &mailbox.oauth2_file) {
                mailbox.oauth2 = Some(t);
            }
        }
        faults
    }
}

/// Reads what can be read: a setting at fault is told and taken out, one that is missing is told
/// and filled in, and the rest is read again.
fn forbearing(figment: &Figment, source: &Source<'_>) -> (Option<Config>, Vec<Fault>) {
    let mut faults = Vec::new();
    let mut told = |path: &str, what: String| {
        let place = source.of(path);
        faults.push(Fault { place, what });
    };
    let mut settings = match figment.extract::<Dict>() {
        Ok(settings) => Value::from(settings),
        Err(error) => {
            told("", error.to_string());
            return (None, faults);
        }
    };
    for _ in 0..MOST {
        let error = match Figment::from(Serialized::defaults(&settings)).extract::<Config>() {
            Ok(config) => return (Some(config), faults),
            Err(error) => error,
        };
        let mut path = error.path.clone();
        match &error.kind {
            Kind::UnknownField(field, _) if path.last() != Some(field) => path.push(field.clone()),
            Kind::MissingField(field) => path.push(field.to_string()),
            _ => {}
        }
        let at = path.join(".");
        told(&at, explain(&error.kind, &at));
        let missing = matches!(error.kind, Kind::MissingField(_));
        let new = missing.then(|| Value::from(MISSING));
        // Where a table cannot do with what was filled in, it is left out whole.
        while !put(
            &mut settings,
            &path,
            new.clone().filter(|_| path.join(".") == at),
        ) {
            if path.pop().is_none() {
                return (None, faults);
            }
        }
    }
    (None, faults)
}

/// Sets a setting that is missing, or takes one out; `false` where it is not as that needs.
fn put(value: &mut Value, path: &[String], new: Option<Value>) -> bool {
    let Some((first, rest)) = path.split_first() else {
        return false;
    };
    match value {
        Value::Dict(_, dict) if rest.is_empty() => match new {
            Some(new) => dict.insert(first.clone(), new).is_none(),
            None => dict.remove(first).is_some(),
        },
        Value::Dict(_, dict) => dict.get_mut(first).is_some_and(|v| put(v, rest, new)),
        Value::Array(_, all) => {
            let Some(n) = first.parse().ok().filter(|n| *n < all.len()) else {
                return false;
            };
            if rest.is_empty() {
                all.remove(n);
                return true;
            }
            put(&mut all[n], rest, new)
        }
        _ => false,
    }
}

/// Whether a setting holds what no message may repeat.
fn secret(at: &str) -> bool {
    let key = at.rsplit('.').next().unwrap_or_default();
    matches!(key, "password" | "oauth2") || at == "database.url"
}

/// What is wrong with a setting, in words.
fn explain(kind: &Kind, at: &str) -> String {
    match kind {
        Kind::UnknownField(field, known) => {
            let near = known
                .iter()
                .map(|k| (strsim::jaro_winkler(k, field), k))
                .filter(|(score, _)| *score > 0.75)
                .max_by(|a, b| a.0.total_cmp(&b.0))
                .map_or_else(
                    || format!("known here: {}", known.join(", ")),
                    |(_, k)| format!("did you mean `{k}`?"),
                );
            format!("unknown key `{at}`; {near}")
        }
        Kind::MissingField(_) => format!("`{at}` is missing"),
        kind if at.is_empty() => kind.to_string(),
        _ if secret(at) => format!("`{at}` must be text in quotes"),
        kind => format!("`{at}`: {kind}"),
    }
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
