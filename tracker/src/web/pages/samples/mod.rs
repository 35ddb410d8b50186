//! Every page with plausible data, rendered in both languages by the tests.

mod admin;
mod calendar;
mod intake;
mod law;
mod letters;
mod public;

use std::sync::Arc;

use askama::Template;

use super::desk::LetterRow;
use super::parts::{Choice, Day, Due, FieldError, File, KeptFile, Line, Stretch};
use super::portal::ChannelCard;
use super::write::Entry;
use crate::domain::words::Language;
use crate::web::chrome::{Chrome, Link, Site, Viewer};

const BODY: &str = "厅领导您好：\n我家住石桥市大坪镇石门村，去年十月环城高速公路二标段占了我家两亩一分耕地。丈量的时候村里说青苗补偿随后就发，到现在一年多了，镇里说钱没到，县里说已经拨下去。麻烦帮我们问一问，钱到底在哪里、什么时候能发。\n附丈量表和当时的照片。";
const REPLY: &str = "周女士：\n您好。您反映的环城高速公路二标段青苗补偿问题，我厅已会同石桥市自然资源局核实：您户青苗补偿款 8,316 元已于 11 月 18 日拨至大坪镇财政所，镇政府承诺于 11 月 30 日前发放到户。\n如到期仍未收到，请直接与我厅耕地保护监督处联系。";

/// Picks by language.
fn say<'a>(c: &Chrome, zh: &'a str, en: &'a str) -> &'a str {
    if c.language == Language::Chinese {
        zh
    } else {
        en
    }
}

fn chrome(language: Language, path: &str, staff: bool) -> Chrome {
    let (name, organiser) = match language {
        Language::Chinese => ("回音", "省自然资源厅"),
        Language::English => ("Huiyin", "Department of Natural Resources"),
    };
    Chrome {
        language,
        site: Arc::new(Site {
            name: name.into(),
            organiser: organiser.into(),
            phone: "0851-12336".into(),
            site_code: "5200000036".into(),
            icp: "黔ICP备05000000号".into(),
            police: "贵公网安备 52010000000000号".into(),
            header_links: vec![],
            footer_links: vec![Link {
                label: "zrzy.example.gov.cn".into(),
                url: "https://zrzy.example.gov.cn/".into(),
            }],
            asset_version: "1".into(),
        }),
        path: path.into(),
        here: path.into(),
        viewer: staff.then(|| Viewer {
            name: "张敏".into(),
            unit: "耕地保护监督处".into(),
            desk: true,
            overview: true,
            intake: true,
            admin: true,
        }),
        nonce: "n0nce".into(),
        csrf: "t0ken".into(),
        unannounced: vec!["2027".into()],
        ..Chrome::default()
    }
}

fn channels(c: &Chrome) -> Vec<ChannelCard> {
    let card = |code: &str, name: &str, intro: &str, term: String, sealed| ChannelCard {
        code: code.into(),
        name: name.into(),
        intro: intro.into(),
        term,
        sealed,
    };
    vec![
        card(
            "online-consultation",
            say(c, "在线咨询", "Online consultation"),
            say(
                c,
                "问政策、问流程、问材料。",
                "Ask about policy, procedure, or papers.",
            ),
            c.term("workday", 7),
            false,
        ),
        card(
            "director-mailbox",
            say(c, "厅长信箱", "Director’s mailbox"),
            say(
                c,
                "对我厅工作的意见、建议和投诉，由厅办公室登记，厅领导阅示后办理。",
                "Views, suggestions, and complaints about our work.",
            ),
            c.term("workday", 15),
            false,
        ),
        card(
            "e-petition",
            say(c, "电子信访", "E-petition"),
            say(
                c,
                "依照《信访工作条例》办理的申诉求决事项。",
                "Claims under the Regulations on Petition Work.",
            ),
            c.term("day", 60),
            false,
        ),
        card(
            "report-box",
            say(c, "举报信箱", "Report box"),
            say(
                c,
                "举报违法违规线索。可以匿名；内容和身份只有指定人员能看到，永不公开。",
                "Report offences. You may stay anonymous; only named staff can read it.",
            ),
            c.term("day", 60),
            true,
        ),
    ]
}

fn due(c: &Chrome, left: Option<i64>) -> Due {
    let days = [
        ("2026-11-13", false, "", "起算日，不计入"),
        ("2026-11-14", false, "", "周末，不计入"),
        ("2026-11-15", false, "", "周末，不计入"),
        ("2026-11-16", true, "1", "计入"),
        ("2026-11-17", true, "2", "计入"),
        ("2026-11-18", true, "3", "计入"),
        ("2026-11-19", true, "4", "计入"),
        ("2026-11-20", true, "5", "计入"),
        ("2026-11-21", false, "", "周末，不计入"),
        ("2026-11-22", false, "", "周末，不计入"),
        ("2026-11-23", true, "6", "计入"),
        ("2026-11-24", true, "7", "计入"),
    ];
    Due {
        obligation: "answer".into(),
        on: "2026-11-24".into(),
        workdays_left: left,
        met_on: if left.is_none() {
            "2026-11-23".into()
        } else {
            String::new()
        },
        in_time: true,
        basis: say(
            c,
            "国办发〔2014〕57号：网民意见建议 7 个工作日内反馈",
            "State Council Office 2014/57: answered within 7 working days",
        )
        .into(),
        counts: true,
        rule: "cn.57.consultation.7wd v1".into(),
        certainty: "text".into(),
        term: c.tn("length.workday", 7),
        extendable: c.t2(
            "due.extendable",
            c.word("decider", "unit-leader"),
            c.tn("length.workday", 8),
        ),
        calendar: "cn-2026.1".into(),
        lines: vec![
            Line {
                text: c.t2(
                    "due.start",
                    c.long_day("2026-11-13"),
                    c.word("starts", "received"),
                ),
                reason: String::new(),
            },
            Line {
                text: c.t1("due.standing_long", c.long_day("2026-11-20")),
                reason: "待补充材料".into(),
            },
        ],
        days: vec![Stretch {
            title: String::new(),
            days: days
                .into_iter()
                .map(|(date, counted, nth, why)| Day {
                    date: date.into(),
                    counted,
                    nth: nth.into(),
                    why: why.into(),
                })
                .collect(),
        }],
        ..Due::default()
    }
}

