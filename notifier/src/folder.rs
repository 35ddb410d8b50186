//! Mail laid down as `.eml` files instead of handed to a server: for a demonstration, a trial run,
//! or where another program picks mail up.

use std::{
    fs, io,
    io::Write as _,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use lettre::message::Mailbox;

use crate::{
    DeliveryError, Mail, SetupError,
    mail::compose,
    smtp::setup::{instance, sender},
};

/// A folder that takes mail.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    from: Mailbox,
    instance: String,
}

impl Folder {
    /// Checks the sender (`回音 <letters@example.gov.cn>`) and the installation's name, which every
    /// mail bears; the folder is made with the first mail.
    ///
    /// # Errors
    /// Names the setting that can't be used.
    pub fn new(path: &Path, from: &str, name: &str) -> Result<Self, SetupError> {
        Ok(Self {
            path: path.to_owned(),
            from: sender(from)?,
            instance: instance(name)?,
        })
    }

    /// Writes one mail. Its name comes from its date and Message-ID, so that a second attempt
    /// writes the same file.
    ///
    /// # Errors
    /// Permanent where the mail is none, temporary where the folder can't be written.
    pub async fn deliver(&self, mail: &Mail) -> Result<String, DeliveryError> {
        let composed = compose(mail, &self.from, &self.instance)
            .map_err(|error| DeliveryError::permanent(error.to_string()))?;
        let day = mail.date.strftime("%Y%m%d-%H%M%S");
        let id: String = mail
            .message_id
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .take(12)
            .collect();
        let file = self.path.join(format!("{day}-{id}.eml"));
        let written = file.clone();
        tokio::task::spawn_blocking(move || write(&written, &composed.bytes))
            .await
            .map_err(io::Error::other)
            .flatten()
            .map_err(|error| DeliveryError::temporary(format!("{}: {error}", file.display())))?;
        Ok(file.display().to_string())
    }
}

/// Whole or not at all: whoever watches the folder never sees half a mail.
fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        let mut private = fs::DirBuilder::new();
        private.recursive(true).mode(0o700).create(folder)?;
    }
    let part = file.with_extension("part");
    let mut private = fs::OpenOptions::new();
    private.write(true).create(true).truncate(true).mode(0o600);
    let mut out = private.open(&part)?;
    out.write_all(bytes)?;
    out.write_all(b"\r\n")?;
    drop(out);
    fs::rename(part, file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rendered;

    #[tokio::test]
    async fn a_mail_lies_there_whole_and_once() {
        let path = std::env::temp_dir().join(format!("huiyin-folder-{}", std::process::id()));
        let folder = Folder::new(&path, "回音 <letters@example.gov.cn>", "t1").unwrap();
        let mail = Mail {
            to: "zhou@example.cn".into(),
            reply_to: None,
            message_id: "0a1b2c@example.gov.cn".into(),
            in_reply_to: None,
            references: Vec::new(),
            automatic: false,
            rendered: Rendered {
                subject: "答复".into(),
                text: "您好".into(),
                html: "<p>您好</p>".into(),
            },
            attachments: Vec::new(),
            date: jiff::Timestamp::UNIX_EPOCH,
        };
        for _ in 0..2 {
            folder.deliver(&mail).await.unwrap();
        }
        let files: Vec<_> = fs::read_dir(&path).unwrap().flatten().collect();
        assert_eq!(files.len(), 1);
        assert_eq!(files[0].file_name(), "19700101-000000-0a1b2c.eml");
        let bytes = fs::read(files[0].path()).unwrap();
        let seen = mail_parser::MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(seen.subject(), Some("答复"));
        fs::remove_dir_all(&path).unwrap();
    }
}
