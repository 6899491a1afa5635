//! Being told to stop: Ctrl-C, and SIGTERM from whatever runs the program.

use tokio::sync::watch;

use crate::exit::{Exit, Failure};

/// Tells whether and when the program is asked to stop. Clones hear the same.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Listens from now on; the signals end the program no longer by themselves.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn on_signals() -> Result<Self, Failure> {
        let (tell, told) = watch::channel(false);
        let signal = signal()?;
        tokio::spawn(async move {
            signal.await;
            // Nobody left who wants to know: fine.
            let _ = tell.send(true);
            // Kept, so that those who wait do not take the sender's end for a stop.
            tell.closed().await;
        });
        Ok(Self(told))
    }

    /// Has it been asked for?
    #[must_use]
    pub fn is_requested(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is asked for.
    pub async fn requested(mut self) {
        if self.0.wait_for(|stop| *stop).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(unix)]
fn signal() -> Result<impl Future<Output = ()> + Send, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let failed = |error| Failure::new(Exit::Internal, format!("cannot listen for signals: {error}"));
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn signal() -> Result<impl Future<Output = ()> + Send, Failure> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
