//! Who hears that a letter's date moved: its handler; in a unit without one the liaison, else the
//! leader; before it is assigned the registrars.

use crate::{
    app::App,
    domain::access::Role,
    letters::Result,
    store::{Step, letters::Letter, people::Person, units::Unit},
};

/// Everybody who may have to be told.
#[derive(Debug, Default)]
pub(super) struct Whom {
    units: Vec<Unit>,
    people: Vec<Person>,
}

impl Whom {
    pub(super) async fn load(app: &App) -> Result<Self> {
        let mut people = app.store.people().await?;
        people.retain(|p| p.active);
        Ok(Self {
            units: app.store.units().await?,
            people,
        })
    }

    /// Who hears of this letter. Of a sealed one only whoever may know of it: never the accused.
    pub(super) async fn of(&self, step: &Step<'_>, letter: &Letter) -> Result<Vec<i64>> {
        let unit = self.units.iter().find(|u| Some(u.id) == letter.unit_id);
        let in_unit = [
            letter.handler_id,
            unit.and_then(|u| u.liaison_id),
            unit.and_then(|u| u.leader_id),
        ];
        let mut chosen: Vec<&Person> = match in_unit.iter().find_map(|id| self.active(*id)) {
            Some(person) => vec![person],
            None => {
                let registrars = self.people.iter();
                registrars
                    .filter(|p| p.roles.contains(&Role::Registrar))
                    .collect()
            }
        };
        if letter.is_sealed() {
            let parties = step.parties(letter.id).await?;
            chosen.retain(|p| {
                let accused = parties.persons.contains(&p.id)
                    || p.unit_id.is_some_and(|u| parties.units.contains(&u));
                let knows =
                    letter.handler_id == Some(p.id) || p.cleared.contains(&letter.channel_id);
                knows && !accused
            });
        }
        Ok(chosen.into_iter().map(|p| p.id).collect())
    }

    fn active(&self, id: Option<i64>) -> Option<&Person> {
        self.people.iter().find(|p| Some(p.id) == id)
    }
}
