//! Whether a mailbox can be read as it is configured: connects, signs in, opens the folder, looks
//! for those that mail is moved to, and changes nothing.

use tokio_util::sync::CancellationToken;

use super::{Mailbox, SurveyError, login, net::Watch};

/// Answers the folders that mail is moved to and that are not there yet: the first mail makes them.
///
/// # Errors
/// Where it cannot be read: which step failed, in the server's words.
pub fn probe(mailbox: &Mailbox, stop: &CancellationToken) -> Result<Vec<String>, SurveyError> {
    let problems = mailbox.problems();
    if !problems.is_empty() {
        return Err(SurveyError::of(problems.join("; ")));
    }
    let watch = Watch::new(stop.clone());
    let mut talk = login::open(mailbox, &watch)?;
    if talk.examine(&mailbox.folder)?.is_none() {
        let folder = &mailbox.folder;
        return Err(SurveyError::of(format!(
            "folder: {folder} cannot be opened"
        )));
    }
    let mut missing = Vec::new();
    for folder in mailbox.targets() {
        if talk.examine(folder)?.is_none() {
            missing.push(folder.to_owned());
        }
    }
    Ok(missing)
}
