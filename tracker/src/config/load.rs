//! Reading the configuration, and saying plainly what is wrong with it.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use figment::{
    Figment,
    error::Kind,
    providers::{Env, Format, Toml},
};

use super::{Config, Secret, check};

/// What is wrong with the configuration: every fault, one a line.
#[derive(Debug, thiserror::Error)]
#[error("the configuration cannot be used:\n{}", .0.iter().map(|f| format!("  - {f}")).collect::<Vec<_>>().join("\n"))]
pub struct ConfigError(pub Vec<String>);

impl Config {
    /// The file (named, or `huiyin.toml` where it is there) and the environment over it.
    ///
    /// # Errors
    /// Every fault, with what to do about it.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut figment = Figment::new();
        let usual = Path::new("huiyin.toml");
        match file {
            Some(path) if !path.is_file() => {
                return Err(ConfigError(vec![format!(
                    "there is no file {}; check --config",
                    path.display()
                )]));
            }
            Some(path) => figment = figment.merge(Toml::file_exact(path)),
            // A file that is not named may be missing.
            None if usual.is_file() => figment = figment.merge(Toml::file_exact(usual)),
            None => {}
        }
        let figment = figment.merge(Env::prefixed("HUIYIN__").split("__"));
        let mut config: Self = figment
            .extract()
            .map_err(|errors| ConfigError(errors.into_iter().map(|e| explain(&e)).collect()))?;
        let mut faults = config.read_secret_files();
        faults.extend(check::faults(&config));
        if faults.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError(faults))
        }
    }

    /// Where the master key lies.
    #[must_use]
    pub fn key_file(&self) -> PathBuf {
        self.master_key_file
            .clone()
            .unwrap_or_else(|| self.data_dir.join("master.key"))
    }

    /// Links lead to this address, where nobody said where they lead.
    pub fn lead_to(&mut self, address: SocketAddr) {
        if self.base_url == Self::default().base_url {
            self.base_url = format!("http://{address}");
        }
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

    fn read_secret_files(&mut self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut take = |what: &str, file: &Option<PathBuf>| {
            let path = file.as_ref()?;
            match std::fs::read_to_string(path) {
                Ok(text) => Some(Secret::new(text.trim_end_matches(['\r', '\n']).to_owned())),
                Err(e) => {
                    faults.push(format!(
                        "{what} = \"{}\" cannot be read: {e}",
                        path.display()
                    ));
                    None
                }
            }
        };
        if let Some(url) = take("database.url_file", &self.database.url_file) {
            self.database.url = url;
        }
        if let Some(smtp) = &mut self.smtp
            && let Some(password) = take("smtp.password_file", &smtp.password_file)
        {
            smtp.password = Some(password);
        }
        for mailbox in &mut self.mailbox {
            let name = format!("[[mailbox]] {}: ", mailbox.name);
            if let Some(p) = take(&format!("{name}password_file"), &mailbox.password_file) {
                mailbox.password = Some(p);
            }
            if let Some(t) = take(&format!("{name}oauth2_file"), &mailbox.oauth2_file) {
                mailbox.oauth2 = Some(t);
            }
        }
        faults
    }
}

fn explain(error: &figment::Error) -> String {
    let place = if error.path.is_empty() {
        String::new()
    } else {
        error.path.join(".")
    };
    let source = error
        .metadata
        .as_ref()
        .and_then(|m| {
            m.source
                .as_ref()
                .map(ToString::to_string)
                .or(Some(m.name.to_string()))
        })
        .map(|s| format!(" (in {s})"))
        .unwrap_or_default();
    match &error.kind {
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
            format!("unknown key `{}`{source}; {near}", join(&place, field))
        }
        Kind::MissingField(field) => format!("`{}` is missing{source}", join(&place, field)),
        kind if place.is_empty() => format!("{kind}{source}"),
        kind => format!("`{place}`: {kind}{source}"),
    }
}

/// A path with a field at its end; the path of an unknown key ends with it already.
fn join(place: &str, field: &str) -> String {
    if place.is_empty() {
        field.to_owned()
    } else if place == field || place.ends_with(&format!(".{field}")) {
        place.to_owned()
    } else {
        format!("{place}.{field}")
    }
}
