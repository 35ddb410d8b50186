//! Before anything else: what the stories are told with is what it says it is.

use tests::{Browser, Dovecot, Engine, FaultySmtp, Letter, Mood, Postfix, engine, mail};

#[test]
fn a_mail_travels_from_postfix_to_dovecot() {
    let dovecot = Dovecot::start();
    let postfix = Postfix::start(&dovecot, &["director"]);
    let letter = Letter::new("citizen", "director", "来信", "您好");
    postfix.send(&letter.mail());
    let arrived = dovecot.arrived("director", 1);
    assert_eq!(mail::seen(&arrived[0]).subject, "来信", "{}", postfix.log());
}

#[test]
fn dovecot_keeps_its_mail_through_a_kill() {
    let mut dovecot = Dovecot::start();
    dovecot.append(
        "director",
        &Letter::new("citizen", "director", "一", "正文").bytes(),
    );
    dovecot.kill();
    dovecot.resume();
    assert_eq!(dovecot.count("director", "INBOX"), 1);
    assert_eq!(dovecot.count("director", "Processed"), 0);
}

#[test]
fn a_faulty_server_errs_as_told() {
    use lettre::Transport as _;
    let server = FaultySmtp::start(&[Mood::Refuse(550), Mood::TakeInSilence]);
    let transport = lettre::SmtpTransport::builder_dangerous("127.0.0.1")
        .port(server.port)
        .build();
    let mail = Letter::new("a", "b", "主题", "正文").mail();
    assert!(transport.send(&mail).is_err_and(|e| e.is_permanent()));
    assert!(transport.send(&mail).is_err_and(|e| !e.is_permanent()));
    assert!(transport.send(&mail).is_ok());
    assert_eq!(server.given().len(), 2);
}

#[test]
fn postgres_is_durable() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Engine::Postgres.database(folder.path());
    assert!(database.url.starts_with("postgres"));
    assert_eq!(engine::psql("SHOW fsync"), "on");
}

#[test]
fn a_browser_reads_a_page() {
    let browser = Browser::open(false);
    browser.visit("data:text/html;charset=utf-8,<h1>回音</h1><script>document.title='x'</script>");
    assert_eq!(browser.text("h1"), "回音");
}
