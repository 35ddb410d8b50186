//! Failed guesses at codes and passwords, counted in the database, so that neither a restart nor
//! a second node forgets them. Keys are keyed digests: no address or number stands here.

use jiff::Timestamp;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Statement};

use super::{Result, Store, entities::guess, time::micros};

/// The length of a counting window, in seconds.
pub const WINDOW_SECONDS: i64 = 900;

fn window(now: Timestamp) -> i64 {
    micros(now) / 1_000_000 / WINDOW_SECONDS
}

impl Store {
    /// How many guesses failed for this key in this window and the one before.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn guesses(&self, now: Timestamp, key: &str) -> Result<i64> {
        let counts: Vec<i64> = guess::Entity::find()
            .select_only()
            .column(guess::Column::N)
            .filter(guess::Column::Key.eq(key))
            .filter(guess::Column::Window.gte(window(now) - 1))
            .into_tuple()
            .all(&self.read)
            .await?;
        Ok(counts.into_iter().sum())
    }

    /// Counts one more, and forgets what is over a day old.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn count_guess(&self, now: Timestamp, key: &str) -> Result<()> {
        let sql = "INSERT INTO guess (key, \"window\", n) VALUES ($1, $2, 1) \
                   ON CONFLICT (key, \"window\") DO UPDATE SET n = guess.n + 1";
        let values = [key.into(), window(now).into()];
        let backend = self.backend();
        self.write
            .execute_raw(Statement::from_sql_and_values(backend, sql, values))
            .await?;
        guess::Entity::delete_many()
            .filter(guess::Column::Window.lt(window(now) - 100))
            .exec(&self.write)
            .await?;
        Ok(())
    }

    /// Forgets the guesses of a key that has proved itself.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn forgive(&self, key: &str) -> Result<()> {
        guess::Entity::delete_many()
            .filter(guess::Column::Key.eq(key))
            .exec(&self.write)
            .await?;
        Ok(())
    }
}
