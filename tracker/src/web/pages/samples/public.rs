//! The public pages.

use super::super::error::ErrorPage;
use super::super::help::HelpPage;
use super::super::parts::{Choice, Errors};
use super::super::portal::{ChannelCard, PortalPage, Promise};
use super::super::sign_in::LoginPage;
use super::super::statistics::{FigureRow, OpeningRow, StatisticsPage};
use super::super::track::{
    Adding, OwnWords, ProgressPage, PublicAddition, PublicReply, PublicStep, TrackPage,
};
use super::super::write::{ChannelPage, CheckPage, Elsewhere, Entry, ReceiptPage, WritePage};
use super::{REPLY, channels, chrome, due, entry, error, file, render, say, standing};
use crate::domain::words::Language;
use crate::web::chrome::Chrome;
use crate::web::kept_words::Again;

fn elsewhere(card: &ChannelCard, here: bool) -> Elsewhere {
    Elsewhere {
        card: card.clone(),
        action: format!("/write/{}/y", card.code),
        here,
    }
}

pub(super) fn pages(language: Language) -> Vec<(&'static str, String)> {
    let at = |path| chrome(language, path, false);
    let c = at("/");
    let cards = channels(&c);
    let kinds = |chosen: &str| {
        c.choices(
            "kind",
            ["question", "complaint", "suggestion", "help", "petition"],
            chosen,
        )
    };
    let write = |channel: usize, entry: Entry, errors: Errors| WritePage {
        chrome: at("/write/x"),
        channel: cards[channel].clone(),
        kinds: if channel == 3 {
            c.choices("kind", ["report"], "report")
        } else {
            kinds(&entry.kind)
        },
        entry,
        errors,
        max_file: "20 MB".into(),
        max_form: "120 MB".into(),
        max_files: 30,
        action: "/write/x/y".into(),
    };
    let steps = [
        ("2026-11-13", "received", ""),
        ("2026-11-13", "accepted", ""),
        ("2026-11-16", "assigned", "耕地保护监督处"),
        ("2026-11-16", "working", "耕地保护监督处"),
        ("2026-11-23", "answered", "耕地保护监督处"),
    ];
    let progress = |left: Option<i64>, n: usize, status: &str| ProgressPage {
        chrome: at("/track"),
        number: "2026-000123-K".into(),
        query_code: "9F3K-2MZ8-Q0VT-7XWA".into(),
        channel: cards[1].name.clone(),
        subject: entry().subject,
        status: status.into(),
        unit: "耕地保护监督处".into(),
        received_at: "2026-11-13 21:14".into(),
        due: due(&c, left),
        others: vec![standing(&c)],
        progress: vec![PublicReply {
            at: "2026-11-16 09:10".into(),
            unit: String::new(),
            text: "我们将于2026年11月24日前办结并答复您。".into(),
            files: Vec::new(),
        }],
        additions: vec![PublicAddition {
            at: "2026-11-21 08:12".into(),
            number: "2026-000131-W".into(),
            query_code: "9F3K-2MZ8-Q0VT-7XWA".into(),
        }],
        duplicate_of: String::new(),
        own: vec![OwnWords {
            at: "2026-11-13 21:14".into(),
            subject: entry().subject,
            text: entry().body,
            files: vec![file()],
        }],
        by_mail: n == 5,
        view: "0123456789abcdef0123456789abcdef".into(),
        adding: Adding {
            kept: entry().kept,
            ..Adding::default()
        },
        errors: Errors::default(),
        max_file: "20 MB".into(),
        max_form: "120 MB".into(),
        max_files: 30,
        steps: steps[..n]
            .iter()
            .map(|(on, step, unit)| PublicStep {
                on: (*on).into(),
                step: (*step).into(),
                unit: (*unit).into(),
            })
            .collect(),
        replies: if left.is_none() {
            vec![PublicReply {
                at: "2026-11-23 16:40".into(),
                unit: "耕地保护监督处".into(),
                text: REPLY.into(),
                files: vec![file("拨付凭证.pdf", "218 kB")],
            }]
        } else {
            vec![]
        },
    };
    vec![
        (
            "portal",
            render(&PortalPage {
                chrome: at("/"),
                promise: Some(Promise {
                    received: 3218,
                    as_of: "2026-11-23 09:00".into(),
                    on_time_rate: Some(0.986),
                    overdue: 7,
                    median_workdays: Some(4),
                }),
                channels: cards.clone(),
            }),
        ),
        (
            "portal-empty",
            render(&PortalPage {
                chrome: at("/"),
                ..PortalPage::default()
            }),
        ),
        (
            "write",
            render(&write(
                1,
                Entry {
                    idempotency_key: "k".into(),
                    ..Entry::default()
                },
                Errors::default(),
            )),
        ),
        (
            "write-errors",
            render(&write(
                1,
                Entry {
                    kind: String::new(),
                    subject: String::new(),
                    email: "zhou@".into(),
                    ..entry()
                },
                Errors(vec![
                    error("kind", "required", ""),
                    error("subject", "required", ""),
                    error("files", "file-too-large", "现场视频.mp4"),
                    error("email", "not-an-address", ""),
                ]),
            )),
        ),
        (
            "write-sealed",
            render(&write(
                3,
                Entry {
                    idempotency_key: "k".into(),
                    ..Entry::default()
                },
                Errors::default(),
            )),
        ),
        (
            "check",
            render(&CheckPage {
                chrome: at("/write/x"),
                channel: cards[1].clone(),
                action: "/write/x/y".into(),
                sealed: Some(elsewhere(&cards[3], false)),
                entry: entry(),
            }),
        ),
        (
            "channel",
            render(&ChannelPage {
                chrome: at("/write/x"),
                channels: (cards.iter().enumerate())
                    .map(|(i, card)| elsewhere(card, i == 1))
                    .collect(),
                entry: entry(),
            }),
        ),
        (
            "check-sealed",
            render(&CheckPage {
                chrome: at("/write/x"),
                channel: cards[3].clone(),
                action: "/write/x/y".into(),
                sealed: None,
                entry: Entry {
                    anonymous: true,
                    kind: "report".into(),
                    ..entry()
                },
            }),
        ),
        (
            "receipt",
            render(&ReceiptPage {
                chrome: at("/write/x"),
                channel: cards[1].name.clone(),
                sealed: false,
                number: "2026-000123-K".into(),
                query_code: "9F3K-2MZ8-Q0VT-7XWA".into(),
                received_at: "2026-11-13 21:14".into(),
                due: due(&c, Some(7)),
                others: vec![standing(&c)],
                mailed: true,
                again: "/write/x".into(),
                forget: "/write/x/y".into(),
            }),
        ),
        (
            "track",
            render(&TrackPage {
                chrome: at("/track"),
                ..TrackPage::default()
            }),
        ),
        (
            "track-error",
            render(&TrackPage {
                chrome: at("/track"),
                number: "2026-000123-X".into(),
                errors: Errors(vec![error("number", "no-such-letter", "")]),
                ..TrackPage::default()
            }),
        ),
        ("progress", render(&progress(None, 5, "answered"))),
        ("progress-late", render(&progress(Some(-2), 4, "working"))),
        ("statistics", render(&statistics(&at("/statistics")))),
        (
            "help",
            render(&HelpPage {
                chrome: at("/help"),
                channels: cards.clone(),
            }),
        ),
        (
            "login",
            render(&LoginPage {
                chrome: at("/login"),
                next: "/desk".into(),
                ..LoginPage::default()
            }),
        ),
        (
            "login-error",
            render(&LoginPage {
                chrome: at("/login"),
                login: "zhangmin".into(),
                errors: Errors(vec![error("login", "wrong-login", "")]),
                ..LoginPage::default()
            }),
        ),
        (
            "error",
            render(&ErrorPage {
                chrome: at("/letters/x"),
                status: 404,
                code: "not-found".into(),
                detail: String::new(),
                request_id: "7f3a9c21".into(),
                again: None,
            }),
        ),
        (
            "error-kept",
            render(&ErrorPage {
                chrome: at("/write/online-consultation"),
                status: 503,
                code: "unavailable".into(),
                detail: String::new(),
                request_id: "7f3a9c21".into(),
                again: Some(Again {
                    action: "/write/online-consultation".into(),
                    fields: vec![
                        ("subject".into(), "施工围挡 占道".into()),
                        ("body".into(), "第一段。\n第二段。".into()),
                    ],
                    files: vec!["照片.jpg".into()],
                }),
            }),
        ),
    ]
}

