//! What becomes of a mail at a server that fails, by every way a server can fail.

mod doors;
mod sink;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use mail_parser::MessageParser;

use self::sink::{Act, Sink, Step, Tls};
use super::*;
use crate::mail::File;
use crate::render::Rendered;

fn config(port: u16) -> SmtpConfig {
    SmtpConfig {
        host: "localhost".into(),
        port,
        security: Security::None,
        from: "回音 <letters@example.gov.cn>".into(),
        username: None,
        password: None,
        ca_file: None,
        instance: "demo-1".into(),
        timeout: Duration::from_millis(1500),
    }
}

fn mail() -> Mail {
    Mail {
        to: "zhang@example.com".into(),
        reply_to: None,
        message_id: "1@letters.example.gov.cn".into(),
        in_reply_to: None,
        references: Vec::new(),
        automatic: false,
        rendered: Rendered {
            subject: "Re: 来信".into(),
            text: "答复\n".into(),
            html: "<p>答复</p>\n".into(),
        },
        attachments: Vec::new(),
        date: "2026-11-23T01:02:03Z".parse().unwrap(),
    }
}

async fn outcome(step: Step, act: Act) -> (Result<String, DeliveryError>, usize) {
    let sink = Sink::start(&[(step, act)]).await;
    let config = SmtpConfig {
        username: Some("letters".into()),
        password: Some("secret".into()),
        ..config(sink.port)
    };
    let outcome = Smtp::new(&config).unwrap().deliver(&mail()).await;
    (outcome, sink.taken().len())
}

#[tokio::test]
async fn a_taken_mail_is_on_the_wire_as_composed_to_one_recipient() {
    let sink = Sink::start(&[]).await;
    let smtp = Smtp::new(&config(sink.port)).unwrap();
    let mut sent = mail();
    sent.rendered.text = "您好！\n.\n..点行\n".into();
    sent.attachments = vec![File {
        name: "附件.bin".into(),
        media_type: "x/y".into(),
        bytes: vec![7; 300_000],
    }];
    assert_eq!(smtp.deliver(&sent).await.unwrap(), "250 2.0.0 queued");
    let taken = sink.taken().remove(0);
    assert_eq!(taken.from, "MAIL FROM:<letters@example.gov.cn>");
    assert_eq!(taken.to, ["RCPT TO:<zhang@example.com>"]);
    let seen = MessageParser::default().parse(&taken.content).unwrap();
    assert_eq!(
        seen.body_text(0).unwrap().replace("\r\n", "\n"),
        sent.rendered.text
    );
    assert_eq!(seen.attachment(0).unwrap().contents(), vec![7; 300_000]);
}

#[tokio::test]
async fn what_fails_before_the_content_is_temporary_unless_refused_for_good() {
    use Act::{Drop, Hang, Say};
    let mut cases = tokio::task::JoinSet::new();
    for step in [
        Step::Greeting,
        Step::Ehlo,
        Step::Auth,
        Step::Mail,
        Step::Rcpt,
        Step::Data,
    ] {
        for act in [
            Drop,
            Hang,
            Say("451 later"),
            Say("421 closing"),
            Say("what?"),
        ] {
            cases.spawn(async move { (step, act, outcome(step, act).await) });
        }
    }
    cases.spawn(async {
        (
            Step::Mail,
            Drop,
            outcome(Step::Mail, Say("530 5.7.0 sign in")).await,
        )
    });
    cases.spawn(async {
        (
            Step::Data,
            Drop,
            outcome(Step::Data, Say("250 why not")).await,
        )
    });
    while let Some(case) = cases.join_next().await {
        let (step, act, (outcome, taken)) = case.unwrap();
        let temporary = matches!(outcome, Err(DeliveryError::Temporary { .. }));
        assert!(temporary && taken == 0, "{step:?} {act:?} {outcome:?}");
    }
    for step in [Step::Greeting, Step::Ehlo, Step::Auth] {
        match outcome(step, Say("554 5.7.1 not you")).await.0.unwrap_err() {
            DeliveryError::Temporary { reason } => assert!(reason.contains("554 5.7.1 not you")),
            other => panic!("about us, not about the mail: {step:?} {other:?}"),
        }
    }
    for step in [Step::Mail, Step::Rcpt, Step::Data] {
        match outcome(step, Say("550 5.1.1 no such user"))
            .await
            .0
            .unwrap_err()
        {
            DeliveryError::Permanent { reason } => assert!(reason.contains("550 5.1.1 no such")),
            other => panic!("{step:?} {other:?}"),
        }
    }
}

#[tokio::test]
async fn after_the_end_of_content_only_the_servers_word_counts() {
    use Act::{Drop, Hang, Say};
    for act in [Drop, Hang, Say("what?"), Say("354 more?")] {
        let (outcome, taken) = outcome(Step::End, act).await;
        assert!(
            matches!(outcome, Err(DeliveryError::Unknown { .. })),
            "{act:?} {outcome:?}"
        );
        assert_eq!(taken, 1, "the server may well have it");
    }
    let (later, _) = outcome(Step::End, Say("452 full")).await;
    assert!(
        matches!(later, Err(DeliveryError::Temporary { .. })),
        "{later:?}"
    );
    let (never, _) = outcome(Step::End, Say("554 5.7.1 spam")).await;
    assert!(
        matches!(never, Err(DeliveryError::Permanent { .. })),
        "{never:?}"
    );
}

