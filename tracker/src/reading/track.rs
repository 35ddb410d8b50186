//! What a writer sees of their letter, who proves it with number and query code. Guesses are
//! limited, and everything wrong gets the same answer.

use std::iter;

use jiff::{Timestamp, civil::Date};

use super::due::{self, Explained, Terms};
use crate::{
    app::App,
    domain::{
        code::QueryCode,
        event::EventKind,
        number::LetterNumber,
        status::Status,
        text,
        words::{Direction, MessageKind},
    },
    letters::Result,
    store::{
        events::EventRecord,
        letters::Letter,
        messages::{FileRecord, Message},
    },
};

/// What came of a look-up.
pub enum Found {
    /// The letter.
    Letter(Box<Tracked>),
    /// Unknown number, wrong code: the same answer.
    Nothing,
    /// Too many wrong codes; try again later.
    TooMany,
}

/// A letter as its writer sees it.
pub struct Tracked {
    /// The letter.
    pub letter: Letter,
    /// The lead unit's name.
    pub unit: Option<String>,
    /// What is and was owed to the writer in the latest round, what counts first.
    pub dues: Vec<Explained>,
    /// How it goes on, in words to the writer, oldest first.
    pub progress: Vec<Message>,
    /// Steps the public sees, oldest first.
    pub steps: Vec<(&'static str, Timestamp)>,
    /// Their own words, oldest first, with their files.
    pub own: Vec<(Message, Vec<FileRecord>)>,
    /// Whether we write to them by mail, in a thread that they can answer.
    pub by_mail: bool,
    /// The answer or notice, once it is there, with its files.
    pub reply: Option<(Message, Vec<FileRecord>)>,
    /// What they added, oldest first.
    pub additions: Vec<Added>,
    /// Open and past due.
    pub overdue: bool,
}

/// Something that its writer added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// When it reached us.
    pub at: Timestamp,
    /// The number of the letter that was made of it.
    pub number: Option<LetterNumber>,
    /// That letter's query code, where it came with number and code of this one: no mail told its
    /// writer another.
    pub code: Option<QueryCode>,
}

/// Looks a letter up. `place` is where the guess comes from, as a keyed digest.
///
/// # Errors
/// When the database refuses.
pub async fn find(app: &App, number: &str, code: &str, place: Option<&str>) -> Result<Found> {
    let now = app.now();
    let keys = &app.store.vault.keys;
    // However it was written, it is one and the same letter that is guessed at.
    let named = LetterNumber::typed(number);
    let thing = named.map_or_else(|| number.trim().to_uppercase(), |n| n.to_string());
    let guess = (app.store).guess("track", &thing, place);
    // A right code writes nothing, so that letters can be followed while nothing can be written;
    // a crowd of wrong ones is looked at one by one, each counted before the next.
    let _alone = app.gate.enter(guess.keys()).await;
    if app.store.too_many(now, &guess).await? {
        return Ok(Found::TooMany);
    }
    let letter = match named {
        Some(number) => app.store.letter_for_writer(number).await?,
        None => None,
    };
    let given = QueryCode::typed(code);
    // An unknown number is compared too, with a code of its own: no answer tells by its time.
    let (id, version) = letter.as_ref().map_or((0, 0), |l| (l.id, l.code_version));
    let ours = keys.query_code(id, version);
    let right = given.is_some_and(|g| subtle::ConstantTimeEq::ct_eq(&g.0[..], &ours[..]).into());
    match letter.filter(|_| right) {
        Some(letter) => Ok(Found::Letter(Box::new(tracked(app, letter).await?))),
        None if app.store.book(now, &guess).await? => Ok(Found::Nothing),
        None => Ok(Found::TooMany),
    }
}

async fn tracked(app: &App, letter: Letter) -> Result<Tracked> {
    let mut obligations = app.store.obligations(letter.id).await?;
    obligations.retain(|o| o.round == letter.round && due::is_public(o));
    let channels = app.store.channels().await?;
    let channel = channels.iter().find(|c| c.id == letter.channel_id);
    let terms = Terms::of(app, letter.id).await?;
    let law = app.current_law().await?;
    let dues = due::explain_all(&law, channel, &obligations, &terms);
    let messages = app.store.messages(&letter).await?;
    let told = |m: &Message| m.direction == Direction::Out && m.kind == MessageKind::Progress;
    let units = app.store.units().await?;
    let unit = letter
        .unit_id
        .and_then(|id| units.iter().find(|u| u.id == id));
    let today: Date = app.today();
    let overdue = letter.status.is_open() && letter.due().is_some_and(|d| d < today);
    Ok(Tracked {
        unit: unit.map(|u| u.name.clone()).filter(|_| !letter.is_sealed()),
        steps: steps(app, &letter).await?,
        reply: reply(app, &letter, &messages).await?,
        additions: added(app, &letter).await?,
        own: own(app, &letter, &messages).await?,
        by_mail: by_mail(app, &letter).await?,
        progress: messages.into_iter().filter(told).collect(),
        dues,
        overdue,
        letter,
    })
}

