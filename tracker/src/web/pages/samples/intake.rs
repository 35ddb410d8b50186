//! The registrar's pages.

use super::super::intake::{
    HeldPage, IntakeNewPage, IntakePage, ItemPage, ItemRow, Likely, QuarantinedPage, SlipPage, Tabs,
};
use super::super::ledger::{LedgerPage, LedgerRow, SourceTotal};
use super::super::parts::{Choice, Errors, Paging};
use super::{channels, chrome, entry, error, file, render, rows};
use crate::domain::words::Language;

pub(super) fn pages(language: Language) -> Vec<(&'static str, String)> {
    let at = |path| chrome(language, path, true);
    let c = at("/intake");
    let tabs = |current: &str| Tabs {
        current: current.into(),
        new: "5".into(),
        held: "2".into(),
        quarantined: "1".into(),
    };
    let item = ItemRow {
        id: "41".into(),
        url: "/intake/41".into(),
        received_at: "2026-11-22 18:03".into(),
        channel: channels(&c)[1].name.clone(),
        source: "imap".into(),
        source_name: "director".into(),
        from: "周先生 <zhou.jr@example.cn>".into(),
        subject: "Re: 您的来信已收到 2026-000123-K".into(),
        reason: "other-sender".into(),
        size: "14 kB".into(),
    };
    let broken = ItemRow {
        id: "42".into(),
        url: "/intake/42".into(),
        from: String::new(),
        subject: String::new(),
        reason: "unreadable".into(),
        size: "2.3 MB".into(),
        ..item.clone()
    };
    let channel_choices: Vec<Choice> = channels(&c)
        .into_iter()
        .map(|card| Choice {
            value: card.code,
            label: card.name,
            ..Choice::default()
        })
        .collect();
    let fates = [
        "letter",
        "addition",
        "automatic",
        "duplicate",
        "quarantined",
        "held",
        "invalid",
        "before-start",
    ];
    let new = IntakeNewPage {
        chrome: at("/intake/new"),
        sources: c.choices("source", ["paper", "phone", "visit", "referred"], "paper"),
        channels: channel_choices.clone(),
        kinds: c.choices(
            "kind",
            ["question", "complaint", "suggestion", "help", "petition"],
            "",
        ),
        received_on: "2026-11-23".into(),
        today: "2026-11-23".into(),
        max_file: "20 MB".into(),
        max_form: "120 MB".into(),
        ..IntakeNewPage::default()
    };
    vec![
        ("intake", render(&IntakePage { chrome: at("/intake"), tabs: tabs("new"), rows: rows(&c), paging: Paging::default() })),
        ("held", render(&HeldPage { chrome: at("/intake"), tabs: tabs("held"), rows: vec![item.clone()], paging: Paging::default() })),
        ("quarantined-empty", render(&QuarantinedPage { chrome: at("/intake"), tabs: tabs("quarantined"), ..QuarantinedPage::default() })),
        ("item-held", render(&ItemPage {
            chrome: at("/intake/41"), item, text: "您好，我是周秀兰的儿子，补充一张银行流水。".into(), raw_url: "/intake/41/raw".into(), files: vec![file("流水.pdf", "310 kB")],
            likely: vec![Likely { number: "2026-000123-K".into(), url: "/desk/letters/2026-000123-K".into(), subject: entry().subject, why: "token".into() }],
            channels: channel_choices, attempts: 1, ..ItemPage::default()
        })),
        ("item-quarantined", render(&ItemPage { chrome: at("/intake/42"), item: broken, quarantined: true, raw_head: "Return-Path: <>\nReceived: from mx.example.cn\nContent-Type: multipart/mixed; boundary=\"=_\u{fffd}\u{fffd}\"\n\n".into(), raw_url: "/intake/42/raw".into(), attempts: 2, errors: Errors(vec![error("reason", "required", "")]), ..ItemPage::default() })),
        ("ledger", render(&LedgerPage {
            chrome: at("/intake"), tabs: tabs("ledger"), fates: fates.iter().map(ToString::to_string).collect(),
            totals: vec![SourceTotal { source: "imap".into(), source_name: "director".into(), seen: 1291, by_fate: vec![652, 118, 341, 12, 1, 2, 9, 156] }, SourceTotal { source: "form".into(), seen: 2480, by_fate: vec![2471, 0, 0, 9, 0, 0, 0, 0], ..SourceTotal::default() }],
            sum: SourceTotal { seen: 3771, by_fate: vec![3123, 118, 341, 21, 1, 2, 9, 156], ..SourceTotal::default() },
            fate_choices: c.choices("fate", [""].into_iter().chain(fates), ""), source_choices: c.choices("source", ["", "imap", "form"], ""), filtered: true,
            rows: vec![
                LedgerRow { id: "3771".into(), received_at: "2026-11-23 08:51".into(), source: "imap".into(), source_name: "director".into(), fate: "held".into(), reason: "other-sender".into(), url: "/intake/41".into(), size: "14 kB".into(), ..LedgerRow::default() },
                LedgerRow { id: "3770".into(), received_at: "2026-11-23 08:44".into(), source: "form".into(), fate: "letter".into(), number: "2026-001911-C".into(), url: "/desk/letters/2026-001911-C".into(), size: "3 kB".into(), ..LedgerRow::default() },
            ],
            paging: Paging { next: Some("/intake?tab=ledger&cursor=1".into()), first: None },
        })),
        ("intake-new", render(&new)),
        ("intake-new-errors", render(&IntakeNewPage { errors: Errors(vec![error("received_on", "future", ""), error("body", "required", "")]), ..new })),
        ("slip", render(&SlipPage { chrome: at("/intake/new"), number: "2026-000124-M".into(), url: "/desk/letters/2026-000124-M".into(), query_code: "4K7D-8QPX-1TZB-M2V9".into(), channel: channels(&c)[1].name.clone(), received_on: "2026-11-20".into(), due_on: "2026-12-01".into(), provisional: true })),
    ]
}
