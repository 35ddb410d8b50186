//! Failed guesses at codes and passwords, counted in the database, so that neither a restart nor
//! a second node forgets them. Keys are keyed digests: no address or number stands here.

use std::iter;

use jiff::Timestamp;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Statement};

use super::{Result, Store, entities::guess, time::micros};

/// The length of a counting window, in seconds.
pub const WINDOW_SECONDS: i64 = 900;

fn window(now: Timestamp) -> i64 {
    micros(now) / 1_000_000 / WINDOW_SECONDS
}

/// Failed guesses allowed at one thing, in a window or two.
const AT_ONE_THING: i64 = 10;

/// Failed guesses allowed from one place: a whole office may stand behind one address.
const FROM_ONE_PLACE: i64 = 60;

/// What failed guesses are counted under: the thing guessed at, and where they come from.
#[derive(Debug)]
pub struct Guess {
    thing: String,
    place: Option<String>,
}

impl Guess {
    fn limits(&self) -> impl Iterator<Item = (&str, i64)> {
        let place = self.place.as_deref().map(|p| (p, FROM_ONE_PLACE));
        iter::once((self.thing.as_str(), AT_ONE_THING)).chain(place)
    }
}

impl Store {
    /// A guess at `thing` (a login, a letter's number) for `purpose`, from `place`.
    #[must_use]
    pub fn guess(&self, purpose: &str, thing: &str, place: Option<&str>) -> Guess {
        let key = |what: &str| self.vault.keys.digest(purpose, what.as_bytes());
        Guess {
            thing: key(thing),
            place: place.map(|p| key(&format!("from {p}"))),
        }
    }

    /// Whether too many guesses like this one have failed.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn too_many(&self, now: Timestamp, guess: &Guess) -> Result<bool> {
        for (key, limit) in guess.limits() {
            if self.failed(now, key).await? >= limit {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn failed(&self, now: Timestamp, key: &str) -> Result<i64> {
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

    /// Counts a guess that failed, and forgets what is over a day old.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn count_guess(&self, now: Timestamp, guess: &Guess) -> Result<()> {
        let sql = "INSERT INTO guess (key, \"window\", n) VALUES ($1, $2, 1) \
                   ON CONFLICT (key, \"window\") DO UPDATE SET n = guess.n + 1";
        for (key, _) in guess.limits() {
            let values = [key.into(), window(now).into()];
            let statement = Statement::from_sql_and_values(self.backend(), sql, values);
            self.write.execute_raw(statement).await?;
        }
        guess::Entity::delete_many()
            .filter(guess::Column::Window.lt(window(now) - 100))
            .exec(&self.write)
            .await?;
        Ok(())
    }

    /// Forgets the failed guesses at a thing whose owner has proved to be it.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn forgive(&self, guess: &Guess) -> Result<()> {
        guess::Entity::delete_many()
            .filter(guess::Column::Key.eq(&guess.thing))
            .exec(&self.write)
            .await?;
        Ok(())
    }
}
