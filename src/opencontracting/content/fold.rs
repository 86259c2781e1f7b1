//! Facts become releases, one after another: each says what its fact changed, and follows from the facts up to it alone. So the same
//! facts give the same releases byte for byte, whatever happens later.

use super::facts::{Entry, Process, ReleaseKind, Said};
use super::first::{self, FREIGHT, blank_award, blank_contract, reference};
use super::model::{
    Amendment, Award, BudgetBreakdown, Contract, Dimensions, Implementation, Item, Metric, Milestone,
    MilestoneReference, Number, Observation, Period, Planning, Release, Transaction, Unit, Value,
};
use crate::kernel::ids::{AcceptanceId, AllowanceId, PaymentId, RefundId, ReturnId};
use crate::kernel::money::{Fen, Overflow};
use crate::kernel::quantity::Quantity;
use crate::kernel::time::{At, Day};

/// The releases of a process, oldest first. Facts that say nothing that is published have none.
///
/// # Errors
/// When an amount does not fit.
pub fn releases(process: &Process) -> Result<Vec<Release>, Overflow> {
    let mut course = Course::new(process);
    for entry in &process.entries {
        course.take(entry)?;
    }
    Ok(course.releases)
}

/// A process up to a fact.
struct Course<'a> {
    process: &'a Process,
    /// Of each line: number, quantity still agreed, price of a unit.
    lines: Vec<(i64, Quantity, Fen)>,
    freight: Fen,
    accepted: Fen,
    /// Returned and allowed.
    returned: Fen,
    paid: Fen,
    refunded: Fen,
    signed: bool,
    closed: bool,
    ended: bool,
    implemented: bool,
    status: &'static str,
    reserved: Option<Fen>,
    releases: Vec<Release>,
}

/// What a release is going to say.
#[derive(Default)]
struct Draft {
    tags: Vec<&'static str>,
    award: Option<Award>,
    contract: Option<Contract>,
    planning: Option<Planning>,
    /// In words, when what was agreed changes.
    amended: Option<String>,
}

impl Draft {
    fn tag(&mut self, tag: &'static str) {
        if !self.tags.contains(&tag) {
            self.tags.push(tag);
        }
    }
    fn contract(&mut self, process: &Process) -> &mut Contract {
        self.contract.get_or_insert_with(|| blank_contract(process))
    }
}

