//! Files as they are found in the wild, and the traps in them.

use super::*;
use crate::domain::calendar::{Calendar, Diff, Layers, whole_year};

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
    layers.take(&read(text), false);
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
        (
            &event("STATUS:TENTATIVE\n"),
            "line 6: this event is tentative",
        ),
        (&event("RRULE:FREQ=YEARLY\n"), "line 6"),
        (&event("EXDATE;VALUE=DATE:20270502\n"), "line 6"),
        (&event("RECURRENCE-ID:20270501\n"), "line 6"),
        (&event("DURATION:P1M\n"), "DURATION:P5D"),
        (&event("DURATION:soon\n"), "line 6"),
        (&event("DURATION:P0D\n"), "2027-05-01"),
        (&event("DURATION:-P1D\n"), "line 6"),
        (
            &event("DURATION:P5D\nDTEND;VALUE=DATE:20270504\n"),
            "keep one",
        ),
        (&event("DURATION:P90D\n"), "31"),
        (
            &event("").replace("劳动节", "提醒：劳动节放假通知发布，"),
            "speaks of a notice",
        ),
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
    let said = Import::read(b"date\n2027-10-01,holiday,\xff\xff\n").unwrap_err();
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
    let all = read(&whole_year(
        2027,
        "2028-01-01,holiday,元旦\n2028-01-03,holiday,元旦\n",
    ));
    assert_eq!(
        all.clone().announcing(&[2027]).unwrap().years,
        [2027].into()
    );
    let error = all.announcing(&[2028]).unwrap_err().to_string();
    assert!(error.contains("春节"), "{error}");
    let error = import.clone().announcing(&[2028]).unwrap_err();
    assert!(error.to_string().contains("2028"), "{error}");
    let error = import.announcing(&[]).unwrap_err();
    assert!(error.to_string().contains("--year"), "{error}");
    let whole = read("2026-12-31,holiday,元旦\n2027-01-01,holiday,元旦\n2027-10-01,holiday,x\n");
    assert_eq!(whole.years, [2027].into());
    assert_eq!(read("2027-01-01,holiday,元旦\n").years, [2027].into());
}

/// One event, 劳动节 from 1 May, with more lines; they begin in line 6.
fn event(more: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20270501\n\
         SUMMARY:劳动节 放假\n{more}END:VEVENT\nEND:VCALENDAR\n"
    )
}

#[test]
fn events_last_as_long_as_they_say() {
    let days = |more: &str| read(&event(more)).days.len();
    for (more, n) in [
        ("", 1),
        ("DURATION:P5D\n", 5),
        ("DURATION:P1W\n", 7),
        ("DURATION:PT48H\n", 2),
        ("DTEND;VALUE=DATE:20270506\n", 5),
        ("DTEND;VALUE=DATE:20270506\nDURATION:P5D\n", 5),
        ("DTEND:20270505T235959\n", 5),
        ("DTEND:20270506T000000\n", 5),
        ("STATUS:CONFIRMED\n", 1),
        ("BEGIN:VALARM\nDURATION:PT5M\nSUMMARY:上班\nEND:VALARM\n", 1),
    ] {
        assert_eq!(days(more), n, "{more:?}");
    }
    let timed = |from: &str, more: &str| {
        let whole = event(more).replace("VALUE=DATE:20270501", from);
        read(&whole).days.len()
    };
    assert_eq!(
        timed("VALUE=DATE-TIME:20270501T000000", "DURATION:P5D\n"),
        5
    );
    let zoned = "TZID=Asia/Shanghai:20270501T090000";
    assert_eq!(
        timed(zoned, "DTEND;TZID=Asia/Shanghai:20270501T170000\n"),
        1
    );
    assert_eq!(timed(zoned, "DURATION:PT8H\n"), 1);
    assert_eq!(
        timed("TZID=\"A:B\":20270501T000000", ""),
        1,
        "a colon in quotes"
    );
}

#[test]
fn what_was_called_off_is_no_day() {
    let off = "STATUS:CANCELLED\nRRULE:FREQ=YEARLY\nDTSTART:gone\n";
    assert!(fault(&event(off)).contains("announces nothing"));
    let whole = event("").replace("VERSION:2.0", "METHOD:CANCEL");
    assert!(fault(&whole).contains("announces nothing"));
}

