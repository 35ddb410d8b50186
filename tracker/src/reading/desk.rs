//! The desk: the letters in a viewer's hands, and one letter with everything about it.

use jiff::civil::Date;

use super::due::{self, Explained, Terms};
use crate::{
    app::App,
    domain::{
        access::{self, Reach, Scope, Staff, Viewer},
        number::LetterNumber,
        rules::Rule,
        status::{self, Action, Status},
        words::{Direction, ExtensionState, MessageKind, OutboxState, Service},
    },
    letters::{Error, Result, change::holding, owe, seal},
    store::{
        channels::Channel,
        drafts::DraftRecord,
        events::EventRecord,
        letters::Letter,
        lists::{Cursor, Filter},
        messages::{FileRecord, Message},
        obligations::Obligation,
        outbox::Outgoing,
        parties::Parties,
        people::Person,
        scope::Sight,
        units::Unit,
        writers::WriterRecord,
    },
};

/// Letters a page.
pub const PAGE: u64 = 50;

/// The standing views of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// With me.
    Mine,
    /// In my unit.
    Unit,
    /// With no unit yet.
    Unassigned,
    /// Past due.
    Overdue,
    /// Due within three workdays.
    DueSoon,
    /// A longer term is asked for and not decided.
    Extensions,
    /// 紧急, and nobody took it on.
    Urgent,
    /// 待寄送: issued, and waits for a person who posts it.
    ToPost,
    /// An answer came back, or nobody knows.
    Troubled,
    /// All open ones in reach, by urgency.
    Open,
    /// All in reach, latest first, closed ones too.
    All,
}

impl View {
    /// Every view in the order of the desk.
    pub const ALL: [Self; 11] = [
        Self::Mine,
        Self::Unit,
        Self::Unassigned,
        Self::Urgent,
        Self::DueSoon,
        Self::Overdue,
        Self::Extensions,
        Self::ToPost,
        Self::Troubled,
        Self::Open,
        Self::All,
    ];

    /// Its code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Unit => "unit",
            Self::Unassigned => "unassigned",
            Self::Overdue => "overdue",
            Self::DueSoon => "due-soon",
            Self::Extensions => "extensions",
            Self::Urgent => "urgent",
            Self::ToPost => "to-post",
            Self::Troubled => "troubled",
            Self::Open => "open",
            Self::All => "all",
        }
    }

    /// The view of a code.
    #[must_use]
    pub fn by_code(code: &str) -> Option<Self> {
        // A page calls the troubled ones by what troubles them.
        let code = if code == "undelivered" {
            "troubled"
        } else {
            code
        };
        Self::ALL.into_iter().find(|v| v.code() == code)
    }

    /// What it holds, for somebody, today.
    #[must_use]
    pub fn filter(self, app: &App, staff: &Staff) -> Filter {
        let today = app.today();
        let open = Filter {
            open: true,
            ..Filter::default()
        };
        match self {
            Self::Mine => Filter {
                handler_id: Some(staff.person_id),
                ..open
            },
            Self::Unit => Filter {
                units: Some(staff.units.clone()),
                ..open
            },
            Self::Unassigned => Filter {
                unassigned: true,
                ..open
            },
            Self::Overdue => Filter {
                due_before: Some(today),
                ..open
            },
            Self::DueSoon => Filter {
                due_from: Some(today),
                due_before: Some(soon_ends(app)),
                ..open
            },
            Self::Urgent => Filter {
                urgent: true,
                ..open
            },
            Self::Extensions => Filter {
                extension_asked: true,
                ..open
            },
            Self::Open => open,
            Self::ToPost => Filter {
                to_post: true,
                ..Filter::default()
            },
            Self::Troubled => Filter {
                troubled: true,
                ..Filter::default()
            },
            Self::All => Filter::default(),
        }
    }
}

/// The first day that is not soon any more: soon is within three workdays.
pub(crate) fn soon_ends(app: &App) -> jiff::civil::Date {
    let (today, law) = (app.today(), app.law());
    let mut last = today;
    while law.calendar.workdays_between(today, last) < 3 {
        last = last.tomorrow().unwrap_or(last);
    }
    last.tomorrow().unwrap_or(last)
}

