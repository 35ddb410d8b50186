//! The life of a letter: where it stands, what can be done there, and where that leads. One total
//! function; whatever it refuses, it says what would be possible instead.

use super::words::words;

words! {
    /// Where a letter stands in its life.
    Status, "status" {
        /// 待受理.
        Received = "received",
        /// 待签收.
        Assigned = "assigned",
        /// 办理中.
        Working = "working",
        /// 待审核.
        InReview = "in_review",
        /// 待签发.
        ToIssue = "to_issue",
        /// 发送中.
        Sending = "sending",
        /// 已答复（办结）.
        Answered = "answered",
        /// 已归档.
        Filed = "filed",
        /// 不予受理.
        Declined = "declined",
        /// 告知: directed to the organ that has the power.
        Directed = "directed",
        /// 转送.
        Transferred = "transferred",
        /// 撤回.
        Withdrawn = "withdrawn",
        /// 重复件.
        Duplicate = "duplicate",
        /// 无效件.
        Invalid = "invalid",
    }
}

impl Status {
    /// Whether something is still owed to the writer.
    #[must_use]
    pub fn is_open(self) -> bool {
        use Status::{Assigned, InReview, Received, Sending, ToIssue, Working};
        matches!(
            self,
            Received | Assigned | Working | InReview | ToIssue | Sending
        )
    }

    /// What the public sees: the key of one of six words.
    #[must_use]
    pub fn public_step(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Assigned | Self::Working | Self::InReview | Self::ToIssue | Self::Sending => {
                "working"
            }
            Self::Answered | Self::Filed => "done",
            Self::Directed => "directed",
            Self::Transferred => "transferred",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
            Self::Duplicate => "duplicate",
            Self::Invalid => "invalid",
        }
    }
}

words! {
    /// What can be done with a letter.
    Action, "action" {
        /// 受理: accepts it and records its class.
        Accept = "accept",
        /// 分办: to a unit and, if known, a handler.
        Assign = "assign",
        /// 签收.
        Take = "take",
        /// 改派: to another unit.
        Reassign = "reassign",
        /// 退回登记: not ours.
        SendBack = "send-back",
        /// A note among staff.
        Note = "note",
        /// 拟稿.
        Draft = "draft",
        /// 答复: issues the answer, where no sign-off is due.
        Answer = "answer",
        /// 撤回发送: takes an issued answer back before it left.
        Recall = "recall",
        /// Sends again what nobody knows to have left, or what came back.
        Resend = "resend",
        /// 送达: records that a person served the answer.
        Serve = "serve",
        /// 不予受理.
        Decline = "decline",
        /// 告知.
        Direct = "direct",
        /// 重复件.
        MarkDuplicate = "mark-duplicate",
        /// 无效件.
        Invalid = "invalid",
        /// 撤回, at the writer's wish.
        Withdraw = "withdraw",
        /// Names whom a sealed letter accuses.
        NameParty = "name-party",
        /// Names who may read a sealed letter.
        NameReader = "name-reader",
        /// 封存: from now on only those who are named read it.
        Seal = "seal",
        /// 重新甄别: another class, for a reason.
        Reclassify = "reclassify",
        /// 申请延期.
        RequestExtension = "request-extension",
        /// 批准延期.
        GrantExtension = "grant-extension",
        /// 不同意延期.
        RefuseExtension = "refuse-extension",
        /// 暂停计时.
        Suspend = "suspend",
        /// 恢复计时.
        Resume = "resume",
        /// A limit that a document sets (交办、批示).
        SetLimit = "set-limit",
        /// 催办.
        Urge = "urge",
        /// 标为紧急.
        MarkUrgent = "mark-urgent",
        /// 紧急件签收: somebody took an urgent letter on.
        TakeUrgent = "take-urgent",
        /// 重新办理: a new round.
        Reopen = "reopen",
        /// 补充来信处理: says what becomes of what the writer added.
        DecideAddition = "decide-addition",
        /// The machine: the answer was served.
        Delivered = "delivered",
        /// The machine: the answer cannot be delivered.
        DeliveryFailed = "delivery-failed",
    }
}

impl Action {
    /// Done by the machine, never asked for.
    #[must_use]
    pub fn is_internal(self) -> bool {
        matches!(self, Self::Delivered | Self::DeliveryFailed)
    }
}

/// An action that does not fit the status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a letter that is {status} takes no {action}; possible now: {}", possible.join(", "))]
pub struct Refusal {
    /// Where the letter stands.
    pub status: Status,
    /// What was asked.
    pub action: Action,
    /// What could be asked instead.
    pub possible: Vec<&'static str>,
}