#[test]
fn tables_are_read_as_people_write_them() {
    let plain = read("2027-01-01,holiday,元旦\n2027-02-20,makeup_workday,春节\n");
    for text in [
        "日期,类型,名称\n2027/1/1,放假,元旦\n2027/2/20,上班,春节\n",
        "\u{feff}日期,类型,名称\r\n2027.1.1,放假,元旦\r\n2027.2.20,上班,春节\r\n",
        "节日,日期,类型\n元旦,2027年1月1日,放假\n春节,2027年2月20日,补班\n",
        "Date,Kind,Name\n20270101,Holiday,元旦\n20270220,Workday,春节\n",
        "日期\t类型\t名称\n2027-1-1\t放假\t元旦\n2027-2-20\t上班\t春节\n",
        "\n２０２７／１／１,放假,元旦\n2027年02月20日 星期六,上班,春节\n",
        "2027/1/1 0:00:00,放假,元旦\r2027/2/20 0:00,上班,春节\r",
        "2027年1月1日（星期五）,放假,元旦\n2027-02-20,工作日,春节\n",
    ] {
        assert_eq!(read(text), plain, "{text:?}");
        let (gbk, _, _) = encoding_rs::GB18030.encode(text.trim_start_matches('\u{feff}'));
        assert_eq!(Import::read(&gbk).unwrap(), plain, "{text:?} in GB18030");
        let mut wide = vec![0xff, 0xfe];
        let bare = text.trim_start_matches('\u{feff}');
        wide.extend(bare.encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(Import::read(&wide).unwrap(), plain, "{text:?} in UTF-16");
    }
    for day in [
        "1/1/2027",
        "27-1-1",
        "2027/1/1/1",
        "2027-1",
        "2027/1/1 8:00",
        "2027年13月1日",
    ] {
        let said = fault(&format!("{day},放假,元旦\n"));
        assert!(said.starts_with("line 1: the date"), "{day}: {said}");
    }
}

#[test]
fn a_line_folded_within_a_character_is_put_together() {
    let whole = event("");
    let at = whole.find("动节").unwrap() + 1;
    let mut folded = whole.as_bytes()[..at].to_vec();
    folded.extend(b"\r\n ");
    folded.extend(&whole.as_bytes()[at..]);
    assert!(std::str::from_utf8(&folded).is_err());
    assert_eq!(Import::read(&folded).unwrap(), read(&whole));
    folded.extend(b"BEGIN:VEVENT\r\n");
    let cut = Import::read(&folded).unwrap_err();
    assert_eq!(cut.line, Some(9), "lines keep their numbers");
}

#[test]
fn a_file_of_some_days_announces_no_year() {
    let whole = whole_year(2027, "");
    let lacking = |text: &str, named: &[i16]| {
        let said = read(text).announcing(named).unwrap_err();
        (said.fault.code(), said.to_string())
    };
    assert!(read(&whole).announcing(&[]).is_ok());
    for festival in [
        "元旦",
        "春节",
        "清明节",
        "劳动节",
        "端午节",
        "中秋节",
        "国庆节",
    ] {
        let lines = whole.lines().filter(|l| !l.ends_with(festival));
        let text = lines.collect::<Vec<_>>().join("\n");
        let (code, said) = lacking(&text, &[2027]);
        assert_eq!(code, "incomplete");
        assert!(said.contains(festival), "{said}");
    }
    let without = |day: &str| {
        let lines = whole.lines().filter(|l| !l.starts_with(day));
        lines.collect::<Vec<_>>().join("\n")
    };
    let (_, said) = lacking(&without("2027-02-05"), &[]);
    assert!(
        said.contains("12 of the 13") && said.contains("2027-02-05"),
        "{said}"
    );
    let worked = format!(
        "{}\n2027-05-01,makeup_workday,劳动节\n",
        without("2027-05-01")
    );
    assert!(lacking(&worked, &[]).1.contains("2027-05-01"));
    // Weekends that a holiday joins may be left out.
    assert!(read(&without("2027-05-01")).announcing(&[]).is_ok());
    assert!(read(&without("2027-02-06")).announcing(&[]).is_ok());
    let one = "2027-04-20,holiday,校庆\n";
    let (_, said) = lacking(one, &[]);
    for what in ["元旦", "春节", "国庆节", "0 of the 13", "--layer local"] {
        assert!(said.contains(what), "{said}");
    }
    // Other years of a feed are left out, where one is named.
    let feed = whole_year(2027, "2028-10-01,holiday,国庆节\n2027-12-31,holiday,元旦\n");
    assert!(lacking(&feed, &[]).1.contains("2028"));
    let named = read(&feed).announcing(&[2027]).unwrap();
    assert!(!named.days.contains_key(&date("2028-10-01")));
    assert!(named.days.contains_key(&date("2027-12-31")));
}

#[test]
fn every_built_in_year_could_be_imported() {
    let calendar = Calendar::built_in();
    for year in calendar.years() {
        let days = calendar.special_days(*year);
        let lines = days.map(|(d, k)| format!("{d},{},{}\n", k.code(), k.name()));
        let import = read(&lines.collect::<String>()).announcing(&[*year]);
        assert!(import.is_ok(), "{year}: {import:?}");
    }
}
