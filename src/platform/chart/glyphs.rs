//! The embedded font: how wide its characters are, and their outlines.

use std::fmt::Write;
use std::sync::OnceLock;
use ttf_parser::{Face, GlyphId, OutlineBuilder};

static FONT: &[u8] = include_bytes!("font/NotoSansSC-subset.otf");

/// An em of the font in its own units.
pub const EM: i64 = 1000;

/// What stands for a character that the font lacks: a box.
const BOX: &str = "M90 -100V860H910V-100ZM160 -30H840V790H160Z";

fn face() -> Option<&'static Face<'static>> {
    static FACE: OnceLock<Option<Face<'static>>> = OnceLock::new();
    FACE.get_or_init(|| Face::parse(FONT, 0).ok()).as_ref()
}

fn glyph(c: char) -> Option<(&'static Face<'static>, GlyphId)> {
    let face = face()?;
    Some((face, face.glyph_index(c)?))
}

/// Whether nothing is drawn for it.
pub fn blank(c: char) -> bool {
    c.is_whitespace()
}

/// Whether the font has it.
#[cfg(test)]
pub fn covered(c: char) -> bool {
    blank(c) || glyph(c).is_some()
}

/// How far the next character stands, in units of the font.
pub fn advance(c: char) -> i64 {
    let known = glyph(c).and_then(|(face, id)| face.glyph_hor_advance(id));
    known.map_or(if blank(c) { EM / 4 } else { EM }, i64::from)
}

/// Its outline as a path in units of the font, which grow upwards.
pub fn outline(c: char) -> String {
    let Some((face, id)) = glyph(c) else { return BOX.to_owned() };
    let mut path = Path(String::new());
    face.outline_glyph(id, &mut path);
    path.0
}

/// A path of SVG. The font's points are whole numbers, and are written as such.
struct Path(String);

impl Path {
    fn step(&mut self, step: std::fmt::Arguments<'_>) {
        // Writing to a text cannot fail.
        let _ = self.0.write_fmt(step);
    }
}

impl OutlineBuilder for Path {
    fn move_to(&mut self, x: f32, y: f32) {
        self.step(format_args!("M{x} {y}"));
    }
    fn line_to(&mut self, x: f32, y: f32) {
        self.step(format_args!("L{x} {y}"));
    }
    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.step(format_args!("Q{x1} {y1} {x} {y}"));
    }
    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.step(format_args!("C{x1} {y1} {x2} {y2} {x} {y}"));
    }
    fn close(&mut self) {
        self.step(format_args!("Z"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_have_outlines_and_those_it_lacks_a_box() {
        assert!(covered('宁') && covered('甪') && covered('（') && covered('A') && covered('\u{3000}'));
        assert_eq!((advance('宁'), advance('\u{3000}')), (EM, EM));
        assert!(advance('i') < advance('M'));
        assert!(outline('一').starts_with('M') && outline('一').ends_with('Z'));
        assert!(!outline('夏').contains('.'), "points are whole");
        assert!(outline('Q').contains('C'));
        for lacking in ['あ', '𠀀', '\u{1F33E}', '\u{7}'] {
            assert!(!covered(lacking) && outline(lacking) == BOX && advance(lacking) == EM, "{lacking:?}");
        }
        assert_eq!(outline(' '), "");
    }
}