/// Where an action leads from a status.
///
/// # Errors
/// Where it leads nowhere.
pub fn next(status: Status, action: Action) -> Result<Status, Refusal> {
    step(status, action).ok_or_else(|| Refusal {
        status,
        action,
        possible: allowed(status).iter().map(Action::code).collect(),
    })
}

fn step(status: Status, action: Action) -> Option<Status> {
    use Action as A;
    use Status as S;
    Some(match (status, action) {
        // Words among staff, the parties of a sealed letter, and what its writer adds go with every
        // status.
        (any, A::Note | A::NameParty | A::NameReader | A::DecideAddition) => any,
        // The clocks of an open letter, and words about them, move it nowhere.
        (
            open,
            A::Seal
            | A::Reclassify
            | A::RequestExtension
            | A::GrantExtension
            | A::RefuseExtension
            | A::Suspend
            | A::Resume
            | A::SetLimit
            | A::Urge
            | A::MarkUrgent
            | A::TakeUrgent,
        ) if open.is_open() && open != S::Sending => open,
        (S::Answered | S::Filed, A::Reopen) => S::Received,
        (S::Received, A::Accept) => S::Received,
        (S::Received | S::Assigned | S::Working, A::Assign) => S::Assigned,
        (S::Assigned | S::Working, A::Reassign) => S::Assigned,
        (S::Assigned | S::Working, A::SendBack) => S::Received,
        (S::Assigned, A::Take) => S::Working,
        (S::Working, A::Draft) => S::Working,
        (S::Working, A::Answer) => S::Sending,
        (S::Sending, A::Recall | A::DeliveryFailed) => S::Working,
        (S::Sending, A::Resend) => S::Sending,
        (S::Sending | S::Answered, A::Serve | A::Delivered) => S::Answered,
        (S::Answered, A::Resend | A::DeliveryFailed) => S::Answered,
        // A bounce can come after the file was closed.
        (S::Filed, A::DeliveryFailed) => S::Filed,
        (S::Received | S::Assigned | S::Working, A::Decline) => S::Declined,
        (S::Received | S::Assigned | S::Working, A::Direct) => S::Directed,
        (S::Received | S::Assigned | S::Working, A::MarkDuplicate) => S::Duplicate,
        (S::Received | S::Assigned | S::Working, A::Invalid) => S::Invalid,
        (S::Received | S::Assigned | S::Working, A::Withdraw) => S::Withdrawn,
        // A notice is sent beside the status; serving it, or failing to, changes nothing there.
        (
            S::Declined | S::Directed | S::Transferred | S::Duplicate,
            A::Serve | A::Delivered | A::DeliveryFailed | A::Resend,
        ) => status,
        _ => return None,
    })
}

/// What a person can do in a status.
#[must_use]
pub fn allowed(status: Status) -> Vec<Action> {
    let asked = Action::ALL.iter().copied().filter(|a| !a.is_internal());
    asked.filter(|a| step(status, *a).is_some()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_of_a_letter() {
        let way = [
            (Action::Accept, Status::Received),
            (Action::Assign, Status::Assigned),
            (Action::Take, Status::Working),
            (Action::Draft, Status::Working),
            (Action::Answer, Status::Sending),
            (Action::Delivered, Status::Answered),
        ];
        let mut status = Status::Received;
        for (action, expected) in way {
            status = next(status, action).unwrap();
            assert_eq!(status, expected);
        }
    }

    #[test]
    fn only_reopening_leads_back() {
        assert_eq!(next(Status::Answered, Action::Reopen), Ok(Status::Received));
        assert!(next(Status::Sending, Action::Reclassify).is_err());
    }

    #[test]
    fn ends_stay_ends_and_refusals_help() {
        for end in [Status::Withdrawn, Status::Invalid, Status::Filed] {
            for action in Action::ALL {
                if *action == Action::Reopen {
                    continue;
                }
                if let Ok(after) = next(end, *action) {
                    assert_eq!(after, end, "{action} moved {end}");
                }
            }
        }
        let refusal = next(Status::Received, Action::Answer).unwrap_err();
        assert!(refusal.possible.contains(&"assign"));
        assert!(refusal.to_string().contains("received"));
    }

    #[test]
    fn every_answer_is_defined_and_no_open_letter_is_stuck() {
        for status in Status::ALL {
            for action in Action::ALL {
                let again = next(*status, *action);
                assert_eq!(again, next(*status, *action));
            }
            if status.is_open() && !matches!(status, Status::InReview | Status::ToIssue) {
                let moves = allowed(*status)
                    .into_iter()
                    .filter_map(|a| step(*status, a));
                assert!(
                    moves.into_iter().any(|s| s != *status),
                    "{status} is a dead end"
                );
            }
        }
    }
}
