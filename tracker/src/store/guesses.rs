//! Guesses at codes and passwords, counted in the database, so that neither a restart nor a second
//! node forgets them. Keys are keyed digests: no address or number stands here.

use std::iter;

use jiff::Timestamp;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Statement};

use super::{Result, Step, Store, entities::guess, time::micros};

/// The length of a counting window, in seconds.
pub const WINDOW_SECONDS: i64 = 900;

fn window(now: Timestamp) -> i64 {
    micros(now) / 1_000_000 / WINDOW_SECONDS
}

/// Failed guesses allowed at one thing, in a window or two.
const AT_ONE_THING: i64 = 10;

/// Failed guesses allowed from one place: a whole office may stand behind one address.
const FROM_ONE_PLACE: i64 = 60;

/// What guesses are counted under: the thing guessed at, and where they come from.
#[derive(Debug)]
pub struct Guess {
    thing: String,
    place: Option<String>,
}

impl Guess {
    /// What it is counted under, always in this order: whoever waits for one of them holds none
    /// that somebody before them waits for.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.limits().map(|(key, _)| key)
    }

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
            let counts = counted(key, window(now) - 1).all(&self.read).await?;
            if counts.into_iter().sum::<i64>() >= limit {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Books a guess before it is tried; `false` where too many were, and then it must not be.
    /// However many are booked at once, on however many nodes, no more than the limit are. One that
    /// proves right is [forgiven](Self::forgive). Guesses over a day old are forgotten.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn book(&self, now: Timestamp, guess: &Guess) -> Result<bool> {
        let step = self.begin(now).await?;
        for (key, limit) in guess.limits() {
            if step.count(key).await? > limit {
                return Ok(false);
            }
        }
        guess::Entity::delete_many()
            .filter(guess::Column::Window.lt(window(now) - 100))
            .exec(&step.tx)
            .await?;
        step.commit().await?;
        Ok(true)
    }

    /// Forgets the guesses at a thing whose owner has proved to be it, and their own as one from
    /// that place.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn forgive(&self, now: Timestamp, guess: &Guess) -> Result<()> {
        let step = self.begin(now).await?;
        guess::Entity::delete_many()
            .filter(guess::Column::Key.eq(&guess.thing))
            .exec(&step.tx)
            .await?;
        if let Some(place) = &guess.place {
            let sql = "UPDATE guess SET n = n - 1 WHERE key = $1 AND \"window\" = $2 AND n > 0";
            let values = [place.as_str().into(), window(now).into()];
            let statement = Statement::from_sql_and_values(self.backend(), sql, values);
            step.tx.execute_raw(statement).await?;
        }
        step.commit().await
    }
}

impl Step<'_> {
    /// Counts one more and answers how many there are. The row is this step's until it ends:
    /// whoever counts under the same key waits.
    async fn count(&self, key: &str) -> Result<i64> {
        let now = window(self.now);
        let sql = "INSERT INTO guess (key, \"window\", n) VALUES ($1, $2, 1) \
                   ON CONFLICT (key, \"window\") DO UPDATE SET n = guess.n + 1";
        let values = [key.into(), now.into()];
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        self.tx.execute_raw(statement).await?;
        let counts = counted(key, now - 1).all(&self.tx).await?;
        Ok(counts.into_iter().sum())
    }
}

/// The counts under a key since a window.
fn counted(key: &str, since: i64) -> sea_orm::Selector<sea_orm::SelectGetableTuple<i64>> {
    guess::Entity::find()
        .select_only()
        .column(guess::Column::N)
        .filter(guess::Column::Key.eq(key))
        .filter(guess::Column::Window.gte(since))
        .into_tuple()
}
