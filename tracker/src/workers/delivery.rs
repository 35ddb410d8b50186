//! Sends what waits in the outbox: several lanes, each claiming one message at a time under a
//! lease with a fence.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use notifier::{DeliveryError, File, Mail, Outlet, Rendered};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{pause, undelivered};
use crate::{
    app::App,
    domain::{
        code::{QueryCode, ReplyToken},
        words::{OutboxKind, OutboxState},
    },
    letters::{self, Result, deliver, fail_point},
    store::{letters::Letter, outbox::Outgoing, staff_mail::StaffMail},
};

/// How long a claim holds. Whoever is silent for longer has lost it.
const LEASE: Duration = Duration::from_secs(300);

/// When an attempt is cut off: well before its claim ends, so that nobody else speaks for a mail
/// that is still being sent.
const ATTEMPT: Duration = Duration::from_secs(240);

/// How often to look where nobody rings.
const LOOK: Duration = Duration::from_secs(1);

/// How long to wait at most before a database that failed is asked again.
const PAUSE: Duration = Duration::from_secs(5);

/// How often an outcome is offered to a database that is well and refuses it. One that is away is
/// waited for: a mail that left must not count as lost because the database restarted meanwhile.
const OFFERS: u32 = 6;

/// Sends until stopped; what is under way then is sent to its end. Lanes are independent: a silent
/// server holds up one mail, not the next one's lane.
pub async fn run(app: App, outlet: Arc<Outlet>, stop: CancellationToken) {
    let lanes = app.config.outbox.lanes;
    let held = Held::default();
    let mut busy = JoinSet::new();
    while !stop.is_cancelled() {
        let claimed = match claim(&app, lanes - busy.len(), &held).await {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::error!(%error, "the outbox could not be worked");
                pause(&stop, PAUSE).await;
                continue;
            }
        };
        let idle = claimed.is_empty();
        for post in claimed {
            let (app, outlet, held) = (app.clone(), outlet.clone(), held.clone());
            busy.spawn(async move {
                let _lane = held.hold(post.mail_id());
                send(&app, &outlet, &post).await;
            });
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
    for post in claim(app, app.config.outbox.lanes, &Held::default()).await? {
        let (app, outlet) = (app.clone(), outlet.clone());
        busy.spawn(async move { send(&app, &outlet, &post).await });
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

/// The mails that lanes of this process have in hand. One whose lease ran out because the database
/// was away is theirs still: they know what became of it.
#[derive(Clone, Default)]
struct Held(Arc<Mutex<HashSet<String>>>);

impl Held {
    fn hold(&self, mail_id: &str) -> InHand {
        self.mails().insert(mail_id.to_owned());
        InHand(self.clone(), mail_id.to_owned())
    }

    fn has(&self, mail_id: &str) -> bool {
        self.mails().contains(mail_id)
    }

    fn mails(&self) -> MutexGuard<'_, HashSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// In hand until it is dropped, however its lane ends.
struct InHand(Held, String);

impl Drop for InHand {
    fn drop(&mut self) {
        self.0.mails().remove(&self.1);
    }
}

/// A claimed mail: to the outside, or to a member of staff.
pub(super) enum Post {
    Public(Box<(Letter, Outgoing)>),
    Staff(Box<StaffMail>),
}

impl Post {
    pub(super) fn mail_id(&self) -> &str {
        match self {
            Self::Public(post) => &post.1.mail_id,
            Self::Staff(mail) => &mail.mail_id,
        }
    }

    pub(super) fn address(&self) -> &str {
        match self {
            Self::Public(post) => &post.1.words.address,
            Self::Staff(mail) => &mail.address,
        }
    }

    pub(super) fn subject(&self) -> &str {
        match self {
            Self::Public(post) => &post.1.words.subject,
            Self::Staff(mail) => &mail.subject,
        }
    }

    pub(super) fn attempt(&self) -> i32 {
        match self {
            Self::Public(post) => post.1.attempts,
            Self::Staff(mail) => mail.attempts,
        }
    }

    pub(super) fn is_sealed(&self) -> bool {
        matches!(self, Self::Public(post) if post.0.is_sealed())
    }

    async fn mail(&self, app: &App) -> Result<Mail> {
        match self {
            Self::Public(post) => mail(app, &post.0, &post.1).await,
            Self::Staff(mail) => Ok(staff_mail(mail)),
        }
    }

    /// Notes what became of it; a failure is told in the log once it is.
    async fn settle(
        &self,
        app: &App,
        result: &std::result::Result<(), DeliveryError>,
    ) -> Result<()> {
        let outcome = deliver::outcome(app, self.attempt(), result.clone());
        match self {
            Self::Public(post) => deliver::settle(app, &post.0, &post.1, outcome.clone()).await,
            Self::Staff(mail) => letters::staff_mail::settle(app, mail, &outcome).await,
        }?;
        if let Err(error) = result {
            undelivered::tell(self, &server(app), error, &outcome);
        }
        Ok(())
    }
}

/// Settles what a dead sender left behind, then claims up to `n` messages; staff wait for nobody
/// outside, and nobody outside waits for them.
async fn claim(app: &App, n: usize, held: &Held) -> Result<Vec<Post>> {
    let lost = app.store.abandoned().await?.into_iter().map(Box::new);
    let lost: Vec<Post> = lost.map(Post::Public).collect();
    let of_staff = app.store.abandoned_staff().await?.into_iter().map(Box::new);
    let lost = lost.into_iter().chain(of_staff.map(Post::Staff));
    for post in lost.filter(|post| !held.has(post.mail_id())) {
        // Whether it left is the mail server's to know, not ours.
        let reason = "the program stopped while sending".to_owned();
        let unknown = Err(DeliveryError::Unknown { reason });
        if let Err(error) = post.settle(app, &unknown).await {
            tracing::error!(mail = %post.mail_id(), %error, "what became of a mail could not be noted");
        }
    }
    if n == 0 {
        return Ok(Vec::new());
    }
    let most = u64::try_from(n).unwrap_or(u64::MAX);
    let staff = app
        .store
        .claim_staff(app.now(), most.div_ceil(2), LEASE)
        .await?;
    let mut claimed: Vec<Post> = staff
        .into_iter()
        .map(|m| Post::Staff(Box::new(m)))
        .collect();
    let left = most.saturating_sub(claimed.len() as u64);
    if left > 0 && app.store.is_due().await? {
        let public = app.store.claim(app.now(), left, LEASE).await?;
        claimed.extend(public.into_iter().map(|p| Post::Public(Box::new(p))));
    }
    Ok(claimed)
}

async fn send(app: &App, outlet: &Outlet, post: &Post) {
    let result = match post.mail(app).await {
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
    let mail = post.mail_id();
    let mut offers = 0;
    let mut wait = LOOK;
    while let Err(error) = post.settle(app, &result).await {
        tracing::error!(%mail, %error, "what became of a mail could not be noted");
        offers += u32::from(!error.is_passing());
        if offers >= OFFERS {
            return;
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(PAUSE);
    }
}

/// Where mail leaves by, for the log.
fn server(app: &App) -> String {
    let smtp = app.config.smtp.as_ref();
    smtp.map_or_else(String::new, |smtp| match &smtp.folder {
        Some(folder) => folder.display().to_string(),
        None => format!("{}:{}", smtp.host, smtp.port),
    })
}

/// A mail to staff: no machine answers it, and it bounces to nobody.
fn staff_mail(mail: &StaffMail) -> Mail {
    Mail {
        to: mail.address.clone(),
        reply_to: None,
        message_id: mail.mail_id.clone(),
        in_reply_to: None,
        references: Vec::new(),
        automatic: true,
        rendered: Rendered {
            subject: mail.subject.clone(),
            text: mail.text.clone(),
            html: mail.html.clone(),
        },
        attachments: Vec::new(),
        date: mail.created_at,
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
