//! Administration: units, channels, what the roles mean. It shows no letter.

use askama::Template;

use super::parts::{Choice, Errors};
use crate::web::chrome::Chrome;

/// `GET /admin`
#[derive(Clone, Debug, Default, Template)]
#[template(path = "admin.html")]
pub struct AdminPage {
    /// The frame.
    pub chrome: Chrome,
    /// Active units.
    pub units: i64,
    /// Active people.
    pub people: i64,
    /// Channels that take letters.
    pub channels: i64,
    /// What is missing before work can begin: codes of the words' `setup` family: `no-units`,
    /// `no-registrar`, `no-handler`, `no-cleared-registrar`, `no-mail`.
    pub missing: Vec<String>,
}

/// One unit in the tree.
#[derive(Clone, Debug, Default)]
pub struct UnitRow {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its depth in the tree, 0 to 4.
    pub level: usize,
    /// 处室负责人, or empty.
    pub leader: String,
    /// 联络员, or empty.
    pub liaison: String,
    /// 分管领导, or empty.
    pub overseer: String,
    /// Working hours in words, or empty.
    pub hours: String,
    /// How many people it has.
    pub people: i64,
    /// Whether letters can be assigned to it.
    pub active: bool,
}

/// `GET /admin/units`
#[derive(Clone, Debug, Default, Template)]
#[template(path = "admin_units.html")]
pub struct UnitsPage {
    /// The frame.
    pub chrome: Chrome,
    /// The tree, parents before children.
    pub rows: Vec<UnitRow>,
}

/// `GET /admin/units/new` and `/admin/units/{code}`; posts `code, name, under, leader, liaison,
/// overseer, work_hours, active, version` to `/admin/units`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "admin_unit.html")]
pub struct UnitPage {
    /// The frame.
    pub chrome: Chrome,
    /// Whether it is not stored yet; then its code can be typed.
    pub is_new: bool,
    /// `code`
    pub code: String,
    /// `name`
    pub name: String,
    /// `under`: codes, the first empty.
    pub parents: Vec<Choice>,
    /// `leader`: logins, the first empty.
    pub leaders: Vec<Choice>,
    /// `liaison`: logins, the first empty.
    pub liaisons: Vec<Choice>,
    /// `overseer`: logins, the first empty.
    pub overseers: Vec<Choice>,
    /// `work_hours`: `08:30-12:00,14:00-17:30`.
    pub work_hours: String,
    /// `active`
    pub active: bool,
    /// `version`
    pub version: i64,
    /// What is wrong.
    pub errors: Errors,
}

/// One channel in the list.
#[derive(Clone, Debug, Default)]
pub struct ChannelRow {
    /// Its code.
    pub code: String,
    /// Its name in the page's language.
    pub name: String,
    /// The class whose rules hold until a letter's own is determined.
    pub class: String,
    /// The department's own term in words; empty where it set none.
    pub term: String,
    /// The rule that counts on a letter written today: its term in words.
    pub in_force: String,
    /// That rule's id.
    pub rule: String,
    /// Its basis in the page's language.
    pub basis: String,
    /// Whether its letters are sealed.
    pub sealed: bool,
    /// Whether it takes letters.
    pub enabled: bool,
}

/// `GET /admin/channels`
#[derive(Clone, Debug, Default, Template)]
#[template(path = "admin_channels.html")]
pub struct ChannelsPage {
    /// The frame.
    pub chrome: Chrome,
    /// The channels in their order.
    pub rows: Vec<ChannelRow>,
}

/// `GET /admin/channels/{code}`; posts `name_zh, name_en, intro_zh, intro_en, enabled,
/// term_length, term_unit, basis_zh, basis_en, version` to the same address. Whether a channel is
/// sealed is shown and never changed here.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "admin_channel.html")]
pub struct ChannelPage {
    /// The frame.
    pub chrome: Chrome,
    /// Its code.
    pub code: String,
    /// `name_zh`
    pub name_zh: String,
    /// `name_en`
    pub name_en: String,
    /// `intro_zh`
    pub intro_zh: String,
    /// `intro_en`
    pub intro_en: String,
    /// Whether its letters are sealed.
    pub sealed: bool,
    /// `enabled`
    pub enabled: bool,
    /// The class whose rules hold until a letter's own is determined: the words' `class` family.
    pub class: String,
    /// The rule that counts on a letter written today, in words.
    pub in_force: String,
    /// Its basis in the page's language.
    pub in_force_basis: String,
    /// `term_length`, as entered.
    pub term_length: String,
    /// `term_unit`: `workday`, `day`, `month`.
    pub term_units: Vec<Choice>,
    /// `basis_zh`
    pub basis_zh: String,
    /// `basis_en`
    pub basis_en: String,
    /// `version`
    pub version: i64,
    /// What is wrong.
    pub errors: Errors,
}

/// `GET /admin/roles`: what each role and function may do.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "admin_roles.html")]
pub struct RolesPage {
    /// The frame.
    pub chrome: Chrome,
    /// Codes of the words' `role` and `role_does` families, in their order.
    pub roles: Vec<String>,
    /// Codes of the words' `function` and `function_does` families.
    pub functions: Vec<String>,
}
