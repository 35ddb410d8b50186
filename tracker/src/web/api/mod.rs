//! The JSON API: the same steps and readings as the pages, described by OpenAPI.

mod desk;
mod open;
mod shapes;

pub use desk::{act, desk, letter};
pub use open::{openapi, statistics, submit, track, when};