impl<'a> Course<'a> {
    fn new(process: &'a Process) -> Course<'a> {
        Course {
            process,
            lines: process.lines.iter().map(|line| (line.line_no, line.quantity, line.unit_price)).collect(),
            freight: process.freight,
            accepted: Fen::ZERO,
            returned: Fen::ZERO,
            paid: Fen::ZERO,
            refunded: Fen::ZERO,
            signed: false,
            closed: false,
            ended: false,
            implemented: false,
            status: "pending",
            reserved: None,
            releases: Vec::new(),
        }
    }

    /// Takes the next fact.
    fn take(&mut self, entry: &Entry) -> Result<(), Overflow> {
        // Dates of one process rise, so that whoever merges its releases takes them in this order.
        let date = self.releases.last().map_or(entry.at, |last| entry.at.max(last.date.plus_ms(1)));
        let mut draft = Draft::default();
        match entry.kind {
            ReleaseKind::Told => self.begin(&mut draft, date)?,
            ReleaseKind::Confirmed => self.sign(&mut draft, date),
            ReleaseKind::Declined | ReleaseKind::Expired | ReleaseKind::Cancelled => self.end(&mut draft, entry.kind),
            ReleaseKind::Closed => self.closed = true,
            ReleaseKind::Reopened => self.closed = false,
            ReleaseKind::ShortClosed | ReleaseKind::Repriced => self.amend(&mut draft, entry)?,
            ReleaseKind::Accepted | ReleaseKind::Returned | ReleaseKind::Allowed => self.goods(&mut draft, entry)?,
            ReleaseKind::Paid | ReleaseKind::Unpaid | ReleaseKind::Refunded => self.money(&mut draft, entry)?,
        }
        self.plan(&mut draft, date.day());
        self.restate(&mut draft)?;
        self.release(entry, date, draft)
    }

    fn begin(&mut self, draft: &mut Draft, date: At) -> Result<(), Overflow> {
        let (process, value) = (self.process, first::agreed(self.process)?);
        draft.tags = vec!["planning", "tender", "award", "contract"];
        draft.award = Some(first::award(process, value, date));
        draft.contract = Some(first::contract(process, value, date));
        draft.planning = Some(Planning { budget: Some(first::budget(process)) });
        Ok(())
    }

    fn sign(&mut self, draft: &mut Draft, date: At) {
        self.signed = true;
        draft.tag("awardUpdate");
        draft.tag("contractUpdate");
        draft.award = Some(Award { status: Some("active"), ..blank_award(self.process) });
        draft.contract(self.process).date_signed = Some(date);
    }

    /// Nothing was delivered. What was never confirmed is cancelled; of what was, nothing is agreed any more.
    fn end(&mut self, draft: &mut Draft, kind: ReleaseKind) {
        self.ended = true;
        draft.tag("awardCancellation");
        let status = if kind == ReleaseKind::Cancelled { "cancelled" } else { "unsuccessful" };
        draft.award = Some(Award { status: Some(status), ..blank_award(self.process) });
        if !self.signed {
            return;
        }
        for place in 0..self.lines.len() {
            self.lines[place].1 = Quantity::ZERO;
            self.restate_line(draft, place);
        }
        self.lower_freight(draft, Fen::ZERO);
        draft.amended = Some("采购方取消订单，未交货".to_owned());
    }

    /// Less will come, or at another price.
    fn amend(&mut self, draft: &mut Draft, entry: &Entry) -> Result<(), Overflow> {
        let mut words = Vec::new();
        match &entry.said {
            Said::ShortClosed(lines) => {
                for (line_no, quantity) in lines {
                    let Some(place) = self.place(*line_no) else { continue };
                    self.lines[place].1 = self.lines[place].1.minus(*quantity)?;
                    self.restate_line(draft, place);
                    words.push(format!("第{line_no}行未到货结案{quantity}"));
                }
            }
            Said::Repriced(lines) => {
                for (line_no, price) in lines {
                    let Some(place) = self.place(*line_no) else { continue };
                    self.lines[place].2 = *price;
                    self.restate_line(draft, place);
                    words.push(format!("第{line_no}行单价改为{price}元"));
                }
            }
            _ => {}
        }
        draft.amended = Some(words.join("；")).filter(|words| !words.is_empty());
        Ok(())
    }

    /// Goods were accepted, went back, or a part of their price is not owed.
    fn goods(&mut self, draft: &mut Draft, entry: &Entry) -> Result<(), Overflow> {
        match &entry.said {
            Said::Accepted(day, lines) => {
                let id = AcceptanceId(entry.subject).to_string();
                let sum = Fen::total(lines.iter().map(|line| line.2))?;
                self.accepted = self.accepted.plus(sum)?;
                let told: Vec<String> = lines.iter().map(|line| format!("第{}行{}", line.0, line.1)).collect();
                let milestone = Milestone {
                    id: id.clone(),
                    title: Some(format!("验收 {day}")),
                    kind: Some("delivery"),
                    description: Some(format!("验收{}；金额{sum}元", told.join("，"))),
                    status: Some("met"),
                    date_met: Some(day.start()),
                };
                let amounts: Vec<(i64, Fen)> = lines.iter().map(|line| (line.0, line.2)).collect();
                let metric = metric(("accepted", "验收金额"), &id, *day, &amounts, Some(&milestone));
                let done = self.implementation(draft);
                done.milestones.push(milestone);
                done.metrics.push(metric);
            }
            Said::Returned(day, lines) => {
                self.returned = self.returned.plus(Fen::total(lines.iter().map(|line| line.1))?)?;
                let id = ReturnId(entry.subject).to_string();
                self.implementation(draft).metrics.push(metric(("returned", "退货金额"), &id, *day, lines, None));
            }
            Said::Allowed(day, lines) => self.allow(draft, &AllowanceId(entry.subject).to_string(), *day, lines)?,
            _ => {}
        }
        Ok(())
    }

    /// What is allowed of goods lowers what is owed for them; what is allowed of the freight lowers what was agreed.
    fn allow(&mut self, draft: &mut Draft, id: &str, day: Day, lines: &[(i64, Fen)]) -> Result<(), Overflow> {
        let of_goods: Vec<(i64, Fen)> = lines.iter().copied().filter(|line| line.0 != 0).collect();
        if !of_goods.is_empty() {
            self.returned = self.returned.plus(Fen::total(of_goods.iter().map(|line| line.1))?)?;
            self.implementation(draft).metrics.push(metric(("allowed", "折让金额"), id, day, &of_goods, None));
        }
        let of_freight = Fen::total(lines.iter().filter(|line| line.0 == 0).map(|line| line.1))?;
        if !of_freight.is_zero() {
            self.lower_freight(draft, self.freight.minus(of_freight)?);
            draft.amended = Some(format!("运费折让{of_freight}元"));
        }
        Ok(())
    }

    /// Money came or went back. A payment that is denied after it was deemed received came to nothing.
    fn money(&mut self, draft: &mut Draft, entry: &Entry) -> Result<(), Overflow> {
        let Said::Money(day, amount) = entry.said else { return Ok(()) };
        let (payer, supplier) = (reference(&self.process.payer), reference(&self.process.supplier));
        let (id, value, payer, payee) = match entry.kind {
            ReleaseKind::Refunded => {
                self.refunded = self.refunded.plus(amount)?;
                (RefundId(entry.subject).to_string(), amount, supplier, payer)
            }
            ReleaseKind::Unpaid => {
                self.paid = self.paid.minus(amount)?;
                (PaymentId(entry.subject).to_string(), Fen::ZERO, payer, supplier)
            }
            _ => {
                self.paid = self.paid.plus(amount)?;
                (PaymentId(entry.subject).to_string(), amount, payer, supplier)
            }
        };
        let (date, value) = (Some(day.start()), Some(Value::of(value)));
        let transaction = Transaction { id, date, value, payer: Some(payer), payee: Some(payee) };
        self.implementation(draft).transactions.push(transaction);
        Ok(())
    }

    /// The unit's reserve, as it was published before this day.
    fn plan(&mut self, draft: &mut Draft, today: Day) {
        let Some(part) = first::plan_fund(self.process.fund) else { return };
        let known = self.process.reserves.iter().rev().find(|reserve| reserve.published_on < today);
        let Some(reserved) = known.map(|reserve| reserve.reserved).filter(|reserved| Some(*reserved) != self.reserved)
        else {
            return;
        };
        self.reserved = Some(reserved);
        let (process, year) = (self.process, self.process.year);
        let breakdown = BudgetBreakdown {
            id: first::budget_id(process),
            description: Some(format!("{year}年{part}预留份额")),
            amount: Some(Value::of(reserved)),
            period: Some(Period {
                start_date: Some(Day::first_of_year(year).start()),
                end_date: Some(Day::last_of_year(year).end()),
            }),
            source_party: Some(reference(&process.unit)),
        };
        draft.tag(if self.releases.is_empty() { "planning" } else { "planningUpdate" });
        let planning = draft.planning.get_or_insert_with(|| Planning { budget: Some(first::budget(process)) });
        planning.budget.get_or_insert_with(|| first::budget(process)).budget_breakdown.push(breakdown);
    }

    /// Where the contract stands: terminated when every line is closed and what was kept is paid.
    fn standing(&self) -> Result<&'static str, Overflow> {
        let kept = self.accepted.minus(self.returned)?;
        let due = if kept > Fen::ZERO { kept.plus(self.freight)? } else { Fen::ZERO };
        let settled = self.closed && self.paid.minus(self.refunded)? >= due;
        Ok(match (self.ended, self.signed) {
            (true, false) => "cancelled",
            (true, true) => "terminated",
            (false, true) if settled => "terminated",
            (false, true) => "active",
            (false, false) => "pending",
        })
    }

