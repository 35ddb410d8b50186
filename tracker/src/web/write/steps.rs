//! The way of a form: written, checked, sent, and its receipt. Each posting leads on to a page that
//! is fetched, so that going back and forth and reloading repeats nothing and loses nothing.

use axum::{
    extract::State,
    http::{StatusCode, Uri},
    response::Response,
};
use serde::{Deserialize, Serialize};

use super::{
    MAX_FILE, MAX_FILES, MAX_FORM, entered, faults, kinds, letter, open_channel, usual_kind,
};
use crate::{
    domain::{
        number::LetterNumber,
        words::{Kind, Source},
    },
    letters::submit::{self, Submission, Submitted},
    store::channels::Channel,
    web::{
        Web,
        carry::{Carry, is_name},
        chrome::Chrome,
        due_view,
        error::Trouble,
        extract::{Named, Posted},
        page,
        pages::{
            parts::{Errors, FieldError},
            write::{ChannelPage, CheckPage, Elsewhere, Entry, ReceiptPage, WritePage},
        },
        show,
        visit::Visit,
    },
};

/// What is kept of a form between its pages.
#[derive(Serialize, Deserialize)]
enum Carried {
    /// What was entered, and what was wrong with its files.
    Writing(Box<Entry>, Vec<FieldError>),
    /// The letter it became; the words are gone from here.
    Sent(Sent),
}

/// Enough to show the receipt again.
#[derive(Clone, Serialize, Deserialize)]
struct Sent {
    number: String,
    /// A code that was replaced meanwhile is not told to whoever finds this page.
    code_version: i32,
    mailed: bool,
}

/// One form in one browser.
struct Form {
    web: Web,
    visit: Visit,
    carry: Carry,
    channel: Channel,
    name: String,
}

impl Form {
    async fn open(
        web: Web,
        visit: Visit,
        carry: Carry,
        (channel, name): (&str, String),
    ) -> Result<Self, Trouble> {
        if !is_name(&name) {
            return Err(Trouble::not_found());
        }
        Ok(Self {
            channel: open_channel(&web, channel).await?,
            web,
            visit,
            carry,
            name,
        })
    }

    /// The path of this form, or of a page of it.
    fn path(&self, page: &str) -> String {
        format!("/write/{}/{}{page}", self.channel.code, self.name)
    }

    fn to(&self, page: &str) -> Response {
        page::to(&self.web, &self.path(page))
    }

    async fn carried(&self) -> Result<Option<Carried>, Trouble> {
        self.carry.look(&self.name).await
    }

    /// The same form under a name of its own: what stands under the old one is a letter by now.
    async fn apart_from_sent(mut self) -> Result<Self, Trouble> {
        if let Some(Carried::Sent(_)) = self.carried().await? {
            self.name = self.carry.fresh();
        }
        Ok(self)
    }

    /// Keeps what was entered and leads on to a page; without a place to keep it, that page is
    /// answered at once.
    async fn on(&self, page: &str, entry: Entry, errors: Errors) -> Result<Response, Trouble> {
        let carried = Carried::Writing(Box::new(entry.clone()), errors.0.clone());
        if self.carry.keep(&self.name, &carried).await {
            return Ok(self.to(page));
        }
        match page {
            "/check" => {
                self.check(entry, errors, StatusCode::UNPROCESSABLE_ENTITY)
                    .await
            }
            "/channel" => self.channels(entry).await,
            _ => self.write(entry, errors, StatusCode::OK),
        }
    }

    fn write(
        &self,
        mut entry: Entry,
        errors: Errors,
        status: StatusCode,
    ) -> Result<Response, Trouble> {
        let chrome = self.visit.chrome();
        if entry.idempotency_key.is_empty() {
            entry.idempotency_key = self.carry.key_of(&self.name);
        }
        // A kind that this channel does not take, another channel having been chosen, is none.
        let mut kinds = kinds(&chrome, &self.channel, &entry.kind);
        if !kinds.iter().any(|k| k.chosen) {
            let usual = usual_kind(&self.channel).map_or("", |k| k.code());
            kinds.iter_mut().for_each(|k| k.chosen = k.value == usual);
        }
        page::with_status(
            status,
            &WritePage {
                channel: show::card(&self.web.app, &chrome, &self.channel),
                action: chrome.url(self.path("")),
                kinds,
                entry,
                errors,
                max_file: MAX_FILE.into(),
                max_form: MAX_FORM.into(),
                max_files: MAX_FILES,
                chrome,
            },
        )
    }

