//! What pages, API and commands show, always within a viewer's scope.

pub mod circulars;
pub mod desk;
pub mod due;
pub mod law;
pub mod ledger;
pub mod likely;
pub mod mailboxes;
pub mod notices;
pub mod overdue;
pub mod overview;
pub mod post;
pub mod reconcile;
pub mod sources;
pub mod statistics;
pub mod track;

pub(crate) use desk::scope;