/// A long term whose clock stands: folded by months, without a day.
fn standing(c: &Chrome) -> Due {
    let short = due(c, None);
    let days = &short.days[0].days;
    let month = |title: &str| Stretch {
        title: title.into(),
        days: days.clone(),
    };
    Due {
        obligation: "acknowledge".into(),
        counts: false,
        on: String::new(),
        met_on: String::new(),
        over: "superseded".into(),
        provisional: true,
        unpublished: true,
        days: vec![month("2026-11"), month("2026-12")],
        ..short
    }
}

fn file(name: &str, size: &str) -> File {
    File {
        name: name.into(),
        size: size.into(),
        url: "/files/1".into(),
    }
}

fn entry() -> Entry {
    Entry {
        kind: "complaint".into(),
        subject: "环城高速占用耕地，青苗补偿款一年未发".into(),
        body: BODY.into(),
        name: "周秀兰".into(),
        phone: "13800000000".into(),
        email: "zhouxl@example.cn".into(),
        address: String::new(),
        anonymous: false,
        answer_by: String::new(),
        wants_publication: true,
        idempotency_key: "k".into(),
        kept: vec![KeptFile {
            token: "a1".into(),
            name: "丈量表.jpg".into(),
            size: "1.2 MB".into(),
        }],
    }
}

fn rows(c: &Chrome) -> Vec<LetterRow> {
    let row = |number: &str,
               subject: &str,
               channel: &str,
               writer: &str,
               files,
               left,
               status: &str,
               handler: &str| LetterRow {
        number: number.into(),
        url: format!("/desk/letters/{number}"),
        subject: subject.into(),
        channel: channel.into(),
        writer: writer.into(),
        attachments: files,
        due_on: "2026-11-24".into(),
        due_url: format!("/desk/letters/{number}#due"),
        standing: false,
        urgent: left == Some(-2),
        workdays_left: left,
        status: status.into(),
        unit: "耕地保护监督处".into(),
        handler: handler.into(),
        received_on: "2026-11-03".into(),
        sealed: false,
        undelivered: false,
    };
    let (petition, director, online) = (
        say(c, "电子信访", "E-petition"),
        say(c, "厅长信箱", "Director’s mailbox"),
        say(c, "在线咨询", "Online consultation"),
    );
    let mut rows = vec![
        row(
            "2026-000087-T",
            "请求公开三岔镇前进村征收土地公告",
            petition,
            "杨某",
            0,
            Some(-2),
            "working",
            "张敏",
        ),
        row(
            "2026-000123-K",
            "环城高速占用耕地，青苗补偿款一年未发",
            director,
            "周女士",
            3,
            Some(0),
            "working",
            "张敏",
        ),
        row(
            "2026-001904-7",
            "建筑用砂采矿权延续需要哪些材料",
            online,
            "柳湾区某砂石公司",
            1,
            Some(2),
            "assigned",
            "",
        ),
        row(
            "2026-001911-C",
            "不动产登记“一窗受理”能否异地办理",
            online,
            "王先生",
            0,
            Some(4),
            "working",
            "李科",
        ),
        row(
            "2026-000131-W",
            "关于地质灾害隐患点避险搬迁的建议",
            director,
            "陈某",
            0,
            Some(9),
            "working",
            "张敏",
        ),
        row(
            "2026-000119-3",
            "水库移民安置用地手续办理进度",
            director,
            "李某",
            2,
            None,
            "answered",
            "张敏",
        ),
    ];
    rows[5].undelivered = true;
    rows[4].workdays_left = None;
    rows[4].due_on.clear();
    rows[4].standing = true;
    let mut sealed = row(
        "2026-000140-P",
        "",
        say(c, "举报信箱", "Report box"),
        "",
        1,
        Some(12),
        "received",
        "",
    );
    sealed.sealed = true;
    sealed.unit.clear();
    rows.push(sealed);
    rows
}

fn units() -> Vec<Choice> {
    [
        ("", "—"),
        ("gengbao", "耕地保护监督处"),
        ("kuangquan", "矿业权管理处"),
        ("queqi", "　确权登记科"),
    ]
    .into_iter()
    .map(|(value, label)| Choice {
        value: value.into(),
        label: label.into(),
        ..Choice::default()
    })
    .collect()
}

fn people() -> Vec<Choice> {
    [("", "—"), ("zhangmin", "张敏"), ("like", "李科")]
        .into_iter()
        .map(|(value, label)| Choice {
            value: value.into(),
            label: label.into(),
            ..Choice::default()
        })
        .collect()
}

fn error(field: &str, code: &str, arg: &str) -> FieldError {
    FieldError {
        field: field.into(),
        code: code.into(),
        arg: arg.into(),
    }
}

fn render(page: &impl Template) -> String {
    page.render().expect("a sample renders")
}

/// Every page: its name and what it renders to.
pub(crate) fn all(language: Language) -> Vec<(&'static str, String)> {
    let mut pages = public::pages(language);
    pages.extend(letters::pages(language));
    pages.extend(intake::pages(language));
    pages.extend(admin::pages(language));
    pages.extend(calendar::pages(language));
    pages.extend(law::pages(language));
    pages
}
