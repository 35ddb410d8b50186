//! A letter as its page shows it: domain values become finished words.

use super::{
    chrome::Chrome,
    due_view::{self, Told},
    event_view,
    pages::{
        letter::{Addition, Conflict, Delivery, Facts, LetterPage, Message, Sealed, Urgent},
        letter_forms::{Can, Clock, Lists, Pending},
        parts::{Choice, File},
    },
    show,
};
use crate::{
    app::App,
    domain::{
        addition::{self, Ruling},
        event::EventKind,
        rules::Lengthening,
        status::{self, Action, Status},
        text,
        words::{Direction, ExtensionState, MessageKind, OutboxKind, OutboxState},
    },
    reading::{desk::Opened, track},
    store::{
        self,
        events::EventRecord,
        messages,
        obligations::Obligation,
        outbox::Outgoing,
        units::{self, Unit},
    },
};

/// The page of a letter.
pub(crate) fn page(app: &App, chrome: Chrome, o: &Opened) -> LetterPage {
    let letter = &o.letter;
    let told = Told {
        people: &o.people,
        events: &o.events,
    };
    let mut dues = o.dues.iter().map(|e| due_view::due(app, &chrome, e, told));
    let due = dues.next();
    let others = dues.collect();
    let draft = o.draft.as_ref();
    let undo = o
        .outgoing
        .iter()
        .filter(|x| x.kind == OutboxKind::Reply && x.state == OutboxState::Queued)
        .map(|x| {
            app.zone
                .to_datetime(x.due_at)
                .strftime("%H:%M:%S")
                .to_string()
        })
        .next_back();
    LetterPage {
        number: letter.number.to_string(),
        version: letter.version,
        subject: letter.subject.clone(),
        status: letter.status.code().into(),
        undelivered: letter.undelivered,
        back: chrome.url("/desk"),
        facts: facts(app, &chrome, o),
        due,
        others,
        urgent: letter.urgent.as_ref().map(|u| Urgent {
            at: show::at(app, u.at),
            why: u.why.code().into(),
            taken_at: u.taken_at.map(|at| show::at(app, at)).unwrap_or_default(),
        }),
        sealed: letter.is_sealed().then(|| sealed(o)),
        messages: all_messages(app, &chrome, o),
        undecided: additions(app, &chrome, o)
            .into_iter()
            .filter(|a| a.ruling.is_empty())
            .collect(),
        draft: draft.map(|d| d.text.clone()).unwrap_or_default(),
        draft_saved: draft
            .map(|d| draft_saved(app, &chrome, o, d))
            .unwrap_or_default(),
        events: o
            .events
            .iter()
            .rev()
            .map(|e| event_view::event(app, &chrome, o, e))
            .collect(),
        can: can(o, undo.is_some()),
        lists: lists(app, &chrome, o),
        failed: None,
        kept: Vec::new(),
        conflict: None,
        errors: super::pages::parts::Errors::default(),
        recall_until: undo.unwrap_or_default(),
        today: app.today().to_string(),
        max_file: super::write::MAX_FILE.into(),
        chrome,
    }
}

/// What stands on the letter now, beside what its reader had written. Opening a sealed letter is
/// an event too, but nobody's change.
pub(crate) fn conflict(app: &App, o: &Opened, yours: &str) -> Conflict {
    let last = o.events.iter().rfind(|e| e.event.kind != EventKind::Read);
    let reply = o.messages.iter().rfind(|m| m.direction == Direction::Out);
    let theirs = match (&o.draft, reply) {
        (Some(draft), _) => draft.text.clone(),
        (None, Some(reply)) => reply.words.text.clone(),
        (None, None) => String::new(),
    };
    Conflict {
        who: last
            .and_then(|e| e.event.actor_id)
            .map(|id| person(o, id))
            .unwrap_or_default(),
        at: last.map(|e| show::at(app, e.at())).unwrap_or_default(),
        what: last
            .map(|e| e.event.kind.code().to_owned())
            .unwrap_or_default(),
        theirs,
        yours: yours.to_owned(),
    }
}

fn draft_saved(app: &App, chrome: &Chrome, o: &Opened, draft: &messages::DraftRecord) -> String {
    let who = draft.author_id.map(|id| person(o, id)).unwrap_or_default();
    chrome.t2("compose.saved", show::at(app, draft.at), who)
}

