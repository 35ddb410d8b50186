//! Passwords: what they must be, the first one, and their hashes.

use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};

use super::{Error, Result};
use crate::{app::App, clock::random, domain::text::FieldError};

/// Shortest password, in characters.
pub const PASSWORD: usize = 12;

pub(super) fn check_password(password: &str) -> Result<()> {
    let length = password.chars().count();
    let code = match length {
        n if n < PASSWORD => "too-short",
        n if n > 200 => "too-long",
        _ => return Ok(()),
    };
    Err(Error::Fields(vec![FieldError::new("password", code)]))
}

/// Twelve characters that cannot be misread, in threes.
pub(super) fn first_password(app: &App) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567899";
    let letters = random::<15>(&*app.entropy);
    let text: Vec<char> = letters
        .iter()
        .map(|b| char::from(LETTERS[usize::from(*b & 31)]))
        .collect();
    text.chunks(5)
        .map(|c| c.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join("-")
}

pub(super) async fn hash_password(password: &str) -> Result<String> {
    let password = password.to_owned();
    off_thread(move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|h| h.to_string())
            .map_err(|e| Error::CutShort(e.to_string()))
    })
    .await?
}

pub(super) async fn verify_password(password: &str, hash: String) -> Result<bool> {
    let password = password.to_owned();
    off_thread(move || {
        PasswordHash::new(&hash).is_ok_and(|h| {
            Argon2::default()
                .verify_password(password.as_bytes(), &h)
                .is_ok()
        })
    })
    .await
}

/// Hashing takes 30 ms of one core: away from the pages, and at most two at once.
async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    static SLOTS: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(2);
    let _slot = SLOTS
        .acquire()
        .await
        .map_err(|e| Error::CutShort(e.to_string()))?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|e| Error::CutShort(e.to_string()))
}

/// The hash of no password, with the usual cost.
pub(super) fn decoy() -> String {
    "$argon2id$v=19$m=19456,t=2,p=1$aHVpeWluIGh1aXlpbg$1yR6qvJ1mN3sYcWb1N1cVbUuRz2wN1vW3p8Yk0n2H5o"
        .into()
}
