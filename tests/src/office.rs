//! A small department: the product with a unit and the two people who answer its letters.

use serde_json::json;

use crate::{Huiyin, Setup, huiyin::Colleague};

/// The unit's code.
pub const UNIT: &str = "land";

/// A registrar, cleared for the report box, and a handler in the unit [`UNIT`].
#[derive(Debug)]
pub struct Office {
    /// The product.
    pub huiyin: Huiyin,
    /// Accepts and assigns.
    pub registrar: Colleague,
    /// Answers.
    pub handler: Colleague,
}

impl Office {
    /// Opens for business.
    #[must_use]
    pub fn open(setup: &Setup) -> Self {
        Self::staff(Huiyin::start(setup))
    }

    /// Fills the desks of a department that is open.
    #[must_use]
    pub fn staff(huiyin: Huiyin) -> Self {
        huiyin.unit(UNIT, "耕地保护监督处");
        let cleared = ["--cleared", "report-box"];
        let registrar = huiyin.colleague("registrar", "registrar", UNIT, &cleared);
        let handler = huiyin.colleague("handler", "handler", UNIT, &[]);
        Self {
            huiyin,
            registrar,
            handler,
        }
    }

    /// Brings a letter to its handler's desk.
    pub fn hand_over(&self, number: &str) {
        let (registrar, handler) = (&self.registrar.api, &self.handler.api);
        let _ = registrar
            .act(number, "accept", json!({ "class": "consultation" }))
            .expect(200);
        let whom = json!({ "unit": UNIT, "handler": self.handler.login });
        let _ = registrar.act(number, "assign", whom).expect(200);
        let _ = handler.act(number, "take", json!({})).expect(200);
    }

    /// Answers a letter that was received, from the first step to the last.
    pub fn answer(&self, number: &str, words: &str) {
        self.hand_over(number);
        let _ = self
            .handler
            .api
            .act(number, "answer", json!({ "text": words }))
            .expect(200);
    }

    /// Where a letter stands.
    #[must_use]
    pub fn status(&self, number: &str) -> String {
        let letter = self.registrar.api.letter(number);
        letter["status"].as_str().unwrap_or_default().to_owned()
    }

    /// The numbers of all letters in sight, newest or oldest first as the desk has them.
    #[must_use]
    pub fn numbers(&self) -> Vec<String> {
        let letters = self.registrar.api.letters("filter=all");
        letters
            .iter()
            .filter_map(|l| l["number"].as_str().map(ToOwned::to_owned))
            .collect()
    }
}