    /// States the contract's standing where it is another one now.
    fn restate(&mut self, draft: &mut Draft) -> Result<(), Overflow> {
        let status = self.standing()?;
        if status == self.status {
            return Ok(());
        }
        self.status = status;
        draft.tag(if matches!(status, "terminated" | "cancelled") { "contractTermination" } else { "contractUpdate" });
        draft.contract(self.process).status = Some(status);
        Ok(())
    }

    /// Publishes a draft that says anything.
    fn release(&mut self, entry: &Entry, date: At, mut draft: Draft) -> Result<(), Overflow> {
        let process = self.process;
        let id = format!("{}-{:04}-{}", process.ocid, entry.seq, entry.kind);
        let before = self.releases.last().map(|last| last.id.clone());
        if let Some(words) = draft.amended.take() {
            draft.tag("contractAmendment");
            let value = self.agreed()?;
            let contract = draft.contract(process);
            contract.value = Some(Value::of(value));
            contract.amendments.push(Amendment {
                id: id.clone(),
                date: Some(date),
                description: Some(words),
                amends: before.clone(),
                released: Some(id.clone()),
            });
        }
        if draft.tags.is_empty() {
            return Ok(());
        }
        let is_first = before.is_none();
        // Whoever is named in a release stands in it.
        let names = is_first || draft.planning.is_some() || pays(&draft);
        self.releases.push(Release {
            ocid: process.ocid.clone(),
            id,
            date,
            tag: draft.tags,
            initiation_type: "tender",
            language: "zh",
            parties: if names { first::parties(process) } else { Vec::new() },
            buyer: is_first.then(|| reference(&process.unit)),
            planning: draft.planning,
            tender: if is_first { Some(first::tender(process, first::agreed(process)?)) } else { None },
            awards: draft.award.into_iter().collect(),
            contracts: draft.contract.into_iter().collect(),
        });
        Ok(())
    }

