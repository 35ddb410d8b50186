//! What several processes share: leases by the database's clock, gap-free counters, settings.

use std::time::Duration;

use jiff::Timestamp;
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, Statement, sea_query::OnConflict};

use super::{
    Result, Store,
    entities::{lease, setting},
    step::Step,
};

impl Step<'_> {
    /// Moves a counter by `n` and answers its new value. Held until the step ends, so a series
    /// has no gaps.
    ///
    /// # Errors
    /// When the database refuses.
    pub(crate) async fn count_on(&self, name: &str, n: i64) -> Result<i64> {
        let sql = "INSERT INTO counter (name, next) VALUES ($1, $2) \
                   ON CONFLICT (name) DO UPDATE SET next = counter.next + $2 RETURNING next";
        let values = [name.into(), n.into()];
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        let row = self.tx.query_one_raw(statement).await?;
        Ok(row
            .map(|r| r.try_get_by_index(0))
            .transpose()?
            .unwrap_or_default())
    }
}

impl Step<'_> {
    /// Sets a setting, whatever stood there.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn set(&self, name: &str, value: String) -> Result<()> {
        let row = setting::Model {
            name: name.to_owned(),
            value,
        };
        setting::Entity::insert(row.into_active_model())
            .on_conflict(
                OnConflict::column(setting::Column::Name)
                    .update_column(setting::Column::Value)
                    .to_owned(),
            )
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }
}

/// The setting that grows with every change of calendar or rules.
const LAW: &str = "law";

impl Step<'_> {
    /// How often the law changed. Nobody can change it until the step ends: a due date is never
    /// written by a calendar that another process just replaced.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn law_stamp(&self) -> Result<i64> {
        use sea_orm::{DbBackend, QuerySelect as _};
        let query = setting::Entity::find_by_id(LAW);
        let query = match self.backend() {
            DbBackend::Postgres => query.lock_shared(),
            _ => query,
        };
        let row = query.one(&self.tx).await?;
        Ok(row.and_then(|r| r.value.parse().ok()).unwrap_or_default())
    }

    /// Says that the law changed; every process counts by the new one from its next step on.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn change_law(&self) -> Result<()> {
        let sql = "INSERT INTO setting (name, value) VALUES ($1, '1') ON CONFLICT (name) \
                   DO UPDATE SET value = CAST(CAST(setting.value AS BIGINT) + 1 AS TEXT)";
        let statement = Statement::from_sql_and_values(self.backend(), sql, [LAW.into()]);
        self.tx.execute_raw(statement).await?;
        Ok(())
    }
}

impl Store {
    /// Makes the row that steps hold while they count.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn keep_law_stamp(&self) -> Result<()> {
        self.setting_or(LAW, "0".into()).await.map(|_| ())
    }

    /// How often the law changed.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn law_stamp(&self) -> Result<i64> {
        let value = self.setting(LAW).await?;
        Ok(value.and_then(|v| v.parse().ok()).unwrap_or_default())
    }

    /// Takes or keeps a lease; `false` while somebody else holds it.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn hold(
        &self,
        now: Timestamp,
        name: &str,
        holder: &str,
        lasting: Duration,
    ) -> Result<bool> {
        let step = self.begin(now).await?;
        let clock = step.clock().await?;
        let until = clock + i64::try_from(lasting.as_micros()).unwrap_or(i64::MAX / 2);
        let sql = "INSERT INTO lease (name, holder, fence, until) VALUES ($1, $2, 1, $3) \
                   ON CONFLICT (name) DO UPDATE SET holder = $2, until = $3, \
                   fence = lease.fence + CASE WHEN lease.holder = $2 THEN 0 ELSE 1 END \
                   WHERE lease.holder = $2 OR lease.until < $4";
        let values = [name.into(), holder.into(), until.into(), clock.into()];
        let statement = Statement::from_sql_and_values(step.backend(), sql, values);
        let done = step.tx.execute_raw(statement).await?;
        step.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// Gives leases back, so that the next process need not wait for them to run out.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn release(&self, holder: &str) -> Result<()> {
        use sea_orm::{ColumnTrait as _, QueryFilter as _};
        lease::Entity::delete_many()
            .filter(lease::Column::Holder.eq(holder))
            .exec(&self.write)
            .await?;
        Ok(())
    }

    /// A setting that all processes share.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn setting(&self, name: &str) -> Result<Option<String>> {
        Ok(setting::Entity::find_by_id(name)
            .one(&self.read)
            .await?
            .map(|r| r.value))
    }

    /// Sets it where it is not set; answers what then stands.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn setting_or(&self, name: &str, value: String) -> Result<String> {
        let row = setting::Model {
            name: name.to_owned(),
            value,
        };
        setting::Entity::insert(row.into_active_model())
            .on_conflict(
                OnConflict::column(setting::Column::Name)
                    .do_nothing_on([setting::Column::Name])
                    .to_owned(),
            )
            .exec_without_returning(&self.write)
            .await?;
        let row = setting::Entity::find_by_id(name).one(&self.write).await?;
        Ok(row.map(|r| r.value).unwrap_or_default())
    }
}
