//! Shows how far a long command is: a bar with rate and time left on a terminal, a plain line now and then elsewhere.

use std::io::IsTerminal as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::exit::complain;

/// Longest silence of the plain lines.
const LINE_INTERVAL: Duration = Duration::from_secs(5);
/// A plain line is due whenever so much more is done.
const LINE_PERCENT: u64 = 5;
/// How often the bar is drawn.
const DRAWS_PER_SECOND: u8 = 10;

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProgressDisplay {
    /// A bar that redraws itself.
    Bar,
    /// Plain lines, for logs and pipes.
    Lines,
    /// Not at all.
    Quiet,
}

impl ProgressDisplay {
    /// What suits standard error.
    #[must_use]
    pub fn detect(quiet: bool) -> Self {
        match (quiet, std::io::stderr().is_terminal()) {
            (true, _) => Self::Quiet,
            (false, true) => Self::Bar,
            (false, false) => Self::Lines,
        }
    }
}

/// Shows one piece of work in progress. May be shared between tasks. Dropping it without [`ProgressMeter::finish`] leaves the last state.
#[derive(Debug)]
pub struct ProgressMeter(Shown);

#[derive(Debug)]
enum Shown {
    Bar(ProgressBar),
    Lines { started: Instant, lines: Mutex<Lines> },
    Nothing,
}

impl ProgressMeter {
    /// Begins. `total`: the number of steps, where it is known.
    #[must_use]
    pub fn start(style: ProgressDisplay, what: &str, total: Option<u64>) -> Self {
        Self(match style {
            ProgressDisplay::Quiet => Shown::Nothing,
            ProgressDisplay::Lines => {
                Shown::Lines { started: Instant::now(), lines: Mutex::new(Lines::new(what, total)) }
            }
            ProgressDisplay::Bar => {
                let bar = ProgressBar::with_draw_target(
                    total,
                    ProgressDrawTarget::stderr_with_hz(DRAWS_PER_SECOND),
                );
                let template = match total {
                    Some(_) => "{msg} {bar:30} {human_pos}/{human_len} {percent}% {per_sec}, {eta} left",
                    None => "{msg} {spinner} {human_pos} {per_sec}",
                };
                // The templates are fixed; the plain style stands in for one that indicatif could not read.
                bar.set_style(
                    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
                );
                bar.set_message(what.to_owned());
                Shown::Bar(bar)
            }
        })
    }

    /// `steps` more are done.
    pub fn advance(&self, steps: u64) {
        match &self.0 {
            Shown::Nothing => {}
            Shown::Bar(bar) => bar.inc(steps),
            Shown::Lines { started, lines } => {
                let line = lock(lines).advance(steps, started.elapsed());
                if let Some(line) = line {
                    complain(&line);
                }
            }
        }
    }

    /// Says something, such as a finding, without tearing the bar apart.
    pub fn say(&self, text: &str) {
        match &self.0 {
            Shown::Nothing => {}
            Shown::Bar(bar) => bar.println(text),
            Shown::Lines { .. } => complain(text),
        }
    }

    /// All done: the last state stays on the screen.
    pub fn finish(self) {
        match self.0 {
            Shown::Nothing => {}
            Shown::Bar(bar) => bar.finish(),
            Shown::Lines { started, lines } => {
                let last = lock(&lines).last(started.elapsed());
                if let Some(line) = last {
                    complain(&line);
                }
            }
        }
    }
}

/// A panic elsewhere does not make the count wrong.
fn lock(lines: &Mutex<Lines>) -> std::sync::MutexGuard<'_, Lines> {
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The plain lines: when one is due, and what it says. Knows no clock.
#[derive(Debug)]
struct Lines {
    what: String,
    total: Option<u64>,
    done: u64,
    told_at: Duration,
    told_percent: u64,
}

impl Lines {
    fn new(what: &str, total: Option<u64>) -> Self {
        Self { what: what.to_owned(), total, done: 0, told_at: Duration::ZERO, told_percent: 0 }
    }