fn statistics(c: &Chrome) -> StatisticsPage {
    let row = |label: &str, n: [i64; 10], sealed| FigureRow {
        label: label.into(),
        sealed,
        received: n[0],
        answered_in_time: n[1],
        answered_late: n[2],
        open_not_due: n[3],
        open_overdue: n[4],
        declined: n[5],
        directed: n[6],
        transferred: n[7],
        withdrawn: n[8],
        duplicate: n[9],
        invalid: 3,
        undelivered: 1,
        reclassified: 1,
        reopened: 1,
        answer_rate: Some(0.9731),
        completion_rate: Some(0.9812),
        on_time_rate: Some(0.986),
        median_workdays: Some(4),
        p90_workdays: Some(7),
        median_days: Some(6),
        p90_days: Some(11),
    };
    let cards = channels(c);
    StatisticsPage {
        chrome: c.clone(),
        as_of: "2026-11-23 09:00".into(),
        from: "2026-01-01".into(),
        to: "2026-11-23".into(),
        periods: vec![
            Choice {
                value: "/statistics?period=year".into(),
                label: say(c, "本年", "This year").into(),
                chosen: true,
                ..Choice::default()
            },
            Choice {
                value: "/statistics?period=all".into(),
                label: say(c, "开通以来", "Since the start").into(),
                ..Choice::default()
            },
        ],
        rows: vec![
            row(
                &cards[0].name,
                [2192, 2081, 21, 49, 1, 6, 18, 4, 5, 7],
                false,
            ),
            row(&cards[1].name, [652, 588, 12, 31, 4, 3, 8, 2, 1, 3], false),
            row(&cards[2].name, [231, 190, 4, 28, 2, 2, 3, 1, 0, 1], false),
            row(&cards[3].name, [143, 118, 2, 20, 0, 1, 2, 0, 0, 0], true),
        ],
        total: row("", [3218, 2977, 39, 128, 7, 12, 31, 7, 6, 11], false),
        identity_holds: true,
        csv_url: "/statistics.csv?period=year".into(),
        opening: vec![
            OpeningRow {
                label: cards[0].name.clone(),
                received: 3292,
                answered: 3291,
            },
            OpeningRow {
                label: say(c, "未归入渠道", "In no channel").into(),
                received: 25,
                answered: 25,
            },
        ],
        opening_as_of: "2017-12-31".into(),
    }
}
