//! Keys: one master key in a file outside the database; everything else is derived from it or
//! wrapped by it, and names its id. Sealed words can be read by whoever holds the file and by
//! nobody else, so losing it loses them.

use std::{fmt, io, path::Path};

use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::clock::{Entropy, random};

const NONCE: usize = 24;

/// What goes wrong with keys. None of it tells a secret.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or made.
    #[error("the master key file {path}: {source}. Restore it from where it was kept apart")]
    File {
        /// Which file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// There is none yet, and none can be made.
    #[error(
        "the master key file {path} cannot be made: {source}; check that the folder can be written to, or set data_dir or master_key_file"
    )]
    Make {
        /// Which file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// Not 32 bytes in hex.
    #[error("the master key file {0} holds no key: 64 hexadecimal digits were expected")]
    Malformed(String),
    /// Another key than the database was begun with.
    #[error(
        "the master key file {path} holds key {found}, but this database was written under key \
         {expected}: restore that file from where it was kept apart, or, on a further machine, \
         copy it from the first"
    )]
    Another {
        /// Which file.
        path: String,
        /// The id of its key.
        found: String,
        /// The id the database knows.
        expected: String,
    },
    /// Encrypted under another key, or damaged.
    #[error(
        "sealed data does not open: it was sealed under key {sealed_under}, this is {key_id}, or it is damaged"
    )]
    DoesNotOpen {
        /// The key id the data names.
        sealed_under: String,
        /// The id of the key at hand.
        key_id: String,
    },
}

/// A key for the words of one letter or one blob.
#[derive(Clone)]
pub struct DataKey([u8; 32]);

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(..)")
    }
}

/// The master key and what is derived from it.
#[derive(Clone)]
pub struct Keys {
    id: String,
    wrap: [u8; 32],
    digest: [u8; 32],
    code: [u8; 32],
    token: [u8; 32],
    form: [u8; 32],
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Keys {
    /// The key from its file, made (mode 0600) where there is none yet.
    ///
    /// # Errors
    /// When the file cannot be read, made, or holds no key.
    pub fn load_or_make(path: &Path, entropy: &dyn Entropy) -> Result<Self, KeyError> {
        let fail = |source| KeyError::File {
            path: path.display().to_string(),
            source,
        };
        match std::fs::read_to_string(path) {
            Ok(text) => {
                Self::from_hex(&text).ok_or_else(|| KeyError::Malformed(path.display().to_string()))
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                let master = random::<32>(entropy);
                write_private(path, &to_hex(&master)).map_err(|source| KeyError::Make {
                    path: path.display().to_string(),
                    source,
                })?;
                Ok(Self::new(&master))
            }
            Err(e) => Err(fail(e)),
        }
    }

    fn from_hex(text: &str) -> Option<Self> {
        Some(Self::new(&from_hex(text.trim())?.try_into().ok()?))
    }

    /// Derives everything from 32 bytes.
    #[must_use]
    pub fn new(master: &[u8; 32]) -> Self {
        let sub = |purpose: &str| {
            let mut out = [0; 32];
            Hkdf::<Sha256>::new(None, master)
                .expand(purpose.as_bytes(), &mut out)
                .expect("32 bytes are within what HKDF gives");
            out
        };
        Self {
            id: to_hex(&sub("huiyin key id")[..6]),
            wrap: sub("huiyin wrap"),
            digest: sub("huiyin digest"),
            code: sub("huiyin query code"),
            token: sub("huiyin reply token"),
            form: sub("huiyin form"),
        }
    }

    /// Names the master key wherever something was sealed under it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// A keyed digest: comparable, but of no use to whoever guesses at the words without the key.
    #[must_use]
    pub fn digest(&self, purpose: &str, bytes: &[u8]) -> String {
        to_hex(&mac(&self.digest, &[purpose.as_bytes(), b"\0", bytes]))
    }

    /// The 80 bits of a letter's query code. Only the version is stored.
    #[must_use]
    pub fn query_code(&self, letter_id: i64, version: i32) -> [u8; 10] {
        short(mac(
            &self.code,
            &[&letter_id.to_be_bytes(), &version.to_be_bytes()],
        ))
    }

    /// The 80 bits that let a reply join its letter.
    #[must_use]
    pub fn reply_token(&self, letter_id: i64) -> [u8; 10] {
        short(mac(&self.token, &[&letter_id.to_be_bytes()]))
    }

    /// A fresh key and the same key wrapped for storing.
    #[must_use]
    pub fn new_data_key(&self, entropy: &dyn Entropy) -> (DataKey, Vec<u8>) {
        let key = random::<32>(entropy);
        (DataKey(key), seal(&self.wrap, b"data key", &key, entropy))
    }

    /// Unwraps a stored key.
    ///
    /// # Errors
    /// When it was wrapped by another master key.
    pub fn unwrap_key(&self, wrapped: &[u8], key_id: &str) -> Result<DataKey, KeyError> {
        let plain = (key_id == self.id)
            .then(|| open(&self.wrap, b"data key", wrapped))
            .flatten();
        plain
            .and_then(|p| p.try_into().ok())
            .map(DataKey)
            .ok_or_else(|| self.does_not_open(key_id))
    }

    /// Opens what [`DataKey::seal`] sealed.
    ///
    /// # Errors
    /// When it was sealed under another key, for another place, or is damaged.
    pub fn open(&self, key: &DataKey, place: &str, sealed: &[u8]) -> Result<Vec<u8>, KeyError> {
        open(&key.0, place.as_bytes(), sealed).ok_or_else(|| self.does_not_open(&self.id))
    }

    /// Seals what a form carries from step to step through the browser.
    #[must_use]
    pub fn seal_form(&self, plain: &[u8], entropy: &dyn Entropy) -> Vec<u8> {
        seal(&self.form, b"form", plain, entropy)
    }

    /// Opens it again; `None` where it is not ours.
    #[must_use]
    pub fn open_form(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        open(&self.form, b"form", sealed)
    }

    /// The key of what a browser carries, made of the secret it alone holds.
    #[must_use]
    pub fn carrying_key(&self, secret: &[u8]) -> DataKey {
        DataKey(mac(&self.form, &[b"carried\0", secret]))
    }

    fn does_not_open(&self, sealed_under: &str) -> KeyError {
        KeyError::DoesNotOpen {
            sealed_under: sealed_under.to_owned(),
            key_id: self.id.clone(),
        }
    }
}

impl DataKey {
    /// Encrypts and authenticates `plain` for one `place` (table, row, piece): elsewhere it does
    /// not open.
    #[must_use]
    pub fn seal(&self, place: &str, plain: &[u8], entropy: &dyn Entropy) -> Vec<u8> {
        seal(&self.0, place.as_bytes(), plain, entropy)
    }
}

fn seal(key: &[u8; 32], place: &[u8], plain: &[u8], entropy: &dyn Entropy) -> Vec<u8> {
    let nonce = random::<NONCE>(entropy);
    let body = XChaCha20Poly1305::new(key.into())
        .encrypt(
            &XNonce::from(nonce),
            Payload {
                msg: plain,
                aad: place,
            },
        )
        .expect("a message under 256 GB can be encrypted");
    [&nonce[..], &body].concat()
}

fn open(key: &[u8; 32], place: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, body) = sealed.split_first_chunk::<NONCE>()?;
    XChaCha20Poly1305::new(key.into())
        .decrypt(
            &XNonce::from(*nonce),
            Payload {
                msg: body,
                aad: place,
            },
        )
        .ok()
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes any key");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn short(full: [u8; 32]) -> [u8; 10] {
    *full.first_chunk().expect("32 bytes begin with 10")
}

