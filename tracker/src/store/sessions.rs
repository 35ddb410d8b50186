//! Signed-in browsers, API tokens, one-time links: each known by the hash of its secret only.

use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, sea_query::Expr};

use super::{
    Result, Store,
    entities::{invitation, person, session, token},
    step::Step,
    time::{instant, instant_opt, micros},
};

/// A session as stored.
#[derive(Debug, Clone, Copy)]
pub struct Session {
    /// Whose.
    pub person_id: i64,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last used.
    pub seen_at: Timestamp,
}

/// An API token, which is known by its hash alone.
#[derive(Debug, Clone, Copy)]
pub struct Token {
    /// Row id.
    pub id: i64,
    /// Whose.
    pub person_id: i64,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when, where it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl Step<'_> {
    /// Adds a session.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_session(&self, hash: String, person_id: i64) -> Result<()> {
        let at = micros(self.now);
        let row = session::Model {
            hash,
            person_id,
            created_at: at,
            seen_at: at,
        };
        self.insert::<session::Entity, _>(vec![row]).await
    }

    /// Ends one session.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn end_session(&self, hash: &str) -> Result<()> {
        session::Entity::delete_by_id(hash).exec(&self.tx).await?;
        Ok(())
    }

    /// Ends every session of a person: password changed, roles changed, disabled.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn end_sessions_of(&self, person_id: i64) -> Result<()> {
        session::Entity::delete_many()
            .filter(session::Column::PersonId.eq(person_id))
            .exec(&self.tx)
            .await?;
        Ok(())
    }

    /// Adds an API token.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_token(&self, id: i64, person_id: i64, hash: String) -> Result<()> {
        let row = token::Model {
            id,
            person_id,
            hash,
            created_at: micros(self.now),
            expires_at: None,
            revoked_at: None,
        };
        self.insert::<token::Entity, _>(vec![row]).await
    }

    /// Revokes every token of a person.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn revoke_tokens_of(&self, person_id: i64) -> Result<()> {
        token::Entity::update_many()
            .col_expr(token::Column::RevokedAt, Expr::value(micros(self.now)))
            .filter(token::Column::PersonId.eq(person_id))
            .filter(token::Column::RevokedAt.is_null())
            .exec(&self.tx)
            .await?;
        Ok(())
    }

    /// Revokes a token; `false` where none of that id stands.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn revoke_token(&self, id: i64) -> Result<bool> {
        let done = token::Entity::update_many()
            .col_expr(token::Column::RevokedAt, Expr::value(micros(self.now)))
            .filter(token::Column::Id.eq(id))
            .filter(token::Column::RevokedAt.is_null())
            .exec(&self.tx)
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Adds a one-time link in place of earlier unused ones of its purpose.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_invitation(
        &self,
        hash: String,
        purpose: &str,
        expires_at: Timestamp,
    ) -> Result<()> {
        invitation::Entity::delete_many()
            .filter(invitation::Column::Purpose.eq(purpose))
            .filter(invitation::Column::UsedAt.is_null())
            .exec(&self.tx)
            .await?;
        let row = invitation::Model {
            hash,
            purpose: purpose.to_owned(),
            created_at: micros(self.now),
            expires_at: micros(expires_at),
            used_at: None,
        };
        self.insert::<invitation::Entity, _>(vec![row]).await
    }

    /// Uses a one-time link; `false` where it is unknown, used or expired.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn use_invitation(&self, hash: &str, purpose: &str) -> Result<bool> {
        let done = invitation::Entity::update_many()
            .col_expr(invitation::Column::UsedAt, Expr::value(micros(self.now)))
            .filter(invitation::Column::Hash.eq(hash))
            .filter(invitation::Column::Purpose.eq(purpose))
            .filter(invitation::Column::UsedAt.is_null())
            .filter(invitation::Column::ExpiresAt.gt(micros(self.now)))
            .exec(&self.tx)
            .await?;
        Ok(done.rows_affected == 1)
    }
}

impl Store {
    /// A session by the hash of its cookie.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn session(&self, hash: &str) -> Result<Option<Session>> {
        let row = session::Entity::find_by_id(hash).one(&self.read).await?;
        Ok(row.map(|r| Session {
            person_id: r.person_id,
            created_at: instant(r.created_at),
            seen_at: instant(r.seen_at),
        }))
    }

    /// Notes that a session is in use.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn touch_session(&self, hash: &str, now: Timestamp) -> Result<()> {
        session::Entity::update_many()
            .col_expr(session::Column::SeenAt, Expr::value(micros(now)))
            .filter(session::Column::Hash.eq(hash))
            .exec(&self.write)
            .await?;
        Ok(())
    }

    /// Whose API token this is, where it is valid.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn token_owner(&self, hash: &str, now: Timestamp) -> Result<Option<i64>> {
        let row = token::Entity::find()
            .filter(token::Column::Hash.eq(hash))
            .filter(token::Column::RevokedAt.is_null())
            .one(&self.read)
            .await?;
        Ok(row
            .filter(|r| r.expires_at.is_none_or(|e| e > micros(now)))
            .map(|r| r.person_id))
    }

    /// Every API token, the oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn tokens(&self) -> Result<Vec<Token>> {
        let rows = token::Entity::find()
            .order_by_asc(token::Column::Id)
            .all(&self.read)
            .await?;
        let token = |r: token::Model| Token {
            id: r.id,
            person_id: r.person_id,
            created_at: instant(r.created_at),
            revoked_at: instant_opt(r.revoked_at),
        };
        Ok(rows.into_iter().map(token).collect())
    }

    /// Whether anybody can sign in at all.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn anybody(&self) -> Result<bool> {
        Ok(person::Entity::find().count(&self.read).await? > 0)
    }

    /// Whether a one-time link would still work.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn invitation_stands(
        &self,
        hash: &str,
        purpose: &str,
        now: Timestamp,
    ) -> Result<bool> {
        let row = invitation::Entity::find_by_id(hash).one(&self.read).await?;
        Ok(row.is_some_and(|r| {
            r.purpose == purpose && r.used_at.is_none() && r.expires_at > micros(now)
        }))
    }
}
