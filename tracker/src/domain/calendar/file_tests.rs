//! Files as they are found in the wild, and the traps in them.

use super::*;
use crate::domain::calendar::{Calendar, Diff, Layers};

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn read(text: &str) -> Import {
    Import::read(text.as_bytes()).unwrap()
}

fn fault(text: &str) -> String {
    Import::read(text.as_bytes()).unwrap_err().to_string()
}

fn laid(text: &str) -> Calendar {
    let mut layers = Layers::default();
    layers.take(&read(text).announcing(&[]).unwrap(), false);
    Calendar::lay(&layers)
}

const NOTICE: &str = r#"{"year": 2027, "papers": ["https://www.gov.cn/x"], "days": [
    {"name": "元旦", "date": "2026-12-26", "isOffDay": false},
    {"name": "元旦", "date": "2026-12-31", "isOffDay": true},
    {"name": "元旦", "date": "2027-01-01", "isOffDay": true},
    {"name": "春节", "date": "2027-02-01", "isOffDay": false},
    {"name": "春节", "date": "2027-02-05", "isOffDay": true},
    {"name": "春节", "date": "2027-02-20", "isOffDay": false}
]}"#;

#[test]
fn a_notice_announces_its_year_alone_and_moves_days_of_the_december_before() {
    let calendar = laid(NOTICE);
    assert!(calendar.published(2027) && calendar.published(2026) && !calendar.published(2028));
    assert!(calendar.is_workday(date("2026-12-26")), "a Saturday");
    assert!(!calendar.is_workday(date("2026-12-31")));
    assert!(!calendar.is_workday(date("2026-10-01")), "2026 is kept");
    assert_eq!(calendar.kind(date("2027-02-01")), DayKind::Workday);
    assert_eq!(
        calendar.kind(date("2027-02-20")),
        DayKind::MakeupWorkday("春节".into())
    );
    assert!(
        !calendar.is_workday(date("2027-02-06")),
        "a weekend not listed"
    );
    assert!(calendar.version().starts_with("cn-2027."));
}

#[test]
fn a_newer_notice_takes_back_what_the_older_set_at_the_turn_of_the_year() {
    let mut layers = Layers::default();
    layers.take(&read(NOTICE), false);
    let shorter = r#"{"year":2027,"days":[{"name":"元旦","date":"2027-01-01","isOffDay":true}]}"#;
    layers.take(&read(shorter), false);
    let calendar = Calendar::lay(&layers);
    assert!(calendar.is_workday(date("2026-12-31")));
    assert!(calendar.is_workday(date("2027-02-05")));
    assert_eq!(layers.rows().count(), 1);
}

#[test]
fn an_imported_year_replaces_the_built_in_one() {
    let calendar = laid("date,kind,name\n2026-05-01,holiday,劳动节\n");
    assert!(calendar.is_workday(date("2026-10-01")));
    assert!(!calendar.is_workday(date("2026-05-01")));
    assert!(!calendar.is_workday(date("2025-10-01")));
    assert_ne!(calendar.version(), Calendar::built_in().version());
}

#[test]
fn all_three_forms_say_the_same() {
    let csv = "date,kind,name\n2027-10-01,holiday,国庆节\n2027-10-02,holiday,国庆节\n\
               2027-10-09,makeup_workday,国庆节\n";
    let ics = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-WR-CALNAME:中国法定\r\n 节假日\r\n\
               BEGIN:VTIMEZONE\r\nTZID:Asia/Shanghai\r\nBEGIN:STANDARD\r\n\
               DTSTART:19700101T000000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n\
               SUMMARY:国庆\r\n 节假期\r\nDTSTART;VALUE=DATE:20271001\r\n\
               DTEND;VALUE=DATE:20271003\r\nUID:a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n\
               SUMMARY:上班(补国庆节假期)\r\nDTSTART;VALUE=DATE:20271009\r\n\
               DTEND;VALUE=DATE:20271010\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let json = r#"{"year":2027,"papers":[],"days":[
        {"name":"国庆节","date":"2027-10-01","isOffDay":true},
        {"name":"国庆节","date":"2027-10-02","isOffDay":true},
        {"name":"国庆节","date":"2027-10-09","isOffDay":false}]}"#;
    assert_eq!(read(csv), read(ics));
    assert_eq!(read(csv), read(json));
    assert_eq!(read(&format!("\u{feff}{csv}")), read(json), "Excel's mark");
    let by_hand = csv
        .replace(",holiday,", ",放假,")
        .replace(",makeup_workday,", ",上班,");
    assert_eq!(read(&by_hand), read(csv));
}

