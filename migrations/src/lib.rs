//! The schema of Huiyin, forward only, SQLite and PostgreSQL alike.
//!
//! Conventions: an id is a BIGINT that the application assigns, growing with time. An instant is
//! a BIGINT of microseconds since 1970 UTC. A day is an ISO date in the department's zone. A row
//! that can belong to a sealed letter keeps its words either in its text columns or, encrypted,
//! in `sealed` (with `key_id` naming the master key), never in both.
//!
//! A released migration is never edited; the next one changes what it did.

use sea_orm_migration::prelude::*;

mod columns;
mod m0001_people;
mod m0002_letters;
mod m0003_intake;
mod m0004_history;
mod m0005_leaving;
mod m0006_figures;
mod m0007_running;
mod m0008_rescue;
mod m0009_desk;
mod m0010_counts;
mod m0011_law;
mod m0012_supervision;
mod m0013_overview;
mod m0014_sealed;
mod m0018_additions;
mod m0021_carried;

/// Applies the migrations in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_people::Migration),
            Box::new(m0002_letters::Migration),
            Box::new(m0003_intake::Migration),
            Box::new(m0004_history::Migration),
            Box::new(m0005_leaving::Migration),
            Box::new(m0006_figures::Migration),
            Box::new(m0007_running::Migration),
            Box::new(m0008_rescue::Migration),
            Box::new(m0009_desk::Migration),
            Box::new(m0010_counts::Migration),
            Box::new(m0011_law::Migration),
            Box::new(m0012_supervision::Migration),
            Box::new(m0013_overview::Migration),
            Box::new(m0014_sealed::Migration),
            Box::new(m0018_additions::Migration),
            Box::new(m0021_carried::Migration),
        ]
    }
}
