//! Which addresses are the department's own, and whom an answer goes to: never to itself.

use super::text;

/// The addresses that our mail comes from or is answered at, each with its sub-addresses (RFC 5233:
/// `letters+anything@…`).
#[derive(Debug, Clone, Default)]
pub struct Ours(Vec<(String, String)>);

impl Ours {
    /// Of addresses as they are configured.
    pub fn of<'a>(addresses: impl IntoIterator<Item = &'a str>) -> Self {
        Self(addresses.into_iter().filter_map(mailbox).collect())
    }

    /// The address is one of them, however it is written.
    #[must_use]
    pub fn has(&self, address: &str) -> bool {
        mailbox(address).is_some_and(|mailbox| self.0.contains(&mailbox))
    }
}

/// Where a mail says that answers go.
#[derive(Debug, Clone, Copy, Default)]
pub struct Says<'a> {
    /// Reply-To, in its order.
    pub reply_to: &'a [String],
    /// From.
    pub from: Option<&'a str>,
    /// Sender.
    pub sender: Option<&'a str>,
}

/// The address that an answer goes to: the first that mail can be sent to and that is not ours, of
/// Reply-To, From, Sender. Where From is ours, a form of our own site wrote: then only Reply-To is
/// the writer's.
#[must_use]
pub fn answer_to<'a>(says: Says<'a>, ours: &Ours) -> Option<&'a str> {
    let by_form = says.from.is_some_and(|from| ours.has(from));
    let others = says.from.into_iter().chain(says.sender);
    let all = says.reply_to.iter().map(String::as_str);
    let all = all.chain(others.filter(|_| !by_form));
    let all: Vec<&str> = all
        .filter(|a| text::is_address(a) && !ours.has(a))
        .collect();
    let best = all.iter().find(|a| !is_nowhere(a));
    best.copied()
}

/// A host that no mail leaves for (RFC 6761, RFC 6762).
fn is_nowhere(address: &str) -> bool {
    const HOSTS: [&str; 4] = ["localhost", "localdomain", "invalid", "local"];
    let host = address.rsplit('.').next().unwrap_or_default();
    HOSTS.iter().any(|h| host.eq_ignore_ascii_case(h))
}

/// Local part without its sub-address, and host, as they are compared.
fn mailbox(address: &str) -> Option<(String, String)> {
    let address = text::address_key(address);
    let (local, host) = address.rsplit_once('@')?;
    let local = local.trim().trim_matches('"');
    let local = local.split('+').next().unwrap_or_default();
    let host = host.trim().trim_end_matches('.');
    let host = idna::domain_to_ascii(host).unwrap_or_else(|_| host.to_owned());
    (!local.is_empty() && !host.is_empty()).then(|| (local.to_owned(), host))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OURS: [&str; 3] = [
        "Letters@Dept.example.cn",
        "director@dept.example.cn",
        "信箱@国土.中国",
    ];

    fn ours() -> Ours {
        Ours::of(OURS)
    }

    fn chosen(reply_to: &[&str], from: &str) -> String {
        let reply_to: Vec<String> = reply_to.iter().map(|a| (*a).to_owned()).collect();
        let says = Says {
            reply_to: &reply_to,
            from: Some(from),
            sender: Some("secretary@example.org"),
        };
        answer_to(says, &ours()).unwrap_or_default().to_owned()
    }

    #[test]
    fn ours_in_every_spelling() {
        for address in [
            "letters@dept.example.cn",
            "LETTERS@DEPT.EXAMPLE.CN",
            "letters+hy.2026-000001-k.7f3k@dept.example.cn",
            "\"letters\"@dept.example.cn",
            " letters@dept.example.cn. ",
        ] {
            assert!(ours().has(address), "{address}");
        }
        for address in [
            "letters@example.cn",
            "letters@mail.dept.example.cn",
            "xletters@dept.example.cn",
            "letters",
            "",
        ] {
            assert!(!ours().has(address), "{address}");
        }
        let ascii = idna::domain_to_ascii("国土.中国").expect("a domain");
        assert!(ours().has(&format!("信箱@{ascii}")));
    }

    #[test]
    fn the_next_address_that_can_be_used() {
        let from = "zhou@example.com";
        for reply_to in [
            &[][..],
            &["letters@dept.example.cn"],
            &["Letters+token@DEPT.example.cn", "director@dept.example.cn"],
            &["root@localhost"],
            &[
                "root@localhost.localdomain",
                "x@y.invalid",
                "a@printer.local",
            ],
            &[
                "nobody",
                "",
                "@",
                "a@",
                "@example.com",
                "\"a b\"@example.com",
            ],
        ] {
            assert_eq!(chosen(reply_to, from), from, "{reply_to:?}");
        }
        assert_eq!(
            chosen(&["letters@dept.example.cn", "li@example.com"], from),
            "li@example.com"
        );
        assert_eq!(chosen(&["李@例子.中国"], from), "李@例子.中国");
        assert_eq!(
            chosen(&["root@localhost"], "root@localhost"),
            "secretary@example.org"
        );
    }

    #[test]
    fn a_form_that_sends_from_our_own_address() {
        let form = "letters@dept.example.cn";
        assert_eq!(chosen(&["li@example.com"], form), "li@example.com");
        assert_eq!(chosen(&[], form), "");
        assert_eq!(chosen(&["director@dept.example.cn"], form), "");
    }

    proptest! {
        #[test]
        fn never_to_ourselves_and_always_to_somewhere(
            reply_to in proptest::collection::vec("[A-Za-z+.\"@ ]{0,12}@?(dept\\.example\\.cn|DEPT.Example.CN|localhost|x\\.cn|)", 0..4),
            own in 0..OURS.len(),
            tag in "(\\+[a-z0-9.]{1,8})?",
            upper in any::<bool>(),
        ) {
            let (local, host) = OURS[own].split_once('@').unwrap();
            let mut mine = format!("{local}{tag}@{host}");
            if upper {
                mine = mine.to_uppercase();
            }
            let mut reply_to = reply_to;
            reply_to.push(mine);
            let says = Says { reply_to: &reply_to, from: Some("zhou@example.com"), sender: None };
            let chosen = answer_to(says, &ours()).unwrap();
            prop_assert!(!ours().has(chosen) && text::is_address(chosen));
        }
    }
}
