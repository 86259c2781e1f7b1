//! Charts as SVG that reads the same everywhere: text is drawn as outlines of an embedded font, whatever is told by colour is told by dashes,
//! marks or strokes as well, and every figure stands to the fen in a title beside its shape. Lengths are integers, so that the
//! same figures are the same bytes.

mod attainment;
mod bars;
mod frame;
mod glyphs;
mod lines;
mod scale;
mod svg;
#[cfg(test)]
mod tests;
mod text;

pub use attainment::{Attained, Called, attainment};
pub use bars::{Bar, bars};
pub use frame::{Caption, moment};
pub use lines::{MOST_LINES, Series, lines};

/// The characters of a text that the font lacks, which are drawn as boxes.
#[cfg(test)]
#[must_use]
pub fn lacking(text: &str) -> String {
    text.chars().filter(|c| !glyphs::covered(*c)).collect()
}
