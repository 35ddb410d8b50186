//! Disks that fill up and fail: one of C, preloaded before the C library of any program, which
//! answers `ENOSPC`, `EIO` or `EROFS` for files below a folder as long as it is told to; and a real
//! small one.

use std::{
    fs::File,
    io::Write as _,
    os::unix::fs::{FileExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::Command,
};

use crate::place::{Place, run};

/// What a disk answers that has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// `EIO`: it is broken.
    Broken = 5,
    /// `ENOSPC`: it is full, for any write at all.
    NoSpace = 28,
    /// `EROFS`: it was made read-only.
    ReadOnly = 30,
}

/// Which calls are refused; the sum of several is all of these.
pub mod calls {
    /// Writing, and changing a file's size.
    pub const WRITES: u32 = 1;
    /// `fsync` and `fdatasync`.
    pub const SYNCS: u32 = 2;
    /// Making, deleting and renaming files.
    pub const MAKES: u32 = 4;
    /// Reading.
    pub const READS: u32 = 8;
}

/// Where in the control file what stands: see `faulty_disk.c`.
mod at {
    pub(super) const ERROR: u64 = 0;
    pub(super) const PER_MILLE: u64 = 4;
    pub(super) const CALLS: u64 = 8;
    pub(super) const THROWN: u64 = 12;
    pub(super) const LIMITED: u64 = 16;
    pub(super) const ROOM: u64 = 24;
    pub(super) const SIZE: u64 = 32;
}

/// A disk that is well until it is told otherwise.
#[derive(Debug)]
pub struct FaultyDisk {
    place: Place,
    control: File,
}

impl FaultyDisk {
    /// Makes one.
    #[must_use]
    pub fn new() -> Self {
        let place = Place::new("disk");
        let source = place.write("faulty_disk.c", include_str!("faulty_disk.c"));
        run(Command::new("gcc")
            .args(["-std=gnu11", "-O1", "-Wall", "-Werror", "-shared", "-fPIC"])
            // Calls with and without "64" in their names are answered one by one.
            .args(["-U_FORTIFY_SOURCE", "-o"])
            .arg(place.at("faulty_disk.so"))
            .arg(source)
            .arg("-ldl"));
        let path = place.at("control");
        let control = File::options()
            .read(true)
            .write(true)
            .create_new(true)
            .open(&path)
            .expect("a file in a temporary folder");
        control.set_len(at::SIZE).expect("a file of some bytes");
        // PostgreSQL runs as somebody else, and counts what it was refused.
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666))
            .expect("a file for everybody");
        Self { place, control }
    }

    /// What a program's environment needs, so that this disk answers for files under a folder.
    #[must_use]
    pub fn environment(&self, under: &Path) -> [(&'static str, PathBuf); 3] {
        [
            ("LD_PRELOAD", self.place.at("faulty_disk.so")),
            ("FAULTY_DISK_CONTROL", self.place.at("control")),
            ("FAULTY_DISK_UNDER", under.to_owned()),
        ]
    }

    /// From now on files may grow by so many bytes in all; what they have can be written anew.
    pub fn has_room_for(&self, bytes: u64) {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        self.put(at::ROOM, &bytes.to_ne_bytes());
        self.put(at::LIMITED, &1u32.to_ne_bytes());
    }

    /// From now on so many of a thousand of these calls are refused.
    pub fn refuses(&self, with: Refusal, which: u32, per_mille: u32) {
        self.put(at::PER_MILLE, &per_mille.to_ne_bytes());
        self.put(at::CALLS, &which.to_ne_bytes());
        self.put(at::ERROR, &(with as u32).to_ne_bytes());
    }

    /// Everything works again.
    pub fn is_well(&self) {
        self.put(at::ERROR, &0u32.to_ne_bytes());
        self.put(at::LIMITED, &0u32.to_ne_bytes());
    }

    /// How many calls it refused so far.
    #[must_use]
    pub fn refused(&self) -> u32 {
        let mut count = [0; 4];
        let read = self.control.read_exact_at(&mut count, at::THROWN);
        read.expect("the control file is there");
        u32::from_ne_bytes(count)
    }

    fn put(&self, at: u64, bytes: &[u8]) {
        let written = self.control.write_all_at(bytes, at);
        written.expect("the control file is there");
    }
}

impl Default for FaultyDisk {
    fn default() -> Self {
        Self::new()
    }
}

/// A real file system of a few megabytes, in memory. Only root can make one.
#[derive(Debug)]
pub struct SmallDisk(Place);

impl SmallDisk {
    /// Makes one; `None` where that is not allowed.
    #[must_use]
    pub fn of_megabytes(size: u32) -> Option<Self> {
        let place = Place::new("small");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}m,mode=755")])
            .arg("huiyin-small")
            .arg(place.path())
            .output();
        mounted
            .is_ok_and(|m| m.status.success())
            .then_some(Self(place))
    }

    /// Where it is mounted.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Leaves not a byte.
    pub fn fill(&self) {
        let mut ballast = File::options()
            .append(true)
            .create(true)
            .open(self.0.at("ballast"))
            .expect("a file on an empty disk");
        for piece in [1 << 20, 4096, 1] {
            let zeros = vec![0; piece];
            while ballast.write_all(&zeros).is_ok() {}
        }
    }

    /// Makes room again.
    pub fn clear(&self) {
        let _ = std::fs::remove_file(self.0.at("ballast"));
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Whoever still has a file there open loses it later.
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::Cluster;

    #[test]
    fn a_cluster_feels_its_disk() {
        let disk = FaultyDisk::new();
        let mut cluster = Cluster::on(&disk);
        let made = cluster.ask("CREATE TABLE word (word TEXT)");
        assert!(made.is_some());
        disk.has_room_for(0);
        let much = "INSERT INTO word SELECT repeat('x', 1000) FROM generate_series(1, 9000)";
        assert_eq!(cluster.ask(much), None, "no room");
        assert!(disk.refused() > 0);
        disk.refuses(Refusal::Broken, calls::SYNCS, 1000);
        assert_eq!(cluster.ask("INSERT INTO word VALUES ('y')"), None);
        disk.is_well();
        cluster.resume();
        assert_eq!(
            cluster.ask("SELECT count(*) FROM word").as_deref(),
            Some("0")
        );
    }
}
