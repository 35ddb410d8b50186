//! Every template in every language, and what must never stand in one.

use jiff::civil::date;

use super::*;
use crate::notification::{Notice, NoticeKind, Receipt, Reply};

const NUMBER: &str = "2026-000123-X";
const URL: &str = "https://letters.example.gov.cn/track";

fn office() -> Office {
    Office {
        name: "回音".into(),
        organiser: "某某省自然资源厅".into(),
        phone: "010-12345678".into(),
        track_url: URL.into(),
    }
}

fn receipt(office: &Office, neutral: bool) -> Notification<'_> {
    Notification::Receipt(Receipt {
        office,
        number: NUMBER,
        received_on: date(2026, 11, 23),
        due_on: date(2026, 12, 2),
        provisional: true,
        neutral,
    })
}

fn reply<'a>(office: &'a Office, text: &'a str, neutral: bool) -> Notification<'a> {
    Notification::Reply(Reply {
        office,
        number: NUMBER,
        writer_name: "张三丰",
        subject: "关于采矿权延续的咨询",
        text,
        unit: "矿业权管理处",
        issued_on: date(2026, 11, 30),
        neutral,
        on_paper: false,
    })
}

fn notice(office: &Office, kind: NoticeKind, neutral: bool) -> Notification<'_> {
    Notification::Notice(Notice {
        office,
        number: NUMBER,
        writer_name: "张三丰",
        kind,
        ground: "《信访工作条例》第三十条",
        text: "请向人民法院提起诉讼。\n\n附：联系方式",
        issued_on: date(2026, 11, 30),
        neutral,
        on_paper: false,
    })
}

const KINDS: [NoticeKind; 7] = [
    NoticeKind::Declined,
    NoticeKind::Directed,
    NoticeKind::Transferred,
    NoticeKind::Duplicate,
    NoticeKind::Accepted,
    NoticeKind::Extended,
    NoticeKind::Suspended,
];

fn samples(office: &Office) -> Vec<Notification<'_>> {
    let mut all = Vec::new();
    for neutral in [false, true] {
        all.push(receipt(office, neutral));
        all.push(reply(office, "一、可以。\n\n二、请带材料。", neutral));
        all.extend(KINDS.map(|kind| notice(office, kind, neutral)));
    }
    all
}

fn whole(rendered: &Rendered) -> String {
    format!("{}\n{}\n{}", rendered.subject, rendered.text, rendered.html)
}

#[test]
fn every_template_says_number_where_to_look_and_keeps_the_token_line() {
    let without_phone = Office {
        phone: String::new(),
        ..office()
    };
    for office in [office(), without_phone] {
        for (sample, language) in samples(&office)
            .iter()
            .flat_map(|sample| Language::ALL.map(|language| (sample, language)))
        {
            let rendered = render(sample, language).unwrap();
            assert!(rendered.subject.contains(NUMBER) && !rendered.subject.contains('\n'));
            for body in [&rendered.text, &rendered.html] {
                assert!(body.contains(NUMBER) && body.contains(URL), "{body}");
                assert_eq!(body.matches(&format!("[{TOKEN}]")).count(), 1, "{body}");
                assert!(!body.contains("\n\n\n") && !body.contains(" \n"), "{body}");
                assert!(!body.contains("{{") && !body.contains("{%"), "{body}");
                assert!(!office.phone.is_empty() || !body.contains("电话"), "{body}");
                assert!(
                    !office.phone.is_empty() || !body.contains("Telephone"),
                    "{body}"
                );
            }
            assert!(
                rendered
                    .html
                    .contains(&format!("<html lang=\"{}\">", language.code()))
            );
            assert_eq!(
                rendered.text.contains("信件编号"),
                language == Language::Chinese
            );
        }
    }
}

#[test]
fn the_token_line_reads_as_the_tracker_expects() {
    let office = office();
    let rendered = render(&receipt(&office, false), Language::Chinese).unwrap();
    let filled = fill(&rendered, Some("ABCD-EFGH-JKMN-PQRS"), Some("k7-42"));
    assert!(filled.text.contains("\n回信请保留本行：[k7-42]\n"));
    assert!(filled.text.contains("\n查询码：ABCD-EFGH-JKMN-PQRS\n"));
    assert!(filled.html.contains("[k7-42]") && filled.html.contains("ABCD-EFGH-JKMN-PQRS"));
    assert!(rendered.has_places() && !filled.has_places());
}

