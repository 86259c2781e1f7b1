//! What becomes of days, from when on one is amended, and refusals in words.

use super::*;

fn day(number: i8) -> Day {
    Day::ymd(2021, 3, number)
}

fn one(order_on: i8, delivery_on: i8) -> Occurrence {
    let (order_on, delivery_on) = (day(order_on), day(delivery_on));
    Occurrence { day: delivery_on, delivery_on, order_on, revision: 1, provisional: false }
}

#[test]
fn a_day_is_ordered_late_while_its_goods_may_still_come() {
    let free = Around::default();
    let out = Around { left_out: true, ..free };
    let paused = |since: i8| Around { paused_on: Some(day(since)), left_out: false };
    let skip = |cause| Due::Skip(cause);
    let table = [
        (one(10, 13), free, 9, Due::Later),
        (one(10, 13), free, 10, Due::Order),
        (one(10, 13), free, 12, Due::Order),
        (one(10, 13), free, 13, Due::Gone),
        (one(10, 13), free, 20, Due::Gone),
        // Ordered on the day itself.
        (one(13, 13), free, 13, Due::Order),
        (one(13, 13), free, 14, Due::Gone),
        (one(10, 13), out, 9, Due::Later),
        (one(10, 13), out, 10, skip(SkipCause::Asked)),
        (one(10, 13), out, 20, skip(SkipCause::Asked)),
        (one(10, 13), Around { paused_on: Some(day(1)), left_out: true }, 10, skip(SkipCause::Asked)),
        // While it is paused a day waits until its order day is over.
        (one(10, 13), paused(5), 10, Due::Later),
        (one(10, 13), paused(10), 10, Due::Later),
        (one(10, 13), paused(10), 11, skip(SkipCause::Paused)),
        // Due before the pause, when nobody looked.
        (one(10, 13), paused(11), 12, Due::Later),
        (one(10, 13), paused(11), 13, Due::Gone),
    ];
    for (one, around, today, want) in table {
        assert_eq!(due(&one, around, day(today)), want, "{one:?} {around:?} on the {today}.");
        // Whoever looks when he is told to finds something to do.
        assert_ne!(due(&one, around, look_on(&one, around)), Due::Later, "{one:?} {around:?}");
    }
}

#[test]
fn first_and_last_days() {
    let pointers = |faults: Vec<AppError>| -> Vec<String> {
        faults.iter().flat_map(|fault| fault.parts().fields.iter().map(|field| field.pointer.clone())).collect()
    };
    let far = Day::ymd(2024, 3, 7);
    let table = [
        (day(5), day(5), vec![]),
        (day(4), day(9), vec!["/from"]),
        (day(4), day(3), vec!["/from", "/until"]),
        (day(5), far, vec!["/until"]),
        (day(5), Day::ymd(2024, 3, 6), vec![]),
    ];
    for (from, until, want) in table {
        assert_eq!(pointers(span_faults(from, until, day(5))), want, "{from} {until}");
    }
    assert_eq!(ending_fault(day(4), day(20), day(5)).is_some(), ending_fault(day(21), day(20), day(5)).is_some());
    assert!(ending_fault(day(5), day(20), day(5)).is_none() && ending_fault(day(20), day(20), day(5)).is_none());
    let table = [
        (day(5), day(1), None, true),
        (day(4), day(1), None, false),
        // Not before what was amended last.
        (day(8), day(9), None, false),
        (day(9), day(9), None, true),
        // Not before what is ordered, nor on its day.
        (day(12), day(1), Some(day(12)), false),
        (day(13), day(1), Some(day(12)), true),
    ];
    for (from, latest, ordered, fits) in table {
        assert_eq!(amendment_fault(from, day(5), latest, ordered).is_none(), fits, "{from} {latest} {ordered:?}");
    }
    assert_eq!(standing_on(StandingOrderState::Paused, day(4), day(5)), StandingOrderState::Ended);
    assert_eq!(standing_on(StandingOrderState::Paused, day(5), day(5)), StandingOrderState::Paused);
}

#[test]
fn a_refusal_in_words_names_its_lines() {
    let at = |code, pointer: &str, zh: &str, en: &str| AppError::field(code, pointer, Message::new(zh, en));
    let short = at(Code::OutOfStock, "/lines/1/quantity", "可订 3", "3 can still be ordered");
    assert_eq!(
        in_words(&short),
        Message::new("库存不足：第 2 行，可订 3", "Not enough stock: line 2, 3 can still be ordered")
    );
    let ceiling = at(Code::CeilingExceeded, "/lines", "年度余额 1.00 元", "1.00 yuan are left of the year");
    let both = AppError::several(vec![short, ceiling.clone()]);
    assert_eq!(in_words(&both).zh, "请求中有字段不符合要求：第 2 行，可订 3；年度余额 1.00 元");
    assert_eq!(
        faults_of(&both).iter().map(|fault| fault.code.as_str()).collect::<Vec<_>>(),
        ["out_of_stock", "ceiling_exceeded",]
    );
    assert_eq!(in_words(&ceiling).en, "The yearly ceiling would be exceeded: 1.00 yuan are left of the year");
    let gone = at(Code::ListingNotOnSale, "/lines/0/listing_id", "商品未在售", "The listing is not on sale");
    assert_eq!(in_words(&gone).zh, "商品未在售：第 1 行");
    assert_eq!(in_words(&Code::UnitEnded.into()).zh, "该预算单位已撤销或合并");
    let left = AppError::new(Code::Forbidden).detail("负责人已离开", "who answers for it has left");
    assert_eq!(in_words(&left).zh, "没有此项权限：负责人已离开");
}

#[test]
fn what_fails_waits_longer_each_time_and_not_for_ever() {
    let waits: Vec<i64> = (0..MOST_FAILURES).map(|failures| patience_ms(failures) / 60_000).collect();
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128]);
    assert!(refuses(&Code::OutOfStock.into()) && !refuses(&Code::ServerBusy.into()));
    assert!(!refuses(&AppError::internal("x")) && !refuses(&AppError::new(Code::WrongState).rerun()));
}
