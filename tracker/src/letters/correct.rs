//! Putting a wrong rule right: the text of a version that stands changes, which letters are due
//! when is previewed, and open obligations are counted anew as a recorded job with a reason. A new
//! version corrects nothing: it governs letters received from its start.

use serde_json::json;

use super::{
    Result,
    recount::{self, Preview},
};
use crate::{
    app::App,
    domain::{
        job::{JobKind, JobState},
        law::Law,
        rules::Rule,
    },
    store::jobs::Job,
};

/// What rules of a pack would be to those that stand.
#[derive(Debug, Clone, Default)]
pub struct Correction {
    /// Another text under an id and version that stand.
    pub changed: Vec<Rule>,
    /// Versions that do not stand yet, as id and version: they move nothing.
    pub new: Vec<(String, u32)>,
}

impl Correction {
    /// Compares rules with the law as it stands.
    #[must_use]
    pub fn of(law: &Law, rules: &[Rule]) -> Self {
        let mut out = Self::default();
        for rule in rules {
            match law.rules.get(&rule.id, rule.version) {
                None => out.new.push((rule.id.clone(), rule.version)),
                Some(standing) if standing.same_law(rule) => {}
                Some(_) => out.changed.push(rule.clone()),
            }
        }
        out
    }
}

/// What a correction would move. Nothing is changed.
///
/// # Errors
/// When the database refuses.
pub async fn preview(app: &App, correction: &Correction) -> Result<Preview> {
    let standing = app.current_law().await?;
    let law = (*standing).clone().corrected_by(correction.changed.clone());
    recount::preview(app, &law).await
}

/// Corrects rules; answers the job that counts due dates anew, `None` where nothing is changed.
///
/// # Errors
/// When the database refuses.
pub async fn correct(
    app: &App,
    by: Option<i64>,
    rules: &[Rule],
    reason: &str,
) -> Result<Option<Job>> {
    let step = app.store.begin(app.now()).await?;
    let law = app.law_of(&step).await?;
    let correction = Correction::of(&law, rules);
    if correction.changed.is_empty() {
        return Ok(None);
    }
    step.change_law().await?;
    for rule in &correction.changed {
        step.add_correction(app.id(), rule, reason, by).await?;
    }
    let job = Job {
        id: app.id(),
        kind: JobKind::Correction,
        reason: reason.to_owned(),
        at: step.now,
        by,
        state: JobState::Running,
        cursor: 0,
        seen: 0,
        moved: 0,
        ended_at: None,
    };
    let named = correction.changed.iter().map(|r| json!([r.id, r.version]));
    let data = json!({ "job": job.id, "rules": named.collect::<Vec<_>>() });
    step.add_job(job.clone()).await?;
    step.add_admin_event(app.id(), by, "rules-corrected", data)
        .await?;
    step.commit().await?;
    app.current_law().await?;
    Ok(Some(job))
}
