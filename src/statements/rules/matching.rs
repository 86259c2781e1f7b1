//! What a buyer says of the lines of a statement.

use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use std::collections::BTreeMap;

crate::text_enum! {
    /// What a buyer finds of a line.
    StatementLineResult {
        /// It is as stated.
        Agreed "agreed"
        /// It is not.
        Differing "differing"
    }
}

/// What a buyer says of a line.
#[derive(Debug, Clone)]
pub struct LineMatch {
    /// The line of the statement.
    pub line_no: i64,
    /// What it finds.
    pub result: StatementLineResult,
    /// The quantity that it has instead.
    pub quantity: Option<Quantity>,
    /// The amount that it has instead, in fen.
    pub amount: Option<Fen>,
    /// Why it differs.
    pub reason: Option<String>,
}

/// What is wrong with the results for a statement of so many lines; each line has exactly one.
#[must_use]
pub fn faults(results: &[LineMatch], lines: usize) -> Vec<AppError> {
    let wrong =
        |pointer: String, zh: &str, en: &str| AppError::field(Code::ValidationFailed, pointer, Message::new(zh, en));
    let (mut faults, mut seen) = (Vec::new(), BTreeMap::new());
    for (place, one) in results.iter().enumerate() {
        let at = |field: &str| format!("/lines/{place}/{field}");
        let known = usize::try_from(one.line_no).is_ok_and(|no| (1..=lines).contains(&no));
        if !known {
            faults.push(wrong(at("line_no"), "对账单没有这一行", "the statement has no such line"));
        } else if seen.insert(one.line_no, place).is_some() {
            faults.push(wrong(at("line_no"), "同一行只写一次", "name each line once"));
        }
        let named = one.quantity.is_some() || one.amount.is_some();
        match one.result {
            StatementLineResult::Agreed if named => {
                let field = if one.amount.is_some() { "amount_fen" } else { "quantity" };
                faults.push(wrong(at(field), "无误的行不另写数量、金额", "is only for lines that differ"));
            }
            StatementLineResult::Differing if !named => {
                let en = "a line that differs has another quantity or amount";
                faults.push(wrong(at("amount_fen"), "有差异的行须写明本方的数量或金额", en));
            }
            _ => {}
        }
        if one.result == StatementLineResult::Differing && one.reason.is_none() {
            faults.push(wrong(at("reason"), "有差异的行须写明原因", "a line that differs needs a reason"));
        }
    }
    let missing: Vec<String> =
        (1..).take(lines).filter(|no: &i64| !seen.contains_key(no)).map(|no| no.to_string()).collect();
    if !missing.is_empty() {
        let (zh, en) =
            (format!("第 {} 行没有结果", missing.join("、")), format!("no result for {}", missing.join(", ")));
        faults.push(wrong("/lines".to_owned(), &zh, &en));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use StatementLineResult::{Agreed, Differing};

    #[test]
    fn each_line_has_one_result_and_a_difference_says_what_and_why() {
        let one = |line_no, result, amount: Option<i64>, reason: Option<&str>| LineMatch {
            line_no,
            result,
            quantity: None,
            amount: amount.map(Fen::new),
            reason: reason.map(str::to_owned),
        };
        let pointers = |results: &[LineMatch], lines| {
            let found = faults(results, lines);
            found.iter().map(|fault| fault.parts().fields[0].pointer.clone()).collect::<Vec<_>>()
        };
        let agreed = |line_no| one(line_no, Agreed, None, None);
        assert!(pointers(&[agreed(2), agreed(1)], 2).is_empty());
        assert!(pointers(&[agreed(1), one(2, Differing, Some(5), Some("少一箱"))], 2).is_empty());
        let wrong = [agreed(1), agreed(1), agreed(0), agreed(4), one(2, Agreed, Some(1), None)];
        let want = ["/lines/1/line_no", "/lines/2/line_no", "/lines/3/line_no", "/lines/4/amount_fen", "/lines"];
        assert_eq!(pointers(&wrong, 3), want);
        assert_eq!(pointers(&[one(1, Differing, None, None)], 1), ["/lines/0/amount_fen", "/lines/0/reason"]);
    }
}