#[test]
fn summaries_of_other_calendars_are_understood() {
    for (summary, works) in [
        ("春节 休", false),
        ("国庆节（班）", true),
        ("清明节 holiday", false),
        ("劳动节补班", true),
        ("Spring Festival", false),
        ("Workday (National Day)", true),
        ("元旦", false),
        ("春节 补班 第1天/共2天", true),
        ("春节调休上班", true),
    ] {
        let ics = format!(
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20270619\nSUMMARY:{summary}\n\
             END:VEVENT\nEND:VCALENDAR\n"
        );
        let import = read(&ics);
        assert_eq!(import.days[&date("2027-06-19")].works(), works, "{summary}");
        assert_eq!(import.days.len(), 1, "without DTEND one day");
    }
}

#[test]
fn faults_name_line_and_mend() {
    let both = "2027-10-01,holiday,a\n2027-10-01,makeup_workday,a\n";
    let meeting = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:lunch\nDTSTART;VALUE=DATE:20270101\n\
                   END:VEVENT\nEND:VCALENDAR\n";
    let backwards = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:元旦\nDTSTART;VALUE=DATE:20270103\n\
                     DTEND;VALUE=DATE:20270103\nEND:VEVENT\nEND:VCALENDAR\n";
    let cut = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:元旦\n";
    let utc = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:元旦\nDTSTART:20261231T160000Z\n\
               END:VEVENT\nEND:VCALENDAR\n";
    for (text, hint) in [
        ("date,kind,name\n2027-13-01,holiday,x\n", "line 2"),
        ("date,kind,name\n2027-10-01,party,x\n", "makeup_workday"),
        ("2027-10-01,holiday,x\r\n2027-10-02,party,x\r\n", "line 2"),
        (both, "line 2"),
        (meeting, "line 2"),
        (backwards, "DTEND"),
        (cut, "cut short"),
        (
            &meeting.replace("lunch", "春节调休"),
            "neither holiday nor work",
        ),
        (utc, "line 4"),
        ("{\"year\": 2027,\n \"days\": [{}]}", "line 2"),
        (r#"{"year":2027,"days":[]}"#, "announces nothing"),
        ("BEGIN:VCALENDAR\nEND:VCALENDAR\n", "announces nothing"),
        ("", "announces nothing"),
        (
            r#"{"year":2027,"days":[{"name":"a","date":"2030-01-01","isOffDay":true}]}"#,
            "2030",
        ),
    ] {
        let said = fault(text);
        assert!(said.contains(hint), "{text:?}: {said}");
    }
    let said = Import::read(b"date\n2027-10-01,holiday,\xb9\xfa\n").unwrap_err();
    assert_eq!(said.line, Some(2));
    assert!(said.to_string().contains("UTF-8"));
}

#[test]
fn a_province_adds_days_and_opens_offices_on_others() {
    let mut layers = Layers::default();
    let own = "2026-04-18,holiday,三月三\n2026-04-20,holiday,三月三\n\
               2026-05-05,makeup_workday,抢险\n2026-04-21,makeup_workday,平常\n";
    layers.take(&read(own), true);
    let calendar = Calendar::lay(&layers);
    assert!(!calendar.is_workday(date("2026-04-20")));
    assert!(
        calendar.is_workday(date("2026-05-05")),
        "over a state holiday"
    );
    assert_eq!(calendar.kind(date("2026-04-21")), DayKind::Workday);
    assert!(!calendar.published(2027) && calendar.version().ends_with("+local"));
    let diff = Diff::between(Calendar::built_in(), &calendar);
    assert_eq!((diff.added.len(), diff.changed.len()), (2, 1));
    assert!(diff.removed.is_empty() && diff.published.is_empty());
    // The state's year comes later and leaves the province's days.
    layers.take(&read(NOTICE), false);
    assert!(!Calendar::lay(&layers).is_workday(date("2026-04-20")));
}

#[test]
fn a_file_of_the_turn_of_the_year_must_name_its_year() {
    let import = read("2026-12-31,holiday,元旦\n2027-01-01,holiday,元旦\n");
    assert!(import.years.is_empty());
    assert_eq!(
        import.clone().announcing(&[2027]).unwrap().years,
        [2027].into()
    );
    let error = import.clone().announcing(&[2028]).unwrap_err();
    assert!(error.to_string().contains("2028"), "{error}");
    let error = import.announcing(&[]).unwrap_err();
    assert!(error.to_string().contains("--year"), "{error}");
    let whole = read("2026-12-31,holiday,元旦\n2027-01-01,holiday,元旦\n2027-10-01,holiday,x\n");
    assert_eq!(whole.years, [2027].into());
    assert_eq!(read("2027-01-01,holiday,元旦\n").years, [2027].into());
}
