//! Where a setting stands: the line of the file, or the variable of the environment.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// The file's text with its tables, to find lines in.
pub(super) struct Source<'a> {
    /// The file's name; empty where there is no file.
    pub(super) name: String,
    text: &'a str,
    root: Option<Spanned<DeTable<'a>>>,
}

impl<'a> Source<'a> {
    /// Reads the text.
    ///
    /// # Errors
    /// The place and what is wrong there, where it is no TOML.
    pub(super) fn read(name: String, text: &'a str) -> Result<Self, (String, String)> {
        let root = DeTable::parse(text).map_err(|error| {
            let at = error.span().unwrap_or_default();
            let words = format!("this is no TOML: {}", error.message());
            (place(&name, text, &at), words)
        })?;
        Ok(Self {
            name,
            text,
            root: Some(root),
        })
    }

    /// Without a file.
    pub(super) fn none() -> Self {
        Self {
            name: String::new(),
            text: "",
            root: None,
        }
    }

    /// Where a setting stands: its variable, where one sets it; else its line, or that of the
    /// nearest table around it; empty where neither has it.
    pub(super) fn of(&self, path: &str) -> String {
        let parts: Vec<&str> = path.split('.').collect();
        let variable = variable(&parts);
        if std::env::var_os(&variable).is_some() {
            return variable;
        }
        match self.span(&parts) {
            Some(span) => place(&self.name, self.text, &span),
            None => self.name.clone(),
        }
    }

    fn span(&self, parts: &[&str]) -> Option<Range<usize>> {
        let root = self.root.as_ref()?;
        let (first, rest) = parts.split_first()?;
        let (key, mut value) = root.get_ref().get_key_value(*first)?;
        let mut span = key.span();
        for part in rest {
            let inner = match value.get_ref() {
                DeValue::Table(table) => table.get_key_value(*part).map(|(k, v)| (k.span(), v)),
                DeValue::Array(all) => {
                    let nth = part.parse().ok().and_then(|n: usize| all.get(n));
                    nth.map(|v| (v.span(), v))
                }
                _ => None,
            };
            let Some((at, next)) = inner else { break };
            (span, value) = (at, next);
        }
        Some(span)
    }
}

/// The variable that sets a setting.
fn variable(parts: &[&str]) -> String {
    format!("HUIYIN__{}", parts.join("__").to_uppercase())
}

fn place(name: &str, text: &str, at: &Range<usize>) -> String {
    let before = text.get(..at.start).unwrap_or_default();
    format!("{name}:{}", 1 + before.matches('\n').count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_found_in_their_lines() {
        let text = "base_url = \"x\"\n\n[listen]\npublic = \"y\"\n[[mailbox]]\nname = \"a\"\n\
                    [[mailbox]]\nname = \"b\"\nport = 1\n";
        let source = Source::read("h.toml".into(), text).unwrap();
        for (path, line) in [
            ("base_url", 1),
            ("listen", 3),
            ("listen.public", 4),
            ("listen.desk", 3),
            ("mailbox.0.name", 6),
            ("mailbox.1.port", 9),
            ("mailbox.1.host", 7),
        ] {
            assert_eq!(source.of(path), format!("h.toml:{line}"), "{path}");
        }
        assert_eq!(source.of("smtp.host"), "h.toml");
        let wrong = Source::read("h.toml".into(), "a = 1\nb = = 2\n")
            .err()
            .unwrap();
        assert_eq!(wrong.0, "h.toml:2");
    }
}
