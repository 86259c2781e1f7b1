//! Orders: placed in groups, confirmed, shipped, accepted, returned, closed.
//!
//! Owns `order_groups`, `orders`, `order_lines` and the facts about goods (`shipments`, `acceptances`, `returns`,
//! `short_closures`, each with its lines). Invariants: a line's amounts follow from its quantities by [`rules::line`];
//! what an order holds of quota and stock stands in the ledger under ids derived from its lines; children change only
//! under their order's claim; what was frozen at placement never changes, but for prices that both sides change (`order_price_changes`) and the row of the
//! payment clock, which the confirmation adds where it binds: it makes the contract.
//!
//! Around the goods also `lot_papers`, `acceptance_proposals` (what waits for a second person), `acceptance_photos`,
//! `order_replacements` and `order_halal_lines`; around what is owed `disputes` with their lines, entries, files and settlements, and
//! `order_allowances` with their lines; around a donation `order_recipients` (who gets the goods) and `order_receipts` with their lines.
//!
//! Also owns the facts about money (`payments`, `refunds`, `ratings`, `invoices`), `duty_exceptions`, `order_flags`, `call_offs`, `order_annulments`, `order_annulment_lines`, `order_approval_plans`, `order_approvers`, `order_approvals` and `order_facts`, the order in which all
//! facts took effect: counting entries follow from them by [`rules::counting`] and are only ever appended ([`settle`]).

mod annulled;
mod book;
mod classes;
mod clock;
mod commands;
pub mod http;
mod queries;
pub mod rules;
pub(crate) mod schema;
mod store;
mod terms;

pub use commands::accept::{AcceptedLine, NewAcceptance, accept};
pub use commands::annul::post_annulment;
pub use commands::approve::{NewDecision, decide};
pub use commands::cancel::cancel;
pub use commands::close::{NewShortClosure, short_close};
pub use commands::confirm::{confirm, decline};
pub use commands::duties::{NewException, end as end_exception, exception, grant as grant_exception};
pub use commands::expire::expire_unconfirmed;
pub use commands::flag::{clear_flags, flag_confirmed};
pub use commands::halal::announce_halal_end;
pub use commands::invoice::{NewInvoice, register as register_invoice};
pub use commands::invoice_whole::register_whole as register_whole_invoice;
pub use commands::pay::{
    Answer as PaymentAnswer, NewPayment, answer as answer_payment, deem_payments, report as report_payment,
};
pub use commands::payee::announce_payee;
pub use commands::place::{CallOff, NewLine, NewOrder, Placed, check_parties, place, place_under};
pub use commands::rate::{NewRating, rate};
pub use commands::receive::{NewReceipt, TAKEN_BACK, TakenBack, receive};
pub use commands::recompute::recompute_deadlines;
pub use commands::refund::{NewRefund, refund};
pub use commands::returns::{NewReturn, take_back};
pub use commands::settle::settle;
pub use commands::ship::{NewShipment, ShippedLine, ship};
pub use commands::stop::{stop_slipped, stop_supplier, stop_unanswered};
pub use http::{PlaceOrderRequest, WholeInvoiceRequest};
pub use queries::{
    AcceptedGoods, InvoiceView, InvoicedGoods, ReturnedGoods, StatedOrder, accepted_in, keep_orders, stated_orders,
};
pub use queries::{Arrival, RefundView, arrival_days, arrival_state, arrivals, sent_back};
pub use queries::{
    Bought, CalledOff, CountDifference, CountingView, Exception, Hands, OrderGroupView, OrderSummary, OrderView,
    OtherRules, OutstandingOrder, PaymentView, PaymentsWanted, Performance, Purchase, PurchaseLine, RecountWanted,
    RecountedOrder, Wanted as OrdersWanted, answering, bought, called_off, changed_purchases, exception_on, hands,
    list as orders, order, outstanding, payments, performance, purchases, purchases_of, recounts, shipped_grams,
    sold_prices, verify_counts,
};
pub use queries::{Claim, ClaimsTaken, claims};
pub use queries::{ContractedFact, ContractedLine, ContractedOrder, contracted_orders};
pub use queries::{KeptFor, KeptLine, KeptOrder, kept_order, seen, taken_back};
pub use rules::money::{Payable, allocate as allocate_transfer};
pub use rules::order::OrderState;
pub use rules::outstanding::OutstandingCause;
pub use rules::payment::{PaymentDecision, PaymentState};
pub use rules::taking_back::TakingBack;
pub use store::call_offs::CalledFrom;
pub use terms::{AgreementTerms, Certificate, Delivery, FrozenPayee, FrozenRule, Origin, Terms};
