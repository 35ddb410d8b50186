//! "If I write today": for each channel what would be owed by when, with every day of the count.

use axum::{extract::State, response::Response};
use jiff::civil::Date;
use serde::Deserialize;

use super::{
    Web,
    chrome::Chrome,
    due_view::{self, Told},
    error::Trouble,
    extract::Asked,
    page,
    pages::{
        parts::Choice,
        when::{WhenPage, Written},
    },
    show,
    visit::Visit,
};
use crate::{
    reading::due::{self, Terms},
    store::channels::Channel,
};

/// A letter of which day, to which channel.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Asks {
    /// `YYYY-MM-DD`; today where empty.
    on: String,
    /// A channel's code; all where empty.
    channel: String,
    /// Of the frame: which language.
    #[serde(rename = "lang")]
    _language: Option<String>,
}

/// The day and the channels asked for.
///
/// # Errors
/// A day that is none or lies beyond what is ever counted, and a channel that takes no letters.
pub(crate) async fn asked(web: &Web, asks: &Asks) -> Result<(Date, Vec<Channel>), Trouble> {
    let on = match asks.on.trim() {
        "" => web.app.today(),
        text => text
            .parse()
            .ok()
            .filter(|d: &Date| (2004..=2099).contains(&d.year()))
            .ok_or_else(|| {
                Trouble::bad(format!(
                    "on={text}: write a day of 2004 to 2099 as 2026-01-31"
                ))
            })?,
    };
    let mut channels = web.app.store.channels().await?;
    channels.retain(|c| c.enabled && (asks.channel.is_empty() || c.code == asks.channel));
    if channels.is_empty() && !asks.channel.is_empty() {
        let code = &asks.channel;
        return Err(Trouble::bad(format!("channel={code} is unknown")));
    }
    Ok((on, channels))
}

/// `GET /when`
///
/// # Errors
/// See [`asked`].
pub async fn when(
    State(web): State<Web>,
    visit: Visit,
    Asked(asks): Asked<Asks>,
) -> Result<Response, Trouble> {
    let (on, channels) = asked(&web, &asks).await?;
    let chrome = visit.chrome();
    let all = web.app.store.channels().await?;
    let choice = |c: &Channel| Choice {
        value: c.code.clone(),
        label: show::channel_name(&chrome, c),
        chosen: c.code == asks.channel,
        hint: String::new(),
    };
    let any = Choice {
        label: chrome.t("form.any").into_owned(),
        chosen: asks.channel.is_empty(),
        ..Choice::default()
    };
    let choices = all.iter().filter(|c| c.enabled).map(choice);
    let choices = std::iter::once(any).chain(choices).collect();
    // The law as it stands now, for all of them.
    web.app.current_law().await?;
    let mut written = Vec::new();
    for channel in &channels {
        written.push(to(&web, &chrome, channel, on)?);
    }
    page::page(&WhenPage {
        on: on.to_string(),
        today: on == web.app.today(),
        choices,
        channels: written,
        chrome,
    })
}

fn to(web: &Web, chrome: &Chrome, channel: &Channel, on: Date) -> Result<Written, Trouble> {
    let law = web.app.law();
    let owed = due::if_written(&web.app, channel, on)?;
    let dues = due::explain_all(&law, Some(channel), &owed, &Terms::default());
    let shown = |e| due_view::due(&web.app, chrome, e, Told::default());
    Ok(Written {
        code: channel.code.clone(),
        name: show::channel_name(chrome, channel),
        class: channel.default_class.code().into(),
        dues: dues.iter().filter(|e| e.is_public()).map(shown).collect(),
    })
}
