//! Letters as citizens write them, and replies as they read them.

use lettre::{
    Message,
    message::{Attachment, MultiPart, SinglePart, header::ContentType},
};
use mail_parser::MessageParser;

use crate::dovecot::DOMAIN;

/// A mail to be.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Local part of the writer's address.
    pub from: String,
    /// Local part of the mailbox written to.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// Body.
    pub body: String,
    /// Files: name and bytes.
    pub files: Vec<(String, Vec<u8>)>,
}

impl Letter {
    /// A plain one.
    #[must_use]
    pub fn new(from: &str, to: &str, subject: &str, body: &str) -> Self {
        let [from, to, subject, body] = [from, to, subject, body].map(ToOwned::to_owned);
        Self {
            from,
            to,
            subject,
            body,
            files: Vec::new(),
        }
    }

    /// The same with a file.
    #[must_use]
    pub fn with(mut self, name: &str, bytes: &[u8]) -> Self {
        self.files.push((name.to_owned(), bytes.to_vec()));
        self
    }

    /// The Message-ID it will bear, without `<>`.
    #[must_use]
    pub fn id(&self) -> String {
        let of: String = self
            .subject
            .chars()
            .map(|c| format!("{:x}", u32::from(c)))
            .collect();
        format!("{of}.{}@{DOMAIN}", self.from)
    }

    /// The mail.
    #[must_use]
    pub fn mail(&self) -> Message {
        let address = |local: &str| {
            format!("{local}@{DOMAIN}")
                .parse()
                .expect("a local part makes an address")
        };
        let builder = Message::builder()
            .from(address(&self.from))
            .to(address(&self.to))
            .subject(&self.subject)
            .message_id(Some(format!("<{}>", self.id())));
        let text = SinglePart::plain(self.body.clone());
        let octets = ContentType::parse("application/octet-stream").expect("a media type");
        let built = if self.files.is_empty() {
            builder.singlepart(text)
        } else {
            let whole = MultiPart::mixed().singlepart(text);
            let add = |whole: MultiPart, (name, bytes): &(String, Vec<u8>)| {
                let file = Attachment::new(name.clone()).body(bytes.clone(), octets.clone());
                whole.singlepart(file)
            };
            builder.multipart(self.files.iter().fold(whole, add))
        };
        built.expect("a letter of these parts is a mail")
    }

    /// The mail's bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.mail().formatted()
    }
}

/// A mail as its reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Subject.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The mail it answers, without `<>`.
    pub in_reply_to: String,
    /// The thread, without `<>`.
    pub references: String,
}

/// Reads a mail as another's mail client does.
#[must_use]
pub fn seen(mail: &[u8]) -> Seen {
    let mail = MessageParser::default()
        .parse(mail)
        .expect("what was sent is a mail");
    let ids = |value: &mail_parser::HeaderValue| match value.as_text_list() {
        Some(list) => list.join(" "),
        None => String::new(),
    };
    Seen {
        subject: mail.subject().unwrap_or_default().to_owned(),
        text: mail.body_text(0).unwrap_or_default().into_owned(),
        in_reply_to: ids(mail.in_reply_to()),
        references: ids(mail.references()),
    }
}
