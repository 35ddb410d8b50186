//! The desk, a letter in several states, and what is around them.

use super::super::desk::{DeskPage, Note, View};
use super::super::error::ErrorPage;
use super::super::letter::{
    Addition, Conflict, Delivery, Event, Facts, LetterPage, Message, Sealed, Urgent,
};
use super::super::letter_forms::{Can, Clock, Failed, Lists, Pending};
use super::super::parts::{Choice, Errors, Paging};
use super::super::sign_in::{FirstPage, PasswordPage};
use super::{
    BODY, REPLY, chrome, due, entry, error, file, people, render, rows, say, standing, units,
};
use crate::domain::words::Language;
use crate::web::chrome::{Chrome, Notice};

fn addition(c: &Chrome) -> Addition {
    let choice = |code: &str| Choice {
        value: code.into(),
        label: c.word("ruling", code),
        hint: c.word("ruling_hint", code),
        chosen: false,
    };
    Addition {
        id: "7".into(),
        anchor: "m1".into(),
        at: "2026-11-21 08:12".into(),
        words: "另外申请公开2025年征地批复文件。".into(),
        hint: "disclosure".into(),
        choices: ["nothing-owed", "part", "reopen", "own-letter"]
            .map(choice)
            .into(),
        ..Addition::default()
    }
}

fn letter(c: &Chrome) -> LetterPage {
    LetterPage {
        undecided: vec![addition(c)],
        chrome: c.clone(),
        number: "2026-000123-K".into(),
        version: 4,
        subject: entry().subject,
        status: "working".into(),
        back: "/desk?view=mine".into(),
        facts: Facts {
            channel: say(c, "厅长信箱", "Director’s mailbox").into(),
            source: "imap".into(),
            kind: "complaint".into(),
            class: "claim".into(),
            route: "opinion".into(),
            topic: "征地补偿".into(),
            place: "石桥市大坪镇".into(),
            received_at: "2026-11-13 21:14".into(),
            unit: "耕地保护监督处".into(),
            handler: "张敏".into(),
            writer: "周秀兰".into(),
            phone: "138 0000 0000".into(),
            email: "zhouxl@example.cn".into(),
            wants_publication: true,
            ..Facts::default()
        },
        due: Some(due(c, Some(1))),
        others: vec![standing(c)],
        urgent: Some(Urgent {
            at: "2026-11-16 09:10".into(),
            why: "registrar".into(),
            taken_at: String::new(),
        }),
        messages: vec![
            Message {
                incoming: true,
                kind: "letter".into(),
                from: "周秀兰".into(),
                by: "imap".into(),
                at: "2026-11-13 21:14".into(),
                text: BODY.into(),
                whole_text: format!("{BODY}\n\n发自我的手机"),
                html_url: "/x".into(),
                raw_url: "/y".into(),
                files: vec![file("丈量表.jpg", "1.2 MB"), file("现场照片.zip", "6.8 MB")],
                addition: Some(Addition {
                    id: "6".into(),
                    ruling: "part".into(),
                    decided: c.t2("addition.decided", "2026-11-21 09:00", "张敏"),
                    ..addition(c)
                }),
                ..Message::default()
            },
            Message {
                kind: "receipt".into(),
                from: say(c, "系统", "System").into(),
                by: "mail".into(),
                at: "2026-11-13 21:14".into(),
                text: "您的来信已收到，编号 2026-000123-K。".into(),
                deliveries: vec![
                    Delivery {
                        id: "1".into(),
                        medium: "mail".into(),
                        to: "zhouxl@example.cn".into(),
                        state: "sent".into(),
                        at: "2026-11-13 21:15".into(),
                        ..Delivery::default()
                    },
                    Delivery {
                        id: "2".into(),
                        medium: "mail".into(),
                        to: "zhouxl@example.cn".into(),
                        state: "unknown".into(),
                        at: "2026-11-13 21:16".into(),
                        detail: "connection closed after DATA".into(),
                        can_resend: true,
                    },
                ],
                ..Message::default()
            },
        ],
        draft: REPLY.into(),
        draft_saved: say(
            c,
            "张敏 于 11月23日 10:02 保存",
            "Saved by 张敏, 23 Nov 10:02",
        )
        .into(),
        events: vec![
            Event {
                at: "2026-11-16 09:31".into(),
                kind: "taken".into(),
                actor: "张敏".into(),
                ..Event::default()
            },
            Event {
                at: "2026-11-16 09:12".into(),
                kind: "assigned".into(),
                actor: "王登".into(),
                detail: "耕地保护监督处 · 张敏".into(),
                note: "请会同石桥市局核实资金拨付情况。".into(),
            },
            Event {
                at: "2026-11-16 09:10".into(),
                kind: "accepted".into(),
                actor: "王登".into(),
                detail: "申诉求决 · 信访处理意见".into(),
                ..Event::default()
            },
            Event {
                at: "2026-11-13 21:14".into(),
                kind: "registered".into(),
                ..Event::default()
            },
        ],
        can: Can {
            note: true,
            draft: true,
            answer: true,
            decline: true,
            direct: true,
            mark_duplicate: true,
            invalid: true,
            withdraw: true,
            serve: true,
            reassign: true,
            send_back: true,
            seal: true,
            reclassify: true,
            request_extension: true,
            decide_extension: true,
            suspend: true,
            resume: true,
            set_limit: true,
            urge: true,
            mark_urgent: true,
            take_urgent: true,
            reopen: true,
            ..Can::default()
        },
        lists: Lists {
            clock: Clock {
                extendable: due(c, Some(1)).extendable,
                ask_until: "2026-11-24".into(),
                unit: "workday".into(),
                pending: Some(Pending {
                    who: "张敏".into(),
                    at: "2026-11-20 15:02".into(),
                    length: c.tn("length.workday", 8),
                    reason: "须会同石桥市局核实".into(),
                    decides: "unit-leader".into(),
                    due_on: "2026-12-04".into(),
                    too_late: false,
                }),
                causes: c.choices("halt", ["third-party", "correction"], ""),
            },
            units: units(),
            handlers: people(),
            people: people(),
            ..Lists::of_words(c, "advice")
        },
        today: "2026-11-23".into(),
        max_file: "20 MB".into(),
        ..LetterPage::default()
    }
}

