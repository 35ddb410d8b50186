//! The vocabulary: every code that stands in a table, an answer of the API, or a form.

/// A value that was none of the known ones.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{value:?} is not a {what}; it can be {choices}")]
pub struct UnknownWord {
    /// What was expected.
    pub what: &'static str,
    /// What stood there.
    pub value: String,
    /// What could stand there.
    pub choices: String,
}

/// An enum of coded values: `code()`, `ALL`, parsing and serde by code.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $what:literal { $($(#[$vdoc:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code that tables, API and forms use.
            #[must_use]
            pub const fn code(&self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::words::UnknownWord;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                match value {
                    $($code => Ok(Self::$variant),)+
                    _ => Err($crate::domain::words::UnknownWord {
                        what: $what,
                        value: value.to_owned(),
                        choices: [$($code),+].join(", "),
                    }),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(self.code())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use words;

words! {
    /// How a message arrived.
    Source, "source" {
        /// 邮件, fetched over IMAP.
        Imap = "imap",
        /// 邮件, from a Maildir.
        Maildir = "maildir",
        /// 邮件, from a file.
        File = "file",
        /// 网页.
        Form = "form",
        /// Another system.
        Api = "api",
        /// 来信.
        Paper = "paper",
        /// 来电.
        Phone = "phone",
        /// 来访.
        Visit = "visit",
        /// 上级交办转送.
        Referred = "referred",
    }
}

impl Source {
    /// Whether a clerk types it in, with its true date of receipt.
    #[must_use]
    pub fn by_hand(self) -> bool {
        matches!(
            self,
            Self::Paper | Self::Phone | Self::Visit | Self::Referred
        )
    }

    /// Whether it is mail.
    #[must_use]
    pub fn is_mail(self) -> bool {
        matches!(self, Self::Imap | Self::Maildir | Self::File)
    }
}

words! {
    /// What the writer chose.
    Kind, "kind" {
        /// 咨询.
        Question = "question",
        /// 投诉.
        Complaint = "complaint",
        /// 建议.
        Suggestion = "suggestion",
        /// 求助.
        Help = "help",
        /// 举报.
        Report = "report",
        /// 申诉.
        Petition = "petition",
    }
}

words! {
    /// What the registrar determined (甄别); rules match it, never the kind alone.
    Class, "class" {
        /// 咨询.
        Consultation = "consultation",
        /// 意见建议.
        Advice = "advice",
        /// 检举控告.
        Accusation = "accusation",
        /// 违法线索.
        Lead = "lead",
        /// 申诉求决.
        Claim = "claim",
        /// 依申请公开.
        Disclosure = "disclosure",
    }
}

words! {
    /// The route of a claim (信访工作条例 2022, art. 31 (1)–(6)).
    Route, "route" {
        /// 诉讼.
        Litigation = "litigation",
        /// 仲裁.
        Arbitration = "arbitration",
        /// 党内申诉.
        Appeal = "appeal",
        /// 复议、裁决、许可、处罚.
        Administrative = "administrative",
        /// 履职申请.
        Duty = "duty",
        /// 信访处理意见.
        Opinion = "opinion",
    }
}

words! {
    /// How far an extension got.
    ExtensionState, "extension state" {
        /// 待审批.
        Requested = "requested",
        /// 已批准.
        Granted = "granted",
        /// 未同意.
        Refused = "refused",
        /// 逾期未批: nobody decided before the due day was over.
        Lapsed = "lapsed",
        /// 逾期补批: recorded, and moves nothing.
        Late = "late",
        /// 无需审批: what it was to lengthen was met, ended or superseded before anybody decided.
        Moot = "moot",
    }
}

words! {
    /// What made a letter urgent.
    UrgentBy, "cause of urgency" {
        /// A word of the list, such as 滑坡.
        Word = "word",
        /// The registrar said so.
        Registrar = "registrar",
        /// The way it arrived.
        Source = "source",
    }
}

words! {
    /// A language of the product.
    Language, "language" {
        /// 简体中文.
        Chinese = "zh-CN",
        /// English.
        English = "en",
    }
}

words! {
    /// What became of a message seen. Every one has exactly one.
    Fate, "fate" {
        /// Became a letter.
        Letter = "letter",
        /// Joined a letter.
        Addition = "addition",
        /// No person wrote it; stored, never answered.
        Automatic = "automatic",
        /// The same delivery again.
        Duplicate = "duplicate",
        /// 异常件: a clerk must look at it.
        Quarantined = "quarantined",
        /// A person must say where it belongs.
        Held = "held",
        /// Discarded with a reason.
        Invalid = "invalid",
        /// Received before the mailbox's start.
        BeforeStart = "before-start",
    }
}

words! {
    /// Which way a message goes.
    Direction, "direction" {
        /// From the public.
        In = "in",
        /// To the public.
        Out = "out",
        /// Among staff.
        Internal = "internal",
    }
}

words! {
    /// What a message is to its letter.
    MessageKind, "message kind" {
        /// The letter itself.
        Letter = "letter",
        /// More from its writer.
        Addition = "addition",
        /// The answer.
        Reply = "reply",
        /// Declining, directing, transferring, duplicate.
        Notice = "notice",
        /// How it goes on: acceptance, a longer term.
        Progress = "progress",
        /// A note among staff.
        Note = "note",
    }
}

words! {
    /// What leaves.
    OutboxKind, "outbox kind" {
        /// 收件回执: satisfies no obligation.
        Receipt = "receipt",
        /// The answer.
        Reply = "reply",
        /// A notice.
        Notice = "notice",
        /// How it goes on; serving it meets nothing.
        Progress = "progress",
    }
}

words! {
    /// How far an outgoing message got.
    OutboxState, "outbox state" {
        /// Waits for its time.
        Queued = "queued",
        /// A worker has it.
        Sending = "sending",
        /// Accepted by the next server.
        Sent = "sent",
        /// Refused for good.
        Failed = "failed",
        /// Nobody knows whether it left.
        Unknown = "unknown",
        /// Taken back before it left.
        Recalled = "recalled",
        /// Not sent, by a cap.
        Capped = "capped",
        /// 待寄送: waits for a person who posts, telephones or hands it over.
        ByHand = "by-hand",
    }
}

words! {
    /// What a member of staff is told.
    Topic, "topic" {
        /// A stage of supervision was reached.
        Stage = "stage",
        /// 催办, by a person.
        Urged = "urged",
        /// A due date moved.
        DueMoved = "due-moved",
        /// 延期申请逾期未批.
        Lapsed = "extension-lapsed",
        /// 通报 was issued.
        Circular = "circular",
        /// 紧急件: told at once, in no digest.
        Urgent = "urgent",
        /// What was issued waits for being posted.
        Unposted = "unposted",
        /// 分办: told at once, in no digest.
        Assigned = "assigned",
        /// 交回: whoever had it cannot hold it any more; told at once, in no digest.
        HandedBack = "handed-back",
    }
}

words! {
    /// Mail to staff.
    StaffMailKind, "staff mail" {
        /// Once a day at the most.
        Daily = "daily",
        /// To leaders, on the first workday of the week.
        Weekly = "weekly",
        /// At once, at any hour.
        Urgent = "urgent",
        /// At once: what was assigned or came back.
        Handed = "handed",
    }
}

words! {
    /// How far a circular got.
    CircularState, "state of a circular" {
        /// 拟稿: the machine adds to it.
        Draft = "draft",
        /// 已印发: it stands as it is.
        Issued = "issued",
        /// 不予印发.
        Dropped = "dropped",
    }
}

words! {
    /// Why a message is discarded from the intake.
    Discard, "reason for discarding" {
        /// 广告、群发、垃圾邮件.
        Spam = "spam",
        /// 空白、测试.
        Blank = "blank",
        /// 已另行办理.
        Handled = "handled",
        /// 发错单位.
        Misdirected = "misdirected",
        /// 冒名、诈骗.
        Fraud = "fraud",
        /// Said in words.
        Other = "other",
    }
}

words! {
    /// How a reply reached the writer (送达).
    Service, "way of service" {
        /// 邮件.
        Mail = "mail",
        /// Readable with number and code.
        Portal = "portal",
        /// 邮寄.
        Post = "post",
        /// 电话.
        Phone = "phone",
        /// 当面.
        Counter = "counter",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_parse_back_and_faults_list_the_choices() {
        for source in Source::ALL {
            assert_eq!(source.code().parse::<Source>().unwrap(), *source);
        }
        let error = "fax".parse::<Source>().unwrap_err().to_string();
        assert!(error.contains("fax") && error.contains("imap"), "{error}");
    }
}
