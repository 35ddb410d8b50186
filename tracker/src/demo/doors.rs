//! Letters come in by the product's own doors, and with them what is no letter.

use ingest::{
    arrival::{Arrival, BeforeStart, Unfetched},
    form::FormLetter,
};
use jiff::Timestamp;

use super::{
    DemoError,
    compose::{self, Attached, Envelope},
    content::{self, Extra, Sample},
    office::Office,
};
use crate::{
    app::App,
    domain::words::{Discard, Source},
    letters::{
        Error,
        arrive::{self, From},
        release,
        submit::{self, Submission, Submitted},
    },
    store::{arrivals::ArrivalRecord, channels::Channel},
};

/// Where mail to a channel is fetched from.
fn mailbox(channel: &str) -> &'static str {
    match channel {
        "director-mailbox" => "tingzhang",
        "e-petition" => "xinfang",
        "report-box" => "jubao",
        _ => "zixun",
    }
}

/// The channel of this code.
pub(super) async fn channel(app: &App, code: &str) -> Result<Channel, Error> {
    let channels = app.store.channels().await?;
    let found = channels.into_iter().find(|c| c.code == code);
    found.ok_or(Error::Rule("no-such-channel"))
}

/// A letter comes in; `n` tells samples apart.
pub(super) async fn letter(
    app: &App,
    sample: &Sample,
    n: usize,
    received_at: Timestamp,
) -> Result<Submitted, Comes> {
    let channel = channel(app, &sample.channel).await?;
    if sample.source.is_mail() {
        let raw = mail_of(app, sample, n, received_at)?;
        let from = mail_door(sample.source, &channel);
        let key = match sample.source {
            Source::Maildir => format!("maildir:{}:{}.{n}.mx", from.name, received_at.as_second()),
            _ => imap_key(&from.name, 1, n),
        };
        let line = take(app, &from, key, received_at, raw).await?;
        return Ok(submit::submitted(app, &line).await?);
    }
    let form = FormLetter {
        kind: sample.kind.clone(),
        subject: sample.subject.clone(),
        body: sample.body.trim().to_owned(),
        name: sample.name.clone(),
        phone: sample.phone.clone(),
        email: sample.email.clone(),
        address: sample.address.clone(),
        anonymous: sample.anonymous,
        answer_by: None,
        wants_publication: sample.publish,
        language: None,
        files: Vec::new(),
    };
    if let Some(fault) = submit::faults(&form).into_iter().next() {
        return Err(Error::Fields(vec![fault]).into());
    }
    let submission = Submission {
        source: sample.source,
        channel: &channel,
        key: format!("demo-{n}").into_bytes(),
        received_at,
    };
    let done = submit::submit(app, submission, &form).await;
    Ok(done.map_err(|submit::Unregistered(e)| e)?)
}

/// Why something did not come in.
pub(super) enum Comes {
    Refused(Error),
    Demo(DemoError),
}

impl<E: Into<Error>> std::convert::From<E> for Comes {
    fn from(error: E) -> Self {
        Self::Refused(error.into())
    }
}

fn mail_door(source: Source, channel: &Channel) -> From {
    From {
        source,
        name: mailbox(&channel.code).to_owned(),
        channel: channel.clone(),
    }
}

fn imap_key(mailbox: &str, uid_validity: u32, uid: usize) -> String {
    format!("imap:{mailbox}/INBOX/{uid_validity}/{uid}")
}

async fn take(
    app: &App,
    from: &From,
    source_key: String,
    received_at: Timestamp,
    raw: Vec<u8>,
) -> Result<ArrivalRecord, Error> {
    let arrival = Arrival {
        source_key,
        received_at,
        seen_at: app.now(),
        raw,
    };
    let lines = arrive::take_in(app, from, vec![arrival]).await?;
    lines.into_iter().next().ok_or(Error::NotFound)
}

