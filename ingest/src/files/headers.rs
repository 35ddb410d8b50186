//! When a message in a file reached its server: the topmost Received, else Date, else the file's
//! own time. This much of the headers is looked at; reading them is not a source's business.

use jiff::{Timestamp, ToSpan};

use crate::read::dates;

/// How much of a message is looked at.
pub(super) const HEAD: usize = 256 << 10;

/// Dates before 1980 are those of clocks that were never set.
const OLDEST: i64 = 315_532_800;

/// The instant of receipt. A date later than tomorrow is nobody's receipt and is passed over.
pub(super) fn received_at(head: &[u8], seen_at: Timestamp, file_time: Timestamp) -> Timestamp {
    let received = first(head, "received")
        .and_then(|value| value.rsplit_once(';').map(|(_, date)| date.to_owned()));
    let date = first(head, "date");
    let latest = seen_at.saturating_add(24.hours()).unwrap_or(Timestamp::MAX);
    let plausible = |at: &Timestamp| at.as_second() >= OLDEST && *at <= latest;
    [received, date]
        .into_iter()
        .flatten()
        .filter_map(|value| dates::parse(value.as_bytes()))
        .find(plausible)
        .unwrap_or_else(|| file_time.min(seen_at))
}

/// The unfolded value of the first header of that name.
fn first(head: &[u8], name: &str) -> Option<String> {
    let head = &head[..head.len().min(HEAD)];
    let mut value: Option<Vec<u8>> = None;
    for line in head.split(|&b| b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        if matches!(line[0], b' ' | b'\t') {
            if let Some(value) = &mut value {
                value.extend_from_slice(line);
            }
            continue;
        }
        if value.is_some() {
            break;
        }
        if let Some(colon) = line.iter().position(|&b| b == b':')
            && line[..colon]
                .trim_ascii_end()
                .eq_ignore_ascii_case(name.as_bytes())
        {
            value = Some(line[colon + 1..].to_vec());
        }
    }
    value.map(|value| String::from_utf8_lossy(&value).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn received(head: &str) -> String {
        received_at(
            head.as_bytes(),
            at("2026-11-23T10:00:00Z"),
            at("2020-01-01T00:00:00Z"),
        )
        .to_string()
    }

    #[test]
    fn the_topmost_received_counts() {
        let head = "From x Thu Nov 12 2026\nReceived: from a (b; c)\r\n\tby d; Thu, 12 Nov 2026\r\n \
            08:00:05 +0800 (CST)\r\nReceived: from e; Wed, 11 Nov 2026 08:00:00 +0800\r\n\
            Date: Tue, 10 Nov 2026 00:00:00 +0000\r\n\r\nbody";
        assert_eq!(received(head), "2026-11-12T00:00:05Z");
    }

    #[test]
    fn then_date_then_the_file() {
        let date = "date : 10 Nov 2026 00:00:00 GMT\n";
        assert_eq!(received(date), "2026-11-10T00:00:00Z");
        assert_eq!(
            received(&format!("Received: no date\n{date}")),
            "2026-11-10T00:00:00Z"
        );
        assert_eq!(
            received("Subject: x\n\nDate: Tue, 10 Nov 2026 00:00:00 GMT"),
            "2020-01-01T00:00:00Z"
        );
        assert_eq!(received(""), "2020-01-01T00:00:00Z");
    }

    #[test]
    fn a_zone_in_words_counts() {
        assert_eq!(
            received("Date: Mon, 16 Nov 2026 17:30:00 GMT+8\n\n"),
            "2026-11-16T09:30:00Z"
        );
        assert_eq!(
            received("Date: Mon, 16 Nov 2026 17:30:00 +08:00\n\n"),
            "2026-11-16T09:30:00Z"
        );
    }

    #[test]
    fn impossible_dates_are_passed_over() {
        assert_eq!(
            received(
                "Received: x; Thu, 12 Nov 2037 00:00:00 +0000\nDate: Thu, 1 Jan 1970 00:00:00 +0000\n\n"
            ),
            "2020-01-01T00:00:00Z"
        );
        assert_eq!(
            received("Date: 99 Foo 2026 77:00\n\n"),
            "2020-01-01T00:00:00Z"
        );
    }
}
