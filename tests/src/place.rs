//! Folders, ports, processes and patience.

use std::{
    io::Write as _,
    net::{SocketAddr, TcpListener, TcpStream},
    os::unix::{fs::PermissionsExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::atomic::{AtomicU16, Ordering},
    time::{Duration, Instant},
};

/// A folder that goes when it is dropped, and that servers' users may enter.
#[derive(Debug)]
pub struct Place(tempfile::TempDir);

impl Place {
    /// A fresh one.
    #[must_use]
    pub fn new(what: &str) -> Self {
        let dir = tempfile::Builder::new()
            .prefix(&format!("huiyin-{what}-"))
            .tempdir_in("/tmp")
            .expect("a temporary folder");
        std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755))
            .expect("a folder others may enter");
        Self(dir)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// A path in it.
    #[must_use]
    pub fn at(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Writes a file in it, with the folders that lead there.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.at(name);
        let parent = path.parent().expect("a file lies in a folder");
        std::fs::create_dir_all(parent).expect("a folder for the file");
        std::fs::write(&path, text).expect("a file in a temporary folder");
        path
    }
}

/// A free loopback port, below those that outgoing connections take by themselves.
#[must_use]
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = u16::try_from(std::process::id() % 20_000).unwrap_or(0);
    loop {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = 11_000 + (start + step % 20_000) % 20_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Runs a program to its end; what it said where it fails.
pub fn run(command: &mut Command) -> Output {
    let output = command
        .output()
        .unwrap_or_else(|e| panic!("{command:?} does not start: {e}"));
    assert!(
        output.status.success(),
        "{command:?} failed:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// Asks until there is an answer, and tells the story's reader what was waited for in vain.
pub fn within<T>(limit: Duration, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + limit;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < end, "waited {limit:?} in vain for: {what}");
        std::thread::sleep(Duration::from_millis(40));
    }
}

/// Waits, generously, until something holds.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    within(Duration::from_secs(30), what, || holds().then_some(()));
}

/// Tells whoever runs a long story how it goes.
pub fn say(what: &str) {
    writeln!(std::io::stderr(), "{what}").expect("somebody reads this");
}

/// Waits until a port answers.
pub fn listening(port: u16) {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    until(&format!("a server on {address}"), || {
        TcpStream::connect(address).is_ok()
    });
}

/// A process with all that it starts: killed, as a power cut would, when it is dropped.
#[derive(Debug)]
pub struct Running(Child);

impl Running {
    /// Starts it in a process group of its own.
    pub fn start(command: &mut Command) -> Self {
        let command = command.process_group(0).stdin(Stdio::null());
        Self(
            command
                .spawn()
                .unwrap_or_else(|e| panic!("{command:?} does not start: {e}")),
        )
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Whether it has ended by itself.
    pub fn ended(&mut self) -> bool {
        self.0.try_wait().expect("a child can be asked").is_some()
    }

    /// Asks it to end, and waits.
    pub fn stop(&mut self) {
        signal("-TERM", self.id());
        until("a process to stop", || self.ended());
    }

    /// Kills the whole group at once.
    pub fn kill(&mut self) {
        signal("-KILL", self.id());
        let _ = self.0.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Signals a process group; one that is gone is no fault.
pub(crate) fn signal(name: &str, group: u32) {
    let _ = Command::new("kill")
        .args([name, "--", &format!("-{group}")])
        .stderr(Stdio::null())
        .status();
}

/// No file in a folder holds any of these words.
///
/// # Panics
/// When one does.
pub fn no_file_holds(folder: &Path, words: &[&str]) {
    let mut grep = Command::new("grep");
    grep.args(["-rlaF"]);
    for word in words {
        grep.args(["-e", word]);
    }
    let output = grep.arg(folder).output().expect("grep runs");
    let found = String::from_utf8_lossy(&output.stdout);
    assert!(found.is_empty(), "these words stand in {found}");
}
