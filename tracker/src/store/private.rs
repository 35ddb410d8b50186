//! The files of a SQLite database are its owner's alone: the folder is made with mode 0700, the
//! database with 0600, and SQLite gives its write-ahead log the mode of the database.

use std::{
    fs::{DirBuilder, OpenOptions, Permissions, set_permissions},
    io,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
};

/// Makes folder and database where they are not there, and takes from others what a database of
/// an earlier version let them read.
///
/// # Errors
/// When they cannot be made.
pub(super) fn prepare(file: &Path) -> io::Result<()> {
    if let Some(folder) = file.parent().filter(|p| !p.as_os_str().is_empty()) {
        let mut private = DirBuilder::new();
        private.recursive(true).mode(0o700).create(folder)?;
    }
    let mut new = OpenOptions::new();
    match new.write(true).create_new(true).mode(0o600).open(file) {
        Ok(_) => Ok(()),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
            for end in ["", "-wal", "-shm"] {
                tighten(Path::new(&format!("{}{end}", file.display())));
            }
            Ok(())
        }
        Err(e) => Err(e),
    }
}

fn tighten(path: &Path) {
    let Ok(found) = path.metadata() else {
        return;
    };
    let mode = found.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return;
    }
    let file = path.display();
    match set_permissions(path, Permissions::from_mode(mode & 0o700)) {
        Ok(()) => tracing::info!(%file, "others could read this file, and cannot any more"),
        Err(error) => tracing::warn!(%file, %error, "others can read this file: chmod 600 it"),
    }
}