    fn place(&self, line_no: i64) -> Option<usize> {
        self.lines.iter().position(|line| line.0 == line_no)
    }

    /// What is agreed now, freight included.
    fn agreed(&self) -> Result<Fen, Overflow> {
        let mut sum = self.freight;
        for (_, quantity, price) in &self.lines {
            sum = sum.plus(quantity.price(*price)?)?;
        }
        Ok(sum)
    }

    fn restate_line(&self, draft: &mut Draft, place: usize) {
        let (line_no, quantity, price) = self.lines[place];
        draft.contract(self.process).items.push(changed(line_no.to_string(), quantity, price));
    }

    fn lower_freight(&mut self, draft: &mut Draft, freight: Fen) {
        if self.freight != freight {
            self.freight = freight;
            draft.contract(self.process).items.push(changed(FREIGHT.to_owned(), Quantity::units(1), freight));
        }
    }

    /// What was delivered and paid, in the release that is drafted.
    fn implementation<'d>(&mut self, draft: &'d mut Draft) -> &'d mut Implementation {
        draft.tag(if self.implemented { "implementationUpdate" } else { "implementation" });
        self.implemented = true;
        let blank = || Implementation { transactions: Vec::new(), milestones: Vec::new(), metrics: Vec::new() };
        draft.contract(self.process).implementation.get_or_insert_with(blank)
    }
}

/// An item of which quantity and price are restated.
fn changed(id: String, quantity: Quantity, price: Fen) -> Item {
    Item {
        id,
        description: None,
        classification: None,
        additional_classifications: Vec::new(),
        quantity: Some(Number(quantity)),
        unit: Some(Unit { name: None, value: Some(Value::of(price)) }),
    }
}

fn pays(draft: &Draft) -> bool {
    let done = draft.contract.as_ref().and_then(|contract| contract.implementation.as_ref());
    done.is_some_and(|done| !done.transactions.is_empty())
}

/// Amounts of a fact, line by line.
fn metric(
    (id, title): (&str, &str),
    fact: &str,
    day: Day,
    lines: &[(i64, Fen)],
    milestone: Option<&Milestone>,
) -> Metric {
    let observation = |(line_no, amount): &(i64, Fen)| Observation {
        id: format!("{fact}-{line_no}"),
        period: Some(Period { start_date: Some(day.start()), end_date: Some(day.end()) }),
        value: Some(Value::of(*amount)),
        dimensions: Some(Dimensions { item: Some(line_no.to_string()) }),
        related_implementation_milestone: milestone
            .map(|milestone| MilestoneReference { id: milestone.id.clone(), title: milestone.title.clone() }),
    };
    Metric { id: id.to_owned(), title: Some(title.to_owned()), observations: lines.iter().map(observation).collect() }
}
