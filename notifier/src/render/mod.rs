//! Turns a [`Notification`] into finished text. Pure: same notification, same words. Secrets are
//! places in the text until [`fill`] puts them in at delivery, so that no database holds them.

mod courtesy;
mod neutral;
mod notice;
mod receipt;
mod reply;
mod staff;
#[cfg(test)]
mod tests;
mod words;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::clean;
use crate::notification::{Language, Notification, Office};

/// The place of the query code. Its outer characters exist in no interchanged text and are taken
/// out of everything that people wrote, so a writer can't make a place of his own.
pub const CODE: &str = "\u{fdd0}code\u{fdd1}";

/// The place of the reply token, inside the square brackets of the line that a reply keeps.
pub const TOKEN: &str = "\u{fdd0}token\u{fdd1}";

/// What stands where a secret is not to be shown.
const MASK: &str = "••••";

/// The longest subject of a letter that is repeated in ours, in characters.
const SUBJECT: usize = 60;
/// The longest name, number, address or ground, in characters.
const LINE: usize = 300;

/// Finished words, save for the secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// Plain text, lines ended by `\n`.
    pub text: String,
    /// A whole HTML page that says the same.
    pub html: String,
}

impl Rendered {
    /// Whether a place for a secret is still empty.
    #[must_use]
    pub fn has_places(&self) -> bool {
        let marks = |text: &str| text.chars().any(clean::is_noncharacter);
        marks(&self.subject) || marks(&self.text) || marks(&self.html)
    }
}

/// Why there are no words.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A reply without an answer in it.
    #[error("the reply has no text")]
    Blank,
    /// A template failed.
    #[error("the words could not be put together: {0}")]
    Template(#[from] askama::Error),
}

/// The words of a notification.
///
/// # Errors
/// [`RenderError::Blank`] for a reply that says nothing.
pub fn render(
    notification: &Notification<'_>,
    language: Language,
) -> Result<Rendered, RenderError> {
    match notification {
        Notification::Receipt(receipt) => receipt::Words::new(receipt, language).render(language),
        Notification::Reply(reply) if reply.neutral => {
            neutral::Words::of_reply(reply, language).render(language)
        }
        Notification::Reply(reply) => reply::Words::new(reply, language)?.render(language),
        Notification::Notice(notice) if notice.neutral => {
            neutral::Words::of_notice(notice, language).render(language)
        }
        Notification::Notice(notice) => notice::Words::new(notice, language).render(language),
        Notification::Digest(digest) => staff::Daily::new(digest, language).render(language),
        Notification::Weekly(weekly) => staff::Week::new(weekly, language).render(language),
        Notification::Urgent(urgent) => staff::Call::new(urgent).render(language),
        Notification::Handed(handed) => staff::Handing::new(handed, language).render(language),
    }
}

/// The words with the secrets in their places. `None` puts dots there: for a page that shows what
/// was sent, never for sending.
#[must_use]
pub fn fill(rendered: &Rendered, code: Option<&str>, token: Option<&str>) -> Rendered {
    let shown = |secret: Option<&str>| clean::one_line(secret.unwrap_or(MASK), LINE);
    let (code, token) = (shown(code), shown(token));
    let put = |text: &str| text.replace(CODE, &code).replace(TOKEN, &token);
    Rendered {
        subject: put(&rendered.subject),
        text: put(&rendered.text),
        html: rendered
            .html
            .replace(CODE, &escaped(&code))
            .replace(TOKEN, &escaped(&token)),
    }
}

fn escaped(secret: &str) -> String {
    askama::filters::escape(secret, askama::filters::Html)
        .map_or_else(|never| match never {}, |safe| safe.to_string())
}

/// A person's words over several lines: as they are in plain text, as paragraphs in HTML.
struct Prose(String);

impl Prose {
    fn new(text: &str) -> Self {
        Self(clean::lines(text))
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Blank lines part paragraphs; each is the list of its lines.
    fn paragraphs(&self) -> Vec<Vec<&str>> {
        let lines: Vec<&str> = self.0.lines().map(str::trim_end).collect();
        lines
            .split(|line| line.is_empty())
            .filter(|paragraph| !paragraph.is_empty())
            .map(<[&str]>::to_vec)
            .collect()
    }
}

impl std::fmt::Display for Prose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn line(text: &str) -> String {
    clean::one_line(text, LINE)
}

/// The department that signs, else the portal.
fn signature(office: &Office) -> String {
    let organiser = line(&office.organiser);
    if organiser.is_empty() {
        line(&office.name)
    } else {
        organiser
    }
}

fn day(date: Date, language: Language) -> String {
    let form = match language {
        Language::Chinese => "%Y年%-m月%-d日",
        Language::English => "%-d %B %Y",
    };
    date.strftime(form).to_string()
}
