//! Whose a mail is and where its answer goes, by what we know of our own addresses.

use ingest::letter::IncomingLetter;

use crate::{
    app::App,
    domain::{
        ours::{self, Ours, Says},
        words::Source,
    },
};

/// The message with its writer's address settled: never one of ours, and one that mail can be sent
/// to, where there is any. What a form, the API or a clerk sent says it itself.
pub(super) fn settled(app: &App, source: Source, mut letter: IncomingLetter) -> IncomingLetter {
    if !source.is_mail() {
        return letter;
    }
    let ours = Ours::of(app.config.own_addresses());
    let reply_to: Vec<String> = letter.reply_to.iter().map(|a| a.address.clone()).collect();
    let says = Says {
        reply_to: &reply_to,
        from: letter.from.as_ref().map(|a| a.address.as_str()),
        sender: letter.sender.as_ref().map(|a| a.address.as_str()),
    };
    let email = ours::answer_to(says, &ours).unwrap_or_default();
    letter.writer.email = email.to_owned();
    if is_ours(&ours, &letter) {
        // The name in From is the form's.
        let named = letter.reply_to.iter().map(|a| &a.name);
        let mut named = named.filter(|n| !n.is_empty() && !n.contains('@'));
        letter.writer.name = named.next().cloned().unwrap_or_default();
    }
    letter.writer.anonymous = letter.writer.name.is_empty() && letter.writer.email.is_empty();
    letter
}

/// It names us as its sender and leaves no other address: perhaps a form of our own site, perhaps a
/// colleague in the mailbox itself.
pub(super) fn is_nobody(app: &App, source: Source, letter: &IncomingLetter) -> bool {
    let ours = Ours::of(app.config.own_addresses());
    source.is_mail() && letter.writer.email.is_empty() && is_ours(&ours, letter)
}

fn is_ours(ours: &Ours, letter: &IncomingLetter) -> bool {
    letter.from.as_ref().is_some_and(|f| ours.has(&f.address))
}