    /// The answers to check, or the form again with what is wrong.
    async fn check(
        &self,
        mut entry: Entry,
        mut errors: Errors,
        status: StatusCode,
    ) -> Result<Response, Trouble> {
        if self.channel.sealed {
            entry.wants_publication = false;
        }
        let wrong = faults(&self.channel, &entry.sent());
        errors.0.extend(show::faults(&wrong).0);
        if !errors.is_empty() {
            return self.write(entry, errors, status);
        }
        let chrome = self.visit.chrome();
        let report = entry.kind == Kind::Report.code() && !self.channel.sealed;
        let channels = self.web.app.store.channels().await?;
        let boxes = channels.iter().filter(|c| c.enabled && c.sealed);
        let sealed = boxes.map(|c| self.beside(&chrome, c)).next();
        page::page(&CheckPage {
            channel: show::card(&self.web.app, &chrome, &self.channel),
            action: chrome.url(self.path("")),
            sealed: sealed.filter(|_| report),
            entry,
            chrome,
        })
    }

    /// This form in another channel.
    fn beside(&self, chrome: &Chrome, channel: &Channel) -> Elsewhere {
        Elsewhere {
            action: chrome.url(format!("/write/{}/{}", channel.code, self.name)),
            here: channel.code == self.channel.code,
            card: show::card(&self.web.app, chrome, channel),
        }
    }

    /// The channels to choose from, keeping what was entered.
    async fn channels(&self, entry: Entry) -> Result<Response, Trouble> {
        let chrome = self.visit.chrome();
        let channels = self.web.app.store.channels().await?;
        let open = channels.iter().filter(|c| c.enabled);
        page::page(&ChannelPage {
            channels: open.map(|c| self.beside(&chrome, c)).collect(),
            entry,
            chrome,
        })
    }

    /// Sends it. The same words under the same key are one letter, however often they are sent.
    async fn submit(&self, entry: &Entry) -> Result<Response, Trouble> {
        let form = letter(&self.web, &self.visit, entry);
        let submission = Submission {
            source: Source::Form,
            channel: &self.channel,
            key: entry.idempotency_key.as_bytes().to_vec(),
            received_at: self.web.app.now(),
        };
        let done = submit::submit(&self.web.app, submission, &form).await?;
        let sent = Sent {
            number: done.letter.number.to_string(),
            code_version: done.letter.code_version,
            mailed: !entry.email.is_empty() && self.web.app.config.smtp.is_some(),
        };
        let kept = Carried::Sent(sent.clone());
        let before = match self.carried().await? {
            Some(Carried::Sent(other)) if other.number != sent.number => Some(other),
            _ => None,
        };
        // Two letters of one form, the words having been changed in between: each has its receipt.
        let name = match before {
            Some(_) => self.carry.fresh(),
            None => self.name.clone(),
        };
        if self.carry.keep(&name, &kept).await {
            let path = format!("/write/{}/{name}/receipt", self.channel.code);
            return Ok(page::to(&self.web, &path));
        }
        self.receipt(&done, &sent).await
    }

    async fn receipt(&self, done: &Submitted, sent: &Sent) -> Result<Response, Trouble> {
        let (app, chrome) = (&self.web.app, self.visit.chrome());
        let channels = app.store.channels().await?;
        let channel = channels.iter().find(|c| c.id == done.letter.channel_id);
        let channel = channel.unwrap_or(&self.channel);
        let law = app.current_law().await?;
        let owed = due_view::handed_in(app, &chrome, &law, channel, &done.obligations);
        let (due, others) = owed.ok_or_else(Trouble::not_found)?;
        page::page(&ReceiptPage {
            channel: show::channel_name(&chrome, channel),
            sealed: done.letter.is_sealed(),
            number: done.letter.number.to_string(),
            query_code: done.code.to_string(),
            received_at: show::at(app, done.letter.received_at),
            due,
            others,
            mailed: sent.mailed,
            again: chrome.url(format!("/write/{}", self.channel.code)),
            forget: chrome.url(self.path("")),
            chrome,
        })
    }
}