pub(super) fn pages(language: Language) -> Vec<(&'static str, String)> {
    let at = |path| chrome(language, path, true);
    let c = at("/desk");
    let views = [
        ("mine", "12"),
        ("unit", "41"),
        ("unassigned", "5"),
        ("overdue", "2"),
        ("due-soon", "6"),
        ("extensions", "1"),
        ("additions", "3"),
        ("open", "1,000+"),
        ("all", "1,000+"),
        ("undelivered", "1"),
    ];
    let desk = DeskPage {
        circulars: true,
        chrome: at("/desk"),
        notes: vec![Note {
            id: "1".into(),
            at: "2026-11-23 09:00".into(),
            what: c.word("stage", "urge"),
            title: "请求公开征地公告 · 2026-000087-T".into(),
            url: "/desk/letters/2026-000087-T#due".into(),
            due: "2026-11-20".into(),
            by: "刘处长".into(),
            words: "请今日内办结。".into(),
        }],
        views: views
            .into_iter()
            .map(|(code, count)| View {
                code: code.into(),
                count: count.into(),
                url: format!("/desk?view={code}"),
                current: code == "mine",
            })
            .collect(),
        view: "mine".into(),
        total: "12".into(),
        sealed: 2,
        channels: vec![Choice {
            label: c.t("form.any").into(),
            ..Choice::default()
        }],
        statuses: c.choices("status", ["", "received", "assigned", "working"], ""),
        units: units(),
        filtered: false,
        rows: rows(&c),
        paging: Paging {
            next: Some("/desk?cursor=1".into()),
            first: None,
        },
    };
    let open = letter(&at("/desk/letters/1"));
    let mut fresh = letter(&at("/desk/letters/1"));
    fresh.status = "received".into();
    fresh.draft.clear();
    fresh.can = Can {
        accept: true,
        assign: true,
        note: true,
        name_party: true,
        name_reader: true,
        mark_duplicate: true,
        ..Can::default()
    };
    fresh.sealed = Some(Sealed {
        readers: vec!["王登".into(), "张敏".into()],
        parties: vec![],
    });
    let mut conflict = letter(&at("/desk/letters/1"));
    conflict.conflict = Some(Conflict {
        who: "李科".into(),
        at: "2026-11-23 10:05".into(),
        what: "drafted".into(),
        theirs: REPLY.into(),
        yours: "周女士：您好，款项已拨付。".into(),
    });
    conflict.failed = Some(Failed {
        action: "draft".into(),
        values: vec![("text".into(), "周女士：您好，款项已拨付。".into())],
    });
    let mut refused = letter(&at("/desk/letters/1"));
    refused.failed = Some(Failed {
        action: "reassign".into(),
        values: vec![
            ("unit".into(), "kuangquan".into()),
            ("reason".into(), String::new()),
        ],
    });
    refused.errors = Errors(vec![error("reason", "required", "")]);
    let mut undecided = letter(&at("/desk/letters/1"));
    undecided.failed = Some(Failed {
        action: "decide-addition".into(),
        values: vec![("message".into(), "7".into())],
    });
    undecided.errors = Errors(vec![error("decision", "required", "")]);
    let mut sent = letter(&at("/desk/letters/1"));
    sent.status = "sending".into();
    sent.recall_until = "10:32:15".into();
    sent.can = Can {
        recall: true,
        note: true,
        ..Can::default()
    };
    sent.chrome.notice = Some(Notice {
        code: "answered".into(),
        ..Notice::default()
    });
    vec![
        (
            "desk-empty",
            render(&DeskPage {
                rows: vec![],
                total: "0".into(),
                sealed: 0,
                paging: Paging::default(),
                ..desk.clone()
            }),
        ),
        ("desk", render(&desk)),
        ("letter", render(&open)),
        ("letter-sealed", render(&fresh)),
        ("letter-conflict", render(&conflict)),
        ("letter-refused", render(&refused)),
        ("letter-undecided", render(&undecided)),
        ("letter-undo", render(&sent)),
        (
            "password",
            render(&PasswordPage {
                chrome: at("/password"),
                first_login: true,
                ..PasswordPage::default()
            }),
        ),
        (
            "first",
            render(&FirstPage {
                chrome: chrome(language, "/first", false),
                key: "k".into(),
                ..FirstPage::default()
            }),
        ),
        (
            "error-staff",
            render(&ErrorPage {
                chrome: at("/desk/letters/9"),
                status: 403,
                code: "forbidden".into(),
                ..ErrorPage::default()
            }),
        ),
    ]
}
