//! Reads of the catalogue.

mod halal;
mod known;
mod listings;
mod priced;
mod products;

pub use halal::{HalalCertificateView, halal_certificate, halal_certificates, halal_view};
pub use known::{ListedGoods, Product, covers, listed, on_sale, product};
pub use listings::{ListingDetail, ListingFilter, ListingView, changed_last, listing, listings};
pub use priced::{count_offered, declared_outputs, like_prices, offered, priced};
pub use products::{ProductView, StockView, has_product, own_product, own_products, products_made, stock};
