//! A zone for a test that lives today and needs a certain time of the day.

use jiff::{Timestamp, tz::TimeZone};

/// A zone in which it is between this full hour and the next.
#[must_use]
pub fn where_it_is(hour: i8) -> TimeZone {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test lives today, like the product it starts"
    )]
    let now = TimeZone::UTC.to_datetime(Timestamp::now()).hour();
    let ahead = hour - now;
    let ahead = if ahead < -12 { ahead + 24 } else { ahead };
    // The signs of these names are turned round.
    TimeZone::get(&format!("Etc/GMT{:+}", -ahead)).expect("a zone")
}