/// Lower-case hexadecimal.
#[must_use]
pub fn to_hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut out, b| {
            write!(out, "{b:02x}").expect("a string can be written to");
            out
        })
}

/// The bytes of hexadecimal digits; `None` for anything else.
#[must_use]
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&text[i..i + 2], 16).ok())
        .collect()
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemEntropy;

    #[test]
    fn what_is_sealed_opens_only_in_its_place() {
        let keys = Keys::new(&[7; 32]);
        let (key, wrapped) = keys.new_data_key(&SystemEntropy);
        let sealed = key.seal("letter/1", "举报内容".as_bytes(), &SystemEntropy);
        let again = keys.unwrap_key(&wrapped, keys.id()).unwrap();
        assert_eq!(
            keys.open(&again, "letter/1", &sealed).unwrap(),
            "举报内容".as_bytes()
        );
        assert!(keys.open(&again, "letter/2", &sealed).is_err());
        let other = Keys::new(&[8; 32]);
        assert!(other.unwrap_key(&wrapped, keys.id()).is_err());
        assert!(other.unwrap_key(&wrapped, other.id()).is_err());
    }

    #[test]
    fn a_damaged_byte_is_noticed() {
        let keys = Keys::new(&[7; 32]);
        let (key, _) = keys.new_data_key(&SystemEntropy);
        let mut sealed = key.seal("x", b"words", &SystemEntropy);
        *sealed.last_mut().unwrap() ^= 1;
        assert!(keys.open(&key, "x", &sealed).is_err());
    }

    #[test]
    fn codes_differ_by_letter_and_version() {
        let keys = Keys::new(&[7; 32]);
        assert_ne!(keys.query_code(1, 1), keys.query_code(1, 2));
        assert_ne!(keys.query_code(1, 1), keys.query_code(2, 1));
        assert_eq!(keys.query_code(1, 1), Keys::new(&[7; 32]).query_code(1, 1));
    }
}
