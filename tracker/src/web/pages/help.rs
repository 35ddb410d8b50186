//! How to write, what happens then, and what becomes public.

use askama::Template;

use super::portal::ChannelCard;
use crate::web::chrome::Chrome;

/// `GET /help`
#[derive(Clone, Debug, Default, Template)]
#[template(path = "help.html")]
pub struct HelpPage {
    /// The frame.
    pub chrome: Chrome,
    /// The channels with their terms.
    pub channels: Vec<ChannelCard>,
}
