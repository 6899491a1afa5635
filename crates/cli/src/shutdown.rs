//! Being told to stop: Ctrl-C, and SIGTERM from whatever runs the program.

use std::time::Duration;

use tokio::sync::watch;

use crate::exit::{Exit, Failure};

/// What a process gets that writes beyond the limit for the size of files; the number on Linux (but for MIPS) and the BSDs.
#[cfg(unix)]
const SIGXFSZ: i32 = 25;

/// Tells whether and when the program is asked to stop. Clones hear the same.
#[derive(Clone, Debug)]
pub struct Shutdown(watch::Receiver<Stage>);

/// How near the end is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Running,
    Announced,
    Requested,
}

impl Shutdown {
    /// Listens from now on; the signals end the program no longer by themselves. The first one announces the stop, which is
    /// requested after this pause, or at a second signal.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn on_signals(pause: Duration) -> Result<Self, Failure> {
        let (tell, told) = watch::channel(Stage::Running);
        let mut signals = Signals::listen()?;
        tokio::spawn(async move {
            signals.next().await;
            // Nobody left who wants to know: fine.
            let _ = tell.send(Stage::Announced);
            let _ = tokio::time::timeout(pause, signals.next()).await;
            let _ = tell.send(Stage::Requested);
            // Kept, so that those who wait do not take the sender's end for a stop.
            tell.closed().await;
        });
        Ok(Self(told))
    }

    /// Has it been asked for?
    #[must_use]
    pub fn is_requested(&self) -> bool {
        *self.0.borrow() >= Stage::Requested
    }

    /// Waits until it is going to be asked for.
    pub async fn announced(self) {
        self.reached(Stage::Announced).await;
    }

    /// Waits until it is asked for.
    pub async fn requested(self) {
        self.reached(Stage::Requested).await;
    }

    async fn reached(mut self, stage: Stage) {
        if self.0.wait_for(|now| *now >= stage).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// From now on a write beyond the limit for the size of files (`ulimit -f`) fails, as on a full disk; by itself it would end the
/// program.
///
/// # Errors
/// When the operating system refuses.
pub fn outlive_file_size_limit() -> Result<(), Failure> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        // Once listened for, a signal never has its own effect again, also when nobody listens any more.
        _ = signal(SignalKind::from_raw(SIGXFSZ))
            .map_err(|error| Failure::new(Exit::Internal, format!("cannot listen for signals: {error}")))?;
    }
    Ok(())
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> Result<Self, Failure> {
        use tokio::signal::unix::{SignalKind, signal};
        let failed = |error| Failure::new(Exit::Internal, format!("cannot listen for signals: {error}"));
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).map_err(failed)?,
            terminate: signal(SignalKind::terminate()).map_err(failed)?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> Result<Self, Failure> {
        Ok(Self)
    }

    async fn next(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
