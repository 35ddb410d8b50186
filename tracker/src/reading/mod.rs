//! What pages, API and commands show, always within a viewer's scope.

pub mod desk;
pub mod due;
pub mod ledger;
pub mod overdue;
pub mod reconcile;
pub mod statistics;
pub mod track;