/// The same bytes whenever it is asked.
fn mail_of(app: &App, sample: &Sample, n: usize, at: Timestamp) -> Result<Vec<u8>, Comes> {
    let from = format!("{} <{}>", sample.name, sample.email);
    let head = Envelope {
        from: if sample.name.is_empty() {
            &sample.email
        } else {
            &from
        },
        to: &format!("{}@zrzyt.example.cn", mailbox(&sample.channel)),
        subject: &sample.subject,
        date: at.to_zoned_datetime(app.zone.clone()),
        id: format!("{n}.{}@mail.example.cn", at.as_second()),
        answers: None,
        more: "",
    };
    if let Some(name) = &sample.eml {
        let eml = content::file(&format!("mail/{name}")).map_err(Comes::Demo)?;
        return Ok(compose::fill(&eml, &head));
    }
    let mut files = Vec::new();
    for name in &sample.files {
        files.push(Attached {
            name: name.clone(),
            bytes: content::file(&format!("files/{name}")).map_err(Comes::Demo)?,
        });
    }
    Ok(compose::mail(&head, &sample.body, &files))
}

/// A letter that something else refers to: what it was, which one it became, when it came.
pub(super) struct Known<'a> {
    pub(super) sample: &'a Sample,
    pub(super) n: usize,
    pub(super) done: Submitted,
}

/// Something else comes in; answers the ledger's line where there is one.
pub(super) async fn extra(
    app: &App,
    extra: &Extra,
    n: usize,
    at: Timestamp,
    known: Option<&Known<'_>>,
) -> Result<Option<i64>, Comes> {
    let from = mail_door(Source::Imap, &channel(app, &extra.channel).await?);
    let key = imap_key(&from.name, 1, 1_000 + n);
    if let Some(size) = extra.before_start {
        let before = BeforeStart {
            source_key: key,
            received_at: at,
            size,
        };
        arrive::note_before_start(app, &from, vec![before]).await?;
        return Ok(None);
    }
    if let Some(size) = extra.too_large {
        let unfetched = Unfetched {
            source_key: key,
            received_at: at,
            size: Some(size),
            reason: extra.reason.clone(),
        };
        arrive::quarantine(app, &from, vec![unfetched]).await?;
        return Ok(None);
    }
    if let (Some(_), Some(known)) = (&extra.again, known) {
        // The mailbox was made anew: the same mail lies there under other numbers.
        let received_at = known.done.letter.received_at;
        let raw = mail_of(app, known.sample, known.n, received_at)?;
        let key = imap_key(&from.name, 2, known.n);
        return Ok(Some(take(app, &from, key, received_at, raw).await?.id));
    }
    let answers = match known {
        Some(known) => our_last(app, known).await?,
        None => None,
    };
    let writer = known.map(|k| format!("{} <{}>", k.sample.name, k.sample.email));
    let subject = known.map(|k| format!("回复：{}", k.sample.subject));
    let head = Envelope {
        from: non_empty(&extra.from, &writer),
        to: &format!("{}@zrzyt.example.cn", from.name),
        subject: non_empty(&extra.subject, &subject),
        date: at.to_zoned_datetime(app.zone.clone()),
        id: format!("x{n}.{}@mail.example.cn", at.as_second()),
        answers: answers.as_deref(),
        more: &extra.header,
    };
    let raw = match &extra.eml {
        Some(name) => {
            let eml = content::file(&format!("mail/{name}")).map_err(Comes::Demo)?;
            compose::fill(&eml, &head)
        }
        None => compose::mail(&head, &extra.body, &[]),
    };
    Ok(Some(take(app, &from, key, at, raw).await?.id))
}

fn non_empty<'s>(own: &'s str, other: &'s Option<String>) -> &'s str {
    if own.is_empty() {
        other.as_deref().unwrap_or_default()
    } else {
        own
    }
}

/// The mail of ours that reached the writer last.
async fn our_last(app: &App, known: &Known<'_>) -> Result<Option<String>, Error> {
    let sent = app.store.outgoing(&known.done.letter).await?;
    Ok(sent.into_iter().last().map(|o| o.mail_id))
}

/// A registrar discards what was set aside.
pub(super) async fn discard(
    app: &App,
    office: &Office,
    line: i64,
    reason: &str,
) -> Result<(), Error> {
    let staff = office.staff(office.registrar(false));
    let staff = staff.ok_or(Error::NotFound)?;
    let decision = release::Decision::Discard(Discard::Spam, reason.to_owned());
    release::decide(app, staff, line, decision).await?;
    Ok(())
}
