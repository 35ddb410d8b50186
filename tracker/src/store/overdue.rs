//! Every open letter past due in one question, as the operator's list shows it: however many they
//! are, none is read whole.

use jiff::civil::Date;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, RelationDef,
    sea_query::{Expr, ExprTrait, IntoCondition},
};

use super::{
    Result, Store, decode,
    entities::{letter, obligation, supervision},
    lists::Filter,
    time::day,
};
use crate::domain::{obligation::ObligationKind, rules::Stage};

/// An open letter past due.
#[derive(Debug, Clone)]
pub struct Overdue {
    /// Its number.
    pub number: String,
    /// Its channel.
    pub channel_id: i64,
    /// The lead unit.
    pub unit_id: Option<i64>,
    /// Who handles it.
    pub handler_id: Option<i64>,
    /// Whether it is sealed: then it is counted, never listed.
    pub sealed: bool,
    /// What is owed.
    pub kind: ObligationKind,
    /// The last day in time.
    pub due_on: Date,
    /// The highest stage of supervision reached.
    pub stage: Option<Stage>,
}

/// A letter with one of the stages it reached.
#[derive(FromQueryResult)]
struct Row {
    id: i64,
    number: String,
    channel_id: i64,
    unit_id: Option<i64>,
    handler_id: Option<i64>,
    is_sealed: bool,
    next_due_on: String,
    kind: Option<String>,
    stage: Option<String>,
}

impl Store {
    /// Every open letter of some units, or of all, due before a day, most overdue first; sealed
    /// ones too, for whoever counts them.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn overdue(&self, today: Date, units: Option<Vec<i64>>) -> Result<Vec<Overdue>> {
        let filter = Filter {
            open: true,
            due_before: Some(today),
            units,
            ..Filter::default()
        };
        let rows: Vec<Row> = letter::Entity::find()
            .select_only()
            .columns([
                letter::Column::Id,
                letter::Column::Number,
                letter::Column::ChannelId,
                letter::Column::UnitId,
                letter::Column::HandlerId,
                letter::Column::IsSealed,
                letter::Column::NextDueOn,
            ])
            .column(obligation::Column::Kind)
            .column(supervision::Column::Stage)
            .join(JoinType::LeftJoin, owed())
            .join(JoinType::LeftJoin, reached())
            .filter(filter.condition())
            .order_by_asc(letter::Column::NextDueOn)
            .order_by_asc(letter::Column::Id)
            .into_model()
            .all(&self.read)
            .await?;
        let mut out: Vec<Overdue> = Vec::new();
        let mut last = None;
        for row in rows {
            let id = row.id;
            let stage = (row.stage.as_ref())
                .map(|s| decode("supervision", id, "stage", s))
                .transpose()?;
            match out.last_mut() {
                Some(same) if last == Some(id) => same.stage = same.stage.max(stage),
                _ => out.push(overdue(row, stage)?),
            }
            last = Some(id);
        }
        Ok(out)
    }
}

fn overdue(row: Row, stage: Option<Stage>) -> Result<Overdue> {
    let kind = match &row.kind {
        Some(kind) => decode("obligation", row.id, "kind", kind)?,
        None => ObligationKind::Answer,
    };
    Ok(Overdue {
        due_on: day("letter", row.id, &row.next_due_on)?,
        number: row.number,
        channel_id: row.channel_id,
        unit_id: row.unit_id,
        handler_id: row.handler_id,
        sealed: row.is_sealed,
        kind,
        stage,
    })
}

/// The open obligation that counts.
fn owed() -> RelationDef {
    let open = |_, _| {
        Condition::all()
            .add(obligation::Column::Counts.eq(true))
            .add(obligation::Column::MetAt.is_null())
            .add(obligation::Column::EndedAt.is_null())
    };
    letter::Entity::belongs_to(obligation::Entity)
        .from(letter::Column::Id)
        .to(obligation::Column::LetterId)
        .on_condition(open)
        .into()
}

/// The stages reached of an obligation as it stands: a longer term begins anew.
fn reached() -> RelationDef {
    obligation::Entity::belongs_to(supervision::Entity)
        .from(obligation::Column::Id)
        .to(supervision::Column::ObligationId)
        .on_condition(|_, _| {
            let now = (obligation::Entity, obligation::Column::Extension);
            let then = (supervision::Entity, supervision::Column::Extensions);
            Expr::col(then).equals(now).into_condition()
        })
        .into()
}
