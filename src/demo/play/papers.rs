//! Papers that suppliers hand in: small, but real files.

use super::Play;
use crate::demo::data::Supplier;
use crate::demo::people::{House, Seat};
use crate::documents::{self, FileClass, NewFile};
use crate::kernel::actor::ManageCatalogue;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::FileId;
use crate::kernel::time::At;

/// What a supplier hands in.
#[derive(Debug, Clone, Copy)]
pub enum Paper {
    /// 营业执照.
    Licence,
    /// 检验报告.
    Inspection,
    /// 带贫协议及花名册: may show households.
    Linkage,
}

impl Paper {
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Paper::Licence => ("营业执照.pdf", "Business licence"),
            Paper::Inspection => ("检验报告.pdf", "Inspection report"),
            Paper::Linkage => ("带贫协议及花名册.pdf", "Linkage contract and list of households"),
        }
    }
    const fn class(self) -> FileClass {
        match self {
            Paper::Licence | Paper::Inspection => FileClass::Evidence,
            Paper::Linkage => FileClass::Restricted,
        }
    }
}

impl Play<'_> {
    /// Brings a paper of a supplier.
    ///
    /// # Errors
    /// When the vault or the database refuses.
    pub(super) async fn paper(&self, supplier: &Supplier, house: &House, paper: Paper, at: At) -> Outcome<FileId> {
        let (name, title) = paper.names();
        let bytes = pdf(&format!("{title} - {} - demonstration only", supplier.uscc.as_str()));
        let size_bytes = i64::try_from(bytes.len()).map_err(AppError::internal)?;
        let sha256 = self.parts.vault.put(paper.class(), bytes.into()).await?;
        let actor = house.actor::<ManageCatalogue>(Seat::Clerk)?;
        let new = NewFile {
            name: name.to_owned(),
            content_type: "application/pdf",
            size_bytes,
            sha256,
            class: paper.class(),
        };
        self.parts.write(at, move |tx| Ok(documents::enter(tx, &actor, &new)?.id)).await
    }
}

/// A page with one line of ASCII text.
fn pdf(line: &str) -> Vec<u8> {
    let text = format!("BT /F1 14 Tf 60 760 Td ({line}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    for (object, number) in objects.iter().zip(1..) {
        places.push(file.len());
        file.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let table = file.len();
    file.push_str("xref\n0 6\n0000000000 65535 f \n");
    for place in places {
        file.push_str(&format!("{place:010} 00000 n \n"));
    }
    file.push_str(&format!("trailer << /Size 6 /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n"));
    file.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::files::sniff;

    #[test]
    fn a_paper_is_what_it_says() {
        let bytes = pdf("Inspection report");
        assert_eq!(sniff(&bytes), Some("application/pdf"));
        let text = String::from_utf8(bytes).unwrap();
        let table: usize = text.lines().rev().nth(1).unwrap().parse().unwrap();
        assert!(text[table..].starts_with("xref"));
    }
}
