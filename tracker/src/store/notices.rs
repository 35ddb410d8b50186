//! What members of staff are to hear of: written with the step that caused it, told in their next
//! digest, and shown on the desk until they have seen it.

use jiff::Timestamp;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait},
};
use serde_json::Value;

use super::{
    Result, Store, decode,
    entities::{letter, staff_notice},
    scope,
    step::Step,
    time::{instant, instant_opt, micros},
};
use crate::domain::{access::Scope, words::Topic};

/// Something that one person is to hear of.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// Row id.
    pub id: i64,
    /// Who is to hear.
    pub person_id: i64,
    /// Of which letter.
    pub letter_id: Option<i64>,
    /// What.
    pub topic: Topic,
    /// Ids, codes, dates; no words.
    pub data: Value,
    /// When it happened.
    pub at: Timestamp,
    /// When it stood in a digest.
    pub told_at: Option<Timestamp>,
    /// When it was seen on the desk.
    pub seen_at: Option<Timestamp>,
}

impl Notice {
    /// What somebody is to hear of and has not yet.
    #[must_use]
    pub fn new(
        id: i64,
        person_id: i64,
        letter_id: Option<i64>,
        topic: Topic,
        data: Value,
        at: Timestamp,
    ) -> Self {
        Self {
            id,
            person_id,
            letter_id,
            topic,
            data,
            at,
            told_at: None,
            seen_at: None,
        }
    }

    fn from_row(row: &staff_notice::Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            person_id: row.person_id,
            letter_id: row.letter_id,
            topic: decode("staff_notice", row.id, "kind", &row.kind)?,
            data: decode("staff_notice", row.id, "data", &row.data)?,
            at: instant(row.at),
            told_at: instant_opt(row.told_at),
            seen_at: instant_opt(row.seen_at),
        })
    }

    fn into_row(self) -> staff_notice::Model {
        staff_notice::Model {
            id: self.id,
            person_id: self.person_id,
            letter_id: self.letter_id,
            kind: self.topic.code().into(),
            data: self.data.to_string(),
            at: micros(self.at),
            told_at: self.told_at.map(micros),
            seen_at: self.seen_at.map(micros),
        }
    }
}

/// What is told at once, in mails of their own and in no digest.
const AT_ONCE: [&str; 3] = [
    Topic::Urgent.code(),
    Topic::Assigned.code(),
    Topic::HandedBack.code(),
];
/// Letters that came to somebody.
const CAME: [&str; 2] = [Topic::Assigned.code(), Topic::HandedBack.code()];

/// What stands although its letter was closed meanwhile: words of a person, and a notice that nobody
/// posted.
const STAND: [&str; 2] = [Topic::Urged.code(), Topic::Unposted.code()];

/// Ids in one statement, below what SQLite takes.
const CHUNK: usize = 5_000;

impl Step<'_> {
    /// Adds notices.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_staff_notices(&self, all: Vec<Notice>) -> Result<()> {
        let rows = all.into_iter().map(Notice::into_row).collect();
        self.insert::<staff_notice::Entity, _>(rows).await
    }

    /// Marks notices as told; answers how many were not yet.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark_told(&self, ids: &[i64]) -> Result<u64> {
        self.mark(ids, staff_notice::Column::ToldAt, Condition::all())
            .await
    }

    /// Marks what everybody was to hear of a letter in a matter: it is over.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn settle_notices(&self, letter_id: i64, topic: Topic) -> Result<()> {
        use staff_notice::Column::{Kind, LetterId, SeenAt, ToldAt};
        for column in [SeenAt, ToldAt] {
            staff_notice::Entity::update_many()
                .col_expr(column, Expr::value(micros(self.now)))
                .filter(LetterId.eq(letter_id))
                .filter(Kind.eq(topic.code()))
                .filter(column.is_null())
                .exec(&self.tx)
                .await?;
        }
        Ok(())
    }

    /// Marks notices of a person as seen.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark_seen(&self, person: i64, ids: &[i64]) -> Result<u64> {
        let theirs = Condition::all().add(staff_notice::Column::PersonId.eq(person));
        self.mark(ids, staff_notice::Column::SeenAt, theirs).await
    }

    async fn mark(&self, ids: &[i64], column: staff_notice::Column, of: Condition) -> Result<u64> {
        let mut marked = 0;
        for some in ids.chunks(CHUNK) {
            let done = staff_notice::Entity::update_many()
                .col_expr(column, Expr::value(micros(self.now)))
                .filter(staff_notice::Column::Id.is_in(some.iter().copied()))
                .filter(column.is_null())
                .filter(of.clone())
                .exec(&self.tx)
                .await?;
            marked += done.rows_affected;
        }
        Ok(marked)
    }
}

