//! The package that a workbook is: unpacked once into nothing, so that no workbook unpacks to more than it may.

use super::Unreadable;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// What all parts together may unpack to, in bytes.
const MOST: u64 = 64 * 1024 * 1024;
/// Parts of a package.
const MOST_PARTS: usize = 500;
/// Elements of the parts that are read as a whole (texts, styles): each takes many times its bytes.
const MOST_ELEMENTS: usize = 2_000_000;

/// Refuses what is no workbook, and what unpacks to too much. The sizes that a package names are not believed.
pub fn check(bytes: &[u8]) -> Result<(), Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::NotAWorkbook)?;
    if archive.len() > MOST_PARTS {
        return Err(Unreadable::Unpacked(MOST));
    }
    let named = |name: &str| archive.file_names().flatten().any(|part| part.eq_ignore_ascii_case(name));
    if !named("[Content_Types].xml") || !named("xl/workbook.xml") {
        return Err(Unreadable::NotAWorkbook);
    }
    let (mut left, mut elements) = (MOST, 0);
    let mut buffer = vec![0; 64 * 1024];
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(|e| Unreadable::Damaged(e.to_string()))?;
        let streamed = part.name().is_ok_and(|name| name.starts_with("xl/worksheets/"));
        loop {
            let read = part.read(&mut buffer).map_err(|e| Unreadable::Damaged(e.to_string()))?;
            if read == 0 {
                break;
            }
            left = left.checked_sub(u64::try_from(read).unwrap_or(u64::MAX)).ok_or(Unreadable::Unpacked(MOST))?;
            if !streamed {
                elements += buffer[..read].iter().filter(|byte| **byte == b'<').count();
            }
            if elements > MOST_ELEMENTS {
                return Err(Unreadable::Unpacked(MOST));
            }
        }
    }
    Ok(())
}
