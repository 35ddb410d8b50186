//! Days that were imported into the calendar.

use jiff::civil::Date;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{
    Result, Store, decode,
    entities::{calendar_day, calendar_year},
    step::Step,
    time::{day, micros},
};
use crate::domain::calendar::{DayKind, Layer, Layers};

impl Store {
    /// Everything imported so far.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn layers(&self) -> Result<Layers> {
        layers(&self.read).await
    }
}

impl Step<'_> {
    /// Everything imported so far.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn layers(&self) -> Result<Layers> {
        layers(&self.tx).await
    }

    /// Saves what differs; years that were announced are marked as imported now.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn save_layers(
        &self,
        stored: &Layers,
        now: &Layers,
        announced: &std::collections::BTreeSet<i16>,
        by: Option<i64>,
    ) -> Result<()> {
        let kept: Vec<_> = stored.rows().collect();
        let wanted: Vec<_> = now.rows().collect();
        for (layer, date, _) in kept.iter().filter(|row| !wanted.contains(row)) {
            calendar_day::Entity::delete_by_id((layer.code().into(), date.to_string()))
                .exec(&self.tx)
                .await?;
        }
        let new = wanted.iter().filter(|row| !kept.contains(row));
        self.insert::<calendar_day::Entity, _>(new.map(to_row).collect())
            .await?;
        let layer = Layer::State.code();
        let gone = &stored.years - &now.years;
        let old = gone.iter().chain(announced).map(|y| i32::from(*y));
        calendar_year::Entity::delete_many()
            .filter(calendar_year::Column::Layer.eq(layer))
            .filter(calendar_year::Column::Year.is_in(old))
            .exec(&self.tx)
            .await?;
        let years = announced.iter().map(|year| calendar_year::Model {
            layer: layer.into(),
            year: i32::from(*year),
            imported_at: micros(self.now),
            imported_by: by,
        });
        self.insert::<calendar_year::Entity, _>(years.collect())
            .await
    }
}

fn to_row((layer, date, kind): &(Layer, Date, &DayKind)) -> calendar_day::Model {
    calendar_day::Model {
        layer: layer.code().into(),
        date: date.to_string(),
        kind: kind.code().into(),
        name: kind.name().into(),
    }
}

async fn layers(db: &impl ConnectionTrait) -> Result<Layers> {
    let mut out = Layers::default();
    for row in calendar_year::Entity::find().all(db).await? {
        out.years.extend(i16::try_from(row.year));
    }
    for row in calendar_day::Entity::find().all(db).await? {
        let layer = decode("calendar_day", row.date.as_str(), "layer", &row.layer)?;
        let kind = match row.kind.as_str() {
            "holiday" => DayKind::Holiday(row.name),
            _ => DayKind::MakeupWorkday(row.name),
        };
        out.put(layer, day("calendar_day", 0, &row.date)?, kind);
    }
    Ok(out)
}
