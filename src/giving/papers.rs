//! Papers about purchase certificates: the signed statement, the code and the page.

use super::page::{self, Paper};
use super::queries::Stands;
use super::rules::{PURCHASE_KIND, StatedPurchase};
use crate::certification::Papers;
use crate::kernel::error::Outcome;
use crate::kernel::time::At;
use crate::platform::db::Read;
use crate::platform::qr;

/// Where anybody sees how a certificate stands; its number needs no escaping.
fn page_url(papers: &Papers, number: &str) -> String {
    format!("{}/api/v1/purchase-certificates/{number}/page", papers.public_url())
}

/// What a certificate says and how it stands, signed.
pub fn statement(papers: &Papers, on: &mut Read, number: &str, now: At) -> Outcome<Vec<u8>> {
    let stands = Stands::of_number(on, number)?;
    let stated = StatedPurchase {
        iss: papers.public_url().to_owned(),
        verify_url: page_url(papers, &stands.content.number),
        certificate: stands.content,
        sha256: stands.row.sha256,
        status: stands.status,
        superseded_on: stands.ended.map(|(_, day)| day),
        replaced_by: stands.replaced_by,
        stated_at: now,
    };
    papers.sign(on, PURCHASE_KIND, &stated, now)
}

/// The page that says what a certificate says and how it stands, to be read and printed.
pub fn page(papers: &Papers, on: &mut Read, number: &str, now: At) -> Outcome<String> {
    let stands = Stands::of_number(on, number)?;
    let url = page_url(papers, &stands.content.number);
    let code = qr::svg(&url)?;
    Ok(page::html(&Paper { stands, url, code, at: now }))
}

/// The code that leads to a certificate's page.
pub fn code(papers: &Papers, on: &mut Read, number: &str) -> Outcome<String> {
    let stands = Stands::of_number(on, number)?;
    qr::svg(&page_url(papers, &stands.content.number))
}
