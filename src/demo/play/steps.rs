//! One step of one order, by whoever has the seat for it.

use super::Play;
use super::orders::{Track, expect_refusal};
use crate::demo::people::Seat;
use crate::demo::plan::{PlannedOrder, Received, Request, Step, What};
use crate::kernel::actor::{AcceptGoods, FulfilOrder, PayOrder, PlaceOrder};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::time::At;
use crate::ordering::{
    self, AcceptedLine, NewAcceptance, NewPayment, NewRating, NewRefund, NewReturn, NewShipment, NewShortClosure,
    PaymentAnswer, PaymentDecision, ShippedLine,
};

impl Play<'_> {
    /// Takes a step.
    ///
    /// # Errors
    /// When the command refuses.
    pub(super) async fn step(
        &self,
        request: &Request,
        planned: &PlannedOrder,
        track: &mut Track,
        step: &Step,
    ) -> Outcome<()> {
        let (seller, buyer) = (&self.cast.suppliers[planned.supplier], &self.cast.units[request.buyer]);
        let (id, at) = (track.id, step.at);
        match &step.what {
            What::Confirm => {
                let actor = seller.actor::<FulfilOrder>(Seat::Clerk)?;
                self.parts.write(at, move |tx| ordering::confirm(tx, &actor, id).map(drop)).await
            }
            What::Decline => {
                let actor = seller.actor::<FulfilOrder>(Seat::Clerk)?;
                self.parts.write(at, move |tx| ordering::decline(tx, &actor, id, "近期货源不足").map(drop)).await
            }
            What::Cancel => {
                let actor = buyer.actor::<PlaceOrder>(Seat::Clerk)?;
                self.parts.write(at, move |tx| ordering::cancel(tx, &actor, id, "菜单调整").map(drop)).await
            }
            What::Ship(quantities) => {
                let (actor, new) = (seller.actor::<FulfilOrder>(Seat::Clerk)?, shipment(quantities, at));
                self.parts.write(at, move |tx| ordering::ship(tx, &actor, id, &new).map(drop)).await
            }
            What::AcceptBySamePerson(quantities) => {
                let whole = |quantity: &Quantity| Received { accepted: *quantity, rejected: Quantity::ZERO };
                let new = acceptance(&quantities.iter().map(whole).collect::<Vec<_>>());
                let actor = buyer.actor::<AcceptGoods>(Seat::Clerk)?;
                let result = self.parts.write(at, move |tx| ordering::accept(tx, &actor, id, &new).map(drop)).await;
                expect_refusal(result, Code::SeparationOfDuties)
            }
            What::Accept(received) => {
                let (actor, new) = (buyer.actor::<AcceptGoods>(Seat::Keeper)?, acceptance(received));
                let accepted =
                    self.parts.write(at, move |tx| Ok(ordering::accept(tx, &actor, id, &new)?.1.accepted_fen));
                track.accepted_fen = accepted.await?;
                Ok(())
            }
            What::ShortClose => {
                let (actor, new) = (buyer.actor::<PlaceOrder>(Seat::Clerk)?, self.short_closure(planned));
                self.parts.write(at, move |tx| ordering::short_close(tx, &actor, id, &new).map(drop)).await
            }
            What::Return(quantities) => {
                let (actor, new) = (buyer.actor::<AcceptGoods>(Seat::Keeper)?, goods_back(quantities));
                let back = self.parts.write(at, move |tx| {
                    let (back, order) = ordering::take_back(tx, &actor, id, &new)?;
                    Ok((back, order.returned_fen))
                });
                let (back, fen) = back.await?;
                (track.returned, track.returned_fen) = (Some(back), fen);
                Ok(())
            }
            What::Rate(stars) => {
                let (actor, stars) = (buyer.actor::<PlaceOrder>(Seat::Clerk)?, *stars);
                let new = NewRating { price: stars, quality: stars.min(5), delivery: 5, comment: String::new() };
                self.parts.write(at, move |tx| ordering::rate(tx, &actor, id, &new).map(drop)).await
            }
            What::Pay | What::ConfirmPayment | What::Refund => self.money(request, planned, track, step).await,
        }
    }

    async fn money(&self, request: &Request, planned: &PlannedOrder, track: &mut Track, step: &Step) -> Outcome<()> {
        let (seller, buyer) = (&self.cast.suppliers[planned.supplier], &self.cast.units[request.buyer]);
        let (id, at) = (track.id, step.at);
        match &step.what {
            What::Pay => {
                let actor = buyer.actor::<PayOrder>(Seat::Cashier)?;
                let new = NewPayment {
                    occurred_on: None,
                    amount: track.accepted_fen,
                    proof_file: None,
                    bank_reference: Some(format!(
                        "{}{:06}",
                        at.day().to_string().replace('-', ""),
                        at.0 / 1_000 % 1_000_000
                    )),
                    orders: vec![(id, Some(track.accepted_fen))],
                };
                let payment =
                    self.parts.write(at, move |tx| Ok(ordering::report_payment(tx, &actor, &new)?.0.id)).await?;
                track.payment = Some(payment);
                Ok(())
            }
            What::ConfirmPayment => {
                let actor = seller.actor::<FulfilOrder>(Seat::Clerk)?;
                let payment = track.payment.ok_or_else(|| AppError::internal("no payment to confirm"))?;
                let answer =
                    PaymentAnswer { payment, order: Some(id), decision: PaymentDecision::Confirm, reason: None };
                self.parts.write(at, move |tx| ordering::answer_payment(tx, &actor, &answer).map(drop)).await
            }
            What::Refund if track.returned_fen > Fen::ZERO => {
                let actor = seller.actor::<FulfilOrder>(Seat::Clerk)?;
                let new = NewRefund {
                    amount: track.returned_fen,
                    occurred_on: None,
                    return_id: track.returned,
                    allowance_id: None,
                    reason: "退货退款".to_owned(),
                    bank_reference: None,
                };
                self.parts.write(at, move |tx| ordering::refund(tx, &actor, id, &new).map(drop)).await
            }
            _ => Ok(()),
        }
    }

    /// What was sent short of what was ordered will not come.
    fn short_closure(&self, planned: &PlannedOrder) -> NewShortClosure {
        let sent = planned.steps.iter().find_map(|step| match &step.what {
            What::Ship(sent) => Some(sent.clone()),
            _ => None,
        });
        let lines = planned.lines.iter().zip(sent.unwrap_or_default()).zip(1..);
        let short = lines.filter(|((line, sent), _)| {
            let tolerance = self.world.products[line.product].tolerance;
            *sent < line.quantity.less_tolerance(tolerance)
        });
        NewShortClosure {
            reason: "货源不足，余量结案".to_owned(), lines: short.map(|(_, no)| (no, None)).collect()
        }
    }
}

