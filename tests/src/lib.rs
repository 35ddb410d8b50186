//! What the stories are told with: real servers, each on loopback ports and in a folder of its
//! own, gone when the value is dropped; the product as a separate process; its public face.
//!
//! - [`engine`]: an empty database of either kind
//! - [`huiyin`]: the product, started, killed, and asked on the command line
//! - [`client`]: a visitor or a colleague over HTTP; [`browser`]: the same through Chromium
//! - [`dovecot`], [`postfix`]: mailboxes and the way to them; [`faulty_smtp`]: a server that errs
//! - [`cluster`]: a PostgreSQL to be stopped and crashed; [`faulty_disk`]: disks that fill up and
//!   fail; [`cut`]: a wire between two programs that is cut at the worst instant
//! - [`corpus`]: mails kept in files; [`fuzz`] and [`mutate`]: what holds for any input at all
//! - [`holidays`]: the days off of a year by law
//! - [`mail`]: letters as citizens write them; [`office`]: who answers them
//! - [`crowd`]: thousands of letters for measuring; [`post`]: the proof that they all came through; [`rows`]: the bare inserts to measure against

pub mod browser;
pub mod client;
pub mod cluster;
pub mod corpus;
pub mod crowd;
pub mod cut;
pub mod dovecot;
pub mod engine;
pub mod faulty_disk;
pub mod faulty_smtp;
pub mod fuzz;
pub mod holidays;
pub mod huiyin;
pub mod mail;
pub mod mutate;
pub mod office;
mod pinned;
pub mod place;
pub mod post;
pub mod postfix;
pub mod rows;
pub mod zone;

pub use self::{
    browser::Browser,
    client::{Answer, Client},
    dovecot::Dovecot,
    engine::Engine,
    faulty_smtp::{FaultySmtp, Mood},
    huiyin::{Huiyin, Setup},
    mail::Letter,
    office::Office,
    place::{say, until, within},
    postfix::Postfix,
};

/// Makes a story that is told on both engines: a function from [`Engine`] becomes two tests, with
/// an attribute (`#[ignore = "…"]`) where one is given first.
#[macro_export]
macro_rules! on_both_engines {
    (#[$mark:meta] $($story:ident),+ $(,)?) => {$(
        mod $story {
            #[test]
            #[$mark]
            fn on_sqlite() {
                super::$story($crate::Engine::Sqlite);
            }

            #[test]
            #[$mark]
            fn on_postgres() {
                super::$story($crate::Engine::Postgres);
            }
        }
    )+};
    ($($story:ident),+ $(,)?) => {
        $crate::on_both_engines!(#[cfg(test)] $($story),+);
    };
}