/// Sealed letters that a filter would hold and this viewer may not see: a count and nothing else,
/// for those who see everything that is not sealed. Letters that accuse them leave no trace in it.
///
/// # Errors
/// When the database refuses.
pub async fn sealed_beside(app: &App, sight: &Sight<'_>, filter: &Filter) -> Result<u64> {
    let own = sight.scope();
    if own.unsealed != Reach::All || filter.words.is_some() {
        return Ok(0);
    }
    let filter = Filter {
        sealed: true,
        ..filter.clone()
    };
    // Every sealed letter but those that accuse the viewer.
    let channels = app.store.channels().await?;
    let every = Scope {
        sealed_channels: channels.iter().map(|c| c.id).collect(),
        ..own.clone()
    };
    let every = sight.under(&every);
    let (there, seen) = tokio::try_join!(
        app.store.exactly(&every, &filter),
        app.store.exactly(sight, &filter)
    )?;
    Ok(there.saturating_sub(seen))
}

/// What a member of staff may see.
#[must_use]
pub fn scope(staff: &Staff) -> Scope {
    access::scope(&Viewer::Staff(staff.clone()))
}

/// A page of letters.
///
/// # Errors
/// When the database refuses.
pub async fn page(
    app: &App,
    staff: &Staff,
    filter: &Filter,
    after: Option<&Cursor>,
) -> Result<(Vec<Letter>, Option<Cursor>)> {
    let scope = scope(staff);
    let sight = app.store.glance(&scope).await?;
    Ok(app.store.list(&sight, filter, after, PAGE).await?)
}

/// A page of letters with the figures around it.
pub struct Look {
    /// The letters.
    pub letters: Vec<Letter>,
    /// Where the next page begins.
    pub next: Option<Cursor>,
    /// How many the whole list holds, up to a limit and one more.
    pub total: u64,
    /// How many sealed ones stand beside it.
    pub sealed: u64,
    /// How many each of the standing views holds, in their order.
    pub counts: Vec<u64>,
}

/// A page of letters, how many the list and the standing views hold, and how many sealed letters
/// stand beside. None of these waits for another.
///
/// # Errors
/// When the database refuses.
pub async fn look(
    app: &App,
    staff: &Staff,
    (view, filter): (View, &Filter),
    after: Option<&Cursor>,
    standing: &[View],
) -> Result<Look> {
    let scope = scope(staff);
    let sight = app.store.sight(&scope).await?;
    let mut asked: Vec<Filter> = standing.iter().map(|v| v.filter(app, staff)).collect();
    let own = asked.iter().position(|f| f == filter);
    let own = own.unwrap_or_else(|| {
        asked.push(filter.clone());
        asked.len() - 1
    });
    let list = app.store.list(&sight, filter, after, PAGE);
    let counts = app.store.counts(&sight, &asked);
    let sealed = async {
        match view {
            // Of all letters nobody asks how many there are.
            View::All => Ok(0),
            _ => sealed_beside(app, &sight, filter).await,
        }
    };
    let told = async { Ok::<_, Error>(tokio::try_join!(list, counts)?) };
    let (((letters, next), mut counts), sealed) = tokio::try_join!(told, sealed)?;
    let total = counts.get(own).copied().unwrap_or_default();
    counts.truncate(standing.len());
    Ok(Look {
        letters,
        next,
        total,
        sealed,
        counts,
    })
}

/// One letter with everything about it.
pub struct Opened {
    /// The letter.
    pub letter: Letter,
    /// Its channel.
    pub channel: Option<Channel>,
    /// Who wrote it.
    pub writer: WriterRecord,
    /// Every message, oldest first.
    pub messages: Vec<Message>,
    /// Their files.
    pub files: Vec<FileRecord>,
    /// Lines of the ledger whose sender our own mail server calls forged.
    pub forged: Vec<i64>,
    /// What is and was owed.
    pub obligations: Vec<Obligation>,
    /// Why each is due when it is: the counted one first, then the others, then what is over.
    pub dues: Vec<Explained>,
    /// Extensions and suspensions.
    pub terms: Terms,
    /// The rule of the open obligation that counts.
    pub rule: Option<Rule>,
    /// Its history.
    pub events: Vec<EventRecord>,
    /// The reply being written.
    pub draft: Option<DraftRecord>,
    /// What left or is leaving.
    pub outgoing: Vec<Outgoing>,
    /// Whom it accuses.
    pub parties: Parties,
    /// Who may read it, where it is sealed.
    pub readers: Vec<i64>,
    /// Units, for names.
    pub units: Vec<Unit>,
    /// People, for names.
    pub people: Vec<Person>,
    /// The number of the letter this one repeats, where the viewer may see that one.
    pub duplicate_of: Option<String>,
    /// What this viewer may do with it now.
    pub actions: Vec<Action>,
}

