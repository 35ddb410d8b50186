//! Who sees what and does what. A viewer becomes a [`Scope`], and only the store turns that into
//! a condition. The administrator configures and reads no letter; a report is seen by those named
//! on it and by registrars cleared for its channel; whoever it accuses never sees a trace
//! (信访工作条例 2022, art. 30; 纪检监察机关处理检举控告工作规则, art. 47).

use super::{rules::Decider, status::Action, words::words};

words! {
    /// What a person is here.
    Role, "role" {
        /// 经办人.
        Handler = "handler",
        /// 联络员.
        Liaison = "liaison",
        /// 登记受理岗.
        Registrar = "registrar",
        /// 处室负责人.
        UnitLeader = "unit-leader",
        /// 厅领导.
        Leader = "leader",
        /// 政务公开岗.
        Publisher = "publisher",
        /// 监督检查岗.
        Auditor = "auditor",
        /// 安全管理员.
        Security = "security",
        /// 值班员.
        Duty = "duty",
        /// 系统管理员.
        Administrator = "administrator",
    }
}

words! {
    /// A function beside a role, which the law names as deciding.
    Function, "function" {
        /// 本机关负责人.
        Head = "head",
        /// 信息公开工作机构负责人.
        DisclosureHead = "disclosure-head",
    }
}

/// A signed-in member of staff, as far as access is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// Who.
    pub person_id: i64,
    /// Their unit.
    pub unit_id: Option<i64>,
    /// Their unit and all below it.
    pub units: Vec<i64>,
    /// Their unit and all above it: an accused unit among them excludes them.
    pub ancestors: Vec<i64>,
    /// Their roles.
    pub roles: Vec<Role>,
    /// Functions beside them.
    pub functions: Vec<Function>,
    /// Sealed channels they are cleared for; only a registrar's count.
    pub cleared_channels: Vec<i64>,
}

/// Whoever looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Viewer {
    /// Anybody.
    Public,
    /// A member of staff.
    Staff(Staff),
}

/// Which letters that are not sealed are in reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// None.
    None,
    /// Those of these units.
    Units(Vec<i64>),
    /// All.
    All,
}

/// What a viewer may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Letters that are not sealed.
    pub unsealed: Reach,
    /// Channels whose sealed letters are seen.
    pub sealed_channels: Vec<i64>,
    /// Sealed letters this person is named on, where they handle letters at all.
    pub person: Option<i64>,
    /// Letters that accuse this person are excluded.
    pub never: Option<i64>,
    /// Letters that accuse one of these units are excluded.
    pub member_of: Vec<i64>,
    /// 值班: urgent letters that are not sealed, until somebody took them on, and those that this
    /// duty officer took.
    pub duty: Option<i64>,
}

impl Scope {
    /// What the machine reads for counting and for words of its own, sealed letters included; no
    /// word of those is ever shown.
    #[must_use]
    pub fn machine(channels: Vec<i64>) -> Self {
        Self {
            unsealed: Reach::All,
            sealed_channels: channels,
            person: None,
            never: None,
            member_of: Vec::new(),
            duty: None,
        }
    }
}

impl Staff {
    /// Whether they hold a role.
    #[must_use]
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether a decision that the law gives to a function is theirs, on a letter of theirs.
    #[must_use]
    pub fn decides(&self, as_what: Decider, holding: Holding) -> bool {
        match as_what {
            Decider::Head => self.functions.contains(&Function::Head),
            Decider::DisclosureHead => self.functions.contains(&Function::DisclosureHead),
            Decider::UnitLeader => {
                self.is(Role::UnitLeader)
                    && holding.unit_id.is_some_and(|u| self.units.contains(&u))
            }
        }
    }

    fn any(&self, roles: &[Role]) -> bool {
        roles.iter().any(|r| self.is(*r))
    }

    /// Units, people, channels, API tokens.
    #[must_use]
    pub fn may_administer(&self) -> bool {
        self.is(Role::Administrator)
    }

    /// Held and quarantined messages, letters by hand.
    #[must_use]
    pub fn may_register(&self) -> bool {
        self.is(Role::Registrar)
    }

