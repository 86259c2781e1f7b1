//! A picture as SVG: shapes, and text as outlines of which each is written once. The same calls make the same bytes.

use super::glyphs::{EM, advance, blank, outline};
use super::text::width;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Where a text stands from its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

/// A picture in the making; lengths are hundredths of a pixel.
#[derive(Debug, Default)]
pub struct Picture {
    body: String,
    used: BTreeSet<char>,
}

impl Picture {
    /// An empty one.
    pub fn new() -> Picture {
        Picture::default()
    }
    fn write(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a text cannot fail.
        let _ = self.body.write_fmt(text);
    }
    /// Begins what belongs together, with a title that pointing at it shows.
    pub fn open(&mut self, title: &str) {
        self.write(format_args!("<g><title>{}</title>\n", escaped(title)));
    }
    /// Ends it.
    pub fn close(&mut self) {
        self.write(format_args!("</g>\n"));
    }
    /// A rectangle.
    pub fn rect(&mut self, (x, y): (i64, i64), (width, height): (i64, i64), look: &str) {
        let [x, y, width, height] = [x, y, width, height].map(number);
        self.write(format_args!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" {look}/>\n"));
    }
    /// A straight line.
    pub fn line(&mut self, from: (i64, i64), to: (i64, i64), look: &str) {
        self.path(&format!("M{} {}L{} {}", number(from.0), number(from.1), number(to.0), number(to.1)), look);
    }
    /// Any path.
    pub fn path(&mut self, path: &str, look: &str) {
        self.write(format_args!("<path d=\"{path}\" {look}/>\n"));
    }
    /// A text at a size in pixels whose base line is at `y`.
    pub fn text(&mut self, at: (i64, i64), size: i64, anchor: Anchor, text: &str, fill: &str) {
        self.written(at, (size, anchor), text, &format!("fill=\"{fill}\""));
    }
    /// The same, set off by a white edge from what lies below.
    pub fn outlined(&mut self, at: (i64, i64), size: i64, anchor: Anchor, text: &str, fill: &str) {
        self.written(
            at,
            (size, anchor),
            text,
            "fill=\"#fff\" stroke=\"#fff\" stroke-width=\"300\" stroke-linejoin=\"round\"",
        );
        self.text(at, size, anchor, text, fill);
    }
    fn written(&mut self, (x, y): (i64, i64), (size, anchor): (i64, Anchor), text: &str, look: &str) {
        let wide = width(text, size);
        let x = match anchor {
            Anchor::Start => x,
            Anchor::Middle => x - wide / 2,
            Anchor::End => x - wide,
        };
        let scale = super::scale::decimal(size.into(), EM.into());
        let (x, y) = (number(x), number(y));
        self.write(format_args!("<g {look} transform=\"translate({x} {y}) scale({scale} -{scale})\">"));
        let mut at = 0;
        for c in text.chars() {
            if !blank(c) {
                self.used.insert(c);
                self.write(format_args!("<use xlink:href=\"#u{:X}\" x=\"{at}\"/>", u32::from(c)));
            }
            at += advance(c);
        }
        self.write(format_args!("</g>\n"));
    }
    /// The picture with its title and its description.
    pub fn finish(self, (width, height): (i64, i64), title: &str, description: &str) -> Vec<u8> {
        let mut all = String::with_capacity(self.body.len() + self.used.len() * 500);
        let (w, h) = (number(width), number(height));
        let _ = write!(
            all,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" \
            xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" role=\"img\" \
            xml:lang=\"zh-CN\">\n<title>{}</title>\n<desc>{}</desc>\n<defs>\n",
            escaped(title),
            escaped(description)
        );
        for c in &self.used {
            let _ = writeln!(all, "<path id=\"u{:X}\" d=\"{}\"/>", u32::from(*c), outline(*c));
        }
        let _ = write!(all, "</defs>\n<rect width=\"{w}\" height=\"{h}\" fill=\"#fff\"/>\n{}</svg>\n", self.body);
        all.into_bytes()
    }
}

/// Hundredths of a pixel as pixels.
pub fn number(hundredths: i64) -> String {
    super::scale::decimal(hundredths.into(), 100)
}

/// A text within XML; what XML cannot hold is replaced.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Strokes aslant over a rectangle, as a path.
pub fn hatch((x, y): (i64, i64), (width, height): (i64, i64), gap: i64) -> String {
    let mut path = String::new();
    let mut at = gap;
    while at < width + height {
        let from = (x + at.min(width), y + (at - width).max(0));
        let to = (x + (at - height).max(0), y + at.min(height));
        let _ = write!(path, "M{} {}L{} {}", number(from.0), number(from.1), number(to.0), number(to.1));
        at += gap;
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_outline_is_written_once_and_nothing_breaks_out_of_the_text() {
        let mut picture = Picture::new();
        picture.open("</title><script>&\"\u{1}\n");
        picture.text((1000, 2050), 14, Anchor::End, "人人 <\u{1F33E}", "#222");
        picture.close();
        let drawn = String::from_utf8(picture.finish((10_000, 5000), "甲<乙", "丙&丁")).unwrap();
        assert_eq!(drawn.matches("id=\"u4EBA\"").count(), 1);
        assert_eq!(drawn.matches("href=\"#u4EBA\"").count(), 2);
        assert!(drawn.contains("id=\"u1F33E\" d=\"M90 -100V860"), "what the font lacks is a box");
        assert!(drawn.contains("<title>&lt;/title&gt;&lt;script&gt;&amp;&quot;\u{fffd} </title>"));
        assert!(drawn.contains("<title>甲&lt;乙</title>\n<desc>丙&amp;丁</desc>") && drawn.contains("role=\"img\""));
        assert!(drawn.contains("scale(0.014 -0.014)") && drawn.contains("viewBox=\"0 0 100 50\""));
        assert!(!drawn.contains("<text") && !drawn.contains("<script"));
    }

    #[test]
    fn strokes_stay_within_their_rectangle() {
        assert_eq!(hatch((0, 0), (1000, 500), 600), "M6 0L1 5M10 2L7 5");
        assert_eq!(number(-1250), "-12.5");
    }
}
