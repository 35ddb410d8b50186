//! What an empty database starts with: the installation's name, the four channels.

use std::time::Duration;

use super::Result;
use crate::{
    app::App,
    clock::{Entropy, random},
    domain::words::Class,
    keys::to_hex,
    store::{Store, StoreError, channels::Channel},
};

/// Names this installation for ever.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn instance(
    store: &Store,
    entropy: &dyn Entropy,
) -> std::result::Result<String, StoreError> {
    match store.setting("instance").await? {
        Some(name) => Ok(name),
        None => {
            store
                .setting_or("instance", to_hex(&random::<8>(entropy)))
                .await
        }
    }
}

/// The master key that everything in the database is sealed under: the first one that opened it.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn key_id(store: &Store) -> std::result::Result<String, StoreError> {
    match store.setting("master-key").await? {
        Some(id) => Ok(id),
        None => {
            store
                .setting_or("master-key", store.vault.keys.id().to_owned())
                .await
        }
    }
}

struct Shipped {
    code: &'static str,
    name: (&'static str, &'static str),
    intro: (&'static str, &'static str),
    sealed: bool,
    /// Whose rules hold until a letter's own class is determined.
    class: Class,
}

const SHIPPED: [Shipped; 4] = [
    Shipped {
        code: "online-consultation",
        name: ("在线咨询", "Online consultation"),
        intro: (
            "问政策、问流程、问材料。",
            "Questions about policies, procedures and documents.",
        ),
        sealed: false,
        class: Class::Consultation,
    },
    Shipped {
        code: "director-mailbox",
        name: ("厅长信箱", "Director's mailbox"),
        intro: (
            "对本机关工作的意见、建议和投诉。",
            "Opinions, suggestions and complaints about the department's work.",
        ),
        sealed: false,
        class: Class::Consultation,
    },
    Shipped {
        code: "e-petition",
        name: ("电子信访", "E-petition"),
        intro: (
            "依照《信访工作条例》办理的申诉求决事项，可查询、可评价。",
            "Claims handled under the Regulations on Petition Work; you can follow and rate them.",
        ),
        sealed: false,
        class: Class::Claim,
    },
    Shipped {
        code: "report-box",
        name: ("举报信箱", "Report box"),
        intro: (
            "举报违法违规线索，可以匿名；内容和身份只有指定的承办人能看到，永不公开。",
            "Report violations, anonymously if you like; only those named to handle it can read \
             it, and it is never published.",
        ),
        sealed: true,
        class: Class::Accusation,
    },
];

/// The codes of the channels that an empty database starts with.
pub(crate) fn shipped_codes() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|s| s.code)
}

/// Adds the channels that ship to an empty database. Two processes may start at once: the second
/// finds the first one's.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn channels(app: &App) -> std::result::Result<(), StoreError> {
    if !app.store.channels().await?.is_empty() {
        return Ok(());
    }
    let rows = (0..).zip(&SHIPPED).map(|(position, s)| Channel {
        id: app.id(),
        code: s.code.into(),
        name_zh: s.name.0.into(),
        name_en: s.name.1.into(),
        intro_zh: s.intro.0.into(),
        intro_en: s.intro.1.into(),
        sealed: s.sealed,
        enabled: true,
        position,
        default_class: s.class,
        own: None,
        rule_version: 0,
        version: 1,
    });
    let step = app.store.begin(app.now()).await?;
    match step.add_channels(&rows.collect::<Vec<_>>()).await {
        Ok(()) => step.commit().await,
        Err(e) if e.is_duplicate() => Ok(()),
        Err(e) => Err(e),
    }
}

/// How long the first administrator's link works.
const FIRST_LINK: Duration = Duration::from_secs(24 * 3_600);

/// What the one-time link is for.
pub(crate) const FIRST_ADMINISTRATOR: &str = "first-administrator";

/// A fresh one-time link for the first administrator, while nobody can sign in yet.
///
/// # Errors
/// When the database refuses.
pub async fn first_link(app: &App) -> Result<Option<String>> {
    if app.store.anybody().await? {
        return Ok(None);
    }
    let secret = to_hex(&random::<24>(&*app.entropy));
    let step = app.store.begin(app.now()).await?;
    let hash = super::session::secret_hash(app, &secret);
    step.add_invitation(hash, FIRST_ADMINISTRATOR, app.now() + FIRST_LINK)
        .await?;
    step.commit().await?;
    Ok(Some(app.desk_link(&format!("/first?key={secret}"))))
}

/// Saves a channel that was edited: it governs letters received from now on.
///
/// # Errors
/// When the database refuses.
pub async fn save_channel(app: &App, by: Option<i64>, channel: &Channel) -> Result<()> {
    let step = app.store.begin(app.now()).await?;
    step.save_channel(channel).await?;
    let data = serde_json::json!({ "channel": channel.code, "version": channel.version });
    step.add_admin_event(app.id(), by, "channel-saved", data)
        .await?;
    Ok(step.commit().await?)
}
