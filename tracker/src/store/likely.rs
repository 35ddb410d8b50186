//! Letters that a message may belong to.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::{
    Result, Store,
    entities::{letter, writer},
    letters::Letter,
    scope,
};
use crate::domain::access::Scope;

impl Store {
    /// The newest letters of a writer's address within a scope.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn letters_of_writer(
        &self,
        mail_key: &str,
        scope: &Scope,
        n: u64,
    ) -> Result<Vec<Letter>> {
        let writers = writer::Entity::find()
            .select_only()
            .column(writer::Column::Id)
            .filter(writer::Column::MailKey.eq(mail_key))
            .into_query();
        let rows = letter::Entity::find()
            .filter(letter::Column::WriterId.in_subquery(writers))
            .filter(scope::condition(scope))
            .order_by_desc(letter::Column::Id)
            .limit(n)
            .all(&self.read)
            .await?;
        rows.into_iter()
            .map(|r| Letter::from_row(&self.vault, r))
            .collect()
    }

    /// Letters by id within a scope.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn letters_by_id(&self, ids: &[i64], scope: &Scope) -> Result<Vec<Letter>> {
        let rows = letter::Entity::find()
            .filter(letter::Column::Id.is_in(ids.iter().copied()))
            .filter(scope::condition(scope))
            .all(&self.read)
            .await?;
        rows.into_iter()
            .map(|r| Letter::from_row(&self.vault, r))
            .collect()
    }
}
