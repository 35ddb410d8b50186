//! How much of what is being uploaded is held in memory at once. Room is taken by bytes that came,
//! never by bytes announced; no place holds more than its share; and whoever was first can always
//! finish, so that uploads never wait for one another in a ring.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::timeout};

use super::extract::FORM;

/// Up to so many bytes an upload is a small one: a citizen's photographs. Small ones wait for
/// small ones only.
const SMALL: usize = 8 << 20;

/// What all but the first may hold together, in bytes.
#[derive(Debug, Clone, Copy)]
struct Limit {
    small: usize,
    large: usize,
}

/// Over all; with the first, as much as four of the largest forms.
const TOTAL: Limit = Limit {
    small: FORM,
    large: 2 * FORM,
};
/// For one place; with the first, half of that.
const SHARE: Limit = Limit {
    small: FORM * 2 / 3,
    large: FORM / 3,
};

/// How long an upload waits for room before it is told to come again.
const PATIENCE: Duration = Duration::from_secs(60);

/// There was no room for so long.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

/// The room there is.
#[derive(Debug, Default)]
pub(super) struct Room {
    held: Mutex<Uploads>,
    freed: Notify,
}

/// Uploads under way, by the order in which they began to hold something.
#[derive(Debug, Default)]
struct Uploads {
    next: u64,
    all: BTreeMap<u64, Upload>,
}

#[derive(Debug)]
struct Upload {
    place: Option<String>,
    bytes: usize,
}

impl Uploads {
    /// Whether an upload may hold so many bytes more. The first of all, and the first of a place,
    /// may have a whole form.
    fn fits(&self, id: u64, bytes: usize) -> bool {
        let Some(own) = self.all.get(&id) else {
            return false;
        };
        let after = own.bytes + bytes;
        let small = after <= SMALL;
        let within = |limit: Limit, of: &dyn Fn(&Upload) -> bool| {
            let mut those = self.all.iter().filter(|(_, u)| of(u));
            if those.next().is_none_or(|(first, _)| *first == id) {
                return true;
            }
            let alike = those.filter(|(other, u)| **other != id && (u.bytes <= SMALL) == small);
            let held: usize = alike.map(|(_, u)| u.bytes).sum();
            held + after <= if small { limit.small } else { limit.large }
        };
        // Nobody knows whose it is: then it is nobody's share.
        let share = own.place.is_none() || within(SHARE, &|u| u.place == own.place);
        share && within(TOTAL, &|_| true)
    }
}

impl Room {
    fn uploads(&self) -> MutexGuard<'_, Uploads> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An upload that begins to hold something; it gives back all it took when it is dropped.
    pub(super) fn enter(self: &Arc<Self>, place: Option<String>) -> Ticket {
        let mut uploads = self.uploads();
        let id = uploads.next;
        uploads.next += 1;
        uploads.all.insert(id, Upload { place, bytes: 0 });
        Ticket {
            id,
            room: Arc::clone(self),
        }
    }
}

/// A place in the room.
#[derive(Debug)]
pub(super) struct Ticket {
    id: u64,
    room: Arc<Room>,
}

impl Ticket {
    /// Takes room for so many bytes more, waiting for others to leave where there is none.
    ///
    /// # Errors
    /// When nobody left for long.
    pub(super) async fn take(&self, bytes: usize) -> Result<(), Full> {
        let taken = async {
            loop {
                let freed = self.room.freed.notified();
                tokio::pin!(freed);
                // From here on a call is not missed.
                freed.as_mut().enable();
                if self.try_take(bytes) {
                    return;
                }
                freed.await;
            }
        };
        timeout(PATIENCE, taken).await.map_err(|_| Full)
    }

    fn try_take(&self, bytes: usize) -> bool {
        let mut uploads = self.room.uploads();
        let fits = uploads.fits(self.id, bytes);
        if let (true, Some(own)) = (fits, uploads.all.get_mut(&self.id)) {
            own.bytes += bytes;
        }
        fits
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.room.uploads().all.remove(&self.id);
        self.room.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: usize = 1 << 20;

    fn at(room: &Arc<Room>, place: &str) -> Ticket {
        room.enter(Some(place.to_owned()))
    }

    #[test]
    fn no_place_holds_more_than_its_share_and_the_first_can_finish() {
        let room = Arc::new(Room::default());
        let (first, second) = (at(&room, "a"), at(&room, "a"));
        assert!(first.try_take(60 * MB));
        assert!(second.try_take(40 * MB));
        assert!(!second.try_take(MB), "its place has its share");
        let photographs: Vec<Ticket> = (0..10).map(|_| at(&room, "a")).collect();
        for one in &photographs {
            assert!(one.try_take(8 * MB), "small ones wait for no large");
        }
        assert!(!photographs[0].try_take(MB), "nor grow large");
        assert!(!at(&room, "a").try_take(MB), "of small ones too");
        let other = at(&room, "b");
        assert!(other.try_take(FORM), "another place has its own");
        assert!(first.try_take(60 * MB), "the first has a form");
        drop(first);
        assert!(second.try_take(80 * MB), "now it is the first");
    }

    #[tokio::test]
    async fn whoever_was_first_of_all_finishes_though_the_room_is_full() {
        let room = Arc::new(Room::default());
        let first = at(&room, "first");
        let others: Vec<Ticket> = (0..3).map(|n| at(&room, &n.to_string())).collect();
        assert!(first.try_take(MB));
        for other in &others {
            assert!(other.try_take(80 * MB));
        }
        assert!(!others[0].try_take(MB));
        assert!(first.try_take(119 * MB));
        let waits = tokio::spawn(async move { others[0].take(MB).await });
        tokio::task::yield_now().await;
        drop(first);
        assert_eq!(waits.await.unwrap(), Ok(()), "who waits hears of room");
    }
}