impl Store {
    /// Everybody who has something to be told in a digest.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn untold_people(&self) -> Result<Vec<i64>> {
        Ok(staff_notice::Entity::find()
            .select_only()
            .column(staff_notice::Column::PersonId)
            .distinct()
            .filter(staff_notice::Column::ToldAt.is_null())
            .filter(staff_notice::Column::Kind.is_not_in(AT_ONCE))
            .into_tuple()
            .all(&self.read)
            .await?)
    }

    /// What somebody is still to be told in a digest, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn untold(&self, person: i64) -> Result<Vec<Notice>> {
        let query = staff_notice::Entity::find()
            .filter(staff_notice::Column::PersonId.eq(person))
            .filter(staff_notice::Column::ToldAt.is_null())
            .filter(staff_notice::Column::Kind.is_not_in(AT_ONCE))
            .order_by_asc(staff_notice::Column::Id);
        let rows = query.all(&self.read).await?;
        rows.iter().map(Notice::from_row).collect()
    }

    /// Everybody who is to be called for something urgent.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn uncalled_people(&self) -> Result<Vec<i64>> {
        Ok(staff_notice::Entity::find()
            .select_only()
            .column(staff_notice::Column::PersonId)
            .distinct()
            .filter(staff_notice::Column::ToldAt.is_null())
            .filter(staff_notice::Column::Kind.eq(Topic::Urgent.code()))
            .into_tuple()
            .all(&self.read)
            .await?)
    }

    /// What somebody is to be called for, oldest first, at most `n`.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn uncalled(&self, person: i64, n: u64) -> Result<Vec<Notice>> {
        let query = staff_notice::Entity::find()
            .filter(staff_notice::Column::PersonId.eq(person))
            .filter(staff_notice::Column::ToldAt.is_null())
            .filter(staff_notice::Column::Kind.eq(Topic::Urgent.code()))
            .order_by_asc(staff_notice::Column::Id)
            .limit(n);
        let rows = query.all(&self.read).await?;
        rows.iter().map(Notice::from_row).collect()
    }

    /// When somebody was called last, and the letters that call was for.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn called_last(&self, person: i64) -> Result<Option<(Timestamp, Vec<i64>)>> {
        use staff_notice::Column::{Kind, LetterId, PersonId, ToldAt};
        let of = |columns: &[staff_notice::Column]| {
            staff_notice::Entity::find()
                .select_only()
                .columns(columns.iter().copied())
                .filter(PersonId.eq(person))
                .filter(Kind.eq(Topic::Urgent.code()))
        };
        let last = of(&[ToldAt])
            .filter(ToldAt.is_not_null())
            .order_by_desc(ToldAt)
            .limit(1);
        let Some(at) = last.into_tuple::<i64>().one(&self.read).await? else {
            return Ok(None);
        };
        let letters = of(&[LetterId]).filter(ToldAt.eq(at));
        let letters: Vec<Option<i64>> = letters.into_tuple().all(&self.read).await?;
        Ok(Some((instant(at), letters.into_iter().flatten().collect())))
    }

    /// Everybody who is still to be told of letters that came to them.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn unhanded_people(&self) -> Result<Vec<i64>> {
        Ok(staff_notice::Entity::find()
            .select_only()
            .column(staff_notice::Column::PersonId)
            .distinct()
            .filter(staff_notice::Column::ToldAt.is_null())
            .filter(staff_notice::Column::Kind.is_in(CAME))
            .into_tuple()
            .all(&self.read)
            .await?)
    }

    /// What came to somebody and they were not told of yet, oldest first, at most `n`.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn unhanded(&self, person: i64, n: u64) -> Result<Vec<Notice>> {
        let query = staff_notice::Entity::find()
            .filter(staff_notice::Column::PersonId.eq(person))
            .filter(staff_notice::Column::ToldAt.is_null())
            .filter(staff_notice::Column::Kind.is_in(CAME))
            .order_by_asc(staff_notice::Column::Id)
            .limit(n);
        let rows = query.all(&self.read).await?;
        rows.iter().map(Notice::from_row).collect()
    }

    /// What somebody has not seen yet of letters within their scope, the latest first, at most `n`.
    /// A letter that was closed meanwhile needs nobody; what a person wrote to them about it stands.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn unseen(&self, person: i64, scope: &Scope, n: u64) -> Result<Vec<Notice>> {
        use staff_notice::Column::{Id, Kind, LetterId, PersonId, SeenAt};
        let letters = letter::Entity::find()
            .select_only()
            .column(letter::Column::Id)
            .filter(
                Expr::col((letter::Entity, letter::Column::Id))
                    .equals((staff_notice::Entity, LetterId)),
            )
            .filter(scope::condition(scope))
            .filter(
                Condition::any()
                    .add(letter::Column::Open.eq(true))
                    .add(Expr::col((staff_notice::Entity, Kind)).is_in(STAND)),
            )
            .into_query();
        let query = staff_notice::Entity::find()
            .filter(PersonId.eq(person))
            .filter(SeenAt.is_null())
            .filter(
                Condition::any()
                    .add(LetterId.is_null())
                    .add(Expr::exists(letters)),
            )
            .order_by_desc(Id)
            .limit(n);
        let rows = query.all(&self.read).await?;
        rows.iter().map(Notice::from_row).collect()
    }
}
