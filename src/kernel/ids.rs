//! Identifiers: UUIDv7 in 16 bytes, shown as TypeIDs, so that an id in a log tells what it names.

use std::fmt;

/// What every typed id can do; the id source makes any of them.
pub trait Id: Copy + fmt::Display {
    /// The TypeID prefix.
    const PREFIX: &'static str;
    /// Wraps sixteen bytes.
    fn from_bytes(bytes: [u8; 16]) -> Self;
    /// The sixteen bytes.
    fn bytes(&self) -> [u8; 16];
}

/// The text is not an id of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id of this kind")]
pub struct NotAnId;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Writes `prefix_` and 26 base-32 digits.
pub(crate) fn show(prefix: &str, bytes: &[u8; 16], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let value = u128::from_be_bytes(*bytes);
    let mut text = String::with_capacity(prefix.len() + 27);
    text.push_str(prefix);
    text.push('_');
    for place in (0..26u32).rev() {
        let digit = usize::try_from((value >> (place * 5)) & 31).unwrap_or(0);
        text.push(char::from(ALPHABET[digit]));
    }
    f.pad(&text)
}

/// Reads what [`show`] writes; anything else, other letter case included, is refused.
pub(crate) fn read(prefix: &str, text: &str) -> Result<[u8; 16], NotAnId> {
    let digits = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')).ok_or(NotAnId)?;
    if digits.len() != 26 || !matches!(digits.as_bytes()[0], b'0'..=b'7') {
        return Err(NotAnId);
    }
    let mut value = 0u128;
    for byte in digits.bytes() {
        let digit = ALPHABET.iter().position(|known| *known == byte).ok_or(NotAnId)?;
        value = (value << 5) | u128::try_from(digit).map_err(|_| NotAnId)?;
    }
    Ok(value.to_be_bytes())
}

