//! Whether the tables are what the entities say. A renamed column fails here, at once.

use sea_orm::EntityTrait;

use super::{Result, Store, entities as e};

macro_rules! read_one_of_each {
    ($store:expr, $($table:ident),+ $(,)?) => {
        $( e::$table::Entity::find().one(&$store.read).await?; )+
    };
}

impl Store {
    /// Reads a row of every table through its entity.
    ///
    /// # Errors
    /// When a table or column is missing or of another type.
    pub async fn check_schema(&self) -> Result<()> {
        read_one_of_each!(
            self,
            admin_event,
            arrival,
            attachment,
            blob,
            blob_chunk,
            channel,
            clearance,
            counter,
            draft,
            event,
            event_note,
            figure_cell,
            figure_delta,
            guess,
            invitation,
            lease,
            letter,
            letter_party,
            letter_reader,
            message,
            obligation,
            outbox,
            person,
            person_function,
            person_role,
            session,
            setting,
            source_state,
            token,
            unit,
            writer,
        );
        Ok(())
    }
}
