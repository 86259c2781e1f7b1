//! In which of the formats that a resource has it is wanted.

use crate::kernel::error::{Code, Outcome};

/// A format of tables, and of pictures of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// What everything has.
    Json,
    /// For programs, and spreadsheets.
    Csv,
    /// For spreadsheets.
    Xlsx,
    /// One JSON value in each line.
    Lines,
    /// A picture.
    Svg,
}

impl Format {
    const ALL: [Format; 5] = [Format::Json, Format::Csv, Format::Xlsx, Format::Lines, Format::Svg];

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Format::Json => "application/json",
            Format::Csv => "text/csv",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format::Lines => "application/jsonl",
            Format::Svg => "image/svg+xml",
        }
    }
    /// The ending of its files' names.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Csv => "csv",
            Format::Xlsx => "xlsx",
            Format::Lines => "jsonl",
            Format::Svg => "svg",
        }
    }
    fn named(self, kind: &str) -> bool {
        kind == self.media_type() || (self == Format::Csv && kind == "text/*")
    }

    /// The first format on offer that an Accept header names; JSON when it names none but takes anything.
    ///
    /// # Errors
    /// `not_acceptable`.
    pub fn asked(accept: &str, offered: &[Format]) -> Outcome<Format> {
        let kinds = accept.split(',').filter_map(|part| part.split(';').next()).map(str::trim);
        let mut anything = false;
        for kind in kinds {
            if let Some(format) = offered.iter().find(|format| format.named(kind)) {
                return Ok(*format);
            }
            anything |= matches!(kind, "" | "*/*" | "application/*");
        }
        if anything { Ok(Format::Json) } else { Err(Code::NotAcceptable.into()) }
    }
}

/// What sets answers of one address apart in the cache.
pub(super) fn variant(accept: &str) -> &'static str {
    match Format::asked(accept, &Format::ALL) {
        Ok(Format::Json) => "",
        Ok(format) => format.media_type(),
        Err(_) => "?",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_first_is_given() {
        let table = [
            ("", Some(Format::Json)),
            ("*/*", Some(Format::Json)),
            ("application/*", Some(Format::Json)),
            ("text/csv", Some(Format::Csv)),
            ("text/*;q=0.5", Some(Format::Csv)),
            ("*/*, text/csv", Some(Format::Csv)),
            ("application/json, text/csv", Some(Format::Json)),
            ("text/csv, application/json", Some(Format::Csv)),
            ("text/html,application/xhtml+xml,*/*;q=0.8", Some(Format::Json)),
            ("text/html", None),
            (Format::Xlsx.media_type(), None),
        ];
        for (accept, expected) in table {
            assert_eq!(Format::asked(accept, &[Format::Json, Format::Csv]).ok(), expected, "{accept}");
        }
        assert_eq!((variant("*/*"), variant("text/csv"), variant("text/html")), ("", "text/csv", "?"));
    }
}
