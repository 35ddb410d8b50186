//! Every route, in one readable list. A test holds a row for each: who may call it.

use axum::{
    extract::DefaultBodyLimit,
    http::Method,
    routing::{MethodRouter, get, post},
};

use super::{
    Web, admin, api, assets, by_hand, calendar, channels, circulars, desk, extract::FORM, health,
    intake, law, letter, notices, overview, people, portal, sign_in, statistics, track, when,
    write::steps,
};

/// Where a route is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// For anybody.
    Public,
    /// For staff; elsewhere than the public where `listen.desk` says so.
    Staff,
}

/// A route.
pub struct Route {
    /// Its method.
    pub method: Method,
    /// Its path.
    pub path: &'static str,
    /// Where it is served.
    pub side: Side,
    /// What answers.
    pub handler: MethodRouter<Web>,
}

/// Every route there is.
#[must_use]
pub fn routes() -> Vec<Route> {
    use Side::{Public, Staff};
    let get = |side, path, handler| Route {
        method: Method::GET,
        path,
        side,
        handler,
    };
    let post = |side, path, handler| Route {
        method: Method::POST,
        path,
        side,
        handler,
    };
    vec![
        get(Public, "/", page(portal::portal)),
        get(Public, "/help", page(portal::help)),
        get(Public, "/when", page(when::when)),
        post(Public, "/language", form(portal::language)),
        get(Public, "/write/{channel}", page(steps::begin)),
        post(Public, "/write/{channel}", upload(steps::step_unnamed)),
        get(Public, "/write/{channel}/{name}", page(steps::form)),
        post(Public, "/write/{channel}/{name}", upload(steps::step)),
        get(
            Public,
            "/write/{channel}/{name}/{page}",
            page(steps::page_of),
        ),
        get(Public, "/track", page(track::form)),
        post(Public, "/track", form(track::look_up)),
        get(Public, "/track/{name}", page(track::looked_up)),
        post(Public, "/track/leave", form(track::leave)),
        post(Public, "/track/add", upload(track::add)),
        post(Public, "/track/files/{id}", form(track::file)),
        get(Public, "/statistics", page(statistics::page)),
        get(Public, "/statistics.csv", page(statistics::csv)),
        get(Public, "/assets/{name}", page(assets::asset)),
        get(Public, "/health/live", page(health::live)),
        get(Public, "/health/ready", page(health::ready)),
        get(Public, "/login", page(sign_in::form)),
        post(Public, "/login", form(sign_in::sign_in)),
        post(Public, "/logout", form(sign_in::sign_out)),
        get(Public, "/first", page(sign_in::first_form)),
        post(Public, "/first", form(sign_in::first)),
        get(Staff, "/password", page(sign_in::password_form)),
        post(Staff, "/password", form(sign_in::password)),
        get(Staff, "/desk", page(desk::desk)),
        post(Staff, "/desk/notices", form(notices::seen)),
        get(Staff, "/overview", page(overview::overview)),
        get(Staff, "/circulars", page(circulars::list)),
        get(Staff, "/circulars/{id}", page(circulars::circular)),
        post(Staff, "/circulars/{id}/{decision}", form(circulars::decide)),
        get(Staff, "/desk/letters/{number}", page(letter::show)),
        post(
            Staff,
            "/desk/letters/{number}/{action}",
            upload(letter::act),
        ),
        get(
            Staff,
            "/desk/letters/{number}/files/{id}",
            page(letter::file),
        ),
        get(
            Staff,
            "/desk/letters/{number}/messages/{id}/html",
            page(letter::html),
        ),
        get(Staff, "/intake", page(intake::list)),
        get(Staff, "/intake/new", page(by_hand::form)),
        post(Staff, "/intake/new", upload(by_hand::enter)),
        get(Staff, "/intake/{id}", page(intake::item)),
        get(Staff, "/intake/{id}/raw", page(intake::raw)),
        post(Staff, "/intake/bulk", form(intake::bulk)),
        post(Staff, "/intake/{id}/{decision}", form(intake::decide)),
        get(Staff, "/admin", page(admin::index)),
        get(Staff, "/admin/roles", page(admin::roles)),
        get(Staff, "/admin/units", page(admin::units)),
        post(Staff, "/admin/units", form(admin::save_unit)),
        get(Staff, "/admin/units/{code}", page(admin::unit)),
        get(Staff, "/admin/people", page(people::list)),
        post(Staff, "/admin/people", form(people::save)),
        get(Staff, "/admin/people/{login}", page(people::person)),
        post(Staff, "/admin/people/{login}/{what}", form(people::turn)),
        get(Staff, "/admin/rules", page(law::rules)),
        get(Staff, "/admin/rules/{id}", page(law::rule)),
        get(Staff, "/admin/calendar", page(calendar::calendar)),
        post(Staff, "/admin/calendar/remove", form(calendar::remove_days)),
        get(Staff, "/admin/calendar/import", page(calendar::import_form)),
        post(Staff, "/admin/calendar/import", form(calendar::import)),
        get(Staff, "/admin/calendar/{year}", page(calendar::year)),
        get(Staff, "/admin/channels", page(channels::channels)),
        get(Staff, "/admin/channels/{code}", page(channels::channel)),
        post(
            Staff,
            "/admin/channels/{code}",
            form(channels::save_channel),
        ),
        get(Public, "/api/openapi.json", page(api::openapi)),
        post(Public, "/api/v1/letters", upload(api::submit)),
        get(Public, "/api/v1/letters/{number}", page(api::track)),
        get(Public, "/api/v1/when", page(api::when)),
        get(Public, "/api/v1/statistics", page(api::statistics)),
        get(Staff, "/api/v1/desk/letters", page(api::desk)),
        get(Staff, "/api/v1/desk/letters/{number}", page(api::letter)),
        post(
            Staff,
            "/api/v1/desk/letters/{number}/{action}",
            upload(api::act),
        ),
    ]
}

fn page<H, T>(handler: H) -> MethodRouter<Web>
where
    H: axum::handler::Handler<T, Web>,
    T: 'static,
{
    get(handler)
}

/// A form that may hold files.
fn upload<H, T>(handler: H) -> MethodRouter<Web>
where
    H: axum::handler::Handler<T, Web>,
    T: 'static,
{
    post(handler).layer(DefaultBodyLimit::max(FORM))
}

fn form<H, T>(handler: H) -> MethodRouter<Web>
where
    H: axum::handler::Handler<T, Web>,
    T: 'static,
{
    post(handler)
}
