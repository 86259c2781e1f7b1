//! Pure decisions about purchase certificates: when one is issued, what it says, what it is called.

mod content;
mod ready;

pub use content::{
    CertifiedGoods, CertifiedOrigin, CertifiedParty, CertifiedRecipient, CertifiedRegion, PURCHASE_KIND,
    PurchaseCertificateStatus, PurchaseContent, StatedPurchase, TITLE, by_county, number,
};
pub use ready::{NotReady, ReadyLine, not_ready};
