//! What visitors' browsers carry from one page to the next. A row opens only with the secret of its
//! browser's cookie, which is stored nowhere; its id tells neither the cookie nor the address bar.
//! Rows are few, small and short-lived: whatever does not fit is carried by the page itself.

use jiff::Timestamp;
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, sea_query::OnConflict,
};

use super::{Result, Store, entities::carried, step::Step, time::micros};
use crate::keys::DataKey;

/// Largest thing carried, in bytes: a letter of the greatest length three times over.
pub const LARGEST: usize = 256 << 10;
/// Things carried at once from one place: a whole office, or a town behind its provider's address.
const OF_ONE_PLACE: (i64, i64) = (300, 16 << 20);
/// Things carried at once by all.
const OF_ALL: (i64, i64) = (20_000, 512 << 20);

/// What opens one carried thing.
#[derive(Debug)]
pub struct Hand {
    id: String,
    key: DataKey,
}

impl Store {
    /// What a browser with this secret carries under this name.
    #[must_use]
    pub fn hand(&self, secret: &str, name: &str) -> Hand {
        let both = format!("{secret}\0{name}");
        let keys = &self.vault.keys;
        Hand {
            id: keys.digest("carried", both.as_bytes()),
            key: keys.carrying_key(both.as_bytes()),
        }
    }

    /// Opens what is carried; `None` where there is nothing, no more, or nothing of ours.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn carried(&self, hand: &Hand, now: Timestamp) -> Result<Option<Vec<u8>>> {
        let row = carried::Entity::find_by_id(&hand.id)
            .filter(carried::Column::ExpiresAt.gt(micros(now)))
            .one(&self.read)
            .await?;
        let open = |row: carried::Model| {
            let keys = &self.vault.keys;
            keys.open(&hand.key, &place(&row.id), &row.sealed).ok()
        };
        Ok(row.and_then(open))
    }
}

impl Step<'_> {
    /// Keeps something to be carried, over what was carried there before; `false` where there is no
    /// room. What has expired is forgotten.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn carry(
        &self,
        hand: &Hand,
        from: Option<&str>,
        plain: &[u8],
        until: Timestamp,
    ) -> Result<bool> {
        self.forget_expired().await?;
        let from = from.map(quarter);
        if plain.len() > LARGEST {
            return Ok(false);
        }
        let vault = self.vault();
        let sealed = hand.key.seal(&place(&hand.id), plain, &*vault.entropy);
        let size = i64::try_from(sealed.len()).unwrap_or(i64::MAX);
        let fits = |(rows, held): (i64, i64), (most, bytes)| rows < most && held + size <= bytes;
        if !fits(self.held(hand, None).await?, OF_ALL) {
            return Ok(false);
        }
        if from.is_some() && !fits(self.held(hand, from).await?, OF_ONE_PLACE) {
            return Ok(false);
        }
        let row = carried::Model {
            id: hand.id.clone(),
            place: from.map(ToOwned::to_owned),
            size,
            expires_at: micros(until),
            key_id: vault.keys.id().to_owned(),
            sealed,
        };
        carried::Entity::insert(row.into_active_model())
            .on_conflict(
                OnConflict::column(carried::Column::Id)
                    .update_columns([
                        carried::Column::Place,
                        carried::Column::Size,
                        carried::Column::ExpiresAt,
                        carried::Column::KeyId,
                        carried::Column::Sealed,
                    ])
                    .to_owned(),
            )
            .exec_without_returning(&self.tx)
            .await?;
        Ok(true)
    }

    /// How much else is carried, from one place or by all: rows and bytes. Added up here, since the
    /// engines give sums in different types.
    async fn held(&self, but: &Hand, from: Option<&str>) -> Result<(i64, i64)> {
        let mut query = carried::Entity::find()
            .select_only()
            .column_as(carried::Column::Id.count(), "rows")
            .column(carried::Column::Size)
            .filter(carried::Column::Id.ne(&but.id))
            .group_by(carried::Column::Size);
        if let Some(place) = from {
            query = query.filter(carried::Column::Place.eq(place));
        }
        let sizes: Vec<(i64, i64)> = query.into_tuple().all(&self.tx).await?;
        let add = |(rows, bytes), (n, size): (i64, i64)| (rows + n, bytes + n * size);
        Ok(sizes.into_iter().fold((0, 0), add))
    }

    /// Drops what is carried there.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn drop_carried(&self, hand: &Hand) -> Result<()> {
        let row = carried::Entity::delete_by_id(&hand.id);
        row.exec(&self.tx).await?;
        Ok(())
    }

    /// Forgets what nobody carries any more.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn forget_expired(&self) -> Result<()> {
        carried::Entity::delete_many()
            .filter(carried::Column::ExpiresAt.lte(micros(self.now)))
            .exec(&self.tx)
            .await?;
        Ok(())
    }
}

/// As much of a place's digest as limits need: one of 65,536, which no address can be told from.
/// Whoever reports is promised that their address is not recorded.
fn quarter(place: &str) -> &str {
    place.get(..4).unwrap_or(place)
}

/// Ties the words to their row.
fn place(id: &str) -> String {
    format!("carried/{id}")
}