pub(crate) fn person(o: &Opened, id: i64) -> String {
    o.people
        .iter()
        .find(|p| p.id == id)
        .map(|p| p.name.clone())
        .unwrap_or_default()
}

pub(crate) fn unit(o: &Opened, id: i64) -> String {
    o.units
        .iter()
        .find(|u| u.id == id)
        .map(|u| u.name.clone())
        .unwrap_or_default()
}

fn facts(app: &App, chrome: &Chrome, o: &Opened) -> Facts {
    let (l, w) = (&o.letter, &o.writer);
    let duplicate = o.duplicate_of.clone().unwrap_or_default();
    Facts {
        channel: o
            .channel
            .as_ref()
            .map(|c| show::channel_name(chrome, c))
            .unwrap_or_default(),
        source: l.source.code().into(),
        kind: l.kind.map(|k| k.code().to_owned()).unwrap_or_default(),
        class: l.class.map(|c| c.code().to_owned()).unwrap_or_default(),
        route: l.route.map(|r| r.code().to_owned()).unwrap_or_default(),
        topic: l.topic.clone().unwrap_or_default(),
        place: l.place.clone().unwrap_or_default(),
        received_at: show::at(app, l.received_at),
        unit: l.unit_id.map(|id| unit(o, id)).unwrap_or_default(),
        handler: l.handler_id.map(|id| person(o, id)).unwrap_or_default(),
        writer: w.words.name.clone(),
        phone: w.words.phone.clone(),
        email: w.words.email.clone(),
        address: w.words.address.clone(),
        anonymous: w.anonymous,
        wants_publication: l.wants_publication,
        duplicate_url: if duplicate.is_empty() {
            String::new()
        } else {
            chrome.url(format!("/desk/letters/{duplicate}"))
        },
        duplicate_of: duplicate,
    }
}

fn sealed(o: &Opened) -> Sealed {
    let persons = o.parties.persons.iter().map(|id| person(o, *id));
    let units = o.parties.units.iter().map(|id| unit(o, *id));
    Sealed {
        readers: o.readers.iter().map(|id| person(o, *id)).collect(),
        parties: persons.chain(units).collect(),
    }
}

/// Longest beginning of an addition's words that its decision shows, in characters.
const BEGINNING: usize = 200;

/// What the writer added, oldest first, with what the viewer can say of it.
fn additions(app: &App, chrome: &Chrome, o: &Opened) -> Vec<Addition> {
    let may = o.actions.contains(&Action::DecideAddition);
    let view = |a: &store::additions::Addition| {
        let at = o.messages.iter().position(|m| m.id == a.id);
        let words = at.map(|at| &o.messages[at].words);
        let hint = words.and_then(|w| addition::hint(&w.subject, &w.visible_text));
        let words = words.map(|w| text::cut(w.visible_text.trim(), BEGINNING));
        let own = o
            .own_letters
            .iter()
            .find(|(id, _)| Some(*id) == a.own_letter_id);
        let number = own.map(|(_, n)| n.to_string()).unwrap_or_default();
        let who = a.decided_by.map(|id| person(o, id)).unwrap_or_default();
        let decided = a
            .decided_at
            .map(|at| chrome.t2("addition.decided", show::at(app, at), who));
        let settled = a.ruling.is_some_and(Ruling::is_final);
        Addition {
            id: a.id.to_string(),
            anchor: format!("m{}", at.map_or(0, |at| at + 1)),
            at: show::at(app, a.received_at),
            words: words.unwrap_or_default(),
            hint: hint.map(|h| h.code().to_owned()).unwrap_or_default(),
            ruling: a.ruling.map(|r| r.code().to_owned()).unwrap_or_default(),
            decided: decided.unwrap_or_default(),
            url: if number.is_empty() {
                String::new()
            } else {
                chrome.url(format!("/desk/letters/{number}"))
            },
            number,
            choices: if may && !settled {
                rulings(chrome, o.letter.status, a.ruling)
            } else {
                Vec::new()
            },
        }
    };
    o.additions.iter().map(view).collect()
}

