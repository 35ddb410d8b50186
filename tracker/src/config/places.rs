//! Where things are found: the addresses that links lead to, and the master key.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use super::Config;

/// The master key's file before it stood apart from the data.
const OLD_KEY: &str = "master.key";

impl Config {
    /// Where the master key lies: as `master_key_file` says, else in a folder beside `data_dir`,
    /// so that no backup of the data holds the key to it. A key that still lies within `data_dir`,
    /// where it was made before, is used there.
    #[must_use]
    pub fn key_file(&self) -> PathBuf {
        let apart = self.key_file_apart();
        let old = self.data_dir.join(OLD_KEY);
        if self.master_key_file.is_none() && !apart.exists() && old.exists() {
            return old;
        }
        apart
    }

    /// Where the master key should lie.
    #[must_use]
    pub fn key_file_apart(&self) -> PathBuf {
        self.master_key_file
            .clone()
            .unwrap_or_else(|| beside(&self.data_dir).join(OLD_KEY))
    }

    /// What is amiss where the master key lies within the folder that is backed up, with what to do.
    #[must_use]
    pub fn key_within_data(&self) -> Option<String> {
        let (now, apart) = (self.key_file(), self.key_file_apart());
        let shown = |p: &Path| p.display().to_string();
        if now != apart {
            let folder = apart.parent().map(shown).unwrap_or_default();
            return Some(format!(
                "the master key lies in {}, so every backup of that folder holds the key to what \
                 is sealed in it; move it: mkdir -m 700 {folder} && mv {} {}",
                shown(&self.data_dir),
                shown(&now),
                shown(&apart)
            ));
        }
        now.starts_with(&self.data_dir).then(|| {
            format!(
                "master_key_file lies within data_dir ({}), so every backup of that folder holds \
                 the key to what is sealed in it; move the file elsewhere and say where",
                shown(&self.data_dir)
            )
        })
    }

    /// Links lead to this address, where nobody said where they lead.
    pub fn lead_to(&mut self, address: SocketAddr) {
        if self.base_url == Self::default().base_url {
            self.base_url = format!("http://{address}");
        }
    }

    /// Where links for staff lead: `desk_url`; without it the address of the desk where that stands
    /// apart, else `base_url`. No slash at its end.
    #[must_use]
    pub fn desk_base(&self) -> String {
        let public = || self.base_url.trim_end_matches('/').to_owned();
        let desk = self.listen.desk;
        match &self.desk_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None if desk == self.listen.public => public(),
            // It listens on every address of this machine: by the name the public knows.
            None if desk.ip().is_unspecified() => {
                let url = public();
                let host = url.split_once("://").map_or("", |(_, rest)| rest);
                let host = host.split('/').next().unwrap_or_default();
                let name = match host.rsplit_once(':') {
                    Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
                    _ => host,
                };
                format!("http://{name}:{}", desk.port())
            }
            None => format!("http://{desk}"),
        }
    }
}

/// The folder of the key that belongs to a data folder: `huiyin-keys` beside `huiyin-data`.
fn beside(data: &Path) -> PathBuf {
    let name = data.file_name().map(|n| n.to_string_lossy().into_owned());
    let name = name.unwrap_or_else(|| "huiyin".to_owned());
    let name = name.strip_suffix("-data").unwrap_or(&name);
    match data.file_name() {
        Some(_) => data.with_file_name(format!("{name}-keys")),
        None if data == Path::new(".") => Path::new("..").join(format!("{name}-keys")),
        None => data.join("..").join(format!("{name}-keys")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_stands_beside_the_data() {
        for (data, key) in [
            ("huiyin-data", "huiyin-keys/master.key"),
            ("/var/lib/huiyin", "/var/lib/huiyin-keys/master.key"),
            ("/srv/x/data/", "/srv/x/data-keys/master.key"),
            (".", "../huiyin-keys/master.key"),
        ] {
            let config = Config {
                data_dir: data.into(),
                ..Config::default()
            };
            assert_eq!(config.key_file(), PathBuf::from(key), "{data}");
            assert_eq!(config.key_within_data(), None, "{data}");
        }
    }

    #[test]
    fn a_key_within_the_data_is_used_and_told() {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config {
            data_dir: folder.path().join("huiyin-data"),
            ..Config::default()
        };
        let old = config.data_dir.join("master.key");
        std::fs::create_dir(&config.data_dir).unwrap();
        std::fs::write(&old, "x").unwrap();
        assert_eq!(config.key_file(), old);
        let told = config.key_within_data().unwrap();
        assert!(
            told.contains("mv ") && told.contains("huiyin-keys"),
            "{told}"
        );
        let apart = config.key_file_apart();
        std::fs::create_dir(apart.parent().unwrap()).unwrap();
        std::fs::rename(&old, &apart).unwrap();
        assert_eq!((config.key_file(), config.key_within_data()), (apart, None));
        config.master_key_file = Some(old);
        assert!(
            config
                .key_within_data()
                .unwrap()
                .contains("master_key_file")
        );
    }

    #[test]
    fn links_for_staff_lead_to_the_desk() {
        let base = |base_url: &str, public: &str, desk: &str, desk_url: Option<&str>| {
            let mut config = Config {
                base_url: base_url.into(),
                desk_url: desk_url.map(ToOwned::to_owned),
                ..Config::default()
            };
            config.listen.public = public.parse().unwrap();
            config.listen.desk = desk.parse().unwrap();
            config.desk_base()
        };
        let public = "https://x.gov.cn/hd/";
        for (desk, url, expected) in [
            ("127.0.0.1:80", None, "https://x.gov.cn/hd"),
            ("10.0.0.5:8081", None, "http://10.0.0.5:8081"),
            ("[::1]:8081", None, "http://[::1]:8081"),
            ("0.0.0.0:8081", None, "http://x.gov.cn:8081"),
            ("10.0.0.5:8081", Some("https://oa.x/d/"), "https://oa.x/d"),
        ] {
            assert_eq!(base(public, "127.0.0.1:80", desk, url), expected, "{desk}");
        }
        assert_eq!(
            base("http://[::1]:80", "[::1]:80", "0.0.0.0:81", None),
            "http://[::1]:81"
        );
    }
}