    fn advance(&mut self, steps: u64, elapsed: Duration) -> Option<String> {
        self.done = self.done.saturating_add(steps);
        let further = self.percent().is_some_and(|percent| percent >= self.told_percent + LINE_PERCENT);
        if !further && elapsed < self.told_at + LINE_INTERVAL {
            return None;
        }
        self.told_at = elapsed;
        self.told_percent = self.percent().unwrap_or_default();
        Some(self.line(elapsed))
    }

    /// The last line, unless it has just been told.
    fn last(&self, elapsed: Duration) -> Option<String> {
        let is_told = self.told_percent >= 100 && Some(self.done) == self.total;
        (!is_told).then(|| self.line(elapsed))
    }

    fn percent(&self) -> Option<u64> {
        let total = self.total?.max(1);
        u64::try_from(u128::from(self.done) * 100 / u128::from(total)).ok()
    }

    fn line(&self, elapsed: Duration) -> String {
        let (what, done) = (&self.what, self.done);
        let milliseconds = elapsed.as_millis().max(1);
        let per_second = u128::from(done) * 1_000 / milliseconds;
        let how_far = match (self.total, self.percent()) {
            (Some(total), Some(percent)) => format!("{done} of {total} ({percent} %)"),
            _ => done.to_string(),
        };
        let left = match self.total {
            Some(total) if done > 0 && done < total => {
                let seconds = u128::from(total - done) * milliseconds / u128::from(done) / 1_000;
                format!(", {}:{:02} left", seconds / 60, seconds % 60)
            }
            _ => String::new(),
        };
        format!("{what}: {how_far}, {per_second}/s{left}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_line_is_due_every_five_percent() {
        let mut lines = Lines::new("orders", Some(200));
        assert_eq!(lines.advance(9, SECOND), None);
        assert_eq!(lines.advance(1, SECOND).as_deref(), Some("orders: 10 of 200 (5 %), 10/s, 0:19 left"));
        assert_eq!(lines.advance(9, SECOND), None);
        assert_eq!(lines.advance(181, 2 * SECOND).as_deref(), Some("orders: 200 of 200 (100 %), 100/s"));
    }

    #[test]
    fn a_line_is_due_every_five_seconds_however_slow_it_is() {
        let mut lines = Lines::new("rows", None);
        assert_eq!(lines.advance(1, 4 * SECOND), None);
        assert_eq!(lines.advance(1, 5 * SECOND).as_deref(), Some("rows: 2, 0/s"));
        assert_eq!(lines.advance(1, 9 * SECOND), None);
        assert_eq!(lines.advance(1, 10 * SECOND).as_deref(), Some("rows: 4, 0/s"));
    }

    #[test]
    fn odd_totals_do_no_harm() {
        let all = u64::MAX;
        let whole = format!("x: {all} of {all} (100 %), 1/s");
        for (total, told) in
            [(Some(0), format!("x: {all}, 1/s")), (Some(all), whole), (None, format!("x: {all}, 1/s"))]
        {
            let mut lines = Lines::new("x", total);
            assert_eq!(lines.advance(all, Duration::ZERO).is_some(), total == Some(all));
            assert_eq!(lines.advance(1, Duration::MAX / 2), Some(told));
        }
    }

    #[test]
    fn every_style_counts_what_it_shows() {
        for (style, counted) in [
            (ProgressDisplay::Bar, Some(3)),
            (ProgressDisplay::Lines, Some(3)),
            (ProgressDisplay::Quiet, None),
        ] {
            for total in [None, Some(5)] {
                let progress = ProgressMeter::start(style, "test", total);
                progress.advance(2);
                progress.say("a finding");
                progress.advance(1);
                let (done, of) = match &progress.0 {
                    Shown::Bar(bar) => (Some(bar.position()), bar.length()),
                    Shown::Lines { lines, .. } => (Some(lock(lines).done), lock(lines).total),
                    Shown::Nothing => (None, total),
                };
                assert_eq!((done, of), (counted, total), "{style:?}");
                progress.finish();
            }
        }
    }
}