    /// What is late everywhere, unit by unit.
    #[must_use]
    pub fn may_oversee(&self) -> bool {
        self.any(&[Role::Registrar, Role::Leader, Role::Auditor])
    }

    /// Whether they read circulars: whoever sees all letters, and who leads or links a unit.
    #[must_use]
    pub fn may_read_circulars(&self) -> bool {
        self.any(&[
            Role::Registrar,
            Role::Leader,
            Role::Auditor,
            Role::Publisher,
            Role::UnitLeader,
            Role::Liaison,
        ])
    }

    /// Any desk at all.
    #[must_use]
    pub fn has_desk(&self) -> bool {
        let scope = scope(&Viewer::Staff(self.clone()));
        scope.unsealed != Reach::None || scope.duty.is_some()
    }
}

/// What a viewer may see.
#[must_use]
pub fn scope(viewer: &Viewer) -> Scope {
    let Viewer::Staff(staff) = viewer else {
        return Scope {
            unsealed: Reach::None,
            sealed_channels: Vec::new(),
            person: None,
            never: None,
            member_of: Vec::new(),
            duty: None,
        };
    };
    let unsealed = if staff.any(&[
        Role::Registrar,
        Role::Leader,
        Role::Auditor,
        Role::Publisher,
    ]) {
        Reach::All
    } else if staff.is(Role::UnitLeader) {
        Reach::Units(staff.units.clone())
    } else if staff.any(&[Role::Handler, Role::Liaison]) {
        Reach::Units(staff.unit_id.into_iter().collect())
    } else {
        Reach::None
    };
    // Who has no letters to handle is not named on any either, whatever an old row says.
    let reads = unsealed != Reach::None;
    let duty = staff.is(Role::Duty).then_some(staff.person_id);
    Scope {
        unsealed,
        sealed_channels: if staff.is(Role::Registrar) {
            staff.cleared_channels.clone()
        } else {
            Vec::new()
        },
        person: reads.then_some(staff.person_id),
        never: Some(staff.person_id),
        member_of: staff.ancestors.clone(),
        duty,
    }
}

/// Where a letter is, as far as rights depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding {
    /// The lead unit.
    pub unit_id: Option<i64>,
    /// Who answers it.
    pub handler_id: Option<i64>,
    /// Whether it is sealed.
    pub sealed: bool,
}

/// An action that is somebody else's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{action} is for {whose}")]
pub struct Denied {
    /// What was asked.
    pub action: Action,
    /// Who could.
    pub whose: &'static str,
}

