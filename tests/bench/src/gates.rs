//! What is asked for, and whether it was met.

use std::fmt;

/// How a measured ratio has to lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// At least the first; the second is aimed at.
    AtLeast(f64, f64),
    /// At most the first; the second is aimed at.
    AtMost(f64, f64),
    /// Only told.
    None,
}

/// One line of the report.
#[derive(Clone, Debug)]
pub struct Gate {
    /// What was compared with what.
    pub name: String,
    /// The ratio: the median over the rounds.
    pub ratio: f64,
    /// Its lowest and highest round.
    pub spread: (f64, f64),
    /// What is asked for.
    pub bound: Bound,
    /// The figures behind it, of the round in the middle.
    pub figures: String,
}

/// All lines.
#[derive(Clone, Debug, Default)]
pub struct Gates {
    /// In the order in which they were measured.
    pub gates: Vec<Gate>,
}

/// A ratio of one round, with the figures behind it.
pub type Round = (f64, String);

impl Gate {
    /// Is it as it has to be?
    #[must_use]
    pub fn is_met(&self) -> bool {
        match self.bound {
            Bound::AtLeast(least, _) => self.ratio >= least,
            Bound::AtMost(most, _) => self.ratio <= most,
            Bound::None => true,
        }
    }
}

impl Gates {
    /// One more, from all of its rounds; without rounds it is not met.
    pub fn add(&mut self, name: &str, bound: Bound, mut rounds: Vec<Round>) {
        rounds.sort_by(|a, b| a.0.total_cmp(&b.0));
        let missed = || (f64::NAN, "not measured".to_owned());
        let at = |index: usize| rounds.get(index).cloned().unwrap_or_else(missed);
        let (ratio, figures) = at(rounds.len() / 2);
        let spread = (at(0).0, at(rounds.len().saturating_sub(1)).0);
        self.gates.push(Gate { name: name.to_owned(), ratio, spread, bound, figures });
    }

    /// Is everything as it has to be?
    #[must_use]
    pub fn are_met(&self) -> bool {
        self.gates.iter().all(Gate::is_met)
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(least, aim) => write!(f, "≥ {least}, aim {aim}"),
            Self::AtMost(most, aim) => write!(f, "≤ {most}, aim {aim}"),
            Self::None => f.write_str("–"),
        }
    }
}

impl fmt::Display for Gates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| what | ratio | rounds | asked for | verdict | figures |")?;
        writeln!(f, "| --- | --- | --- | --- | --- | --- |")?;
        for gate in &self.gates {
            let Gate { name, ratio, spread: (lowest, highest), bound, figures } = gate;
            let verdict = match bound {
                Bound::None => "–",
                _ if gate.is_met() => "pass",
                _ => "FAIL",
            };
            writeln!(
                f,
                "| {name} | {ratio:.2} | {lowest:.2}–{highest:.2} | {bound} | {verdict} | {figures} |"
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_decides_and_nothing_measured_is_a_failure() {
        let mut gates = Gates::default();
        let rounds = |ratios: &[f64]| ratios.iter().map(|ratio| (*ratio, String::new())).collect();
        gates.add("fast enough", Bound::AtLeast(2.0, 3.0), rounds(&[9.0, 2.0, 1.0]));
        gates.add("short enough", Bound::AtMost(2.0, 1.5), rounds(&[1.0, 2.0, 3.0]));
        gates.add("only told", Bound::None, rounds(&[0.1]));
        assert!(gates.are_met());
        gates.add("too slow", Bound::AtLeast(2.0, 3.0), rounds(&[1.9]));
        gates.add("never measured", Bound::AtMost(2.0, 1.0), vec![]);
        let met: Vec<bool> = gates.gates.iter().map(Gate::is_met).collect();
        assert_eq!(met, [true, true, true, false, false]);
        assert!(!gates.are_met());
    }
}