/// What can be decided of an addition; nothing is chosen beforehand.
fn rulings(chrome: &Chrome, status: Status, known: Option<Ruling>) -> Vec<Choice> {
    let fits = |r: &&Ruling| match r {
        _ if known == Some(**r) => false,
        Ruling::Reopen => status::next(status, Action::Reopen).is_ok(),
        _ => true,
    };
    let choice = |r: &Ruling| Choice {
        value: r.code().into(),
        label: chrome.word("ruling", r.code()),
        hint: match r {
            Ruling::Part if !status.is_open() => chrome.word("ruling_hint", "part-closed"),
            r => chrome.word("ruling_hint", r.code()),
        },
        chosen: false,
    };
    Ruling::ALL.iter().filter(fits).map(choice).collect()
}

fn all_messages(app: &App, chrome: &Chrome, o: &Opened) -> Vec<Message> {
    let base = format!("/desk/letters/{}", o.letter.number);
    let added = additions(app, chrome, o);
    let message = |m: &messages::Message| {
        let incoming = m.direction == Direction::In;
        let files = o.files.iter().filter(|f| f.message_id == m.id);
        let own = o.outgoing.iter().filter(|x| x.message_id == Some(m.id));
        let author = m.author_id.map(|id| person(o, id)).unwrap_or_default();
        Message {
            incoming,
            kind: m.kind.code().into(),
            from: if incoming {
                m.words.sender.clone()
            } else {
                author
            },
            by: if incoming {
                o.letter.source.code().into()
            } else {
                String::new()
            },
            at: show::at(app, m.at),
            subject: if m.words.subject == o.letter.subject
                || matches!(m.kind, MessageKind::Reply | MessageKind::Progress)
            {
                String::new()
            } else {
                m.words.subject.clone()
            },
            text: if m.kind == MessageKind::Progress {
                track::told(m)
            } else {
                m.words.visible_text.clone()
            },
            whole_text: if m.words.text.trim() == m.words.visible_text.trim() {
                String::new()
            } else {
                m.words.text.clone()
            },
            html_url: if m.has_html {
                chrome.url(format!("{base}/messages/{}/html", m.id))
            } else {
                String::new()
            },
            raw_url: String::new(),
            forged: m.arrival_id.is_some_and(|id| o.forged.contains(&id)),
            files: files
                .map(|f| File {
                    name: f.words.name.clone(),
                    size: show::size(f.size),
                    url: chrome.url(format!("{base}/files/{}", f.id)),
                })
                .collect(),
            deliveries: own.map(|x| delivery(app, x)).collect(),
            addition: added.iter().find(|a| a.id == m.id.to_string()).cloned(),
        }
    };
    o.messages.iter().map(message).collect()
}

fn delivery(app: &App, x: &Outgoing) -> Delivery {
    let state = match x.state {
        OutboxState::Queued if x.attempts == 0 && x.kind == OutboxKind::Reply => "undo",
        other => other.code(),
    };
    Delivery {
        id: x.id.to_string(),
        medium: "mail".into(),
        to: x.words.address.clone(),
        state: state.into(),
        at: x.settled_at.map(|at| show::at(app, at)).unwrap_or_default(),
        detail: x.last_error.clone().unwrap_or_default(),
        can_resend: matches!(x.state, OutboxState::Failed | OutboxState::Unknown),
    }
}

fn can(o: &Opened, undo: bool) -> Can {
    let may = |a| o.actions.contains(&a);
    Can {
        accept: may(Action::Accept),
        assign: may(Action::Assign),
        take: may(Action::Take),
        note: may(Action::Note),
        draft: may(Action::Draft),
        answer: may(Action::Answer),
        decline: may(Action::Decline),
        direct: may(Action::Direct),
        mark_duplicate: may(Action::MarkDuplicate),
        invalid: may(Action::Invalid),
        withdraw: may(Action::Withdraw),
        serve: may(Action::Serve),
        reassign: may(Action::Reassign),
        send_back: may(Action::SendBack),
        recall: may(Action::Recall) && undo,
        name_party: may(Action::NameParty),
        name_reader: may(Action::NameReader),
        seal: may(Action::Seal) && !o.letter.is_sealed(),
        reclassify: may(Action::Reclassify) && (o.letter.class.is_some() || !may(Action::Accept)),
        request_extension: may(Action::RequestExtension),
        decide_extension: may(Action::GrantExtension),
        suspend: may(Action::Suspend),
        resume: may(Action::Resume),
        set_limit: may(Action::SetLimit),
        urge: may(Action::Urge),
        mark_urgent: may(Action::MarkUrgent),
        take_urgent: may(Action::TakeUrgent),
        reopen: may(Action::Reopen),
    }
}