/// Whether a member of staff who sees a letter may do this with it.
///
/// # Errors
/// Where it is somebody else's to do.
pub fn permits(staff: &Staff, action: Action, holding: Holding) -> Result<(), Denied> {
    let registrar = staff.is(Role::Registrar);
    let here = holding
        .unit_id
        .is_some_and(|u| staff.unit_id == Some(u) || staff.units.contains(&u));
    let own = holding.handler_id == Some(staff.person_id);
    let heads = here && staff.any(&[Role::Liaison, Role::UnitLeader]);
    // A sealed letter is in its named handler's hands alone; the unit around them knows nothing.
    let handles = if holding.sealed {
        own
    } else {
        own || heads || (here && staff.is(Role::Handler))
    };
    let (granted, whose) = match action {
        Action::Accept
        | Action::Decline
        | Action::Direct
        | Action::MarkDuplicate
        | Action::Invalid
        | Action::Withdraw
        | Action::NameParty
        | Action::NameReader => (registrar, "the registrar"),
        Action::Assign => (
            registrar || (heads && !holding.sealed),
            "the registrar or the unit's leader or liaison",
        ),
        Action::Reassign => (registrar, "the registrar"),
        Action::SendBack => (handles, "the unit that has the letter"),
        Action::Take | Action::Draft | Action::Answer => (handles, "the letter's handler"),
        Action::Recall | Action::Resend | Action::Serve | Action::DecideAddition => (
            handles || registrar,
            "the letter's handler or the registrar",
        ),
        Action::Note => (
            handles || registrar || staff.is(Role::Leader),
            "those who work on the letter",
        ),
        Action::Seal | Action::Reclassify | Action::MarkUrgent => (registrar, "the registrar"),
        Action::RequestExtension | Action::Suspend | Action::Resume => (
            handles || registrar,
            "the letter's handler or the registrar",
        ),
        // Which function it is, the rule says; the step checks it.
        Action::GrantExtension | Action::RefuseExtension => (
            Decider::ALL.iter().any(|d| staff.decides(*d, holding)),
            "the function that the rule names",
        ),
        Action::SetLimit => (
            registrar || staff.is(Role::Leader),
            "the registrar or a leader",
        ),
        Action::Urge => (
            registrar || staff.is(Role::Leader) || (here && staff.is(Role::UnitLeader)),
            "a leader, the unit's leader or the registrar",
        ),
        Action::TakeUrgent => (
            handles || registrar || staff.is(Role::Duty),
            "the duty officer, the registrar or the letter's handler",
        ),
        Action::Reopen => (
            registrar || staff.is(Role::Leader),
            "the registrar or a leader",
        ),
        Action::Delivered | Action::DeliveryFailed => (false, "the machine"),
    };
    if granted {
        Ok(())
    } else {
        Err(Denied { action, whose })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn staff(role: Role) -> Staff {
        Staff {
            person_id: 1,
            unit_id: Some(10),
            units: vec![10, 11],
            ancestors: vec![10, 5],
            roles: vec![role],
            functions: Vec::new(),
            cleared_channels: vec![4],
        }
    }

    #[test]
    fn each_role_reaches_what_it_should() {
        for role in Role::ALL {
            let scope = scope(&Viewer::Staff(staff(*role)));
            let expected = match role {
                Role::Handler | Role::Liaison => Reach::Units(vec![10]),
                Role::UnitLeader => Reach::Units(vec![10, 11]),
                Role::Registrar | Role::Leader | Role::Auditor | Role::Publisher => Reach::All,
                Role::Security | Role::Duty | Role::Administrator => Reach::None,
            };
            assert_eq!(scope.unsealed, expected, "{role}");
            assert_eq!(scope.duty.is_some(), *role == Role::Duty, "{role}");
            assert_eq!(scope.person.is_some(), expected != Reach::None, "{role}");
            let cleared = *role == Role::Registrar;
            assert_eq!(scope.sealed_channels.is_empty(), !cleared, "{role}");
        }
        assert_eq!(scope(&Viewer::Public).unsealed, Reach::None);
        assert_eq!(scope(&Viewer::Public).person, None);
    }

    #[test]
    fn a_sealed_letter_is_its_handlers_alone() {
        let sealed = Holding {
            unit_id: Some(10),
            handler_id: Some(2),
            sealed: true,
        };
        for role in [Role::Handler, Role::Liaison, Role::UnitLeader] {
            assert!(
                permits(&staff(role), Action::Answer, sealed).is_err(),
                "{role}"
            );
        }
        let mine = Holding {
            handler_id: Some(1),
            ..sealed
        };
        assert!(permits(&staff(Role::Handler), Action::Answer, mine).is_ok());
    }

    #[test]
    fn the_administrator_does_nothing_with_letters() {
        let holding = Holding {
            unit_id: Some(10),
            handler_id: None,
            sealed: false,
        };
        for action in Action::ALL {
            assert!(
                permits(&staff(Role::Administrator), *action, holding).is_err(),
                "{action}"
            );
        }
    }

    #[test]
    fn other_units_letters_are_theirs() {
        let elsewhere = Holding {
            unit_id: Some(99),
            handler_id: None,
            sealed: false,
        };
        assert!(permits(&staff(Role::Handler), Action::Take, elsewhere).is_err());
        let here = Holding {
            unit_id: Some(10),
            ..elsewhere
        };
        assert!(permits(&staff(Role::Handler), Action::Take, here).is_ok());
        assert!(permits(&staff(Role::Handler), Action::Assign, here).is_err());
        assert!(permits(&staff(Role::Liaison), Action::Assign, here).is_ok());
    }
}
