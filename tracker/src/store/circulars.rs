//! 通报: the one draft that letters join, and those that were issued.

use jiff::Timestamp;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement,
    sea_query::Expr,
};

use super::{
    Result, Store, decode,
    entities::circular,
    step::Step,
    time::{instant, instant_opt, micros},
};
use crate::domain::words::CircularState;

/// A circular.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circular {
    /// Row id.
    pub id: i64,
    /// How far it got.
    pub state: CircularState,
    /// Its words, once it is issued; before, they follow from the letters that joined.
    pub text: String,
    /// When the first letter joined.
    pub drafted_at: Timestamp,
    /// When it was issued or dropped.
    pub issued_at: Option<Timestamp>,
    /// By whom.
    pub issued_by: Option<i64>,
    /// Grows with every letter that joins.
    pub version: i32,
}

impl Circular {
    fn from_row(row: circular::Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            state: decode("circular", row.id, "state", &row.state)?,
            text: row.text,
            drafted_at: instant(row.drafted_at),
            issued_at: instant_opt(row.issued_at),
            issued_by: row.issued_by,
            version: row.version,
        })
    }
}

impl Step<'_> {
    /// Adds a letter to the open draft, made under `id` where there is none; answers which.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn join_circular(&self, id: i64) -> Result<i64> {
        let sql = "INSERT INTO circular (id, state, text, drafted_at, version) \
                   VALUES ($1, 'draft', '', $2, 1) \
                   ON CONFLICT (state) WHERE state = 'draft' \
                   DO UPDATE SET version = circular.version + 1 RETURNING id";
        let values = [id.into(), micros(self.now).into()];
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        let row = self.tx.query_one_raw(statement).await?;
        Ok(row
            .map(|r| r.try_get_by_index(0))
            .transpose()?
            .unwrap_or(id))
    }

    /// Ends a draft, if it stands as it was read; `false` where a letter joined since or somebody
    /// decided.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn end_circular(
        &self,
        id: i64,
        version: i32,
        to: CircularState,
        text: &str,
        by: i64,
    ) -> Result<bool> {
        use circular::Column::{Id, IssuedAt, IssuedBy, State, Text, Version};
        let done = circular::Entity::update_many()
            .col_expr(State, Expr::value(to.code()))
            .col_expr(Text, Expr::value(text))
            .col_expr(IssuedAt, Expr::value(micros(self.now)))
            .col_expr(IssuedBy, Expr::value(by))
            .col_expr(Version, Expr::value(version + 1))
            .filter(Id.eq(id))
            .filter(State.eq(CircularState::Draft.code()))
            .filter(Version.eq(version))
            .exec(&self.tx)
            .await?;
        Ok(done.rows_affected == 1)
    }
}

impl Store {
    /// A circular.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn circular(&self, id: i64) -> Result<Option<Circular>> {
        let found = circular::Entity::find_by_id(id).one(&self.read).await?;
        found.map(Circular::from_row).transpose()
    }

    /// Circulars, the latest first, at most `n`.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn circulars(&self, n: u64) -> Result<Vec<Circular>> {
        let query = circular::Entity::find()
            .order_by_desc(circular::Column::Id)
            .limit(n);
        let rows = query.all(&self.read).await?;
        rows.into_iter().map(Circular::from_row).collect()
    }
}
