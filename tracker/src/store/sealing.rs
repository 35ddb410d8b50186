//! Words at rest. A letter's words stand in its rows' text columns, or, where it is sealed, in one
//! encrypted column under the letter's own key; [`Lock`] says which, and is asked at every row.

use std::sync::Arc;

use serde::{Serialize, de::DeserializeOwned};

use super::{Result, StoreError};
use crate::{
    clock::Entropy,
    keys::{DataKey, KeyError, Keys},
};

/// Keys and the randomness that sealing needs.
pub struct Vault {
    /// The master key and what follows from it.
    pub keys: Keys,
    /// Nonces and fresh keys.
    pub entropy: Arc<dyn Entropy>,
}

/// How the words of one letter are kept.
#[derive(Debug, Clone)]
pub enum Lock {
    /// In plain columns.
    Open,
    /// Under the letter's own key.
    Sealed {
        /// The key.
        key: DataKey,
        /// The key as stored, wrapped by the master key.
        wrapped: Vec<u8>,
    },
}

impl Lock {
    /// Whether words are encrypted.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        matches!(self, Self::Sealed { .. })
    }
}

/// Encrypted words and the id of the master key behind them: two columns of every such row.
pub(crate) type SealedColumns = (Option<Vec<u8>>, Option<String>);

impl Vault {
    /// A lock for a new letter.
    #[must_use]
    pub fn new_lock(&self, sealed: bool) -> Lock {
        if sealed {
            let (key, wrapped) = self.keys.new_data_key(&*self.entropy);
            Lock::Sealed { key, wrapped }
        } else {
            Lock::Open
        }
    }

    /// The lock of a stored letter.
    ///
    /// # Errors
    /// When it was sealed under another master key.
    pub(crate) fn lock(&self, wrapped: Option<Vec<u8>>, key_id: Option<&str>) -> Result<Lock> {
        match wrapped {
            None => Ok(Lock::Open),
            Some(wrapped) => {
                let key = self.keys.unwrap_key(&wrapped, key_id.unwrap_or_default())?;
                Ok(Lock::Sealed { key, wrapped })
            }
        }
    }

    /// Splits words into what the text columns and what the sealed columns hold.
    pub(crate) fn put<W: Serialize + Default>(
        &self,
        lock: &Lock,
        place: &str,
        id: i64,
        words: W,
    ) -> (W, SealedColumns) {
        match lock {
            Lock::Open => (words, (None, None)),
            Lock::Sealed { key, .. } => {
                let plain = serde_json::to_vec(&words).expect("words are plain strings");
                let sealed = key.seal(&format!("{place}/{id}"), &plain, &*self.entropy);
                (
                    W::default(),
                    (Some(sealed), Some(self.keys.id().to_owned())),
                )
            }
        }
    }

    /// Puts them together again.
    ///
    /// # Errors
    /// When the words do not open.
    pub(crate) fn get<W: DeserializeOwned>(
        &self,
        lock: &Lock,
        place: &'static str,
        id: i64,
        plain: W,
        sealed: Option<&[u8]>,
    ) -> Result<W> {
        match (lock, sealed) {
            (_, None) => Ok(plain),
            (Lock::Sealed { key, .. }, Some(sealed)) => {
                let bytes = self.keys.open(key, &format!("{place}/{id}"), sealed)?;
                serde_json::from_slice(&bytes).map_err(|_| StoreError::Unknown {
                    table: place,
                    id: id.to_string(),
                    what: "sealed words of another shape".into(),
                })
            }
            (Lock::Open, Some(_)) => Err(KeyError::DoesNotOpen {
                sealed_under: "a letter's key that is gone".into(),
                key_id: self.keys.id().into(),
            }
            .into()),
        }
    }
}
