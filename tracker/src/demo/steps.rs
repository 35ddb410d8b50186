//! What the staff does with a letter, by the same steps that pages and API call.

use jiff::Timestamp;

use super::{content::Sample, office::Office};
use crate::{
    app::App,
    domain::{access::Staff, number::LetterNumber, status::Action, words::Service},
    letters::{
        Error, Result, accept, accept::Acceptance, answer, assign, decline, draft, end, extend,
        seal, serve, urge,
    },
};

/// One step: `accept`, `take by=chenlu`, `reassign kuangye` …
pub(super) struct Line<'l> {
    action: Action,
    words: Vec<&'l str>,
    by: Option<&'l str>,
    /// The program dies while the answer is on its way.
    pub(super) cut_short: bool,
}

impl<'l> Line<'l> {
    /// Reads what stands behind the instant.
    pub(super) fn read(text: &'l str) -> Option<Self> {
        let mut words: Vec<&str> = text.split_whitespace().collect();
        let action = words.first()?.parse().ok()?;
        let by = words.iter().find_map(|w| w.strip_prefix("by="));
        let cut_short = words.contains(&"cut-short");
        words.retain(|w| !w.starts_with("by=") && *w != "cut-short");
        words.remove(0);
        Some(Self {
            action,
            words,
            by,
            cut_short,
        })
    }

    fn word(&self, n: usize) -> Option<&'l str> {
        self.words.get(n).copied()
    }
}

/// A letter on its way.
pub(super) struct Way<'a> {
    pub(super) sample: &'a Sample,
    pub(super) number: LetterNumber,
    pub(super) sealed: bool,
    pub(super) handler: String,
}

/// Takes a step; `of` is the number behind a name, for duplicates.
pub(super) async fn take(
    app: &App,
    office: &Office,
    way: &mut Way<'_>,
    line: &Line<'_>,
    at: Timestamp,
    of: Option<LetterNumber>,
) -> Result<()> {
    let staff = actor(office, way, line)?;
    let (number, s) = (way.number, way.sample);
    match line.action {
        Action::Accept => {
            let what = Acceptance {
                class: s.class.ok_or(Error::Rule("no-class"))?,
                route: s.route,
                topic: s.topic.clone(),
                place: s.place.clone(),
            };
            accept::accept(app, staff, number, None, what).await?;
        }
        Action::Assign => {
            let unit = line.word(0).unwrap_or(&s.unit);
            let handler = line.word(1).unwrap_or(&s.handler).to_owned();
            assign::assign(app, staff, number, None, unit, Some(&handler)).await?;
            way.handler = handler;
        }
        Action::Reassign => {
            let unit = line.word(0).unwrap_or_default();
            assign::reassign(app, staff, number, None, unit, &s.reason).await?;
            way.handler = line.word(1).unwrap_or_default().to_owned();
        }
        Action::Take => drop(assign::take(app, staff, number, None).await?),
        Action::SendBack => drop(assign::send_back(app, staff, number, None, &s.reason).await?),
        Action::Note => drop(draft::note(app, staff, number, s.note.trim()).await?),
        Action::Draft => drop(draft::draft(app, staff, number, None, s.reply.trim()).await?),
        Action::Answer => {
            answer::answer(app, staff, number, None, s.reply.trim(), Vec::new()).await?;
        }
        Action::Serve => {
            let by: Option<Service> = line.word(0).and_then(|w| w.parse().ok());
            let by = by.ok_or(Error::Rule("nothing-to-serve"))?;
            serve::serve(app, staff, number, None, by, app.day_of(at), s.note.trim()).await?;
        }
        Action::Decline | Action::Direct => {
            let (ground, words) = (&s.ground, s.reply.trim());
            decline::decline(app, staff, number, None, line.action, ground, words).await?;
        }
        Action::MarkDuplicate => {
            let of = of.ok_or(Error::NotFound)?;
            end::mark_duplicate(app, staff, number, None, of).await?;
        }
        Action::Invalid => drop(end::invalid(app, staff, number, None, &s.reason).await?),
        Action::Withdraw => drop(end::withdraw(app, staff, number, None, &s.reason).await?),
        Action::NameReader => {
            let login = line.word(0).unwrap_or_default();
            seal::name_reader(app, staff, number, login).await?;
        }
        Action::NameParty => {
            seal::name_party(app, staff, number, None, line.word(0)).await?;
        }
        Action::RequestExtension => {
            let days = line
                .word(0)
                .and_then(|w| w.parse().ok())
                .unwrap_or_default();
            extend::request(app, staff, number, None, days, &s.reason).await?;
        }
        Action::GrantExtension => drop(extend::grant(app, staff, number, None, &s.reason).await?),
        Action::Urge => drop(urge::urge(app, staff, number, s.note.trim()).await?),
        Action::Seal
        | Action::Reclassify
        | Action::RefuseExtension
        | Action::Suspend
        | Action::Resume
        | Action::SetLimit
        | Action::MarkUrgent
        | Action::TakeUrgent
        | Action::Reopen
        | Action::DecideAddition
        | Action::Recall
        | Action::Resend
        | Action::Delivered
        | Action::DeliveryFailed => {
            return Err(Error::Rule("not-a-sample-step"));
        }
    }
    Ok(())
}

/// Who takes it: whoever is named, else the one whose step it is.
fn actor<'o>(office: &'o Office, way: &Way<'_>, line: &Line<'_>) -> Result<&'o Staff> {
    let handlers = [
        Action::Take,
        Action::SendBack,
        Action::Note,
        Action::Draft,
        Action::Answer,
        Action::Serve,
    ];
    let usual = if handlers.contains(&line.action) {
        way.handler.as_str()
    } else {
        office.registrar(way.sealed)
    };
    office
        .staff(line.by.unwrap_or(usual))
        .ok_or(Error::NotFound)
}

/// The name of the letter that a duplicate repeats.
pub(super) fn repeats<'l>(line: &Line<'l>) -> Option<&'l str> {
    (line.action == Action::MarkDuplicate)
        .then(|| line.word(0))
        .flatten()
}
