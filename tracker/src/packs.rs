//! Where rule packs come from: the built-in one, and folders laid over it.

use std::{
    path::{Path, PathBuf},
    sync::LazyLock,
};

use crate::domain::rules::{Pack, PackFault, PackFile, Rules};

/// Why rule packs cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The folder.
    #[error("the rule pack {} cannot be read: {source}; check rule_packs", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// What stands in it.
    #[error("the rule pack {} cannot be used:\n{}", path.display(), list(faults))]
    Faults {
        /// Which.
        path: PathBuf,
        /// Every fault.
        faults: Vec<PackFault>,
    },
}

fn list(faults: &[PackFault]) -> String {
    let lines: Vec<_> = faults.iter().map(|f| format!("  - {f}")).collect();
    lines.join("\n")
}

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../packs/cn/", $name)))),+]
    };
}

const CN: &[(&str, &str)] = files![
    "pack.toml",
    "petition.toml",
    "consultation.toml",
    "disclosure.toml",
    "proposal.toml",
    "own.toml",
    "golden/vectors.csv",
    "golden/petition.csv",
    "golden/consultation.csv",
    "golden/disclosure.csv",
    "golden/own.csv",
    "golden/chosen.csv",
];

static PACK: LazyLock<Pack> = LazyLock::new(|| {
    let files = CN.iter().map(|(name, text)| PackFile {
        name: (*name).to_owned(),
        text: (*text).to_owned(),
    });
    Pack::parse(&files.collect::<Vec<_>>()).expect("the built-in pack is checked by its tests")
});

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::new(PACK.rules.clone()));

/// The pack that ships with Huiyin, with its golden cases.
#[must_use]
pub fn cn() -> &'static Pack {
    &PACK
}

/// The rules of the pack that ships with Huiyin.
#[must_use]
pub fn built_in() -> &'static Rules {
    &RULES
}

/// The built-in rules with folders laid over them, the last on top.
///
/// # Errors
/// See [`PackError`].
pub fn lay(over: &[PathBuf]) -> Result<Rules, PackError> {
    over.iter().try_fold(built_in().clone(), |rules, dir| {
        lay_one(rules, dir, read(dir)?)
    })
}

/// A pack laid over rules, checked together with them.
///
/// # Errors
/// See [`PackError`].
pub fn lay_one(rules: Rules, dir: &Path, pack: Pack) -> Result<Rules, PackError> {
    let rules = rules.under(pack.rules);
    let faults = rules.faults();
    if faults.is_empty() {
        Ok(rules)
    } else {
        let path = dir.to_owned();
        Err(PackError::Faults { path, faults })
    }
}

/// Reads a pack's folder: `pack.toml`, other `.toml` files of rules, `golden.csv` or
/// `golden/*.csv`.
///
/// # Errors
/// See [`PackError`].
pub fn read(dir: &Path) -> Result<Pack, PackError> {
    let path = || dir.to_owned();
    let files = files(dir).map_err(|source| PackError::Folder {
        path: path(),
        source,
    })?;
    Pack::parse(&files).map_err(|faults| PackError::Faults {
        path: path(),
        faults,
    })
}

fn files(dir: &Path) -> std::io::Result<Vec<PackFile>> {
    let mut out = Vec::new();
    let golden = dir.join("golden");
    let folders = [(dir, ""), (golden.as_path(), "golden/")];
    for (folder, prefix) in folders {
        if !prefix.is_empty() && !folder.is_dir() {
            continue;
        }
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let kind = path.extension().and_then(|e| e.to_str());
            let Some(name) = path.file_name().and_then(|n| n.to_str()) else {
                continue;
            };
            let read = match kind {
                Some("toml") => prefix.is_empty(),
                Some("csv") => true,
                _ => false,
            };
            if read {
                out.push(PackFile {
                    name: format!("{prefix}{name}"),
                    text: std::fs::read_to_string(&path)?,
                });
            }
        }
    }
    out.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(out)
}

#[cfg(test)]
#[path = "packs_tests.rs"]
mod tests;
