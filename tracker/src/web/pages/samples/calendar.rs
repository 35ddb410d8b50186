//! The calendar, and what changing it would move.

use super::super::calendar::{
    CalendarFile, CalendarPage, ChangeRow, ChangedDay, ImportPage, LookPage, MoveRow, Moves,
    RemovalPage, SpecialDay, UndoPage, YearPage, YearRow,
};
use super::super::parts::Errors;
use super::{chrome, error, render};
use crate::domain::words::Language;

fn moves() -> Moves {
    Moves {
        rows: vec![MoveRow {
            rule: "cn.57.consultation.7wd".into(),
            from: "2026-03-11".into(),
            to: "2026-03-10".into(),
            n: 3,
        }],
        open: 40,
        moved: 3,
        settled: 2,
        loosened: 1,
    }
}

fn change(undoable: bool) -> ChangeRow {
    ChangeRow {
        id: 1,
        kind: "import".into(),
        at: "2026-11-05 09:30".into(),
        by: "管理员".into(),
        reason: "国办通知".into(),
        years: "2027".into(),
        days: 33,
        undone_at: if undoable {
            String::new()
        } else {
            "2026-11-05 10:00".into()
        },
        undoable,
    }
}

pub(super) fn pages(language: Language) -> Vec<(&'static str, String)> {
    let at = |path| chrome(language, path, true);
    let c = at("/admin/calendar");
    vec![
        (
            "admin-calendar",
            render(&CalendarPage {
                chrome: at("/admin/calendar"),
                version: "cn-2026.1f2e3d4c".into(),
                missing: vec!["2027".into()],
                local: vec![SpecialDay {
                    date: "2026-03-03".into(),
                    kind: "holiday".into(),
                    name: "三月三".into(),
                }],
                years: vec![YearRow {
                    year: "2026".into(),
                    url: "/admin/calendar/2026".into(),
                    holidays: 22,
                    makeups: 6,
                    imported: true,
                }],
                changes: vec![change(true), change(false)],
            }),
        ),
        (
            "admin-calendar-undo",
            render(&UndoPage {
                chrome: at("/admin/calendar/undo"),
                change: change(true),
                withdrawn: vec!["2027".into()],
                days: vec![ChangedDay {
                    date: "2027-10-01".into(),
                    from: "holiday".into(),
                    to: "statutory".into(),
                    name: "国庆节".into(),
                }],
                moves: moves(),
                reason: String::new(),
                errors: Errors(vec![error("reason", "required", "")]),
            }),
        ),
        (
            "admin-calendar-remove",
            render(&RemovalPage {
                chrome: at("/admin/calendar/remove"),
                days: vec![SpecialDay {
                    date: "2026-03-03".into(),
                    kind: "workday".into(),
                    name: String::new(),
                }],
                moves: moves(),
                reason: String::new(),
                errors: Errors(vec![error("reason", "required", "")]),
            }),
        ),
        (
            "admin-calendar-import",
            render(&ImportPage {
                chrome: at("/admin/calendar/import"),
                layers: c.choices("layer", ["state", "local"], "local"),
                file: CalendarFile {
                    layer: "local".into(),
                    year: String::new(),
                    text: "2026-04-20,off,三月三".into(),
                },
                errors: Errors(vec![error("text", "calendar-kind", "off")]),
            }),
        ),
        (
            "admin-calendar-look",
            render(&LookPage {
                chrome: at("/admin/calendar/import"),
                file: CalendarFile {
                    layer: "state".into(),
                    year: "2027".into(),
                    text: "2027-10-01,holiday,国庆节\r\n2027-10-09,makeup_workday,国庆节".into(),
                },
                announced: vec!["2027".into()],
                days: vec![
                    ChangedDay {
                        date: "2027-10-01".into(),
                        from: "workday".into(),
                        to: "holiday".into(),
                        name: "国庆节".into(),
                    },
                    ChangedDay {
                        date: "2027-10-09".into(),
                        from: "weekend".into(),
                        to: "makeup_workday".into(),
                        name: "国庆节".into(),
                    },
                ],
                moves: moves(),
                reason: String::new(),
                errors: Errors(vec![error("reason", "required", "")]),
            }),
        ),
        (
            "admin-year",
            render(&YearPage {
                chrome: at("/admin/calendar/2026"),
                year: "2026".into(),
                version: "cn-2026.1f2e3d4c".into(),
                days: vec![
                    SpecialDay {
                        date: "2026-01-01".into(),
                        kind: "holiday".into(),
                        name: "元旦".into(),
                    },
                    SpecialDay {
                        date: "2026-01-04".into(),
                        kind: "makeup_workday".into(),
                        name: "元旦".into(),
                    },
                ],
            }),
        ),
    ]
}
