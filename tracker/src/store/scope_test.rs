//! Whether the letters that somebody is named on are looked up beforehand or asked for within each
//! question, they see the same.

use super::Sight;
use crate::{
    domain::access::{self, Staff, Viewer},
    letters::{seal, session, staff},
    store::lists::Filter,
    testing::Office,
};

/// How many letters somebody sees in a list and by its count, both ways.
async fn seen(office: &Office, staff: &Staff) -> u64 {
    let store = &office.app.store;
    let scope = access::scope(&Viewer::Staff(staff.clone()));
    let mut all = Vec::new();
    for sight in [
        Sight::asked(&scope),
        store.sight(&scope).await.expect("a sight"),
    ] {
        for open in [false, true] {
            let filter = Filter {
                open,
                ..Filter::default()
            };
            let (list, _) = store.list(&sight, &filter, None, 50).await.expect("a list");
            all.push(list.len() as u64);
            all.push(store.count(&sight, &filter).await.expect("a count"));
            all.push(store.exactly(&sight, &filter).await.expect("a count"));
        }
    }
    all.dedup();
    assert_eq!(all.len(), 1, "{all:?}");
    all[0]
}

#[tokio::test]
async fn looked_up_or_asked_for_the_same_is_seen() {
    let mut office = Office::open("2026-03-02 10:00").await;
    let app = &office.app;
    let channels = app.store.channels().await.expect("channels");
    let sealed = channels.iter().find(|c| c.sealed).expect("the report box");
    let mut people = app.store.people().await.expect("people");
    let registrar = people.iter_mut().find(|p| p.login == "registrar");
    let registrar = registrar.expect("one");
    registrar.cleared = vec![sealed.id];
    let saved = staff::save_person(app, None, registrar).await;
    saved.expect("saved");
    let again = session::signed_in(app, registrar.id).await;
    let again = again.expect("a database").expect("active").staff;
    office.registrar = again;
    let (app, by) = (&office.app, &office.registrar);

    let plain = office.letter("online-consultation", "公开的").await;
    for subject in ["举报一", "举报二", "举报三"] {
        let number = office.letter(&sealed.code, subject).await;
        office.hand_over(number).await;
        let named = seal::name_reader(app, by, number, "chief").await;
        named.expect("named");
        if subject == "举报三" {
            let named = seal::name_party(app, by, number, Some("chief"), None).await;
            named.expect("named");
        }
    }
    office.hand_over(plain).await;
    assert_eq!(seen(&office, &office.registrar).await, 4);
    assert_eq!(seen(&office, &office.handler).await, 4, "handed over to");
    assert_eq!(seen(&office, &office.head).await, 1, "named on none");
    assert_eq!(
        seen(&office, &office.unit_leader).await,
        3,
        "one accuses them"
    );
}
