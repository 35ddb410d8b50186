//! Sends what waits in the outbox: several lanes, each claiming one message at a time under a
//! lease with a fence.

use std::{sync::Arc, time::Duration};

use notifier::{DeliveryError, File, Mail, Outlet, Rendered};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{
    app::App,
    domain::{
        code::{QueryCode, ReplyToken},
        words::{OutboxKind, OutboxState},
    },
    letters::{Result, deliver, fail_point},
    store::{letters::Letter, outbox::Outgoing},
};

/// How long a claim holds. Whoever is silent for longer has lost it.
const LEASE: Duration = Duration::from_secs(300);

/// When an attempt is cut off: well before its claim ends, so that nobody else speaks for a mail
/// that is still being sent.
const ATTEMPT: Duration = Duration::from_secs(240);

/// How often to look where nobody rings.
const LOOK: Duration = Duration::from_secs(1);

/// How often an outcome is offered to a database that refuses it: a mail that left must not count
/// as lost because the database restarted meanwhile.
const OFFERS: u32 = 6;

/// Sends until stopped; what is under way then is sent to its end. Lanes are independent: a silent
/// server holds up one mail, not the next one's lane.
pub async fn run(app: App, outlet: Arc<Outlet>, stop: CancellationToken) {
    let lanes = app.config.outbox.lanes;
    let mut busy = JoinSet::new();
    while !stop.is_cancelled() {
        let claimed = match claim(&app, lanes - busy.len()).await {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::error!(%error, "the outbox could not be worked");
                tokio::time::sleep(Duration::from_secs(5)).await;
                continue;
            }
        };
        let idle = claimed.is_empty();
        for (letter, outgoing) in claimed {
            let (app, outlet) = (app.clone(), outlet.clone());
            busy.spawn(async move { send(&app, &outlet, &letter, &outgoing).await });
        }
        if busy.len() == lanes {
            tokio::select! {
                () = stop.cancelled() => {}
                Some(done) = busy.join_next() => log(done),
            }
        } else if idle {
            tokio::select! {
                () = stop.cancelled() => {}
                () = app.outbox_bell.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
                Some(done) = busy.join_next(), if !busy.is_empty() => log(done),
            }
        }
    }
    while let Some(done) = busy.join_next().await {
        log(done);
    }
}

/// One round, sent to its end; answers how many were tried.
///
/// # Errors
/// When the database refuses.
pub async fn once(app: &App, outlet: &Arc<Outlet>) -> Result<usize> {
    let mut busy = JoinSet::new();
    for (letter, outgoing) in claim(app, app.config.outbox.lanes).await? {
        let (app, outlet) = (app.clone(), outlet.clone());
        busy.spawn(async move { send(&app, &outlet, &letter, &outgoing).await });
    }
    let n = busy.len();
    while let Some(done) = busy.join_next().await {
        log(done);
    }
    Ok(n)
}

fn log(done: std::result::Result<(), tokio::task::JoinError>) {
    if let Err(error) = done {
        tracing::error!(%error, "a lane of the outbox broke off");
    }
}

/// Settles what a dead sender left behind, then claims up to `n` messages.
async fn claim(app: &App, n: usize) -> Result<Vec<(Letter, Outgoing)>> {
    for (letter, lost) in app.store.abandoned().await? {
        // Whether it left is the mail server's to know, not ours.
        let reason = "the program stopped while sending".to_owned();
        let unknown = Err(DeliveryError::Unknown { reason });
        if let Err(error) = deliver::settle(app, &letter, &lost, unknown).await {
            tracing::error!(mail = %lost.mail_id, %error, "what became of a mail could not be noted");
        }
    }
    if n == 0 || !app.store.is_due().await? {
        return Ok(Vec::new());
    }
    let n = u64::try_from(n).unwrap_or(u64::MAX);
    Ok(app.store.claim(app.now(), n, LEASE).await?)
}

async fn send(app: &App, outlet: &Outlet, letter: &Letter, outgoing: &Outgoing) {
    let result = match mail(app, letter, outgoing).await {
        Ok(mail) => {
            fail_point("smtp-before");
            let sent = tokio::time::timeout(ATTEMPT, outlet.deliver(&mail)).await;
            fail_point("smtp-after");
            let cut = "no end in time".to_owned();
            sent.unwrap_or(Err(DeliveryError::Unknown { reason: cut }))
                .map(|_| ())
        }
        Err(error) => Err(DeliveryError::Temporary {
            reason: error.to_string(),
        }),
    };
    if let Err(error) = &result {
        tracing::warn!(mail = %outgoing.mail_id, kind = %kind_of(error), "a mail did not leave");
    }
    for offer in 1..=OFFERS {
        match deliver::settle(app, letter, outgoing, result.clone()).await {
            Ok(()) => return,
            Err(error) => {
                tracing::error!(mail = %outgoing.mail_id, %error, "what became of a mail could not be noted");
                tokio::time::sleep(Duration::from_secs(1 << offer.min(3))).await;
            }
        }
    }
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
        // The report box's own address would say what kind of letter this was. An answer to our
        // sender finds its letter by the thread, wherever it lands.
        reply_to: (!letter.is_sealed())
            .then(|| reply_to(app, outgoing.source_name.as_deref(), &token))
            .flatten(),
        message_id: outgoing.mail_id.clone(),
        in_reply_to: outgoing.words.in_reply_to.clone(),
        references: outgoing.words.references.clone(),
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
