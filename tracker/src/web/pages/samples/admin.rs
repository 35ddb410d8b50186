//! The administrator's pages.

use super::super::admin::{
    AdminPage, ChannelPage, ChannelRow, ChannelsPage, RolesPage, UnitPage, UnitRow, UnitsPage,
};
use super::super::parts::{Choice, Errors, Paging};
use super::super::people::{FirstPasswordPage, PeoplePage, PersonPage, PersonRow};
use super::{channels, chrome, error, people, render, units};
use crate::domain::words::Language;

pub(super) fn pages(language: Language) -> Vec<(&'static str, String)> {
    let at = |path| chrome(language, path, true);
    let c = at("/admin");
    let unit = |code: &str, name: &str, level, leader: &str| UnitRow {
        code: code.into(),
        name: name.into(),
        level,
        leader: leader.into(),
        liaison: "李科".into(),
        overseer: "陈副厅长".into(),
        hours: "08:30–12:00 14:00–17:30".into(),
        people: 6,
        active: code != "laochu",
    };
    let roles = [
        "handler",
        "liaison",
        "registrar",
        "unit-leader",
        "leader",
        "publisher",
        "auditor",
        "security",
        "duty",
        "administrator",
    ];
    let mut channel = ChannelPage {
        chrome: at("/admin/channels/report-box"),
        code: "report-box".into(),
        name_zh: "举报信箱".into(),
        name_en: "Report box".into(),
        intro_zh: "举报违法违规线索。".into(),
        intro_en: "Report offences.".into(),
        sealed: true,
        enabled: true,
        term_length: "60".into(),
        basis_zh: "《信访工作条例》第三十四条".into(),
        basis_en: "Regulations on Petition Work, art. 34".into(),
        version: 2,
        ..ChannelPage::default()
    };
    channel.term_units = c.choices("term_unit", ["workday", "day", "month"], "day");
    vec![
        (
            "admin",
            render(&AdminPage {
                chrome: at("/admin"),
                units: 9,
                people: 31,
                channels: 4,
                missing: vec!["no-cleared-registrar".into(), "no-mail".into()],
            }),
        ),
        (
            "admin-units",
            render(&UnitsPage {
                chrome: at("/admin/units"),
                rows: vec![
                    unit("ting", "省自然资源厅", 0, "赵厅长"),
                    unit("gengbao", "耕地保护监督处", 1, "刘处长"),
                    unit("queqi", "确权登记科", 2, ""),
                    unit("laochu", "原土地利用处", 1, ""),
                ],
            }),
        ),
        (
            "admin-unit",
            render(&UnitPage {
                chrome: at("/admin/units/new"),
                is_new: true,
                parents: units(),
                leaders: people(),
                liaisons: people(),
                overseers: people(),
                active: true,
                errors: Errors(vec![error("code", "taken", "gengbao")]),
                code: "gengbao".into(),
                ..UnitPage::default()
            }),
        ),
        (
            "admin-people",
            render(&PeoplePage {
                chrome: at("/admin/people"),
                rows: vec![
                    PersonRow {
                        login: "wangdeng".into(),
                        name: "王登".into(),
                        unit: "厅办公室".into(),
                        roles: vec!["registrar".into(), "duty".into()],
                        cleared: vec![channels(&c)[3].name.clone()],
                        active: true,
                    },
                    PersonRow {
                        login: "zhangmin".into(),
                        name: "张敏".into(),
                        unit: "耕地保护监督处".into(),
                        roles: vec!["handler".into()],
                        cleared: vec![],
                        active: false,
                    },
                ],
                paging: Paging::default(),
            }),
        ),
        (
            "admin-person",
            render(&PersonPage {
                chrome: at("/admin/people/zhangmin"),
                login: "zhangmin".into(),
                name: "张敏".into(),
                units: units(),
                roles: c.choices("role", roles, "handler"),
                functions: c.choices("function", ["head", "disclosure-head"], "-"),
                cleared: vec![Choice {
                    value: "report-box".into(),
                    label: channels(&c)[3].name.clone(),
                    ..Choice::default()
                }],
                languages: c.choices("language", ["zh-CN", "en"], "zh-CN"),
                active: true,
                ..PersonPage::default()
            }),
        ),
        (
            "admin-password",
            render(&FirstPasswordPage {
                chrome: at("/admin/people"),
                name: "张敏".into(),
                login: "zhangmin".into(),
                password: "quiet-river-lamp-42".into(),
            }),
        ),
        (
            "admin-roles",
            render(&RolesPage {
                chrome: at("/admin/roles"),
                roles: roles.iter().map(ToString::to_string).collect(),
                functions: vec!["head".into(), "disclosure-head".into()],
            }),
        ),
        (
            "admin-channels",
            render(&ChannelsPage {
                chrome: at("/admin/channels"),
                rows: channels(&c)
                    .into_iter()
                    .map(|card| ChannelRow {
                        class: "consultation".into(),
                        in_force: c.term("workday", 7),
                        rule: "cn.57.consultation.7wd".into(),
                        enabled: card.code != "e-petition",
                        code: card.code,
                        name: card.name,
                        term: card.term,
                        basis: "国办发〔2014〕57号".into(),
                        sealed: card.sealed,
                    })
                    .collect(),
            }),
        ),
        ("admin-channel", render(&channel)),
    ]
}
