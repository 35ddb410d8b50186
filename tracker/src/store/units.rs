//! The unit tree.

use sea_orm::{ActiveModelTrait, ActiveValue, EntityTrait, IntoActiveModel, QueryOrder};

use super::{Result, Store, entities::unit, step::Step};

/// 处室.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Row id.
    pub id: i64,
    /// What commands and the API call it.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The unit above.
    pub parent_id: Option<i64>,
    /// 处室负责人.
    pub leader_id: Option<i64>,
    /// 联络员.
    pub liaison_id: Option<i64>,
    /// 分管厅领导.
    pub overseer_id: Option<i64>,
    /// `09:00-12:00,13:30-17:30`; reminders keep to it.
    pub work_hours: String,
    /// Letters can be assigned to it.
    pub active: bool,
    /// Grows with every change.
    pub version: i32,
}

impl Unit {
    fn to_row(&self) -> unit::Model {
        unit::Model {
            id: self.id,
            code: self.code.clone(),
            name: self.name.clone(),
            parent_id: self.parent_id,
            leader_id: self.leader_id,
            liaison_id: self.liaison_id,
            overseer_id: self.overseer_id,
            work_hours: self.work_hours.clone(),
            active: self.active,
            version: self.version,
        }
    }
}

impl Step<'_> {
    /// Adds a unit.
    ///
    /// # Errors
    /// When the database refuses, a code that is taken included.
    pub async fn add_unit(&self, unit: &Unit) -> Result<()> {
        self.insert::<unit::Entity, _>(vec![unit.to_row()]).await
    }

    /// Saves a unit.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn save_unit(&self, unit: &Unit) -> Result<()> {
        let mut active = unit.to_row().into_active_model().reset_all();
        active.id = ActiveValue::Unchanged(unit.id);
        active.update(&self.tx).await?;
        Ok(())
    }
}

impl Store {
    /// All units, by code. There are some dozens: the tree is made of them in memory.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn units(&self) -> Result<Vec<Unit>> {
        let rows = unit::Entity::find()
            .order_by_asc(unit::Column::Code)
            .all(&self.read)
            .await?;
        Ok(rows
            .into_iter()
            .map(|r| Unit {
                id: r.id,
                code: r.code,
                name: r.name,
                parent_id: r.parent_id,
                leader_id: r.leader_id,
                liaison_id: r.liaison_id,
                overseer_id: r.overseer_id,
                work_hours: r.work_hours,
                active: r.active,
                version: r.version,
            })
            .collect())
    }
}

/// A unit and all below it.
#[must_use]
pub fn below(units: &[Unit], top: i64) -> Vec<i64> {
    let mut found = vec![top];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        let children = units
            .iter()
            .filter(|u| u.parent_id == Some(parent))
            .map(|u| u.id);
        let fresh: Vec<i64> = children.filter(|id| !found.contains(id)).collect();
        found.extend(fresh);
        next += 1;
    }
    found
}

/// A unit and all above it.
#[must_use]
pub fn above(units: &[Unit], bottom: i64) -> Vec<i64> {
    let mut found = vec![bottom];
    let parent = |id: i64| units.iter().find(|u| u.id == id).and_then(|u| u.parent_id);
    while let Some(id) = found.last().and_then(|id| parent(*id)) {
        if found.contains(&id) {
            break;
        }
        found.push(id);
    }
    found
}
