//! QR codes as SVG, which prints sharp at any size and needs nothing from elsewhere.

use crate::kernel::error::{AppError, Outcome};
use fast_qr::ECL;
use fast_qr::convert::Builder;
use fast_qr::convert::svg::SvgBuilder;
use fast_qr::qr::QRBuilder;

/// The code of a text. A quarter of it may be soiled or torn and it still reads.
///
/// # Errors
/// When the text is longer than a code can hold.
pub fn svg(text: &str) -> Outcome<String> {
    let code = QRBuilder::new(text).ecl(ECL::Q).build().map_err(|e| AppError::internal(format!("{e:?}")))?;
    let drawn = SvgBuilder::default().margin(4).to_str(&code);
    // Without this, hairlines show between the squares on screens.
    Ok(drawn.replacen("<svg ", "<svg shape-rendering=\"crispEdges\" ", 1))
}
