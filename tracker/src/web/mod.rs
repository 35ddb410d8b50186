//! Pages and the JSON API: extract, call a step or a reading, answer. No rules, no SQL.

pub mod act;
pub mod admin;
pub mod api;
pub mod assets;
pub mod by_hand;
pub mod calendar;
mod carry;
pub mod channels;
pub mod chrome;
pub mod circulars;
pub mod clean;
pub mod desk;
mod due_view;
pub mod error;
mod event_view;
pub mod extract;
pub mod guard;
pub mod health;
pub mod intake;
mod intake_view;
pub mod kept_words;
pub mod language;
pub mod law;
pub mod letter;
mod letter_view;
pub mod listen;
pub mod notices;
pub mod overview;
pub mod page;
pub mod pages;
pub mod people;
pub mod portal;
mod resume;
mod room;
pub mod routes;
pub mod show;
pub mod sign_in;
mod sources_view;
pub mod statistics;
pub mod track;
mod upload;
pub mod visit;
pub mod when;
pub mod write;

#[cfg(test)]
mod words_test;

use std::sync::Arc;

use axum::Router;

pub use routes::{Route, Side, routes};

use crate::{app::App, web::chrome::Site};

/// What every handler is given.
#[derive(Clone)]
pub struct Web {
    /// Everything else.
    pub app: App,
    /// What header and footer say.
    pub site: Arc<Site>,
    /// The path of `base_url`, without a slash at its end.
    pub base: Arc<str>,
}

impl Web {
    /// Prepares what does not change between requests.
    #[must_use]
    pub fn new(app: App) -> Self {
        let site = &app.config.site;
        let link = |l: &crate::config::Link| chrome::Link {
            label: l.text.clone(),
            url: l.url.clone(),
        };
        let site = Site {
            name: site.name.clone(),
            organiser: site.organiser.clone(),
            phone: site.phone.clone(),
            site_code: site.site_code.clone(),
            icp: site.icp.clone(),
            police: site.police.clone(),
            header_links: site.header.iter().map(link).collect(),
            footer_links: site.footer.iter().map(link).collect(),
            asset_version: assets::version(),
        };
        let after_scheme = app
            .config
            .base_url
            .split_once("://")
            .map_or("", |(_, rest)| rest);
        let path = after_scheme.find('/').map_or("", |at| &after_scheme[at..]);
        let base = path.trim_end_matches('/').into();
        Self {
            app,
            site: Arc::new(site),
            base,
        }
    }

    /// The router of the given sides, behind every guard.
    pub fn router(&self, sides: &[Side]) -> Router {
        let mut router = Router::new();
        for route in routes().into_iter().filter(|r| sides.contains(&r.side)) {
            router = router.route(route.path, route.handler);
        }
        let router = router
            .fallback(error::nowhere)
            .method_not_allowed_fallback(error::wrong_method);
        let router = guard::around(router, self).with_state(self.clone());
        if self.base.is_empty() {
            return router;
        }
        // A proxy may strip the path of base_url or leave it: both are understood.
        Router::new().nest(&self.base, router.clone()).merge(router)
    }
}
