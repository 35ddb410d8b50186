//! Sends what waits in the outbox: several lanes, each claiming one message at a time under a
//! lease with a fence.

use std::{sync::Arc, time::Duration};

use notifier::{DeliveryError, File, Mail, Outlet, Rendered};
use tokio_util::sync::CancellationToken;

use crate::{
    app::App,
    domain::{
        code::{QueryCode, ReplyToken},
        words::{OutboxKind, OutboxState},
    },
    letters::{Error, Result, deliver, fail_point},
    store::{letters::Letter, outbox::Outgoing},
};

/// Longer than any attempt can take.
const LEASE: Duration = Duration::from_secs(300);

/// Sends until stopped.
pub async fn run(app: App, outlet: Arc<Outlet>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let sent = match once(&app, &outlet).await {
            Ok(sent) => sent,
            Err(error) => {
                tracing::error!(%error, "the outbox could not be worked");
                tokio::time::sleep(Duration::from_secs(5)).await;
                0
            }
        };
        if sent == 0 {
            tokio::select! {
                () = stop.cancelled() => {}
                () = app.outbox_bell.notified() => {}
                () = tokio::time::sleep(Duration::from_millis(1_000)) => {}
            }
        }
    }
}

/// One round: settles what a dead sender left behind, then sends up to a lane's worth at once;
/// answers how many were tried.
///
/// # Errors
/// When the database refuses.
pub async fn once(app: &App, outlet: &Arc<Outlet>) -> Result<usize> {
    for (_, lost) in app.store.abandoned(app.now()).await? {
        let reason = "the program stopped while sending".to_owned();
        // A receipt or an unsent reply may be known from the server; we cannot know it here.
        deliver::settle(app, &lost, Err(DeliveryError::Unknown { reason })).await?;
    }
    let lanes = app.config.outbox.lanes as u64;
    let claimed = app.store.claim(app.now(), lanes, LEASE).await?;
    let n = claimed.len();
    let mut lanes = tokio::task::JoinSet::new();
    for (letter, outgoing) in claimed {
        let (app, outlet) = (app.clone(), outlet.clone());
        lanes.spawn(async move { send(&app, &outlet, &letter, &outgoing).await });
    }
    while let Some(done) = lanes.join_next().await {
        done.map_err(|e| Error::CutShort(e.to_string()))??;
    }
    Ok(n)
}

async fn send(app: &App, outlet: &Outlet, letter: &Letter, outgoing: &Outgoing) -> Result<()> {
    let result = match mail(app, letter, outgoing).await {
        Ok(mail) => {
            fail_point("smtp-before");
            let result = outlet.deliver(&mail).await.map(|_| ());
            fail_point("smtp-after");
            result
        }
        Err(error) => Err(DeliveryError::Temporary {
            reason: error.to_string(),
        }),
    };
    if let Err(error) = &result {
        tracing::warn!(mail = %outgoing.mail_id, kind = %kind_of(error), "a mail did not leave");
    }
    deliver::settle(app, outgoing, result).await
}

/// For the log: no address, no words of the server.
fn kind_of(error: &DeliveryError) -> &'static str {
    match error {
        DeliveryError::Temporary { .. } => "temporary",
        DeliveryError::Permanent { .. } => "permanent",
        DeliveryError::Unknown { .. } => "unknown",
    }
}

/// The mail as it goes out: secrets filled in, files fetched.
async fn mail(app: &App, letter: &Letter, outgoing: &Outgoing) -> Result<Mail> {
    let keys = &app.store.vault.keys;
    let code = QueryCode(keys.query_code(letter.id, letter.code_version));
    let token = ReplyToken {
        number: letter.number,
        mac: keys.reply_token(letter.id),
    };
    let rendered = Rendered {
        subject: outgoing.words.subject.clone(),
        text: outgoing.words.text.clone(),
        html: outgoing.words.html.clone(),
    };
    let attachments = match outgoing.message_id {
        Some(id) if outgoing.kind == OutboxKind::Reply && !letter.is_sealed() => {
            files(app, letter, id).await?
        }
        _ => Vec::new(),
    };
    debug_assert_eq!(outgoing.state, OutboxState::Sending);
    Ok(Mail {
        to: outgoing.words.address.clone(),
        reply_to: reply_to(app, outgoing.source_name.as_deref(), &token),
        message_id: outgoing.mail_id.clone(),
        in_reply_to: outgoing.in_reply_to.clone(),
        references: outgoing.references.clone(),
        automatic: outgoing.automatic,
        rendered: notifier::fill(&rendered, Some(&code.to_string()), Some(&token.to_string())),
        attachments,
        date: outgoing.created_at,
    })
}

/// Where an answer to our mail should go: the mailbox the letter came through.
fn reply_to(app: &App, source_name: Option<&str>, token: &ReplyToken) -> Option<String> {
    let mailbox = app
        .config
        .mailbox
        .iter()
        .find(|m| Some(m.name.as_str()) == source_name)?;
    let address = mailbox.address()?;
    if !mailbox.sub_address {
        return Some(address.to_owned());
    }
    let (local, domain) = address.rsplit_once('@')?;
    Some(format!("{local}+{token}@{domain}"))
}

async fn files(app: &App, letter: &Letter, message_id: i64) -> Result<Vec<File>> {
    let mut files = Vec::new();
    for f in app.store.files(letter, &[message_id]).await? {
        if let Some(blob) = &f.blob_id {
            files.push(File {
                name: f.words.name,
                media_type: f.words.media_type,
                bytes: app.store.blob(blob).await?,
            });
        }
    }
    Ok(files)
}
