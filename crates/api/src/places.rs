//! Places for what holds a connection for long or does much: so many in all, and so many for each who asks, so that nobody takes
//! them all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// A number of places.
#[derive(Clone)]
pub struct Places {
    all: Arc<Semaphore>,
    each: usize,
    own: Arc<Mutex<HashMap<i64, Arc<Semaphore>>>>,
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPlace {
    /// Whoever asks has as many as one may have.
    Own,
    /// Others have all of them.
    Others,
}

/// A place; given back when it is dropped, also by a panic or because its client hung up.
pub struct Place {
    _own: Option<OwnedSemaphorePermit>,
    _permit: OwnedSemaphorePermit,
}

impl Places {
    /// So many in all, and so many for each.
    pub fn new(all: usize, each: usize) -> Self {
        Self { all: Arc::new(Semaphore::new(all)), each, own: Arc::default() }
    }

    /// A place for them, or for somebody who is nobody in particular. It is waited for that long.
    ///
    /// # Errors
    /// When none becomes free.
    pub async fn take(&self, who: Option<i64>, patience: Duration) -> Result<Place, NoPlace> {
        let until = Instant::now() + patience;
        let own = match who {
            Some(who) => Some(permit(self.of(who), until).await.ok_or(NoPlace::Own)?),
            None => None,
        };
        let permit = permit(Arc::clone(&self.all), until).await.ok_or(NoPlace::Others)?;
        Ok(Place { _own: own, _permit: permit })
    }

    /// A place for them, if there is one right now.
    pub fn take_now(&self, who: i64) -> Option<Place> {
        let own = self.of(who).try_acquire_owned().ok()?;
        Some(Place { _own: Some(own), _permit: Arc::clone(&self.all).try_acquire_owned().ok()? })
    }

    /// Somebody's own places. Those of others that are all free are forgotten.
    fn of(&self, who: i64) -> Arc<Semaphore> {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        own.retain(|_, places| Arc::strong_count(places) > 1);
        Arc::clone(own.entry(who).or_insert_with(|| Arc::new(Semaphore::new(self.each))))
    }
}

async fn permit(places: Arc<Semaphore>, until: Instant) -> Option<OwnedSemaphorePermit> {
    tokio::time::timeout_at(until, places.acquire_owned()).await.ok()?.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn take(places: &Places, who: Option<i64>) -> Result<Place, NoPlace> {
        places.take(who, Duration::ZERO).await
    }

    #[tokio::test]
    async fn nobody_takes_all_and_whatever_ends_gives_back() {
        let places = Places::new(3, 2);
        let mut held = vec![];
        for _ in 0..2 {
            held.push(take(&places, Some(1)).await.ok());
        }
        assert_eq!(take(&places, Some(1)).await.err(), Some(NoPlace::Own));
        held.push(take(&places, Some(2)).await.ok());
        assert_eq!(take(&places, Some(3)).await.err(), Some(NoPlace::Others));
        assert_eq!(take(&places, None).await.err(), Some(NoPlace::Others));
        assert!(held.iter().all(Option::is_some));
        held.remove(0);
        let theirs = take(&places, Some(1)).await;
        assert!(theirs.is_ok());
        // Also when whoever has it panics.
        let panics = tokio::spawn(async move {
            let _theirs = theirs;
            std::panic::resume_unwind(Box::new("as it should in this test"));
        });
        assert!(panics.await.is_err());
        assert!(take(&places, Some(1)).await.is_ok());
        drop(held);
        places.of(1);
        assert_eq!(places.own.lock().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn who_gives_up_waiting_has_no_place() {
        let places = Places::new(1, 1);
        let held = take(&places, Some(1)).await;
        assert_eq!(take(&places, Some(2)).await.err(), Some(NoPlace::Others));
        drop(held);
        assert!(take(&places, Some(2)).await.is_ok());
    }
}
