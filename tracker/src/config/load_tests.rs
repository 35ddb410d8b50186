//! Configurations with everything wrong, and what is told of them.

use super::*;

fn faults(text: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("h.toml");
    std::fs::write(&file, text).unwrap();
    let Err(ConfigError(faults)) = Config::load(Some(&file)) else {
        return Vec::new();
    };
    let prefix = format!("{}:", file.display());
    let told = faults.iter().map(ToString::to_string);
    told.map(|f| f.replace(&prefix, "")).collect()
}

#[test]
fn every_fault_is_told_with_its_line() {
    let text = "bas_url = \"https://a.cn\"\n\
                timezone = \"Asia/Peking\"\n\
                data_dir = 7\n\
                [listen]\n\
                pubic = \"127.0.0.1:1\"\n\
                desk = \"nowhere\"\n\
                [smtp]\n\
                security = \"none\"\n\
                host = \"mail.example.cn\"\n\
                [outbox]\n\
                lanes = 99\n\
                undo_seconds = \"soon\"\n\
                [[mailbox]]\n\
                name = \"a b\"\n\
                channel = \"director-mailbox\"\n\
                host = \"127.0.0.1\"\n\
                start = \"yesterday\"\n\
                password_file = \"/none/such\"\n\
                [[mailbox]]\n\
                name = \"b\"\n\
                [[maildir]]\n\
                nam = \"c\"\n";
    let told = faults(text);
    for (line, hint) in [
        (1, "did you mean `base_url`?"),
        (2, "Asia/Shanghai"),
        (3, "data_dir"),
        (5, "did you mean `public`?"),
        (6, "listen.desk"),
        (7, "`smtp.from` is missing"),
        (8, "smtp.security"),
        (11, "outbox.lanes"),
        (12, "undo_seconds"),
        (13, "`mailbox.0.username` is missing"),
        (14, "part of every key"),
        (17, "2026-01-31"),
        (18, "cannot be read"),
        (19, "`mailbox.1.host` is missing"),
        (19, "`mailbox.1.channel` is missing"),
        (21, "`maildir.0.path` is missing"),
        (22, "did you mean `name`?"),
    ] {
        let found = told
            .iter()
            .any(|f| f.starts_with(&format!("{line}: ")) && f.contains(hint));
        assert!(found, "no {hint} in line {line} of {told:#?}");
    }
    assert!(!told.iter().any(|f| f.contains(MISSING)), "{told:#?}");
}

#[test]
fn a_secret_of_the_wrong_kind_is_not_repeated() {
    let told = faults("[smtp]\nhost = \"a\"\nfrom = \"a@b.cn\"\npassword = 918273\n");
    assert!(told.iter().any(|f| f.starts_with("4: ")), "{told:?}");
    assert!(!told.concat().contains("918273"), "{told:?}");
}

#[test]
fn the_desk_listens_where_the_public_does_unless_it_is_told() {
    let read = |text: &str| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("h.toml");
        std::fs::write(&file, text).unwrap();
        Config::load(Some(&file)).unwrap()
    };
    let config = read("[listen]\npublic = \"127.0.0.1:9000\"\n");
    assert_eq!(config.listen.desk, config.listen.public);
    assert_eq!(config.base_url, "http://127.0.0.1:9000");
    assert_eq!(config.desk_base(), "http://127.0.0.1:9000");
    let config = read("[listen]\ndesk = \"127.0.0.1:9001\"\n");
    assert_eq!(config.listen.public, Config::default().listen.public);
    assert_eq!(config.desk_base(), "http://127.0.0.1:9001");
    let told =
        read("base_url = \"http://127.0.0.1:8080\"\n[listen]\npublic = \"127.0.0.1:9000\"\n");
    assert_eq!(told.base_url, "http://127.0.0.1:8080", "it was told");
}
