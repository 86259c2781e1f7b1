//! Decisions of imports: how one goes from its file to its end.

use crate::kernel::actor::OrgKind;
use crate::kernel::error::{AppError, Code};

crate::text_enum! {
    /// What is imported.
    ImportKind {
        /// 产品与认定申请草稿: of the importing supplier.
        Products "products"
        /// 供应商、联系人邀请与入驻申请草稿: by the operator.
        Suppliers "suppliers"
        /// 预算单位、主管关系与账号邀请: by the operator.
        Units "units"
        /// 发票清单: by the supplier or the payer.
        Invoices "invoices"
        /// 以购代捐活动: by the organiser.
        DonationActivities "donation_activities"
        /// 销售点（专柜、专馆、专区）销售记录: by who runs the venue.
        VenueSales "venue_sales"
    }
}

crate::text_enum! {
    /// What becomes of a file in which a row is wrong.
    ImportMode {
        /// 全部或都不: nothing is imported unless every row is right.
        AllOrNothing "all_or_nothing"
        /// 只导入正确的行.
        GoodRowsOnly "good_rows_only"
    }
}

crate::text_enum! {
    /// Where an import stands.
    ImportState {
        /// 排队.
        Queued "queued"
        /// 进行中.
        Running "running"
        /// 完成.
        Done "done"
        /// 失败: nothing was imported by all_or_nothing; what good_rows_only had imported before it failed stays.
        Failed "failed"
    }
}

crate::text_enum! {
    /// What a running import is doing.
    ImportPhase {
        /// Reading the file.
        Reading "reading"
        /// Trying every row, writing none.
        Checking "checking"
        /// Writing.
        Writing "writing"
        /// Nothing more.
        Ended "ended"
    }
}

/// Rows below the titles that a file may have.
pub const MOST_ROWS: usize = 10_000;
/// Columns that a file may have.
pub const MOST_COLUMNS: usize = 64;
/// Errors that are kept of an import; all are counted.
pub const MOST_ERRORS: i64 = 1_000;

/// What comes after the rows were read: all are tried first when none may be written without the others.
#[must_use]
pub const fn after_reading(mode: ImportMode) -> ImportPhase {
    match mode {
        ImportMode::AllOrNothing => ImportPhase::Checking,
        ImportMode::GoodRowsOnly => ImportPhase::Writing,
    }
}

/// What comes after every row was tried: nothing when one of them is wrong.
#[must_use]
pub const fn after_checking(bad: i64) -> ImportPhase {
    if bad == 0 { ImportPhase::Writing } else { ImportPhase::Ended }
}

/// Suppliers are imported, and nobody else.
///
/// # Errors
/// `role_not_for_kind` at the kind.
pub fn sells(kind: OrgKind) -> Result<(), AppError> {
    if kind.sells() {
        return Ok(());
    }
    let message = crate::kernel::error::Message::new("不是供应商类型", "is no kind of supplier");
    Err(AppError::field(Code::ValidationFailed, "/organisation/kind", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_written_before_all_rows_were_tried_unless_good_rows_suffice() {
        assert_eq!(after_reading(ImportMode::GoodRowsOnly), ImportPhase::Writing);
        assert_eq!(after_reading(ImportMode::AllOrNothing), ImportPhase::Checking);
        assert_eq!((after_checking(0), after_checking(1)), (ImportPhase::Writing, ImportPhase::Ended));
    }

    #[test]
    fn only_suppliers_are_imported() {
        assert!(sells(OrgKind::Cooperative).is_ok() && sells(OrgKind::AgentTrader).is_ok());
        assert!(sells(OrgKind::PovertyOffice).is_err() && sells(OrgKind::Operator).is_err());
    }
}