/// `GET /write/{channel}`: a new form.
///
/// # Errors
/// When the channel is not there, or takes no letters.
pub async fn begin(
    State(web): State<Web>,
    carry: Carry,
    uri: Uri,
    Named(code): Named<String>,
) -> Result<Response, Trouble> {
    let channel = open_channel(&web, &code).await?;
    let query = uri.query().map(|q| format!("?{q}")).unwrap_or_default();
    let path = format!("/write/{}/{}{query}", channel.code, carry.fresh());
    Ok(carry.with_cookie(page::to(&web, &path)))
}

/// `GET /write/{channel}/{name}`: the form, with what was entered before.
///
/// # Errors
/// When the channel is not there, or takes no letters.
pub async fn form(
    State(web): State<Web>,
    visit: Visit,
    carry: Carry,
    Named((code, name)): Named<(String, String)>,
) -> Result<Response, Trouble> {
    let form = Form::open(web, visit, carry, (&code, name)).await?;
    let page = match form.carried().await? {
        Some(Carried::Sent(_)) => return Ok(form.to("/receipt")),
        Some(Carried::Writing(entry, errors)) => form.write(*entry, Errors(errors), StatusCode::OK),
        None => form.write(Entry::default(), Errors::default(), StatusCode::OK),
    };
    Ok(form.carry.with_cookie(page?))
}

/// `GET /write/{channel}/{name}/{page}`: the answers to check, the channels to choose from, the
/// receipt.
///
/// # Errors
/// When there is no such page.
pub async fn page_of(
    State(web): State<Web>,
    visit: Visit,
    carry: Carry,
    Named((code, name, page)): Named<(String, String, String)>,
) -> Result<Response, Trouble> {
    let form = Form::open(web, visit, carry, (&code, name)).await?;
    if !["check", "channel", "receipt"].contains(&page.as_str()) {
        return Err(Trouble::not_found());
    }
    match (form.carried().await?, page.as_str()) {
        (Some(Carried::Sent(sent)), "receipt") => {
            let number: LetterNumber = sent.number.parse().map_err(|_| Trouble::not_found())?;
            let done = submit::by_number(&form.web.app, number).await?;
            if done.letter.code_version != sent.code_version {
                return Ok(page::to(&form.web, "/track"));
            }
            form.receipt(&done, &sent).await
        }
        (Some(Carried::Sent(_)), _) => Ok(form.to("/receipt")),
        (Some(Carried::Writing(entry, errors)), "check") => {
            form.check(*entry, Errors(errors), StatusCode::OK).await
        }
        (Some(Carried::Writing(entry, _)), "channel") => form.channels(*entry).await,
        (None, "receipt") => Ok(page::to_saying(&form.web, "/track", "receipt-gone", "")),
        (Some(Carried::Writing(..)), _) => Ok(form.to("")),
        (None, _) => Ok(page::to_saying(&form.web, &form.path(""), "typed-gone", "")),
    }
}

/// `POST /write/{channel}`: a form that was given no name.
///
/// # Errors
/// When the channel is not there, or nothing could be stored.
pub async fn step_unnamed(
    web: State<Web>,
    visit: Visit,
    carry: Carry,
    Named(code): Named<String>,
    posted: Posted,
) -> Result<Response, Trouble> {
    let name = carry.fresh();
    step(web, visit, carry, Named((code, name)), posted).await
}

/// `POST /write/{channel}/{name}`: check, change, choose another channel, submit, or forget.
///
/// # Errors
/// When the channel is not there, or nothing could be stored.
pub async fn step(
    State(web): State<Web>,
    visit: Visit,
    carry: Carry,
    Named((code, name)): Named<(String, String)>,
    posted: Posted,
) -> Result<Response, Trouble> {
    let form = Form::open(web, visit, carry, (&code, name)).await?;
    if posted.get("step") == "forget" {
        form.carry.forget(&form.name).await?;
        return Ok(page::to_saying(&form.web, "/", "forgotten", ""));
    }
    let (entry, errors) = entered(&form.web, &posted).await?;
    match posted.get("step") {
        "change" => form.apart_from_sent().await?.on("", entry, errors).await,
        "channel" => {
            form.apart_from_sent()
                .await?
                .on("/channel", entry, errors)
                .await
        }
        "submit" if errors.is_empty() && faults(&form.channel, &entry.sent()).is_empty() => {
            form.submit(&entry.sent()).await
        }
        _ => {
            form.apart_from_sent()
                .await?
                .on("/check", entry, errors)
                .await
        }
    }
}