/// What the rule of the counted obligation allows, and what waits for a decision.
fn clock(app: &App, chrome: &Chrome, o: &Opened) -> Clock {
    let counted = o.obligations.iter().find(|x| x.counts && x.is_open());
    let (Some(counted), Some(rule)) = (counted, &o.rule) else {
        return Clock::default();
    };
    let unit = counted.term.unit.code();
    let extendable = rule.extension.as_ref();
    let causes = rule.suspensions.iter().map(|a| a.kind.code());
    Clock {
        extendable: extendable
            .map(|l| due_view::extendable(chrome, l, unit))
            .unwrap_or_default(),
        ask_until: counted.due().map(|d| d.to_string()).unwrap_or_default(),
        unit: unit.into(),
        pending: extendable.and_then(|l| pending(app, chrome, o, counted, l)),
        causes: chrome.choices("halt", causes, ""),
    }
}

fn pending(
    app: &App,
    chrome: &Chrome,
    o: &Opened,
    counted: &Obligation,
    l: &Lengthening,
) -> Option<Pending> {
    let waiting = [ExtensionState::Requested, ExtensionState::Lapsed];
    let mut all = o.terms.extensions.iter();
    let asked = all.rfind(|x| x.obligation_id == counted.id && waiting.contains(&x.state))?;
    let mut longer = counted.clone();
    longer.extension += asked.length;
    let due_on = longer
        .reckon(&app.law().calendar)
        .ok()
        .map(|()| longer.due_on);
    let of_this = |e: &&EventRecord| {
        e.event.kind == EventKind::ExtensionRequested && e.event.data["extension"] == asked.id
    };
    let event = o.events.iter().rfind(of_this);
    Some(Pending {
        who: asked
            .requested_by
            .map(|id| person(o, id))
            .unwrap_or_default(),
        at: show::at(app, asked.requested_at),
        length: due_view::length(chrome, asked.length, counted.term.unit.code()),
        reason: event.and_then(|e| e.note.clone()).unwrap_or_default(),
        decides: l.decided_by.code().into(),
        due_on: due_on.map(|d| d.to_string()).unwrap_or_default(),
        too_late: asked.due_on < app.today(),
    })
}

fn lists(app: &App, chrome: &Chrome, o: &Opened) -> Lists {
    let usual = o.channel.as_ref().map(|c| c.default_class);
    let class = o.letter.class.or(usual).map_or("advice", |c| c.code());
    let accused = |u: &Unit| {
        units::above(&o.units, u.id)
            .iter()
            .any(|id| o.parties.units.contains(id))
    };
    let free = |u: &&Unit| u.active && !accused(u);
    let unit_choice = |u: &Unit| Choice {
        value: u.code.clone(),
        label: u.name.clone(),
        chosen: Some(u.id) == o.letter.unit_id,
        hint: String::new(),
    };
    let people = o
        .people
        .iter()
        .filter(|p| p.active && !o.parties.persons.contains(&p.id));
    let person_choice = |p: &crate::store::people::Person| Choice {
        value: p.login.clone(),
        label: match p.unit_id {
            Some(id) => format!("{} · {}", p.name, unit(o, id)),
            None => p.name.clone(),
        },
        chosen: Some(p.id) == o.letter.handler_id,
        hint: String::new(),
    };
    use crate::domain::access::Role;
    let handles = [Role::Handler, Role::Liaison, Role::UnitLeader];
    let none = Choice {
        label: chrome.t("form.any").into_owned(),
        ..Choice::default()
    };
    let handlers = people
        .clone()
        .filter(|p| p.roles.iter().any(|r| handles.contains(r)));
    Lists {
        units: [none.clone()]
            .into_iter()
            .chain(o.units.iter().filter(free).map(unit_choice))
            .collect(),
        handlers: [none.clone()]
            .into_iter()
            .chain(handlers.map(person_choice))
            .collect(),
        people: [none]
            .into_iter()
            .chain(people.map(person_choice))
            .collect(),
        clock: clock(app, chrome, o),
        ..Lists::of_words(chrome, class)
    }
}
