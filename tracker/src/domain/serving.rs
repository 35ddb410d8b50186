//! 送达方式: how words reach a writer, and when whoever has to carry them there is reminded.

use jiff::civil::Date;

use super::{calendar::Calendar, words::Service};

/// Workdays in which what was issued is posted, telephoned or handed over; after as many more it
/// is asked after again.
pub const WITHIN: u32 = 3;

/// What a writer left.
#[derive(Debug, Clone, Copy, Default)]
pub struct Left {
    /// How they want to be answered, where they said so.
    pub chosen: Option<Service>,
    /// An address that mail can go to, and a server to send it.
    pub email: bool,
    /// A postal address.
    pub address: bool,
    /// A telephone.
    pub phone: bool,
    /// The letter came on paper, by telephone or in person: nobody saw the page where it is followed.
    pub by_hand: bool,
}

impl Left {
    /// How the words go: as the writer wished, where that can be done; else by mail, else by post,
    /// and to whoever never saw the website by telephone. On the website alone only where they chose
    /// it or left nothing else.
    #[must_use]
    pub fn way(self) -> Service {
        let can = |way: &Service| match way {
            Service::Mail => self.email,
            Service::Post => self.address,
            Service::Phone => self.phone,
            Service::Portal | Service::Counter => true,
        };
        let usual = [Service::Mail, Service::Post];
        let usual = usual.into_iter().find(can);
        let by_word = (self.by_hand && self.phone).then_some(Service::Phone);
        let chosen = self.chosen.filter(can);
        chosen.or(usual).or(by_word).unwrap_or(Service::Portal)
    }
}

impl Service {
    /// Whether it counts only once a person recorded it.
    #[must_use]
    pub fn is_by_hand(self) -> bool {
        matches!(self, Self::Post | Self::Phone | Self::Counter)
    }
}

/// The day on which whoever has to serve something is asked after it, `since` a day.
#[must_use]
pub fn remind_on(calendar: &Calendar, since: Date) -> Date {
    let mut day = since;
    while calendar.workdays_between(since, day) < WITHIN {
        match day.tomorrow() {
            Ok(next) => day = next,
            Err(_) => return day,
        }
    }
    day
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_go_as_wished_or_where_they_can() {
        use Service::{Counter, Mail, Phone, Portal, Post};
        // chosen, email, address, phone, by hand
        let cases = [
            ((None, true, true, true, true), Mail),
            ((None, false, true, true, true), Post),
            ((None, false, true, false, false), Post),
            ((None, false, false, true, true), Phone),
            ((None, false, false, true, false), Portal),
            ((None, false, false, false, true), Portal),
            ((None, false, false, false, false), Portal),
            ((Some(Post), true, true, true, false), Post),
            ((Some(Portal), true, true, true, true), Portal),
            ((Some(Counter), false, false, false, true), Counter),
            ((Some(Phone), false, true, true, false), Phone),
            // What cannot be done is no choice.
            ((Some(Post), true, false, false, false), Mail),
            ((Some(Mail), false, true, false, false), Post),
            ((Some(Phone), false, false, false, true), Portal),
        ];
        for ((chosen, email, address, phone, by_hand), way) in cases {
            let left = Left {
                chosen,
                email,
                address,
                phone,
                by_hand,
            };
            assert_eq!(left.way(), way, "{left:?}");
        }
    }

    #[test]
    fn three_workdays_later_it_is_asked_after() {
        let calendar = Calendar::built_in();
        let (friday, wednesday) = (Date::constant(2026, 11, 20), Date::constant(2026, 11, 25));
        assert_eq!(remind_on(calendar, friday), wednesday);
    }
}
