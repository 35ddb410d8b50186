//! The registrar's pages.

use super::super::intake::{
    BulkPage, Done, IntakeNewPage, IntakePage, ItemPage, ItemRow, Likely, Pair, SlipPage, Tabs,
    Taken, WaitingPage,
};
use super::super::ledger::{LedgerPage, LedgerRow, SourceCard, SourceTotal, SourcesPage};
use super::super::parts::{Choice, Errors, Paging, Tag, Tone};
use super::{channels, chrome, due, entry, error, file, render, rows, standing};
use crate::domain::words::Language;

pub(super) fn pages(language: Language) -> Vec<(&'static str, String)> {
    let at = |path| chrome(language, path, true);
    let c = at("/intake");
    let tabs = |current: &str| Tabs {
        current: current.into(),
        new: "5".into(),
        held: "2".into(),
        quarantined: "1".into(),
        alarms: vec![c.t2("sources.stopped", "director", 25)],
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
        reason: c.word("held", "other-sender"),
        size: "14 kB".into(),
        ..ItemRow::default()
    };
    let broken = ItemRow {
        id: "42".into(),
        url: "/intake/42".into(),
        from: String::new(),
        subject: String::new(),
        reason: c.word("held", "no-header"),
        forged: true,
        sealed: true,
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
    let grounds = c.choices("discard", ["spam", "other"], "spam");
    let kinds = c.choices("kind", ["question", "complaint"], "question");
    let pairs = vec![Pair {
        name: "INBOX".into(),
        value: "12".into(),
    }];
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
        max_files: 30,
        ..IntakeNewPage::default()
    };
    vec![
        ("intake", render(&IntakePage { chrome: at("/intake"), tabs: tabs("new"), rows: rows(&c), paging: Paging::default() })),
        ("held", render(&WaitingPage { chrome: at("/intake"), tabs: tabs("held"), rows: vec![item.clone(), broken.clone()], ticked: true, tick_url: "/intake?tab=held".into(), grounds: grounds.clone(), ..WaitingPage::default() })),
        ("quarantined", render(&WaitingPage { chrome: at("/intake"), tabs: tabs("quarantined"), quarantined: true, rows: vec![broken.clone()], tick_url: "/intake?tab=quarantined&all=1".into(), grounds: grounds.clone(), ..WaitingPage::default() })),
        ("quarantined-empty", render(&WaitingPage { chrome: at("/intake"), tabs: tabs("quarantined"), quarantined: true, ..WaitingPage::default() })),
        ("bulk", render(&BulkPage { chrome: at("/intake/bulk"), back_url: "/intake?tab=quarantined".into(), worked: 1, failed: 1, rows: vec![Done { item: item.clone(), ok: true, words: "2026-000124-M".into(), number: "2026-000124-M".into(), url: "/desk/letters/2026-000124-M".into() }, Done { item: broken.clone(), words: c.word("fault", "still-unreadable"), ..Done::default() }] })),
        ("item-held", render(&ItemPage {
            chrome: at("/intake/41"), item: item.clone(), text: "您好，我是周秀兰的儿子，补充一张银行流水。".into(), raw_url: "/intake/41/raw".into(), files: vec![file("流水.pdf", "310 kB")],
            likely: vec![Likely { number: "2026-000123-K".into(), url: "/desk/letters/2026-000123-K".into(), subject: entry().subject, status: "working".into(), why: vec!["token".into(), "subject".into()] }],
            facts: pairs.clone(), said: pairs.clone(), authentication: "fail".into(), fate: "held".into(), waits: true, readable: true, grounds: grounds.clone(), kinds: kinds.clone(), entry: entry(),
            taken: vec![Taken { at: "2026-11-23 09:10".into(), by: "张敏".into(), was: "held".into(), became: "invalid".into(), note: "误点。".into() }, Taken { at: "2026-11-23 09:12".into(), by: "张敏".into(), was: "invalid".into(), became: "held".into(), ..Taken::default() }],
            channels: channel_choices.clone(), attempts: 1, ..ItemPage::default()
        })),
        ("item-quarantined", render(&ItemPage { chrome: at("/intake/42"), item: broken.clone(), quarantined: true, waits: true, fate: "quarantined".into(), facts: pairs.clone(), channels: channel_choices.clone(), kinds: kinds.clone(), grounds: grounds.clone(), refused: "discard".into(), raw_head: "Return-Path: <>\nReceived: from mx.example.cn\nContent-Type: multipart/mixed; boundary=\"=_\u{fffd}\u{fffd}\"\n\n".into(), raw_url: "/intake/42/raw".into(), attempts: 2, errors: Errors(vec![error("reason", "required", "")]), ..ItemPage::default() })),
        ("item-closed", render(&ItemPage { chrome: at("/intake/43"), item: item.clone(), fate: "invalid".into(), reopens: true, readable: true, text: "广告".into(), facts: pairs.clone(), ..ItemPage::default() })),
        ("ledger", render(&LedgerPage {
            chrome: at("/intake"), tabs: tabs("ledger"), from: "2026-11-01".into(), q: "流水".into(), channel_choices,
            fate_choices: c.choices("fate", [""].into_iter().chain(fates), ""), source_choices: c.choices("source", ["", "imap", "form"], ""), filtered: true,
            rows: vec![
                LedgerRow { item, fate: "held".into(), ..LedgerRow::default() },
                LedgerRow { item: broken, fate: "letter".into(), number: "2026-001911-C".into(), letter_url: "/desk/letters/2026-001911-C".into() },
            ],
            paging: Paging { next: Some("/intake?tab=ledger&cursor=1".into()), first: None }, ..LedgerPage::default()
        })),
        ("sources", render(&SourcesPage {
            chrome: at("/intake"), tabs: tabs("sources"), fates: fates.iter().map(ToString::to_string).collect(),
            cards: vec![SourceCard { source: "imap".into(), name: "director".into(), channel: channels(&c)[1].name.clone(), state: Tag { tone: Tone::Late, text: c.t("sources.broken").into_owned() }, note: c.word("health", "connect"), alarms: vec![c.t2("sources.stopped", "director", 25)], fine_at: "2026-11-23 08:51".into(), folders: pairs.clone(), on_server: Some(1293), in_ledger: 1291, gap: c.t1("sources.more", 2), lags: true, url: "/intake?tab=ledger&source=imap%3Adirector".into(), ..SourceCard::default() }],
            totals: vec![SourceTotal { source: "imap".into(), source_name: "director".into(), seen: 1291, by_fate: vec![652, 118, 341, 12, 1, 2, 9, 156] }, SourceTotal { source: "form".into(), seen: 2480, by_fate: vec![2471, 0, 0, 9, 0, 0, 0, 0], ..SourceTotal::default() }],
            sum: SourceTotal { source: "total".into(), seen: 3771, by_fate: vec![3123, 118, 341, 21, 1, 2, 9, 156], ..SourceTotal::default() },
        })),
        ("intake-new", render(&new)),
        ("intake-new-errors", render(&IntakeNewPage { errors: Errors(vec![error("received_on", "future", ""), error("body", "required", "")]), ..new })),
        ("slip", render(&SlipPage { chrome: at("/intake/new"), number: "2026-000124-M".into(), url: "/desk/letters/2026-000124-M".into(), query_code: "4K7D-8QPX-1TZB-M2V9".into(), channel: channels(&c)[1].name.clone(), received_on: "2026-11-20".into(), due: due(&c, Some(7)), others: vec![standing(&c)] })),
    ]
}
