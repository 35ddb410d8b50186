//! The overview, "if I write today", rules.

use super::super::circular::{CircularPage, CircularRow, CircularsPage};
use super::super::law::{Bound, ClassRow, RulePage, RuleRow, RuleView, RulesPage};
use super::super::overview::{Figure, OverviewPage, OverviewRow};
use super::super::when::{WhenPage, Written};
use super::{channels, chrome, due, render, standing};
use crate::domain::words::Language;
use crate::web::chrome::Chrome;

fn rule(c: &Chrome, id: &str, counts: bool) -> RuleRow {
    RuleRow {
        id: id.into(),
        url: format!("/admin/rules/{id}"),
        version: "1".into(),
        obligation: if counts { "answer" } else { "acknowledge" }.into(),
        term: c.tn("length.day", 60),
        counts,
        basis: "信访工作条例第三十四条".into(),
        certainty: "text".into(),
        pack: "cn".into(),
    }
}

fn overview(c: &Chrome, name: &str, counts: [i64; 5]) -> OverviewRow {
    let views = ["open", "overdue", "due-soon", "extensions", "additions"];
    let figure = |(code, count): (&str, i64)| Figure {
        code: code.into(),
        count,
        url: c.url(format!("/desk?view={code}&unit=gengbao")),
    };
    OverviewRow {
        name: name.into(),
        level: 1,
        figures: views.into_iter().zip(counts).map(figure).collect(),
        oldest: "2026-09-30".into(),
    }
}

fn circular(state: &str) -> CircularRow {
    CircularRow {
        id: "1".into(),
        url: "/circulars/1".into(),
        state: state.into(),
        drafted_at: "2026-11-20 09:00".into(),
        decided_at: if state == "draft" {
            ""
        } else {
            "2026-11-23 10:00"
        }
        .into(),
    }
}

pub(super) fn pages(language: Language) -> Vec<(&'static str, String)> {
    let at = |path| chrome(language, path, true);
    let c = at("/admin/rules");
    let (answer, told) = (
        rule(&c, "cn.xf2022.claim.answer.60d", true),
        rule(&c, "cn.xf2022.claim.acknowledge.15d", false),
    );
    let total = overview(&c, "合计", [1_412, 12, 40, 2, 3]);
    vec![
        (
            "when",
            render(&WhenPage {
                chrome: chrome(language, "/when", false),
                on: "2026-11-13".into(),
                today: false,
                choices: c.choices("class", ["", "advice"], ""),
                channels: channels(&c)
                    .into_iter()
                    .map(|card| Written {
                        code: card.code,
                        name: card.name,
                        class: "claim".into(),
                        dues: vec![due(&c, Some(7)), standing(&c)],
                    })
                    .collect(),
            }),
        ),
        (
            "overview",
            render(&OverviewPage {
                chrome: at("/overview"),
                columns: total.figures.iter().map(|f| f.code.clone()).collect(),
                rows: vec![
                    overview(&c, "耕地保护监督处", [1_400, 12, 38, 2, 3]),
                    overview(&c, "矿业权管理处", [12, 0, 2, 0, 0]),
                ],
                sealed: overview(&c, "", [3, 1, 2, 1, 1]).figures,
                total,
                circulars: vec![circular("draft"), circular("issued")],
                as_of: "2026-11-23 10:00".into(),
            }),
        ),
        (
            "circulars",
            render(&CircularsPage {
                chrome: at("/circulars"),
                rows: vec![circular("draft"), circular("issued"), circular("dropped")],
            }),
        ),
        (
            "circular",
            render(&CircularPage {
                chrome: at("/circulars/1"),
                row: circular("draft"),
                text: "关于逾期未办结信件的通报\n\n耕地保护监督处（1件）".into(),
                may_decide: true,
                version: 3,
                changed: true,
                by: String::new(),
            }),
        ),
        (
            "admin-rules",
            render(&RulesPage {
                chrome: at("/admin/rules"),
                today: "2026-11-23".into(),
                classes: vec![ClassRow {
                    class: "claim".into(),
                    route: "opinion".into(),
                    lines: vec![
                        Bound {
                            sources: vec!["网页".into(), "来信".into()],
                            rules: vec![answer.clone(), told.clone()],
                        },
                        Bound {
                            sources: vec!["上级交办转送".into()],
                            rules: vec![answer.clone()],
                        },
                    ],
                }],
                rules: vec![answer.clone(), told],
            }),
        ),
        (
            "admin-rule",
            render(&RulePage {
                chrome: at("/admin/rules/cn.xf2022.claim.answer.60d"),
                id: answer.id.clone(),
                versions: vec![RuleView {
                    row: answer,
                    from: "2022-05-01".into(),
                    binds: vec![c.t1("rules.of_class", c.word("class", "claim"))],
                    starts: c.word("starts", "accepted"),
                    until_started: c.tn("length.day", 15),
                    rolls: true,
                    met_by: c.word("meets", "answer"),
                    extension: due(&c, Some(1)).extendable,
                    stages: vec![c.t2("rules.stage_before", c.word("stage", "remind"), 2)],
                    ..RuleView::default()
                }],
            }),
        ),
    ]
}
