//! Which servers are entered, and with what.

use std::io::Write as _;

use super::*;

/// The sink's authority as a file that goes with the guard.
struct Authority(PathBuf);

impl Authority {
    fn of(sink: &Sink) -> Self {
        let path = std::env::temp_dir().join(format!(
            "huiyin-ca-{}-{}.pem",
            std::process::id(),
            sink.port
        ));
        let mut file = std::fs::File::create(&path).unwrap();
        file.write_all(sink.authority.as_bytes()).unwrap();
        Self(path)
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[tokio::test]
async fn both_ways_of_tls_work_with_an_authority_of_ones_own_and_with_no_other() {
    for (tls, security) in [
        (Tls::Start, Security::StartTls),
        (Tls::Wrapped, Security::Tls),
    ] {
        let sink = Sink::start_with(&[], tls, true).await;
        let authority = Authority::of(&sink);
        let trusting = SmtpConfig {
            security,
            ca_file: Some(authority.0.clone()),
            timeout: Duration::from_secs(5),
            ..config(sink.port)
        };
        let smtp = Smtp::new(&trusting).unwrap();
        smtp.check().await.unwrap();
        for _ in 0..3 {
            smtp.deliver(&mail()).await.unwrap();
        }
        assert_eq!(sink.taken().len(), 3);

        let elsewhere = SmtpConfig {
            host: "127.0.0.1".into(),
            ..trusting.clone()
        };
        let wrong_name = Smtp::new(&elsewhere).unwrap().deliver(&mail()).await;
        assert!(
            matches!(wrong_name, Err(DeliveryError::Temporary { .. })),
            "{wrong_name:?}"
        );

        let other = Sink::start_with(&[], tls, true).await;
        let stranger = SmtpConfig {
            port: other.port,
            ..trusting
        };
        let untrusted = Smtp::new(&stranger).unwrap().deliver(&mail()).await;
        assert!(
            matches!(untrusted, Err(DeliveryError::Temporary { .. })),
            "{untrusted:?}"
        );
        assert_eq!(other.taken().len(), 0);
    }
}

#[tokio::test]
async fn a_server_without_starttls_gets_neither_password_nor_mail() {
    let sink = Sink::start(&[]).await;
    let authority = Authority::of(&sink);
    let config = SmtpConfig {
        security: Security::StartTls,
        ca_file: Some(authority.0.clone()),
        username: Some("letters".into()),
        password: Some("secret".into()),
        ..config(sink.port)
    };
    let refused = Smtp::new(&config).unwrap().deliver(&mail()).await;
    assert!(
        matches!(refused, Err(DeliveryError::Temporary { .. })),
        "{refused:?}"
    );
    assert!(sink.taken().is_empty());
}

#[test]
fn settings_that_cannot_work_are_named() {
    let good = config(25);
    let fault = |config: SmtpConfig| Smtp::new(&config).map(drop).unwrap_err();
    for host in [
        "mail.example.gov.cn",
        "10.0.0.1",
        "0.0.0.0",
        "::",
        "127.0.0.1.example.org",
    ] {
        let plain = fault(SmtpConfig {
            host: host.into(),
            ..good.clone()
        });
        assert!(matches!(plain, SetupError::Plain(_)), "{host}");
    }
    for host in ["127.0.0.1", "127.8.9.1", "[::1]", "::1", "LocalHost"] {
        assert!(
            Smtp::new(&SmtpConfig {
                host: host.into(),
                ..good.clone()
            })
            .is_ok(),
            "{host}"
        );
    }
    let from = SmtpConfig {
        from: "x\r\nBcc: a@b.c".into(),
        ..good.clone()
    };
    assert!(matches!(fault(from), SetupError::From(_)));
    for name in ["", "a b", "回音", "a\r\nb"] {
        let instance = SmtpConfig {
            instance: name.into(),
            ..good.clone()
        };
        assert!(matches!(fault(instance), SetupError::Instance(_)));
    }
    let half = SmtpConfig {
        username: Some("a".into()),
        ..good.clone()
    };
    assert!(matches!(fault(half), SetupError::Credentials));
    for security in [Security::Tls, Security::StartTls] {
        let missing = SmtpConfig {
            security,
            ca_file: Some("/nowhere.pem".into()),
            ..good.clone()
        };
        assert!(matches!(fault(missing), SetupError::CaFile { .. }));
        let host = SmtpConfig {
            security,
            host: "a b".into(),
            ..good.clone()
        };
        assert!(matches!(fault(host), SetupError::Host(_)));
    }
    let secret = SmtpConfig {
        password: Some("hunter2".into()),
        ..good
    };
    assert!(!format!("{secret:?}").contains("hunter2"));
}
