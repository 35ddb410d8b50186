//! How words leave the department. No database, no clock, no rule of the house: what to say comes
//! in as a [`Notification`], what became of it goes out as an answer or a [`DeliveryError`].
//!
//! 1. [`render()`] turns a [`Notification`] into finished text, [`Rendered`], in the reader's
//!    [`Language`]. It is pure: the caller stores the result with the step that caused it. Query
//!    code and reply token are not in it, only their places, [`CODE`] and [`TOKEN`].
//! 2. [`fill`] puts both secrets in, at the moment of delivery.
//! 3. A medium carries it. Mail is [`Mail`] carried by an [`Outlet`]: [`Smtp`], or a [`Folder`] where
//!    nothing is to leave the machine; a bot or an SMS gateway will be a
//!    module beside [`smtp`], with a message type of its own and the same [`DeliveryError`].
//!
//! The words stand in `templates/<notification>/<language>.{subject.txt,body.txt,body.html}`.

mod clean;
pub mod folder;
pub mod mail;
pub mod notification;
mod outcome;
mod outlet;
pub mod render;
pub mod smtp;
pub mod staff;

pub use folder::Folder;
pub use mail::{File, Mail};
pub use notification::{Added, Language, Notice, NoticeKind, Notification, Office, Receipt, Reply};
pub use outcome::DeliveryError;
pub use outlet::Outlet;
pub use render::{CODE, RenderError, Rendered, TOKEN, fill, render};
pub use smtp::{Security, SetupError, Smtp, SmtpConfig};
