//! Tables with separators.

use super::{Gathering, Given, Limits, Table, Unreadable};

/// Reads a CSV in UTF-8, with or without a byte order mark; rows are counted as a spreadsheet shows them.
pub fn text(bytes: &[u8], limits: Limits) -> Result<Table, Unreadable> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let whole = with_empty_lines(bytes);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(whole.as_slice());
    let mut gathering = Gathering::new(limits);
    let mut record = csv::StringRecord::new();
    let mut row = 0;
    while reader.read_record(&mut record).map_err(|e| Unreadable::Damaged(e.to_string()))? {
        row += 1;
        for (column, text) in record.iter().enumerate() {
            gathering.take(row, column, Given::Text(text.to_owned()))?;
        }
    }
    Ok(gathering.table())
}

/// Empty lines are rows too, which the reader would leave out.
fn with_empty_lines(bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::with_capacity(bytes.len());
    let (mut quoted, mut begins) = (false, true);
    for (at, byte) in bytes.iter().enumerate() {
        let ends = *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) == Some(&b'\n'));
        if ends && begins && !quoted {
            whole.extend_from_slice(b"\"\"");
        }
        quoted ^= *byte == b'"';
        begins = *byte == b'\n' && !quoted;
        whole.push(*byte);
    }
    whole
}
