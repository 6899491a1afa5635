//! A way to tell a job that there is work, without knowing it.

use std::sync::Arc;

use tokio::sync::Notify;

/// Wakes a job of this process before its pause is over. Clones wake the same job.
#[derive(Clone, Default)]
pub struct JobWaker(Arc<Notify>);

impl JobWaker {
    /// There is something to do. What comes while it is at work is heard afterwards.
    pub fn wake(&self) {
        self.0.notify_one();
    }

    /// Ready once there is something to do.
    pub async fn woken(&self) {
        self.0.notified().await;
    }
}
