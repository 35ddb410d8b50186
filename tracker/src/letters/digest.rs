//! 办理提醒: what somebody is still to be told, in one mail a day. The mail is written in the step
//! that marks it as told: a crash writes it once more from the start, or not at all.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;
use notifier::{
    Notification,
    staff::{Digest, Line, Section, SectionKind, Weekly, WeeklyRow},
};

use super::{
    Result, announce, fail_point,
    session::signed_in,
    staff_mail::{compose, reachable},
    supervise::Scene,
};
use crate::{
    app::App,
    domain::{
        access::{self, Staff, Viewer},
        rules::Stage,
        words::{Language, StaffMailKind, Topic},
    },
    store::{letters::Letter, notices::Notice, people::Person},
};

/// Letters listed in a section; the others are counted.
const LISTED: usize = 50;
/// Holders named on a line.
const NAMED: usize = 3;

/// How somebody's units stand, for the mail of the week.
#[derive(Debug, Clone)]
pub struct Summary {
    /// What the mail is called: `weekly:<person>:<monday>`.
    pub once: String,
    /// First day of the week before.
    pub from: Date,
    /// Its last day.
    pub to: Date,
    /// A row a unit.
    pub rows: Vec<WeeklyRow>,
    /// Open sealed letters.
    pub sealed: u64,
}

/// What the mail of a day is called.
pub(crate) fn once(person: i64, day: Date) -> String {
    format!("daily:{person}:{day}")
}

/// Tells somebody what they are still to be told; `false` where there is nothing, or where they had
/// their mail of the day. Where the week's mail is due, it holds both.
///
/// # Errors
/// When the database refuses; then nothing of it happened.
pub async fn write(
    app: &App,
    scene: &Scene,
    person: &Person,
    week: Option<&Summary>,
) -> Result<bool> {
    let today = app.today();
    let notices = app.store.untold(person.id).await?;
    let ids: Vec<i64> = notices.iter().map(|n| n.id).collect();
    let Some(signed_in) = signed_in(app, person.id).await? else {
        return Ok(false);
    };
    let mail = if reachable(app, person) {
        let sections = sections(app, scene, &signed_in.staff, person.language, &notices).await?;
        let office = announce::office(app);
        let desk = app.link("/desk");
        let nothing = sections.is_empty() && week.is_none();
        let (kind, once, words) = match week {
            Some(week) => {
                let words = Weekly {
                    office: &office,
                    name: &person.name,
                    day: today,
                    from: week.from,
                    to: week.to,
                    desk_url: &desk,
                    rows: week.rows.clone(),
                    sealed: week.sealed,
                    sections,
                };
                let kind = StaffMailKind::Weekly;
                (kind, week.once.clone(), Notification::Weekly(words))
            }
            None => {
                let words = Digest {
                    office: &office,
                    name: &person.name,
                    day: today,
                    desk_url: &desk,
                    sections,
                };
                let kind = StaffMailKind::Daily;
                (kind, once(person.id, today), Notification::Digest(words))
            }
        };
        let mail = compose(app, person, kind, once, &words)?;
        (!nothing).then_some(mail)
    } else {
        None
    };
    let step = app.store.begin(app.now()).await?;
    let written = mail.is_some();
    if let Some(mail) = mail
        && !step.add_staff_mail(mail).await?
    {
        return Ok(false);
    }
    // Somebody else told a part of it meanwhile: the next look starts anew.
    if step.mark_told(&ids).await? != ids.len() as u64 {
        return Ok(false);
    }
    fail_point("before-digest");
    step.commit().await?;
    fail_point("after-digest");
    app.outbox_bell.notify_one();
    Ok(written)
}

/// What the notices come to, most pressing first. A letter stands once for each thing owed, at its
/// highest stage; one that was closed meanwhile needs nobody.
async fn sections(
    app: &App,
    scene: &Scene,
    staff: &Staff,
    language: Language,
    notices: &[Notice],
) -> Result<Vec<Section>> {
    let seen = Seen::of(app, staff, notices).await?;
    let mut parts: BTreeMap<SectionKind, (Vec<Line>, HashSet<i64>, String)> = BTreeMap::new();
    let mut highest: HashMap<(i64, &str), (Stage, &Notice)> = HashMap::new();
    for notice in notices {
        match (notice.topic, notice.letter_id) {
            (Topic::Circular, _) => {
                let id = notice.data["circular"].as_i64().unwrap_or_default();
                if let Some(circular) = app.store.circular(id).await? {
                    let part = parts.entry(SectionKind::Issued).or_default();
                    part.2.push_str(&circular.text);
                    part.2.push_str("\n\n");
                }
            }
            (Topic::Stage, Some(letter)) => {
                let kind = notice.data["obligation"].as_str().unwrap_or_default();
                let stage = notice.data["stage"].as_str().and_then(|s| s.parse().ok());
                let stage = stage.unwrap_or(Stage::Remind);
                let known = highest.entry((letter, kind)).or_insert((stage, notice));
                if stage >= known.0 {
                    *known = (stage, notice);
                }
            }
            _ => {}
        }
    }
    let stages: HashSet<i64> = highest.values().map(|(_, n)| n.id).collect();
    for notice in notices {
        let (Some(letter), Some(kind)) = (notice.letter_id, section_of(notice)) else {
            continue;
        };
        if notice.topic == Topic::Stage && !stages.contains(&notice.id) {
            continue;
        }
        let part = parts.entry(kind).or_default();
        match seen.letters.get(&letter) {
            Some(found)
                if found.status.is_open()
                    || matches!(kind, SectionKind::Urged | SectionKind::Unposted) =>
            {
                part.0
                    .push(line(app, scene, language, found, notice).await?);
            }
            Some(_) => {}
            None if seen.never(scene, letter) => {}
            None => {
                part.1.insert(letter);
            }
        }
    }
    let section = |(kind, (mut lines, hidden, text)): (_, (Vec<Line>, HashSet<i64>, String))| {
        lines.sort_by(|a, b| (b.late, &a.number).cmp(&(a.late, &b.number)));
        let more = lines.len().saturating_sub(LISTED);
        lines.truncate(LISTED);
        Section {
            kind,
            lines,
            more,
            hidden: hidden.len(),
            text: text.trim_end().to_owned(),
        }
    };
    let holds = |s: &Section| !s.lines.is_empty() || s.hidden > 0 || !s.text.is_empty();
    Ok(parts.into_iter().map(section).filter(holds).collect())
}

