//! How far the demo is: a bar on a terminal, one line for each phase elsewhere.

use indicatif::{ProgressBar, ProgressStyle};

/// Tells how far it is.
#[derive(Debug)]
pub struct Progress {
    bar: Option<ProgressBar>,
}

impl Progress {
    /// A bar on the terminal's error output, or plain lines when that is no terminal.
    #[must_use]
    pub fn visible() -> Progress {
        let bar = ProgressBar::new(0);
        let style = ProgressStyle::with_template("{msg} [{bar:40}] {pos}/{len} {elapsed}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("━╸ "));
        Progress { bar: Some(bar) }
    }
    /// Nothing: for tests.
    #[must_use]
    pub fn silent() -> Progress {
        Progress { bar: None }
    }
    /// Begins a phase of so many steps.
    pub fn phase(&self, zh: &str, en: &str, steps: usize) {
        let Some(bar) = &self.bar else { return };
        if bar.is_hidden() {
            eprintln!("{zh} {en}: {steps}");
        }
        bar.reset();
        bar.set_length(u64::try_from(steps).unwrap_or(u64::MAX));
        bar.set_message(format!("{zh} {en}"));
    }
    /// Some steps are done.
    pub fn done(&self, steps: usize) {
        if let Some(bar) = &self.bar {
            bar.inc(u64::try_from(steps).unwrap_or(0));
        }
    }
    /// Everything is done; the bar disappears.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
