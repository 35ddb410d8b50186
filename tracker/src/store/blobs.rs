//! Bytes, content-addressed under a keyed id and encrypted under a key of their own since they
//! are committed before anyone knows which letter they join. Large ones lie in chunks.

use std::collections::HashSet;

use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    Result, Store, StoreError, Vault,
    entities::{blob, blob_chunk},
    step::Step,
    time::micros,
};

/// Larger blobs lie in chunks of this size.
pub const CHUNK: usize = 256 * 1024;

/// Bytes sealed and ready to be added.
pub struct SealedBlobs {
    /// Their ids, in order.
    pub ids: Vec<String>,
    rows: Vec<blob::Model>,
    chunks: Vec<blob_chunk::Model>,
}

impl Vault {
    /// The id of some bytes: equal bytes, equal id; useless without the key.
    #[must_use]
    pub fn blob_id(&self, bytes: &[u8]) -> String {
        self.keys.digest("blob", bytes)
    }

    /// Seals bytes for [`Step::add_blobs`], without holding the database.
    #[must_use]
    pub fn seal_blobs(&self, all: &[&[u8]], now: Timestamp) -> SealedBlobs {
        let ids: Vec<String> = all.iter().map(|bytes| self.blob_id(bytes)).collect();
        let mut there = HashSet::new();
        let (mut rows, mut chunks) = (Vec::new(), Vec::new());
        for (id, bytes) in ids.iter().zip(all) {
            if there.insert(id) {
                rows.push(self.seal_blob(id, bytes, now, &mut chunks));
            }
        }
        SealedBlobs { ids, rows, chunks }
    }

    fn seal_blob(
        &self,
        id: &str,
        bytes: &[u8],
        now: Timestamp,
        chunks: &mut Vec<blob_chunk::Model>,
    ) -> blob::Model {
        let (key, wrapped_key) = self.keys.new_data_key(&*self.entropy);
        let seal = |seq: usize, last: bool, piece: &[u8]| {
            key.seal(&place(id, seq, last), piece, &*self.entropy)
        };
        let (data, count) = if bytes.len() <= CHUNK {
            (Some(seal(0, true, bytes)), 0)
        } else {
            let n = bytes.len().div_ceil(CHUNK);
            for (seq, piece) in bytes.chunks(CHUNK).enumerate() {
                chunks.push(blob_chunk::Model {
                    blob_id: id.to_owned(),
                    seq: i32::try_from(seq).unwrap_or(i32::MAX),
                    data: seal(seq, seq + 1 == n, piece),
                });
            }
            (None, i32::try_from(n).unwrap_or(i32::MAX))
        };
        blob::Model {
            id: id.to_owned(),
            size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            key_id: self.keys.id().to_owned(),
            wrapped_key,
            data,
            chunks: count,
            stored_at: micros(now),
        }
    }
}

impl Step<'_> {
    /// Adds blobs that are not there yet.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_blobs(&self, sealed: SealedBlobs) -> Result<()> {
        let there: HashSet<String> = blob::Entity::find()
            .select_only()
            .column(blob::Column::Id)
            .filter(blob::Column::Id.is_in(sealed.ids.iter().map(String::as_str)))
            .into_tuple()
            .all(&self.tx)
            .await?
            .into_iter()
            .collect();
        let rows = sealed.rows.into_iter().filter(|r| !there.contains(&r.id));
        self.insert::<blob::Entity, _>(rows.collect()).await?;
        // One statement a chunk: several large ones together would hold too much memory.
        for chunk in sealed.chunks {
            if !there.contains(&chunk.blob_id) {
                self.insert::<blob_chunk::Entity, _>(vec![chunk]).await?;
            }
        }
        Ok(())
    }
}

impl Store {
    /// Which of some blobs are there.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn blobs_there(&self, ids: impl Iterator<Item = &str>) -> Result<HashSet<String>> {
        let ids: Vec<&str> = ids.collect();
        if ids.is_empty() {
            return Ok(HashSet::new());
        }
        let found: Vec<String> = blob::Entity::find()
            .select_only()
            .column(blob::Column::Id)
            .filter(blob::Column::Id.is_in(ids))
            .into_tuple()
            .all(&self.read)
            .await?;
        Ok(found.into_iter().collect())
    }

    /// The bytes of a blob.
    ///
    /// # Errors
    /// When it is missing, damaged, or sealed under another master key.
    pub async fn blob(&self, id: &str) -> Result<Vec<u8>> {
        let missing = || StoreError::Unknown {
            table: "blob",
            id: id.to_owned(),
            what: "no row, or not all of its chunks".into(),
        };
        let row = blob::Entity::find_by_id(id)
            .one(&self.read)
            .await?
            .ok_or_else(missing)?;
        let key = self.vault.keys.unwrap_key(&row.wrapped_key, &row.key_id)?;
        if let Some(data) = row.data {
            return Ok(self.vault.keys.open(&key, &place(id, 0, true), &data)?);
        }
        let n = usize::try_from(row.chunks).unwrap_or_default();
        let mut bytes = Vec::with_capacity(usize::try_from(row.size).unwrap_or_default());
        let pieces = blob_chunk::Entity::find()
            .filter(blob_chunk::Column::BlobId.eq(id))
            .order_by_asc(blob_chunk::Column::Seq)
            .all(&self.read)
            .await?;
        if pieces.len() != n {
            return Err(missing());
        }
        for (seq, piece) in pieces.iter().enumerate() {
            let place = place(id, seq, seq + 1 == n);
            bytes.extend(self.vault.keys.open(&key, &place, &piece.data)?);
        }
        Ok(bytes)
    }
}

/// Ties a piece to its blob, its place in it, and the blob's end: no piece can be swapped,
/// repeated or cut off unnoticed.
fn place(id: &str, seq: usize, last: bool) -> String {
    format!("blob/{id}/{seq}/{}", if last { "last" } else { "more" })
}
