//! A way to tell the timed jobs that there is work, without knowing them.

use std::sync::Arc;

use tokio::sync::Notify;

/// Wakes the jobs of this process before their next tick. Clones wake the same jobs.
#[derive(Clone, Default)]
pub struct JobWaker(Arc<Notify>);

impl JobWaker {
    /// There is something to do. What comes while they are at work is heard afterwards.
    pub fn wake(&self) {
        self.0.notify_one();
    }

    /// Ready once there is something to do.
    pub async fn woken(&self) {
        self.0.notified().await;
    }
}