fn section_of(notice: &Notice) -> Option<SectionKind> {
    Some(match notice.topic {
        Topic::Urged => SectionKind::Urged,
        Topic::Unposted => SectionKind::Unposted,
        Topic::DueMoved => SectionKind::DueMoved,
        Topic::Lapsed => SectionKind::Lapsed,
        Topic::Circular => SectionKind::Issued,
        // Told at once, in a mail of its own.
        Topic::Urgent | Topic::Assigned | Topic::HandedBack => return None,
        Topic::Stage => match notice.data["stage"].as_str()?.parse().ok()? {
            Stage::Remind => SectionKind::Remind,
            Stage::Urge => SectionKind::Urge,
            Stage::Supervise => SectionKind::Supervise,
            Stage::Circular => SectionKind::Circular,
        },
    })
}

/// The letters of some notices, as far as somebody may see them.
struct Seen {
    person: i64,
    letters: HashMap<i64, Letter>,
    accusing: HashMap<i64, crate::store::parties::Parties>,
}

impl Seen {
    async fn of(app: &App, staff: &Staff, notices: &[Notice]) -> Result<Self> {
        let ids: HashSet<i64> = notices.iter().filter_map(|n| n.letter_id).collect();
        let ids: Vec<i64> = ids.into_iter().collect();
        let scope = access::scope(&Viewer::Staff(staff.clone()));
        let letters = app.store.letters_within(&scope, &ids).await?;
        let letters: HashMap<i64, Letter> = letters.into_iter().map(|l| (l.id, l)).collect();
        let outside = ids.iter().copied().filter(|id| !letters.contains_key(id));
        let outside: Vec<i64> = outside.collect();
        Ok(Self {
            person: staff.person_id,
            accusing: app.store.parties_of_all(&outside).await?,
            letters,
        })
    }

    /// Whether a letter that is not shown accuses them: then it is not counted either.
    fn never(&self, scene: &Scene, letter: i64) -> bool {
        let Some(parties) = self.accusing.get(&letter) else {
            return false;
        };
        let paper = crate::domain::supervision::Paper {
            accused: parties.persons.clone(),
            accused_units: parties.units.clone(),
            ..Default::default()
        };
        scene.house.accuses(&paper, self.person)
    }
}

async fn line(
    app: &App,
    scene: &Scene,
    language: Language,
    letter: &Letter,
    notice: &Notice,
) -> Result<Line> {
    let data = &notice.data;
    let date = |name: &str| data[name].as_str().and_then(|d| d.parse::<Date>().ok());
    let due_on = date("due_on").or(date("to"));
    let (calendar, today) = (&app.law().calendar, app.today());
    let late = due_on.map_or(0, |due| {
        i64::from(calendar.workdays_between(due, today))
            - i64::from(calendar.workdays_between(today, due))
    });
    let number = letter.number.to_string();
    let owed = data["obligation"].as_str().unwrap_or_default();
    let mut line = Line {
        url: app.link(&format!("/desk/letters/{number}")),
        number,
        owed: if owed.is_empty() {
            String::new()
        } else {
            word(language, "obligation", owed)
        },
        due_on: due_on.filter(|_| notice.topic != Topic::Urged),
        from: date("from"),
        late,
        ..Line::default()
    };
    if letter.is_sealed() {
        return Ok(line);
    }
    line.subject.clone_from(&letter.subject);
    line.unit = scene.unit(letter.unit_id).to_owned();
    let holders = data["holders"].as_array().into_iter().flatten();
    let names = holders
        .filter_map(serde_json::Value::as_i64)
        .map(|id| scene.name(id));
    let names: Vec<&str> = names.filter(|n| !n.is_empty()).take(NAMED).collect();
    line.holder = names.join(match language {
        Language::Chinese => "、",
        Language::English => ", ",
    });
    if notice.topic == Topic::Unposted {
        let kind = data["kind"].as_str().unwrap_or_default();
        line.by = word(language, "topic", &format!("unposted-{kind}"));
        line.words = data["since"].as_str().unwrap_or_default().to_owned();
    }
    if notice.topic == Topic::Urged {
        let seq = data["seq"].as_i64().unwrap_or_default();
        line.by = scene
            .name(data["by"].as_i64().unwrap_or_default())
            .to_owned();
        line.words = app
            .store
            .event_words(letter.id, seq)
            .await?
            .unwrap_or_default();
    }
    Ok(line)
}

/// A word of a family in a language.
pub(crate) fn word(language: Language, family: &str, code: &str) -> String {
    crate::_rust_i18n_try_translate(language.code(), format!("{family}.{code}"))
        .map_or_else(|| code.to_owned(), std::borrow::Cow::into_owned)
}

/// Marks what somebody saw on the desk.
///
/// # Errors
/// When the database refuses.
pub async fn seen(app: &App, staff: &Staff, ids: &[i64]) -> Result<u64> {
    let step = app.store.begin(app.now()).await?;
    let marked = step.mark_seen(staff.person_id, ids).await?;
    step.commit().await?;
    Ok(marked)
}