crate::ids! {
    /// A person.
    UserId "usr"
    /// An organisation.
    OrgId "org"
    /// A person's membership in an organisation.
    MembershipId "mbr"
    /// A signed-in session.
    SessionId "ses"
    /// An invitation into an organisation.
    InvitationId "inv"
    /// A one-time mailed link (verification, reset).
    MailTokenId "mtk"
    /// A key for an integration.
    ApiKeyId "key"
    /// A key that signs access tokens.
    SigningKeyId "sgk"
    /// A stored file.
    FileId "fil"
    /// A supplier's application for admission.
    SupplierApplicationId "sap"
    /// An agent trader's mandate.
    MandateId "mnd"
    /// A certification scheme.
    SchemeId "sch"
    /// An application for certification.
    CertificationApplicationId "cap"
    /// A piece of evidence.
    EvidenceId "evd"
    /// A decision of a review.
    ReviewId "rev"
    /// An application given to a reviewer.
    AssignmentId "asg"
    /// What a reviewer advises.
    OpinionId "opn"
    /// A public notice.
    NoticeId "ntc"
    /// An objection to a notice.
    ObjectionId "obj"
    /// A certificate.
    CertificateId "crt"
    /// Something that happened to a certificate.
    CertificateEventId "cev"
    /// A decision that a certificate was never valid.
    AnnulmentId "anl"
    /// A document that a certificate rests on.
    CertificateDocumentId "cdc"
    /// A published batch of the catalogue.
    CatalogueBatchId "cbt"
    /// A bulletin of the plans' progress.
    BulletinId "bul"
    /// An urging of a unit.
    UrgeId "urg"
    /// An entry of the supplier blacklist.
    BlacklistEntryId "blk"
    /// An appeal against an entry of the blacklist.
    BlacklistAppealId "bla"
    /// A list of households of a product's linkage (带贫花名册).
    HouseholdListId "hhl"
    /// A household that several suppliers claim.
    DoubleClaimId "hdc"
    /// A decision about a double claim.
    DoubleClaimSettlementId "hst"
    /// A result of the yearly re-check of a list.
    HouseholdCheckId "hck"
    /// A declared activity of purchase in place of donation, or helped sale.
    DeclarationId "dcl"
    /// Something that happened to a declaration.
    DonationStepId "dnp"
    /// An entry of what a declaration counts.
    DonationEntryId "dne"
    /// A venue where certified goods are sold (专柜、专馆、专区).
    VenueId "ven"
    /// What a venue sold on one receipt.
    VenueSaleId "vsl"
    /// An entry of what a venue's sale counts.
    VenueEntryId "vse"
    /// A product.
    ProductId "prd"
    /// A listing: a product on sale.
    ListingId "lst"
    /// A certificate of the attribute 清真 of a product.
    HalalCertificateId "hal"
    /// A change of a listing's stock.
    StockChangeId "stc"
    /// Price evidence of a listing.
    PriceEvidenceId "pev"
    /// A budget unit's plan of one year.
    PlanId "pln"
    /// A transfer of reserve between sister units.
    QuotaTransferId "qtr"
    /// A change of a budget unit: renamed, moved, closed, merged.
    UnitChangeId "uch"
    /// An account to which a supplier is paid.
    PayeeAccountId "pac"
    /// A bank statement that a supplier uploaded.
    BankStatementId "bks"
    /// A movement of a bank account.
    BankLineId "bkl"
    /// A ledger account.
    AccountId "act"
    /// A ledger transfer; derived by its caller.
    TransferId "trf"
    /// A counting entry; derived by its caller.
    CountId "cnt"
    /// Orders placed by one request.
    OrderGroupId "ogr"
    /// An order to one supplier.
    OrderId "ord"
    /// A line of an order.
    OrderLineId "oln"
    /// A shipment.
    ShipmentId "shp"
    /// A dispute about a part of what an order owes.
    DisputeId "dsp"
    /// Something that was said in a dispute.
    DisputeEntryId "den"
    /// A settlement of a dispute, proposed by one side.
    DisputeSettlementId "dst"
    /// A paper of a lot (合格证, 检测报告, 检疫证明).
    LotPaperId "lpp"
    /// An acceptance (验收).
    AcceptanceId "acc"
    /// A reported payment.
    PaymentId "pay"
    /// A return of accepted goods.
    ReturnId "ret"
    /// An allowance: a price lowered without goods going back (折让).
    AllowanceId "alw"
    /// A change of prices of a placed order (改价).
    PriceChangeId "prc"
    /// What a recipient of a donation received (签收).
    OrderReceiptId "rcp"
    /// A purchase certificate (购买凭证).
    PurchaseCertificateId "pce"
    /// A minimum-purchase commitment (最低采购承诺).
    PurchaseCommitmentId "pcm"
    /// A replacement of rejected goods (换货).
    ReplacementId "rpl"
    /// A short closure (未到货结案).
    ShortClosureId "scl"
    /// A refund of money paid.
    RefundId "rfd"
    /// A rating.
    RatingId "rat"
    /// An invoice.
    InvoiceId "ivc"
    /// An exception from the separation of duties.
    DutyExceptionId "exc"
    /// A finding of supervision that asks for rectification (整改).
    FindingId "fnd"
    /// An answer to a finding.
    FindingAnswerId "fan"
    /// A decision about a finding.
    FindingDecisionId "fdc"
    /// A complaint (投诉).
    ComplaintId "cmp"
    /// A step in the handling of a complaint.
    ComplaintStepId "cst"
    /// A plan of random inspections (双随机).
    InspectionPlanId "ipl"
    /// An inspection that was drawn.
    InspectionId "isp"
    /// A listing whose price is too high.
    PriceAlertId "pal"
    /// A supplier's points for a month.
    ScoreId "scr"
    /// What the ladder of scores proposes.
    ScoreProposalId "spr"
    /// Something about a purchase that the auditor looks at.
    AnomalyId "anm"
    /// An edition of a unit's chain of approvals (审批链).
    ApprovalChainId "apc"
    /// A delegation of approvals (委托审批).
    ApprovalDelegationId "apg"
    /// A decision in an order's chain of approvals.
    ApprovalId "apv"
    /// A flag of an order: a certificate of its goods ended.
    OrderFlagId "flg"
    /// What an annulled certificate means for an order.
    OrderAnnulmentId "oan"
    /// A framework agreement (框架协议).
    AgreementId "agr"
    /// A standing order (定期订单).
    StandingOrderId "sto"
    /// A statement of account of a supplier and a buyer (对账单).
    StatementId "stm"
    /// A rule row.
    RuleId "rul"
    /// A word of the dictionary of modes, channels, tags and supervised places.
    ClassificationTermId "clt"
    /// A pairing of places or a designated unit.
    PairingId "par"
    /// A bulk import.
    ImportId "imp"
    /// An audit entry, also the event of a state change.
    AuditId "aud"
    /// A row of the outbox.
    JobId "job"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_and_reads_the_type_id_of_the_specification() {
        // The valid.json sample of the TypeID specification.
        let bytes = 0x0188_bac7_4afa_78aa_bc3b_bd1e_ef28_d881_u128.to_be_bytes();
        assert_eq!(OrderId(bytes).to_string(), "ord_01h2xcejqtf2nbrexx3vqjhp41");
        assert_eq!("ord_01h2xcejqtf2nbrexx3vqjhp41".parse(), Ok(OrderId(bytes)));
    }

    #[test]
    fn refuses_other_kinds_cases_and_overflow() {
        for text in [
            "",
            "ord_",
            "usr_01h2xcejqtf2nbrexx3vqjhp41",
            "ord_01H2XCEJQTF2NBREXX3VQJHP41",
            "ord_81h2xcejqtf2nbrexx3vqjhp41",
            "ord_01h2xcejqtf2nbrexx3vqjhp4",
            "ord_01h2xcejqtf2nbrexx3vqjhp4l",
            "ord_01h2xcejqtf2nbrexx3vqjhp4é",
        ] {
            assert_eq!(text.parse::<OrderId>(), Err(NotAnId), "{text}");
        }
    }
}