/// Opens a letter; a sealed one is not shown unless the reading is recorded.
///
/// # Errors
/// [`Error::NotFound`] where there is none within the viewer's scope.
pub async fn open(app: &App, staff: &Staff, number: LetterNumber) -> Result<Opened> {
    let letter = app
        .store
        .letter(number, &scope(staff))
        .await?
        .ok_or(Error::NotFound)?;
    seal::record_reading(app, staff, &letter, "letter").await?;
    let messages = app.store.messages(&letter).await?;
    let ids: Vec<i64> = messages
        .iter()
        .filter(|m| m.attachments > 0)
        .map(|m| m.id)
        .collect();
    let arrivals: Vec<i64> = messages.iter().filter_map(|m| m.arrival_id).collect();
    let law = app.current_law().await?;
    let channels = app.store.channels().await?;
    let channel = channels.into_iter().find(|c| c.id == letter.channel_id);
    let obligations = app.store.obligations(letter.id).await?;
    let terms = Terms::of(app, letter.id).await?;
    let counted = obligations.iter().find(|o| o.counts && o.is_open());
    let rule = counted
        .zip(channel.as_ref())
        .and_then(|(o, c)| owe::rule_of(&law, c, o));
    let clock = Clock {
        counted,
        rule: rule.as_ref(),
        terms: &terms,
        today: app.today(),
    };
    let outgoing = app.store.outgoing(&letter).await?;
    let posted = Posted {
        letter: &letter,
        outgoing: &outgoing,
    };
    let may = |a: &Action| {
        access::permits(staff, *a, holding(&letter)).is_ok()
            && clock.allows(*a, staff, &letter)
            && posted.allows(*a)
    };
    let sealed_only =
        |a: &Action| letter.is_sealed() || !matches!(a, Action::NameParty | Action::NameReader);
    let actions = status::allowed(letter.status)
        .into_iter()
        .filter(may)
        .filter(sealed_only);
    let first = match letter.duplicate_of {
        Some(id) => app
            .store
            .numbers(&[id])
            .await?
            .into_iter()
            .next()
            .map(|(_, n)| n),
        None => None,
    };
    Ok(Opened {
        duplicate_of: first,
        actions: actions.collect(),
        dues: due::explain_all(&law, channel.as_ref(), &obligations, &terms),
        rule,
        channel,
        terms,
        writer: app.store.writer(&letter).await?,
        files: app.store.files(&letter, &ids).await?,
        obligations,
        events: app.store.events(&letter).await?,
        draft: app.store.draft(&letter).await?,
        outgoing,
        forged: app.store.forged(&arrivals).await?,
        parties: app.store.parties(letter.id).await?,
        readers: app.store.readers(letter.id).await?,
        units: app.store.units().await?,
        people: app.store.people().await?,
        messages,
        letter,
    })
}

/// What was issued and how far it got: what can be recorded of it.
struct Posted<'a> {
    letter: &'a Letter,
    outgoing: &'a [Outgoing],
}

impl Posted<'_> {
    fn allows(&self, action: Action) -> bool {
        let by_hand = |state: OutboxState| {
            let mut all = self.outgoing.iter();
            all.any(|o| o.medium != Service::Mail && o.state == state)
        };
        let status = self.letter.status;
        match action {
            // What left by mail can be served by hand beside it; a word on the way waits or not.
            Action::Serve => {
                by_hand(OutboxState::ByHand) || !status.is_open() || status == Status::Sending
            }
            Action::CorrectService => by_hand(OutboxState::Sent),
            _ => true,
        }
    }
}

/// What the clock of a letter allows now: a form is shown where it can succeed, and nowhere else.
struct Clock<'a> {
    counted: Option<&'a Obligation>,
    rule: Option<&'a Rule>,
    terms: &'a Terms,
    today: Date,
}

