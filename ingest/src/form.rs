//! What a form, the API or a clerk sends, as the raw bytes of an arrival: JSON with a fixed shape,
//! so that it is kept, read and read again like any mail.

use serde::{Deserialize, Serialize};

use crate::letter::{Address, Attachment, Authentication, IncomingLetter, Writer};

/// A letter as sent by form, API or hand. Files are stored before it and named by their blob.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormLetter {
    /// What the writer chose (question, complaint …).
    pub kind: Option<String>,
    /// What it is about.
    pub subject: String,
    /// The letter.
    pub body: String,
    /// 姓名.
    #[serde(default)]
    pub name: String,
    /// 联系电话.
    #[serde(default)]
    pub phone: String,
    /// Where replies go by mail.
    #[serde(default)]
    pub email: String,
    /// 通信地址.
    #[serde(default)]
    pub address: String,
    /// Asked that the name be withheld.
    #[serde(default)]
    pub anonymous: bool,
    /// How the writer wants to be answered (mail, post, portal, phone, counter); by what was left
    /// where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_by: Option<String>,
    /// May the answer be published.
    #[serde(default)]
    pub wants_publication: bool,
    /// `zh-CN` or `en`.
    pub language: Option<String>,
    /// Files, stored before.
    #[serde(default)]
    pub files: Vec<FormFile>,
}

/// A stored file of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormFile {
    /// Safe file name.
    pub name: String,
    /// As the browser declared it.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// Hex SHA-256 of the bytes.
    pub sha256: String,
    /// Id of the stored blob.
    pub blob: String,
}

/// The bytes of a form are not what this program wrote.
#[derive(Debug, thiserror::Error)]
#[error("the stored form cannot be read: {0}")]
pub struct UnreadableForm(#[from] serde_json::Error);

/// The raw bytes of a form: what the ledger keeps.
#[must_use]
pub fn write(form: &FormLetter) -> Vec<u8> {
    serde_json::to_vec(form).expect("a form is plain text and numbers")
}

/// What makes a form the same letter when it is sent again: its words and its files' content, not
/// where the files were put meanwhile nor the language the page had.
#[must_use]
pub fn sameness(form: &FormLetter) -> Vec<u8> {
    let mut form = form.clone();
    form.language = None;
    form.files.iter_mut().for_each(|f| f.blob.clear());
    write(&form)
}

/// Reads the raw bytes of a form.
///
/// # Errors
/// When they are none.
pub fn read(raw: &[u8]) -> Result<IncomingLetter, UnreadableForm> {
    let form: FormLetter = serde_json::from_slice(raw)?;
    let address = Address {
        name: form.name.clone(),
        address: form.email.clone(),
    };
    let attachments = form.files.into_iter().map(|f| Attachment {
        name: f.name,
        media_type: f.media_type,
        size: f.size,
        sha256: f.sha256,
        part: f.blob,
    });
    Ok(IncomingLetter {
        subject: form.subject,
        from: (!address.address.is_empty()).then_some(address),
        to: Vec::new(),
        cc: Vec::new(),
        reply_to: Vec::new(),
        date: None,
        message_id: None,
        in_reply_to: Vec::new(),
        references: Vec::new(),
        visible_text: form.body.clone(),
        text: form.body,
        html: None,
        attachments: attachments.collect(),
        automatic: None,
        returned: None,
        authentication: Authentication::None,
        spam_score: None,
        tokens: Vec::new(),
        writer: Writer {
            name: form.name,
            phone: form.phone,
            email: form.email,
            address: form.address,
            anonymous: form.anonymous,
            answer_by: form.answer_by,
        },
        kind: form.kind,
        wants_publication: form.wants_publication,
        language: form.language,
        complaints: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_is_what_is_read() {
        let form = FormLetter {
            kind: Some("question".into()),
            subject: "宅基地确权".into(),
            body: "请问需要哪些材料？".into(),
            name: "周敏".into(),
            phone: String::new(),
            email: "zhou@example.cn".into(),
            address: String::new(),
            anonymous: false,
            answer_by: None,
            wants_publication: true,
            language: Some("zh-CN".into()),
            files: vec![FormFile {
                name: "证明.pdf".into(),
                media_type: "application/pdf".into(),
                size: 3,
                sha256: "00".into(),
                blob: "b1".into(),
            }],
        };
        let letter = read(&write(&form)).unwrap();
        assert_eq!(letter.text, form.body);
        assert_eq!(letter.writer.email, form.email);
        assert_eq!(letter.attachments[0].part, "b1");
        assert!(read(b"not a form").is_err());
    }
}