#[test]
fn a_receipt_of_a_sealed_letter_looks_like_any_other() {
    let office = office();
    for language in Language::ALL {
        let open = render(&receipt(&office, false), language).unwrap();
        assert_eq!(open, render(&receipt(&office, true), language).unwrap());
        assert!(open.text.contains(if language == Language::Chinese {
            "2026年12月2日（暂定"
        } else {
            "2 December 2026 (provisional"
        }));
        for box_word in ["举报", "信箱", "信访", "纪检", "report box", "petition"] {
            assert!(!whole(&open).contains(box_word), "{box_word}");
        }
    }
}

#[test]
fn a_neutral_mail_tells_nothing() {
    let office = office();
    let secrets = [
        "张三",
        "采矿权",
        "可以",
        "矿业权",
        "自然资源",
        "回音",
        "12345678",
        "诉讼",
        "条例",
        "举报",
        "信箱",
        "纪检",
        "受理",
        "转送",
        "重复",
        "report",
        "declin",
        "accept",
        "transfer",
    ];
    for language in Language::ALL {
        let mut all = vec![render(&reply(&office, "可以。", true), language).unwrap()];
        let notices = KINDS.map(|kind| render(&notice(&office, kind, true), language).unwrap());
        assert!(
            notices.iter().all(|other| *other == notices[0]),
            "kinds look alike"
        );
        all.extend(notices);
        for rendered in all {
            let whole = whole(&rendered).to_lowercase();
            for secret in secrets {
                assert!(!whole.contains(secret), "{secret} in {whole}");
            }
            assert!(
                !whole.contains(CODE),
                "the code stands in the receipt alone"
            );
        }
    }
    assert!(render(&reply(&office, "", true), Language::Chinese).is_ok());
}

#[test]
fn a_reply_shows_its_text_whole_and_its_html_inert() {
    let office = office();
    let text = "一、<script>alert(1)</script>\r\n  第二行 & 更多\r\n\r\n\r\n二、\"引号\"";
    let rendered = render(&reply(&office, text, false), Language::Chinese).unwrap();
    assert_eq!(
        rendered.subject,
        "Re: 关于采矿权延续的咨询（信件编号 2026-000123-X）"
    );
    let shown = "\n\n一、<script>alert(1)</script>\n  第二行 & 更多\n\n\n二、\"引号\"\n\n";
    assert!(rendered.text.contains(shown), "{}", rendered.text);
    assert!(
        rendered
            .text
            .contains("承办处室：矿业权管理处\n2026年11月30日\n")
    );
    assert!(!rendered.html.contains("<script"));
    assert!(rendered.html.contains("&#60;script"), "{}", rendered.html);
    assert!(
        rendered.html.contains("<br>  第二行 &#38; 更多</p>"),
        "{}",
        rendered.html
    );
}

#[test]
fn a_reply_that_says_nothing_is_refused() {
    let office = office();
    let blank = render(&reply(&office, " \r\n\u{fdd0}\t", false), Language::English);
    assert!(matches!(blank, Err(RenderError::Blank)));
}

#[test]
fn people_cannot_make_places_for_secrets_or_lines_of_their_own() {
    let office = office();
    let forged = format!("查询码 {CODE} 口令 {TOKEN}");
    let sample = Notification::Reply(Reply {
        office: &office,
        number: NUMBER,
        writer_name: &forged,
        subject: "问\r\nBcc: a@b.c\u{2028}题",
        text: &forged,
        unit: &forged,
        issued_on: date(2026, 11, 30),
        neutral: false,
        on_paper: false,
    });
    let rendered = render(&sample, Language::Chinese).unwrap();
    assert_eq!(
        rendered.subject,
        "Re: 问 Bcc: a@b.c 题（信件编号 2026-000123-X）"
    );
    let filled = fill(&rendered, Some("SECRETCODE"), Some("SECRETTOKEN"));
    assert!(!whole(&filled).contains("SECRETCODE"));
    assert_eq!(filled.text.matches("SECRETTOKEN").count(), 1);
    assert_eq!(filled.html.matches("SECRETTOKEN").count(), 1);
}

#[test]
fn a_page_that_shows_what_was_sent_shows_dots() {
    let office = office();
    let rendered = render(&receipt(&office, false), Language::English).unwrap();
    let shown = fill(&rendered, None, None);
    assert!(shown.text.contains("Query code: ••••\n") && shown.text.contains("[••••]"));
    assert!(
        fill(&rendered, Some("<b>"), None)
            .html
            .contains("&#60;b&#62;")
    );
}