impl Clock<'_> {
    fn allows(&self, action: Action, staff: &Staff, letter: &Letter) -> bool {
        let in_time = || {
            let due = self.counted.and_then(Obligation::due);
            due.is_some_and(|due| self.today <= due)
        };
        match action {
            Action::RequestExtension => in_time() && self.may_be_extended(),
            Action::GrantExtension | Action::RefuseExtension => {
                let decider = self.rule.and_then(|r| r.extension.as_ref());
                let theirs = decider.is_some_and(|l| staff.decides(l.decided_by, holding(letter)));
                theirs && self.undecided()
            }
            Action::Suspend => in_time() && self.rule.is_some_and(|r| !r.suspensions.is_empty()),
            Action::Resume => self.stands(),
            Action::MarkUrgent => letter.urgent.is_none(),
            Action::TakeUrgent => letter.urgent.as_ref().is_some_and(|u| u.taken_at.is_none()),
            _ => true,
        }
    }

    fn may_be_extended(&self) -> bool {
        let (Some(o), Some(l)) = (self.counted, self.rule.and_then(|r| r.extension.as_ref()))
        else {
            return false;
        };
        let of_this = || (self.terms.extensions.iter()).filter(|e| e.obligation_id == o.id);
        let granted = of_this().filter(|e| e.state == ExtensionState::Granted);
        let waits = of_this().any(|e| e.state == ExtensionState::Requested);
        let times = u32::try_from(granted.count()).unwrap_or(u32::MAX);
        !waits && times < l.times && o.extension < l.at_most
    }

    fn undecided(&self) -> bool {
        let waiting = [ExtensionState::Requested, ExtensionState::Lapsed];
        self.counted.is_some_and(|o| {
            let mut all = self.terms.extensions.iter();
            all.any(|e| e.obligation_id == o.id && waiting.contains(&e.state))
        })
    }

    fn stands(&self) -> bool {
        self.counted.is_some_and(|o| {
            let mut all = self.terms.pauses.iter();
            all.any(|p| p.obligation_id == o.id && p.to.is_none())
        })
    }
}

/// The bytes of a message's file, with its name: for staff within their scope.
///
/// # Errors
/// [`Error::NotFound`] where the file is not of a message of this letter.
pub async fn file(
    app: &App,
    staff: &Staff,
    number: LetterNumber,
    id: i64,
) -> Result<(FileRecord, Vec<u8>)> {
    let letter = app
        .store
        .letter(number, &scope(staff))
        .await?
        .ok_or(Error::NotFound)?;
    seal::record_reading(app, staff, &letter, "file").await?;
    file_of(app, &letter, id).await
}

/// The bytes of a letter's file, whoever asks.
pub(crate) async fn file_of(app: &App, letter: &Letter, id: i64) -> Result<(FileRecord, Vec<u8>)> {
    let messages = app.store.messages(letter).await?;
    let ids: Vec<i64> = messages.iter().map(|m| m.id).collect();
    let files = app.store.files(letter, &ids).await?;
    let file = files
        .into_iter()
        .find(|f| f.id == id)
        .ok_or(Error::NotFound)?;
    let message = messages
        .iter()
        .find(|m| m.id == file.message_id)
        .ok_or(Error::NotFound)?;
    let bytes = match (&file.blob_id, &file.part, &message.blob_id) {
        (Some(blob), _, _) => app.store.blob(blob).await?,
        (None, Some(part), Some(raw)) => {
            let raw = app.store.blob(raw).await?;
            ingest::read::attachment(&raw, part).ok_or(Error::NotFound)?
        }
        _ => return Err(Error::NotFound),
    };
    Ok((file, bytes))
}

/// The HTML of a message as sent, unsafe: clean it before showing.
///
/// # Errors
/// [`Error::NotFound`] where it has none.
pub async fn html(app: &App, staff: &Staff, number: LetterNumber, id: i64) -> Result<String> {
    let letter = app
        .store
        .letter(number, &scope(staff))
        .await?
        .ok_or(Error::NotFound)?;
    seal::record_reading(app, staff, &letter, "html").await?;
    let message = app
        .store
        .message(&letter, id)
        .await?
        .ok_or(Error::NotFound)?;
    let blob = message
        .blob_id
        .filter(|_| message.has_html)
        .ok_or(Error::NotFound)?;
    let raw = app.store.blob(&blob).await?;
    ingest::read::html(&raw).ok_or(Error::NotFound)
}

/// The writer's own words in a message, for quoting.
#[must_use]
pub fn is_from_public(m: &Message) -> bool {
    m.direction == Direction::In && matches!(m.kind, MessageKind::Letter | MessageKind::Addition)
}
