//! Passwords: what they must be, the first one, and their hashes.

use std::time::Duration;

use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{Error, Result};
use crate::{app::App, clock::random, domain::text::FieldError};

/// Shortest password, in characters.
pub const PASSWORD: usize = 12;
/// How long one waits for a place to hash at.
const QUEUE: Duration = Duration::from_secs(20);

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
    let slot = Slot::wait().await?;
    slot.off_thread(move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|h| h.to_string())
            .map_err(|e| Error::CutShort(e.to_string()))
    })
    .await?
}

pub(super) async fn verify_password(slot: &Slot, password: &str, hash: String) -> Result<bool> {
    let password = password.to_owned();
    slot.off_thread(move || {
        PasswordHash::new(&hash).is_ok_and(|h| {
            Argon2::default()
                .verify_password(password.as_bytes(), &h)
                .is_ok()
        })
    })
    .await
}

/// A place to hash at. Hashing takes 30 ms of one core and 19 MiB: away from the pages, and at most
/// two at once.
pub(super) struct Slot(#[expect(dead_code, reason = "held, not read")] SemaphorePermit<'static>);

impl Slot {
    /// Waits for a place; not for ever, so that no crowd before the door piles up behind it.
    pub(super) async fn wait() -> Result<Self> {
        static SLOTS: Semaphore = Semaphore::const_new(2);
        match tokio::time::timeout(QUEUE, SLOTS.acquire()).await {
            Ok(Ok(permit)) => Ok(Self(permit)),
            _ => Err(Error::CutShort("no place to hash a password at".into())),
        }
    }

    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|e| Error::CutShort(e.to_string()))
    }
}

/// The hash of no password, with the usual cost.
pub(super) fn decoy() -> String {
    "$argon2id$v=19$m=19456,t=2,p=1$aHVpeWluIGh1aXlpbg$1yR6qvJ1mN3sYcWb1N1cVbUuRz2wN1vW3p8Yk0n2H5o"
        .into()
}
