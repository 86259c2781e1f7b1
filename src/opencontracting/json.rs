//! Writes releases as JSON. Amounts and quantities are integers in memory, fen and thousandths, and are written as decimal numbers
//! without ever being a float: the standard asks for JSON numbers.

use crate::kernel::error::{AppError, Outcome};
use serde::Serialize;
use serde_json::ser::Formatter;
use std::io::{self, Write};

/// Writes 128-bit integers as decimals: signed ones are fen, unsigned ones thousandths. Nothing else of a release is one.
struct Exact;

impl Formatter for Exact {
    fn write_i128<W: ?Sized + Write>(&mut self, writer: &mut W, fen: i128) -> io::Result<()> {
        let sign = if fen < 0 { "-" } else { "" };
        write!(writer, "{sign}{}.{:02}", fen.unsigned_abs() / 100, fen.unsigned_abs() % 100)
    }
    fn write_u128<W: ?Sized + Write>(&mut self, writer: &mut W, milli: u128) -> io::Result<()> {
        if milli.is_multiple_of(1000) {
            return write!(writer, "{}", milli / 1000);
        }
        write!(writer, "{}.{:03}", milli / 1000, milli % 1000)
    }
}

/// The JSON text of a value.
///
/// # Errors
/// Never for these types.
pub fn text<T: Serialize + ?Sized>(value: &T) -> Outcome<Vec<u8>> {
    let mut bytes = Vec::new();
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, Exact)).map_err(AppError::internal)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::kernel::money::Fen;
    use crate::kernel::quantity::Quantity;
    use crate::opencontracting::content::model::{Number, Yuan};

    #[test]
    fn amounts_and_quantities_are_exact_decimals() {
        let fen = [0, 1, 10, 99, 100, 123_456_789, -5, i64::MAX].map(|fen| Yuan(Fen::new(fen)));
        let written = String::from_utf8(text(&fen).unwrap()).unwrap();
        assert_eq!(written, "[0.00,0.01,0.10,0.99,1.00,1234567.89,-0.05,92233720368547758.07]");
        let milli = [0, 1, 1000, 12_345].map(|milli| Number(Quantity::from_milli(milli)));
        assert_eq!(String::from_utf8(text(&milli).unwrap()).unwrap(), "[0,0.001,1,12.345]");
    }
}
