//! One at a time through the same door: what is looked at before and written after must not be
//! looked at by a crowd at once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::{Mutex as Door, OwnedMutexGuard};

/// So many doors are kept before those that nobody stands at are forgotten.
const KEPT: usize = 1_024;

/// Doors by name.
#[derive(Debug, Default)]
pub struct Gate(Mutex<HashMap<String, Weak<Door<()>>>>);

/// Whoever holds it is alone behind every door it names.
pub type Inside = Vec<OwnedMutexGuard<()>>;

impl Gate {
    /// Waits until one is alone behind each of these doors. Names must come in one order
    /// everywhere, or two wait for each other.
    pub async fn enter(&self, names: impl Iterator<Item = &str>) -> Inside {
        let mut inside = Inside::new();
        for name in names {
            inside.push(self.door(name).lock_owned().await);
        }
        inside
    }

    fn door(&self, name: &str) -> Arc<Door<()>> {
        let mut doors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(door) = doors.get(name).and_then(Weak::upgrade) {
            return door;
        }
        if doors.len() >= KEPT {
            doors.retain(|_, door| door.strong_count() > 0);
        }
        let door = Arc::new(Door::new(()));
        doors.insert(name.to_owned(), Arc::downgrade(&door));
        door
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_crowd_passes_one_by_one_and_leaves_no_doors_behind() {
        let (gate, inside) = (Arc::new(Gate::default()), Arc::new(AtomicU32::new(0)));
        let crowd = (0..3 * KEPT).map(|n| {
            let (gate, inside) = (gate.clone(), inside.clone());
            tokio::spawn(async move {
                let own = n.to_string();
                let held = gate.enter([own.as_str(), "all"].into_iter()).await;
                assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                tokio::task::yield_now().await;
                inside.fetch_sub(1, Ordering::SeqCst);
                drop(held);
            })
        });
        for one in crowd.collect::<Vec<_>>() {
            one.await.unwrap();
        }
        drop(gate.enter(["one more"].into_iter()).await);
        assert_eq!(gate.0.lock().unwrap().len(), 1);
    }
}