fn shipment(quantities: &[Quantity], at: At) -> NewShipment {
    let lot = at.day().to_string().replace('-', "");
    let line = |(quantity, line_no): (&Quantity, i64)| ShippedLine {
        line_no,
        lot: lot.clone(),
        quantity: *quantity,
        made_on: None,
        papers: Vec::new(),
    };
    let lines = quantities.iter().zip(1..).map(line).collect();
    NewShipment { occurred_on: None, carrier: Some("自有车辆".to_owned()), tracking: None, lines }
}

fn acceptance(received: &[Received]) -> NewAcceptance {
    let line = |(received, line_no): (&Received, i64)| AcceptedLine {
        line_no,
        accepted: received.accepted,
        rejected: received.rejected,
        reason: (!received.rejected.is_zero()).then(|| "包装破损".to_owned()),
        photos: Vec::new(),
        replace: Quantity::ZERO,
    };
    let lines = received.iter().zip(1..).map(line).collect();
    NewAcceptance { occurred_on: None, second_person: None, lines, photos: Vec::new() }
}

fn goods_back(quantities: &[Quantity]) -> NewReturn {
    let lines = quantities.iter().copied().zip(1..).filter(|(quantity, _)| !quantity.is_zero());
    NewReturn {
        occurred_on: None,
        reason: "节后盘点发现临近保质期".to_owned(),
        lines: lines.map(|(quantity, no)| (no, quantity)).collect(),
    }
}
