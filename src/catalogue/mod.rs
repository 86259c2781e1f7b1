//! The catalogue: products, which certificates cover them, and listings.
//!
//! Owns `products`, `product_certificates`, `halal_certificates`, `listings`, `listing_search`, `price_evidence` and `stock_changes`.
//! Stock itself stands in the ledger; a listing keeps the number of its account.
//!
//! Invariants:
//! - A listing is on sale only while a certificate is in force for its product or the product is eligible; what ends a
//!   certificate withdraws the listings in the same transaction, and every read compares the certificate's days as well.
//! - Certificates reach products only through [`cover`], [`uncover`], [`recover`], [`extend`] and [`unbar`].
//! - Who promises goods keeps their products ([`kept_offers`]), so that no certificate ends unseen beside the promise.
//! - A supplier that the operator stopped, or that is admitted no more, has nothing on sale from that commit on; nor have
//!   agent traders anything of its goods.
//! - A product's listings, certificates and their withdrawal change only under the claim of the product's row.
//! - A product whose certificate ended for food safety is not sold on anything else until an office ends the bar.
//! - A product is 清真 only by a certificate that an office accepted, on its days; every read asks for both.
//! - A price is raised only with evidence given since the last raise.

mod commands;
mod covers;
pub mod http;
mod offers;
mod queries;
pub(crate) mod rules;
pub(crate) mod schema;
mod store;

pub use commands::{
    Evidence, HALAL_ENDED, HalalEnded, NewListing, NewProduct, StockChange, add_product, change_price, change_stock,
    declare_output, end_admission, end_mandate, give_evidence, list_product, refresh_eligible, relist, withdraw,
};
pub use covers::{Cover, Reach, Withdrawn, cover, extend, recover, unbar, uncover};
pub use http::CreateProductRequest;
pub use offers::{CertificateInForce, Offer, kept_offers, offers};
pub use queries::{
    ListedGoods, ListingFilter, ListingView, Product, changed_last, count_offered, covers, declared_outputs,
    has_product, like_prices, listed, listings, offered, on_sale, own_product, own_products, priced, product,
    products_made,
};
pub use rules::{CoverStatus, Covering, ListingStatus, Months, OriginShare, StockDirection};
pub use store::{DeclaredOutput, LikePrice, OnSale, Priced};