async fn added(app: &App, letter: &Letter) -> Result<Vec<Added>> {
    let all = app.store.additions(letter.id).await?;
    let made: Vec<i64> = all.iter().filter_map(|a| a.own_letter_id).collect();
    let numbers = app.store.numbers(&made).await?;
    let mut out = Vec::with_capacity(all.len());
    for addition in all {
        let of = numbers
            .iter()
            .find(|(id, _)| Some(*id) == addition.own_letter_id);
        let number = of.and_then(|(_, n)| n.parse::<LetterNumber>().ok());
        let own = match number.filter(|_| addition.with_code) {
            Some(number) => app.store.letter_for_writer(number).await?,
            None => None,
        };
        let keys = &app.store.vault.keys;
        out.push(Added {
            at: addition.received_at,
            number,
            code: own.map(|l| QueryCode(keys.query_code(l.id, l.code_version))),
        });
    }
    Ok(out)
}

/// What the writer wrote: the letter, and whatever joined it in their name. What a registrar laid
/// beside it from somebody else is none of it.
async fn own(
    app: &App,
    letter: &Letter,
    messages: &[Message],
) -> Result<Vec<(Message, Vec<FileRecord>)>> {
    let mut written = messages.iter().filter(|m| m.direction == Direction::In);
    let Some(first) = written.next() else {
        return Ok(Vec::new());
    };
    let theirs = |m: &&Message| {
        m.words.sender.is_empty() || sender_key(&m.words.sender) == sender_key(&first.words.sender)
    };
    let own: Vec<&Message> = iter::once(first).chain(written.filter(theirs)).collect();
    let ids: Vec<i64> = own.iter().map(|m| m.id).collect();
    let files = app.store.files(letter, &ids).await?;
    let of = |id| files.iter().filter(move |f| f.message_id == id).cloned();
    let with_files = own.into_iter().map(|m| (m.clone(), of(m.id).collect()));
    Ok(with_files.collect())
}

/// The address that a sender is written with, comparable.
fn sender_key(sender: &str) -> String {
    let address = sender.rsplit_once('<').map_or(sender, |(_, a)| a);
    text::address_key(address.trim_end_matches('>'))
}

async fn by_mail(app: &App, letter: &Letter) -> Result<bool> {
    if letter.is_sealed() || app.config.smtp.is_none() {
        return Ok(false);
    }
    Ok(!app.store.writer(letter).await?.words.email.is_empty())
}

async fn steps(app: &App, letter: &Letter) -> Result<Vec<(&'static str, Timestamp)>> {
    let mut steps: Vec<(&'static str, Timestamp)> = vec![("received", letter.received_at)];
    for event in app.store.events(letter).await? {
        let status = event.event.data["after"]["status"].as_str();
        let status = status.and_then(|s| s.parse::<Status>().ok());
        if let Some(step) = status.map(Status::public_step)
            && steps.last().is_none_or(|(last, _)| *last != step)
        {
            steps.push((step, event.at()));
        }
    }
    Ok(steps)
}

async fn reply(
    app: &App,
    letter: &Letter,
    messages: &[Message],
) -> Result<Option<(Message, Vec<FileRecord>)>> {
    // While a letter is open, nothing of its round is out for good; what a round before came to
    // stays.
    let before = if letter.status.is_open() {
        match reopened(app, letter).await? {
            Some(at) => at,
            None => return Ok(None),
        }
    } else {
        Timestamp::MAX
    };
    let answers =
        |m: &&Message| matches!(m.kind, MessageKind::Reply | MessageKind::Notice) && m.at <= before;
    let mut out = messages.iter().filter(|m| m.direction == Direction::Out);
    match out.rfind(answers) {
        None => Ok(None),
        Some(message) => {
            let files = app.store.files(letter, &[message.id]).await?;
            Ok(Some((message.clone(), files)))
        }
    }
}

/// When it was last taken up again.
async fn reopened(app: &App, letter: &Letter) -> Result<Option<Timestamp>> {
    if letter.round == 1 {
        return Ok(None);
    }
    let events = app.store.events(letter).await?;
    let taken_up = |e: &&EventRecord| e.event.kind == EventKind::Reopened;
    Ok(events.iter().rfind(taken_up).map(EventRecord::at))
}

/// What a word on the way says to the writer: its text, and the reason where that stands apart.
#[must_use]
pub fn told(m: &Message) -> String {
    let (text, reason) = (m.words.text.trim(), m.words.subject.trim());
    if text.contains(reason) {
        text.to_owned()
    } else {
        format!("{text}\n{reason}").trim().to_owned()
    }
}
