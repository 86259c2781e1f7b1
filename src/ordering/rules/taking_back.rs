//! Which facts take back something that an order had come to: what was certified of it stands no more then.

use super::journal::FactKind;

crate::text_enum! {
    /// What takes back something that an order had come to.
    TakingBack {
        /// 退货.
        Returned "returned"
        /// 折让.
        Allowed "allowed"
        /// 退款.
        Refunded "refunded"
        /// 付款被否认.
        PaymentReversed "payment_reversed"
        /// 认定自始无效.
        Annulled "annulled"
        /// 换货: rejected goods are owed once more.
        LineReopened "line_reopened"
        /// 签收更正.
        ReceiptCorrected "receipt_corrected"
    }
}

impl TakingBack {
    /// What a fact takes back, if it does.
    #[must_use]
    pub const fn of(kind: FactKind) -> Option<TakingBack> {
        match kind {
            FactKind::Returned => Some(TakingBack::Returned),
            FactKind::Allowed => Some(TakingBack::Allowed),
            FactKind::Refunded => Some(TakingBack::Refunded),
            FactKind::PaymentReversed => Some(TakingBack::PaymentReversed),
            FactKind::Annulled => Some(TakingBack::Annulled),
            FactKind::LineReopened => Some(TakingBack::LineReopened),
            FactKind::Accepted | FactKind::LineClosed | FactKind::Paid | FactKind::Rated => None,
        }
    }
    /// The cause for people, in Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            TakingBack::Returned => ("货物退回", "goods were returned"),
            TakingBack::Allowed => ("价款折让", "part of the price was allowed"),
            TakingBack::Refunded => ("货款退回", "money was refunded"),
            TakingBack::PaymentReversed => ("付款被否认", "a payment was denied"),
            TakingBack::Annulled => ("所购产品的认定自始无效", "a certificate of the goods was never valid"),
            TakingBack::LineReopened => ("换货后订单重新交付", "rejected goods are sent again"),
            TakingBack::ReceiptCorrected => ("签收更正", "what was received was corrected"),
        }
    }
}
