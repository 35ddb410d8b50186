//! 通报: letters that lie too long join the one draft; its words follow from them until a leader
//! issues it. Then it stands as it is, and the units concerned have it in their digest.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use serde_json::json;

use super::{
    Error, Result,
    digest::word,
    supervise::{Scene, paper},
};
use crate::{
    app::App,
    domain::{
        access::{Role, Scope, Staff},
        words::{CircularState, Language, Topic},
    },
    store::{circulars::Circular, notices::Notice, obligations::Obligation},
};

/// The words of a draft as its letters stand now, and the units they are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Title and text.
    pub text: String,
    /// Units.
    pub units: Vec<i64>,
    /// Letters that are still late, sealed ones included.
    pub letters: usize,
}

/// Puts a draft into words. What was answered meanwhile is left out; a sealed letter is a count,
/// and one that accuses somebody not even that: who reads a circular is not known beforehand.
///
/// # Errors
/// When the database refuses.
pub async fn draft(app: &App, circular: i64) -> Result<Draft> {
    let scene = Scene::load(app).await?;
    let rows = app.store.supervised_in(circular).await?;
    let ids: Vec<i64> = rows.iter().map(|r| r.letter_id).collect();
    let scope = Scope::machine(scene.channels.iter().map(|c| c.id).collect());
    let letters = app.store.letters_within(&scope, &ids).await?;
    let letters: HashMap<i64, _> = letters.into_iter().map(|l| (l.id, l)).collect();
    let accusing = app.store.parties_of_all(&ids).await?;
    let language: Language = app.config.language.parse().unwrap_or(Language::Chinese);
    let (today, law) = (app.today(), app.law());
    let mut units: BTreeMap<Option<i64>, Vec<Item>> = BTreeMap::new();
    // One letter may owe several things that are late: it is one letter all the same.
    let (mut sealed, mut listed) = (BTreeSet::new(), BTreeSet::new());
    for row in rows {
        let Some(letter) = letters.get(&row.letter_id) else {
            continue;
        };
        let owed = app.store.obligations(letter.id).await?;
        let owed = owed.iter().find(|o| row.is_of(o) && o.is_open());
        let due = owed.and_then(Obligation::due).filter(|due| *due < today);
        let (Some(owed), Some(due), true) = (owed, due, letter.status.is_open()) else {
            continue;
        };
        if letter.is_sealed() {
            if !accusing.contains_key(&letter.id) {
                sealed.insert(letter.id);
            }
            continue;
        }
        let kind = word(language, "obligation", owed.kind.code());
        let late = late(
            language,
            &kind,
            due,
            law.calendar.workdays_between(due, today),
        );
        let items = units.entry(letter.unit_id).or_default();
        let number = letter.number.to_string();
        if !listed.insert(letter.id) {
            if let Some(item) = items.iter_mut().find(|i| i.number == number) {
                item.late.push(late);
            }
            continue;
        }
        let holders = scene
            .house
            .holders(&paper(letter, Default::default(), Vec::new()));
        let names: Vec<&str> = holders.iter().map(|h| scene.name(*h)).collect();
        items.push(Item {
            number,
            late: vec![late],
            held: held(language, &names),
        });
    }
    let text = text(language, today, &scene, &units, sealed.len());
    Ok(Draft {
        text,
        units: units.into_keys().flatten().collect(),
        letters: listed.len() + sealed.len(),
    })
}

/// A letter of a draft, in words.
struct Item {
    number: String,
    /// What is late, and how much.
    late: Vec<String>,
    held: String,
}

impl Item {
    fn line(&self, language: Language) -> String {
        let (comma, semicolon) = match language {
            Language::Chinese => ("，", "；"),
            Language::English => (", ", "; "),
        };
        let late = self.late.join(semicolon);
        format!("{}{comma}{late}{comma}{}", self.number, self.held)
    }
}

fn late(language: Language, kind: &str, due: Date, workdays: u32) -> String {
    let due = day(language, due);
    match language {
        Language::Chinese => format!("{kind}{due}，逾期{workdays}个工作日"),
        Language::English => format!("{kind} {due}, {workdays} workdays overdue"),
    }
}

fn held(language: Language, names: &[&str]) -> String {
    match language {
        Language::Chinese => format!("现由{}办理", names.join("、")),
        Language::English => format!("held by {}", names.join(", ")),
    }
}

