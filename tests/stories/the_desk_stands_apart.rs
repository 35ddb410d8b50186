//! A desk with an address of its own: links for staff lead there, and the public's pages have none
//! of it; without one, the desk is where the public is.

use tests::{Client, Engine, Huiyin, Setup, place::free_port, until};

#[test]
fn links_for_staff_lead_to_the_desk() {
    let mut huiyin = Huiyin::prepare(&Setup::new(Engine::Sqlite));
    let (public, port) = (huiyin.base.clone(), free_port());
    let desk = format!("http://127.0.0.1:{port}");
    let file = std::fs::read_to_string(huiyin.folder().join("huiyin.toml")).expect("a file");
    let public_at = public.trim_start_matches("http://");
    let apart = file.replace(
        &format!("desk = \"{public_at}\""),
        &format!("desk = \"127.0.0.1:{port}\""),
    );
    assert_ne!(apart, file);
    huiyin.write("huiyin.toml", &apart);
    huiyin.resume("");
    let first = format!("{desk}/first?key=");
    until("the first administrator's link", || {
        huiyin.log().contains(&first)
    });

    let visitor = huiyin.visitor();
    let page = visitor.get("/").expect(200);
    assert!(
        page.body.contains(&format!("{desk}/login")),
        "{}",
        page.body
    );
    for path in ["/login", "/first?key=x"] {
        let sent = visitor.get(path).expect(303);
        let to = sent.header("location").expect("a place").to_owned();
        assert!(to.starts_with(&desk), "{path}: {to}");
    }
    for path in ["/desk", "/admin", "/password", "/intake"] {
        let _ = visitor.get(path).expect(404);
    }
    huiyin.unit("land", "耕地处");
    let admin = huiyin.colleague("admin", "administrator", "land", &[]);
    let staff = Client::new(&desk);
    staff.sign_in(&admin.login, &admin.password);
    let page = staff.get("/admin").expect(200);
    assert!(!page.body.contains(&public), "{}", page.body);

    // A path and another host of its own.
    huiyin.stop();
    let told = format!("desk_url = \"https://oa.example.gov.cn/hd/\"\n{apart}");
    huiyin.write("huiyin.toml", &told);
    huiyin.resume("");
    let page = huiyin.visitor().get("/").expect(200);
    let there = "https://oa.example.gov.cn/hd/login";
    assert!(page.body.contains(there), "{}", page.body);
    let page = Client::new(&desk).get("/login").expect(200);
    assert!(page.body.contains("\"/hd/login\""), "{}", page.body);
}

#[test]
fn one_address_is_enough() {
    let huiyin = Huiyin::prepare(&Setup::new(Engine::Sqlite));
    let address = huiyin.base.trim_start_matches("http://").to_owned();
    let only = format!("data_dir = \"data\"\n[listen]\npublic = \"{address}\"\n");
    for (file, variable) in [
        (only.as_str(), None),
        ("data_dir = \"data\"\n", Some(&address)),
    ] {
        huiyin.write("huiyin.toml", file);
        let mut command = huiyin.command(&["serve"]);
        if let Some(address) = variable {
            command.env("HUIYIN__LISTEN__PUBLIC", address);
        }
        let log = huiyin.folder().join("served");
        command.stdout(std::fs::File::create(&log).expect("a file"));
        command.stderr(std::process::Stdio::null());
        let mut served = command.spawn().expect("it starts");
        until("it to be ready", || huiyin.ready());
        let _ = huiyin.visitor().get("/login").expect(200);
        let asked = huiyin.visitor().get("/desk");
        assert!(matches!(asked.status, 303 | 401), "{}", asked.status);
        let link = format!("{}/first?key=", huiyin.base);
        until("the link", || {
            std::fs::read_to_string(&log).is_ok_and(|said| said.contains(&link))
        });
        let _ = served.kill();
        let _ = served.wait();
    }
}
