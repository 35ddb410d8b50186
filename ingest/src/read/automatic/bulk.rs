//! Newsletters, mailing lists, bulk mail.

use super::{Seen, phrases, token};

/// Fields that a list adds (RFC 2369, RFC 2919), whoever wrote the mail.
const LIST: [&str; 11] = [
    "x-mlserver",
    "x-ml-name",
    "x-list",
    "list-id",
    "list-post",
    "list-unsubscribe",
    "list-subscribe",
    "list-archive",
    "list-owner",
    "x-mailing-list",
    "mailing-list",
];
/// Fields of those who send one mail to many.
const CAMPAIGN: [&str; 6] = [
    "x-campaign",
    "x-campaignid",
    "x-campaign-id",
    "x-mailman-version",
    "x-mc-user",
    "x-mailchimp-id",
];

/// One mail to many.
pub(super) fn is(seen: &Seen<'_>) -> bool {
    sent_to_many(seen) || LIST.iter().any(|name| seen.fields.has(name))
}

/// A list passed it on, and nothing else speaks against a person: no precedence of bulk, no
/// campaign, no way out by one click, no sender that is an office, no word of unsubscribing.
pub(in crate::read) fn only_through_a_list(seen: &Seen<'_>) -> bool {
    const CLICK: [&str; 3] = ["list-unsubscribe-post", "feedback-id", "x-csa-complaints"];
    let link = seen.fields.ascii("list-unsubscribe");
    let link = link.is_some_and(|way| way.contains("http:") || way.contains("https:"));
    let office = seen.from.is_none_or(|from| is_office(&from.address));
    is(seen)
        && !sent_to_many(seen)
        && !link
        && !office
        && !CLICK.iter().any(|name| seen.fields.has(name))
        && !phrases::unsubscribes(seen.text)
}

fn sent_to_many(seen: &Seen<'_>) -> bool {
    let precedence = token(seen.fields, "precedence");
    matches!(precedence.as_str(), "bulk" | "junk" | "list" | "mass")
        || CAMPAIGN.iter().any(|name| seen.fields.has(name))
}

/// `news@`, `no-reply@`: nobody sits there and writes.
fn is_office(address: &str) -> bool {
    const OFFICES: [&str; 16] = [
        "news",
        "newsletter",
        "noreply",
        "no-reply",
        "no_reply",
        "donotreply",
        "do-not-reply",
        "edm",
        "marketing",
        "promo",
        "promotion",
        "notification",
        "notifications",
        "mailer",
        "bulletin",
        "subscribe",
    ];
    let local = address.split('@').next().unwrap_or_default().to_lowercase();
    OFFICES.iter().any(|office| {
        local.strip_prefix(office).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(|c: char| !c.is_ascii_alphabetic())
        })
    })
}