fn text(
    language: Language,
    today: Date,
    scene: &Scene,
    units: &BTreeMap<Option<i64>, Vec<Item>>,
    sealed: usize,
) -> String {
    let chinese = language == Language::Chinese;
    let today = day(language, today);
    let mut out = if chinese {
        format!(
            "关于逾期未办结信件的通报\n\n截至{today}，下列信件超过办理期限较长时间仍未办结，现予通报。\n"
        )
    } else {
        format!(
            "Circular on letters long overdue\n\nThese letters were still not dealt with on {today}, \
             long after they were due.\n"
        )
    };
    for (unit, items) in units {
        let unassigned = if chinese {
            "待分办"
        } else {
            "Not assigned yet"
        };
        let name = unit.map_or(unassigned, |u| scene.unit(Some(u)));
        let head = if chinese {
            format!("\n{name}（{}件）\n", items.len())
        } else {
            format!("\n{name} ({})\n", items.len())
        };
        out.push_str(&head);
        for (n, item) in (1..).zip(items) {
            out.push_str(&format!("{n}. {}\n", item.line(language)));
        }
    }
    if sealed > 0 {
        out.push_str(&if chinese {
            format!("\n另有不便列明的信件{sealed}件。\n")
        } else {
            format!("\nAnd {sealed} that cannot be listed here.\n")
        });
    }
    out.push_str(if chinese {
        "\n请有关处室查明原因，立即办理。"
    } else {
        "\nThe units concerned find out why, and deal with them at once."
    });
    out
}

fn day(language: Language, date: Date) -> String {
    let form = match language {
        Language::Chinese => "%Y年%-m月%-d日",
        Language::English => "%-d %B %Y",
    };
    date.strftime(form).to_string()
}

/// 印发: from now on it stands as it is; leaders and liaisons of the units concerned are told.
///
/// # Errors
/// Where the draft is not as it was read, or is none any more; where somebody is no leader.
pub async fn issue(app: &App, staff: &Staff, id: i64, version: i32) -> Result<()> {
    let circular = open(app, staff, id, version).await?;
    let draft = draft(app, circular.id).await?;
    let scene = Scene::load(app).await?;
    let concerned = scene.units.iter().filter(|u| draft.units.contains(&u.id));
    let mut told: Vec<i64> = concerned
        .flat_map(|u| [u.leader_id, u.liaison_id])
        .flatten()
        .collect();
    told.sort_unstable();
    told.dedup();
    told.retain(|p| scene.people.iter().any(|q| q.id == *p));
    let step = app.store.begin(app.now()).await?;
    let to = CircularState::Issued;
    if !step
        .end_circular(id, version, to, &draft.text, staff.person_id)
        .await?
    {
        return Err(now(app, id).await?);
    }
    let notice = |person: &i64| {
        Notice::new(
            app.id(),
            *person,
            None,
            Topic::Circular,
            json!({ "circular": id }),
            step.now,
        )
    };
    step.add_staff_notices(told.iter().map(notice).collect())
        .await?;
    let data = json!({ "circular": id, "letters": draft.letters, "told": told });
    step.add_admin_event(app.id(), Some(staff.person_id), "circular-issued", data)
        .await?;
    Ok(step.commit().await?)
}

/// 不予印发: the draft is closed; what comes next begins another.
///
/// # Errors
/// As for [`issue`].
pub async fn drop_draft(app: &App, staff: &Staff, id: i64, version: i32) -> Result<()> {
    let circular = open(app, staff, id, version).await?;
    let draft = draft(app, circular.id).await?;
    let step = app.store.begin(app.now()).await?;
    let to = CircularState::Dropped;
    if !step
        .end_circular(id, version, to, &draft.text, staff.person_id)
        .await?
    {
        return Err(now(app, id).await?);
    }
    let data = json!({ "circular": id, "letters": draft.letters });
    step.add_admin_event(app.id(), Some(staff.person_id), "circular-dropped", data)
        .await?;
    Ok(step.commit().await?)
}

async fn open(app: &App, staff: &Staff, id: i64, version: i32) -> Result<Circular> {
    if !staff.is(Role::Leader) {
        return Err(Error::Rule("leader-issues"));
    }
    let found = app.store.circular(id).await?.ok_or(Error::NotFound)?;
    if found.state != CircularState::Draft || found.version != version {
        return Err(now(app, id).await?);
    }
    Ok(found)
}

/// Why a draft is not as it was read.
async fn now(app: &App, id: i64) -> Result<Error> {
    Ok(match app.store.circular(id).await? {
        Some(c) if c.state == CircularState::Draft => Error::Conflict {
            current: c.version.into(),
        },
        Some(_) => Error::Rule("circular-decided"),
        None => Error::NotFound,
    })
}