#[test]
fn a_duplicate_names_the_first_letter() {
    let office = office();
    let sample = Notification::Notice(Notice {
        office: &office,
        number: NUMBER,
        writer_name: "",
        kind: NoticeKind::Duplicate,
        ground: "2026-000101-7",
        text: "",
        issued_on: date(2026, 11, 30),
        neutral: false,
        on_paper: false,
    });
    let rendered = render(&sample, Language::Chinese).unwrap();
    assert!(
        rendered
            .text
            .starts_with("来信人：\n\n您的来信（信件编号 2026-000123-X）收悉。")
    );
    assert!(
        rendered
            .text
            .contains("\n\n原信件编号：2026-000101-7\n\n某某省自然资源厅\n")
    );
}

#[test]
fn a_digest_says_what_waits_and_nothing_else() {
    use crate::staff::{Digest, Line, Section, SectionKind};
    let office = office();
    let late = Line {
        number: NUMBER.into(),
        subject: "关于<b>采矿权</b>的咨询".into(),
        unit: "矿业权管理处".into(),
        holder: "李四".into(),
        owed: "答复期限".into(),
        due_on: Some(date(2026, 11, 20)),
        late: 3,
        url: "https://letters.example.gov.cn/desk/letters/2026-000123-X".into(),
        ..Line::default()
    };
    let urged = Line {
        by: "王五".into(),
        words: "请于今日\n回复来信人".into(),
        ..late.clone()
    };
    let section = |kind, lines, hidden| Section {
        kind,
        lines,
        more: 2,
        hidden,
        text: String::new(),
    };
    let sample = Notification::Digest(Digest {
        office: &office,
        name: "赵六",
        day: date(2026, 11, 25),
        desk_url: "https://letters.example.gov.cn/desk",
        sections: vec![
            section(SectionKind::Urged, vec![urged], 0),
            section(SectionKind::Supervise, vec![late], 1),
        ],
    });
    let chinese = render(&sample, Language::Chinese).unwrap();
    assert_eq!(chinese.subject, "信件办理提醒（2026年11月25日，7件）");
    for words in [
        "\n【督办：已逾期，请立即办理】\n1. 2026-000123-X《关于<b>采矿权</b>的咨询》，矿业权管理处，现由李四办理，答复期限2026年11月20日，已逾期3个工作日\n",
        "。王五：请于今日 回复来信人\n",
        "\n另有不便列明的信件1件，由指定人员办理。\n",
    ] {
        assert!(chinese.text.contains(words), "{words}\n{}", chinese.text);
    }
    assert!(chinese.html.contains("&#60;b&#62;") && !chinese.html.contains("<b>采"));
    let english = render(&sample, Language::English).unwrap();
    assert!(english.text.contains("held by 李四"), "{}", english.text);
    assert!(
        english.text.contains("3 workdays overdue"),
        "{}",
        english.text
    );
    for rendered in [&chinese, &english] {
        assert!(
            !rendered.has_places() && !rendered.text.contains("\n\n\n"),
            "{}",
            rendered.text
        );
        assert!(!whole(rendered).contains("{{") && !whole(rendered).contains("{%"));
    }
}