#[tokio::test]
async fn a_large_mail_cut_off_before_its_end_was_provably_not_taken() {
    // More than the buffers between the two can hold.
    let file = File {
        name: "a".into(),
        media_type: String::new(),
        bytes: vec![7; 20_000_000],
    };
    let large = Mail {
        attachments: vec![file],
        ..mail()
    };
    for act in [Act::Drop, Act::Hang] {
        let sink = Sink::start(&[(Step::Amid, act)]).await;
        let smtp = Smtp::new(&config(sink.port)).unwrap();
        let large = large.clone();
        let lane = tokio::spawn(async move { smtp.deliver(&large).await });
        while !sink.amid.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        // The limit of so large a mail is minutes. From here on nothing but time can pass.
        if act == Act::Hang {
            tokio::time::pause();
        }
        match lane.await.unwrap().unwrap_err() {
            DeliveryError::Temporary { reason } => assert!(reason.starts_with("content: ")),
            other => panic!("{act:?} {other:?}"),
        }
        assert!(sink.taken().is_empty());
    }
}

#[tokio::test]
async fn no_server_is_temporary() {
    let refused = Smtp::new(&config(1)).unwrap();
    assert!(matches!(
        refused.deliver(&mail()).await,
        Err(DeliveryError::Temporary { .. })
    ));
    assert!(matches!(
        refused.check().await,
        Err(DeliveryError::Temporary { .. })
    ));
}

#[tokio::test]
async fn a_faulty_mail_is_refused_without_a_connection() {
    let sink = Sink::start(&[]).await;
    let smtp = Smtp::new(&config(sink.port)).unwrap();
    let two = Mail {
        to: "a@b.cn, c@d.cn".into(),
        ..mail()
    };
    assert!(matches!(
        smtp.deliver(&two).await,
        Err(DeliveryError::Permanent { .. })
    ));
    assert_eq!(sink.connections.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn automatic_mail_has_an_empty_sender_or_ours_where_that_is_refused() {
    let receipt = Mail {
        automatic: true,
        ..mail()
    };
    for (acts, from) in [
        (&[][..], "MAIL FROM:<>"),
        (
            &[(Step::Mail, Act::Say("501 no <>"))][..],
            "MAIL FROM:<letters@example.gov.cn>",
        ),
    ] {
        let sink = Sink::start(acts).await;
        Smtp::new(&config(sink.port))
            .unwrap()
            .deliver(&receipt)
            .await
            .unwrap();
        assert_eq!(sink.taken()[0].from, from);
    }
}

#[tokio::test]
async fn an_address_in_chinese_needs_a_server_that_knows_it() {
    let chinese = Mail {
        to: "张三@例子.中国".into(),
        ..mail()
    };
    let sink = Sink::start(&[]).await;
    Smtp::new(&config(sink.port))
        .unwrap()
        .deliver(&chinese)
        .await
        .unwrap();
    let taken = sink.taken().remove(0);
    assert!(
        taken.from.ends_with("SMTPUTF8 BODY=8BITMIME"),
        "{}",
        taken.from
    );
    assert_eq!(taken.to, ["RCPT TO:<张三@xn--fsqu00a.xn--fiqs8s>"]);
    let old = Sink::start_with(&[], Tls::None, false).await;
    let refused = Smtp::new(&config(old.port))
        .unwrap()
        .deliver(&chinese)
        .await;
    assert!(
        matches!(refused, Err(DeliveryError::Permanent { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn connections_are_kept_but_not_for_ever() {
    let sink = Sink::start(&[]).await;
    let smtp = Smtp::new(&config(sink.port)).unwrap();
    for _ in 0..50 {
        smtp.deliver(&mail()).await.unwrap();
    }
    assert_eq!(sink.connections.load(Ordering::Relaxed), 1);
    smtp.deliver(&mail()).await.unwrap();
    assert_eq!(sink.connections.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_refused_recipient_does_not_spoil_the_next_mail() {
    let sink = Sink::start(&[(Step::Rcpt, Act::Say("550 no"))]).await;
    let smtp = Smtp::new(&config(sink.port)).unwrap();
    for connections in 1..=3 {
        assert!(smtp.deliver(&mail()).await.is_err());
        assert_eq!(sink.connections.load(Ordering::Relaxed), connections);
    }
}

#[tokio::test]
async fn no_mail_waits_for_an_acknowledgement() {
    let sink = Sink::start(&[]).await;
    let smtp = Smtp::new(&config(sink.port)).unwrap();
    assert!(smtp.door.reach().await.unwrap().nodelay().unwrap());
}

#[tokio::test]
async fn many_lanes_deliver_at_once() {
    let sink = Sink::start(&[]).await;
    let smtp = Arc::new(
        Smtp::new(&SmtpConfig {
            timeout: Duration::from_secs(5),
            ..config(sink.port)
        })
        .unwrap(),
    );
    let lanes: Vec<_> = (0..8)
        .map(|_| {
            let smtp = Arc::clone(&smtp);
            tokio::spawn(async move { smtp.deliver(&mail()).await })
        })
        .collect();
    for lane in lanes {
        lane.await.unwrap().unwrap();
    }
    assert_eq!(sink.taken().len(), 8);
}

/// Everything that is logged, however fine.
#[derive(Clone, Default)]
struct Log(Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_log_holds_the_words_the_address_or_the_password() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let listening = tracing::subscriber::set_default(subscriber);
    tracing::info!("before");
    let sink = Sink::start(&[]).await;
    let config = SmtpConfig {
        username: Some("letters".into()),
        password: Some("secret".into()),
        ..config(sink.port)
    };
    let smtp = Smtp::new(&config).unwrap();
    let mut sent = mail();
    sent.rendered.text = "canary".into();
    smtp.deliver(&sent).await.unwrap();
    smtp.check().await.unwrap();
    tracing::info!("after");
    drop(listening);
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("before") && logged.contains("after"));
    let signed_in = "AGxldHRlcnMAc2VjcmV0";
    for word in ["canary", "zhang@", "secret", signed_in, "lettre"] {
        assert!(!logged.contains(word), "{word}: {logged}");
    }
}
