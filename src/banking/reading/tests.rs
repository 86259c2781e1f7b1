//! A bank's table as movements: signs, columns, days, what names a movement.

use super::*;
use crate::platform::workbook::{CSV, Limits, read};

fn sheet(text: &str) -> Sheet {
    let limits = Limits { rows: MOST_ROWS, columns: MOST_COLUMNS };
    movements(&read(text.as_bytes(), CSV, "", limits).unwrap()).unwrap()
}

#[test]
fn a_sign_beside_a_word_is_for_a_person() {
    let sheet = sheet(
        "交易日期,交易金额,借贷标志,对方名称\n2021-03-01,-30.00,借,甲\n2021-03-01,-30.00,贷,乙\n2021-03-01,30.00,借,丙\n2021-03-01,-5.00,,丁\n",
    );
    let wrong: Vec<&str> = sheet.wrong.iter().map(|wrong| wrong.code).collect();
    assert_eq!(wrong, ["ambiguous", "ambiguous"]);
    let moved: Vec<(Direction, i64)> = sheet.movements.iter().map(|m| (m.direction, m.amount.get())).collect();
    assert_eq!(moved, [(Direction::Debit, 3000), (Direction::Debit, 500)]);
}

#[test]
fn two_movements_of_a_batch_with_one_number_are_two() {
    let sheet = sheet("交易日期,收入金额,对方户名,流水号\n2021-03-01,30.00,甲,77\n2021-03-01,30.00,乙,77\n");
    let ids = identities("622", &sheet.movements);
    assert_ne!(ids[0], ids[1]);
    assert_eq!(identities("622", &sheet.movements), ids);
}

#[test]
fn banks_write_their_statements_differently() {
    let icbc = sheet(
        "工商银行账户明细,,,\n账号,6222,,\n交易日期,贷方发生额(元),借方发生额(元),对方户名,摘要,附言,交易流水号\n\
         2021-03-01,\"1,205.50\",,银川市第一小学,货款,三月, A 100 \n2021-03-02,-,12.00,某供应商,退款,,A101\n合计,1205.50,12.00,,,,\n",
    );
    let first = &icbc.movements[0];
    assert_eq!((first.number, first.day, first.direction), (4, Day::ymd(2021, 3, 1), Direction::Credit));
    assert_eq!(
        (first.amount, first.name.as_str(), first.text.as_str()),
        (Fen::new(120_550), "银川市第一小学", "货款 三月")
    );
    assert_eq!(first.reference.as_deref(), Some("A100"));
    assert_eq!((icbc.movements[1].direction, icbc.movements[1].amount), (Direction::Debit, Fen::new(1200)));
    assert_eq!((icbc.skipped, icbc.wrong_rows), (1, 0));
    // One column of amounts with a word or a sign beside it; moments instead of days; what is taken back.
    let abc = sheet(
        "交易时间,交易金额,借贷标志,对方名称,用途\n20210301093000,¥100.00,贷,甲,a\n2021/3/2 8:00:00,50,借,乙,\n2021-03-03,7,来,丙,\n",
    );
    let told: Vec<(Direction, i64)> = abc.movements.iter().map(|m| (m.direction, m.amount.get())).collect();
    assert_eq!(told, [(Direction::Credit, 10_000), (Direction::Debit, 5000)]);
    assert_eq!((abc.wrong[0].number, abc.wrong[0].letters.as_str(), abc.wrong[0].code), (4, "C", "not_allowed"));
    let signed = sheet("日期,发生额\n2021-03-01,-3.00\n2021-03-01,+3\n");
    let told: Vec<Direction> = signed.movements.iter().map(|m| m.direction).collect();
    assert_eq!(told, [Direction::Debit, Direction::Credit]);
    let reversed = sheet("日期,收入金额,支出金额\n2021-03-01,-3.00,0.00\n2021-03-01,0,0\n");
    assert_eq!((reversed.movements[0].direction, reversed.skipped), (Direction::Debit, 1));
}

#[test]
fn what_is_wrong_is_named_where_it_stands() {
    let wrong = sheet("交易日期,收入金额,支出金额\n昨天,1.005,\n2021-03-01,1,2\n,5,\n2021-03-02,6,\n");
    let told: Vec<(i64, &str, &str)> = wrong.wrong.iter().map(|w| (w.number, w.letters.as_str(), w.code)).collect();
    assert_eq!(told, [(2, "A", "wrong_format"), (2, "B", "wrong_format"), (3, "B", "ambiguous"), (4, "A", "required")]);
    assert_eq!((wrong.wrong_rows, wrong.movements.len()), (3, 1));
    let table = read("甲,乙\n1,2\n".as_bytes(), CSV, "", Limits { rows: 9, columns: 9 }).unwrap();
    assert_eq!(movements(&table).unwrap_err().code(), Code::SheetUnreadable);
}

#[test]
fn a_movement_is_itself_in_every_file() {
    let march =
        sheet("日期,收入金额,对方户名,摘要,流水号\n2021-03-01,5,甲,x,\n2021-03-01,5,甲,x,\n2021-03-01,5,甲,x,R1\n");
    let ids = identities("622", &march.movements);
    assert_eq!(ids.iter().collect::<std::collections::BTreeSet<_>>().len(), 3);
    let again = sheet("日期,流水号,收入金额,摘要,对方户名\n2021/3/1,R1,5.00,另写,乙\n2021-03-01,,5,ｘ, 甲 \n");
    assert_eq!(identities("622", &again.movements), [ids[2].clone(), ids[0].clone()]);
    assert_ne!(identities("623", &again.movements)[1], ids[0]);
}