#[test]
fn a_week_and_an_urgent_call_read_in_both_languages() {
    use crate::staff::{Called, Line, Section, SectionKind, Urgent, Weekly, WeeklyRow};
    let office = office();
    let row = WeeklyRow {
        unit: "耕保处".into(),
        open: 12,
        overdue: 3,
        oldest: Some(date(2026, 11, 2)),
        ..WeeklyRow::default()
    };
    let week = Notification::Weekly(Weekly {
        office: &office,
        name: "赵六",
        day: date(2026, 11, 23),
        from: date(2026, 11, 16),
        to: date(2026, 11, 22),
        desk_url: URL,
        rows: vec![row, WeeklyRow::default()],
        sealed: 2,
        sections: vec![Section {
            kind: SectionKind::Urge,
            lines: vec![Line {
                number: NUMBER.into(),
                ..Line::default()
            }],
            more: 0,
            hidden: 0,
            text: String::new(),
        }],
    });
    let shown = render(&week, Language::Chinese).unwrap();
    assert_eq!(
        shown.subject,
        "信件办理周报（2026年11月23日，在办12件，逾期3件）"
    );
    assert!(
        shown
            .text
            .contains("\n耕保处：在办12件，其中逾期3件（最早应于2026年11月2日前办结）")
    );
    assert!(shown.text.contains("\n待分办：在办0件") && shown.text.contains("2件。\n"));
    assert!(
        shown
            .text
            .contains("\n\n【催办：已逾期，请抓紧办理】\n1. 2026-000123-X\n\n工作台"),
        "{}",
        shown.text
    );
    let called = |subject: &str, times| Called {
        number: NUMBER.into(),
        channel: "在线咨询".into(),
        subject: subject.into(),
        received: subject.into(),
        times,
        url: URL.into(),
    };
    let call = |letters| {
        Notification::Urgent(Urgent {
            office: &office,
            name: "值班员",
            letters,
            desk_url: URL,
        })
    };
    let open = render(&call(vec![called("后山滑坡", 2)]), Language::Chinese).unwrap();
    assert!(open.subject.contains("第2次通知") && open.text.contains("标题：后山滑坡\n"));
    let sealed = call(vec![called("", 1)]);
    let shown = render(&sealed, Language::Chinese).unwrap();
    assert!(!whole(&shown).contains("标题") && shown.text.contains(NUMBER));
    let many = call(vec![called("后山滑坡", 1), called("塌陷", 3)]);
    let shown = render(&many, Language::Chinese).unwrap();
    assert_eq!(shown.subject, "【紧急】2件信件请立即处置");
    let lines = format!("{NUMBER}　在线咨询\n{NUMBER}　在线咨询　第3次通知\n");
    assert!(shown.text.contains(&lines), "{}", shown.text);
    let words = whole(&shown);
    assert!(
        !words.contains("滑坡") && !words.contains("塌陷"),
        "{words}"
    );
    for language in Language::ALL {
        for sample in [&week, &sealed, &many] {
            let rendered = render(sample, language).unwrap();
            assert!(!rendered.text.contains("\n\n\n"), "{}", rendered.text);
            assert!(!whole(&rendered).contains("{{") && !whole(&rendered).contains("{%"));
        }
    }
}

#[test]
fn on_paper_nothing_speaks_of_a_mail() {
    let office = office();
    for language in Language::ALL {
        let reply = Notification::Reply(Reply {
            on_paper: true,
            ..match reply(&office, "可以。", false) {
                Notification::Reply(r) => r,
                _ => unreachable!(),
            }
        });
        let notice = Notification::Notice(Notice {
            on_paper: true,
            ..match notice(&office, NoticeKind::Declined, false) {
                Notification::Notice(n) => n,
                _ => unreachable!(),
            }
        });
        for sample in [reply, notice] {
            let text = render(&sample, language).unwrap().text;
            assert!(text.contains(NUMBER) && text.contains(URL), "{text}");
            for word in ["邮件", "this message", "[", "this line"] {
                assert!(!text.contains(word), "{word}: {text}");
            }
        }
    }
}

#[test]
fn nobody_is_greeted_twice() {
    let office = office();
    let own = "尊敬的张三丰先生：\n您好！\n您的来信收悉，现答复如下：\n可以。\n\n某某省自然资源厅\n2026年11月30日";
    let rendered = render(&reply(&office, own, false), Language::Chinese).unwrap();
    let start = "尊敬的张三丰先生：\n\n您好！\n\n（信件编号 2026-000123-X）\n\n您的来信收悉，现答复如下：\n可以。\n\n某某省自然资源厅\n承办处室：矿业权管理处\n2026年11月30日\n";
    assert!(rendered.text.starts_with(start), "{}", rendered.text);
    assert_eq!(
        rendered.html.matches("三丰").count(),
        1,
        "{}",
        rendered.html
    );
    assert_eq!(rendered.html.matches("您好").count(), 1);
    let plain = render(&reply(&office, "可以。", false), Language::Chinese).unwrap();
    let start = "张三丰：\n\n您的来信（信件编号 2026-000123-X）收悉，现答复如下：\n\n可以。\n";
    assert!(plain.text.starts_with(start), "{}", plain.text);
    let english = render(
        &reply(&office, "Dear Mr Zhang,\n\nYes.", false),
        Language::English,
    );
    let text = english.unwrap().text;
    assert!(text.starts_with("Dear Mr Zhang,\n\nThank you"), "{text}");
    assert_eq!(text.matches("Dear").count(), 1);
}
