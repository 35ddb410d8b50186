//! The program `huiyin`.

use std::process::ExitCode;

fn main() -> ExitCode {
    tracker::cli::run(std::env::args_os())
}
