//! What can still be bought: nobody plans to order more of a product than there is.

use super::super::chance::Chance;
use super::super::data::{Product, World};
use super::{PlannedLine, is_refused};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::terms::Category;

/// Nobody takes more of one product at once than this, in grams, unless it is given away.
const LINE_GRAMS: i64 = 900_000;

/// What is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// For about how much, in fen.
    pub amount_fen: i64,
    /// In which month, 1 to 12.
    pub month: i64,
    /// The buyer's region; goods from near are liked better.
    pub region: &'a str,
    /// Whether wine may be bought.
    pub wine: bool,
    /// Only this category, in any weight.
    pub only: Option<Category>,
}

/// What is left of each product.
#[derive(Debug, Clone)]
pub struct Shelf<'a> {
    world: &'a World,
    left: Vec<i64>,
    by_supplier: Vec<Vec<usize>>,
}

impl<'a> Shelf<'a> {
    /// Full shelves.
    #[must_use]
    pub fn new(world: &'a World) -> Shelf<'a> {
        let mut by_supplier = vec![Vec::new(); world.suppliers.len()];
        for (at, product) in world.products.iter().enumerate() {
            by_supplier[product.supplier].push(at);
        }
        // What is refused its certificate is not counted on, though some of it may be sold all the same.
        let left = |(at, product): (usize, &Product)| if is_refused(world, at) { 0 } else { product.stock.milli() };
        Shelf { world, left: world.products.iter().enumerate().map(left).collect(), by_supplier }
    }

    /// What is left of a product when every plan is carried out.
    #[must_use]
    pub fn left(&self, product: usize) -> Quantity {
        Quantity::from_milli(self.left[product])
    }

    /// Takes exactly these goods.
    pub fn reserve(&mut self, line: PlannedLine) {
        self.left[line.product] -= self.reach(line);
    }

    /// Takes goods of one supplier for about the amount that is wished; the supplier and the lines.
    pub fn take(&mut self, chance: &mut Chance, wish: Wish<'_>) -> Option<(usize, Vec<PlannedLine>)> {
        let mut best: Option<(i64, usize, Vec<PlannedLine>)> = None;
        for _ in 0..5 {
            let supplier = self.near(chance, wish.region);
            let lines = self.basket(chance, supplier, wish);
            let value = lines.iter().map(|line| self.value(*line)).sum::<i64>();
            if best.as_ref().is_none_or(|(most, _, _)| value > *most) {
                best = Some((value, supplier, lines));
            }
            if value * 10 >= wish.amount_fen * 8 {
                break;
            }
        }
        let (value, supplier, lines) = best?;
        if value * 4 < wish.amount_fen {
            return None;
        }
        for line in &lines {
            self.left[line.product] -= self.reach(*line);
        }
        Some((supplier, lines))
    }

    /// A supplier; one of the buyer's county or prefecture is drawn more often.
    fn near(&self, chance: &mut Chance, region: &str) -> usize {
        let drawn: Vec<usize> = (0..6).map(|_| chance.place(self.by_supplier.len())).collect();
        let code = |supplier: usize| self.world.suppliers[supplier].region_code.as_str();
        let county = drawn.iter().find(|s| code(**s) == region);
        let prefecture = drawn.iter().take(3).find(|s| region.get(..4).is_some_and(|p| code(**s).starts_with(p)));
        county.or(prefecture).or(drawn.first()).copied().unwrap_or(0)
    }

    fn basket(&self, chance: &mut Chance, supplier: usize, wish: Wish<'_>) -> Vec<PlannedLine> {
        let mut offered: Vec<usize> = self.by_supplier[supplier].clone();
        offered.retain(|at| self.suits(*at, wish));
        chance.mix(&mut offered);
        let wanted = usize::try_from(chance.between(1, 3)).unwrap_or(1);
        let mut lines = Vec::new();
        let mut open = wish.amount_fen;
        for product in offered {
            let parts = i64::try_from(wanted.saturating_sub(lines.len()).max(1)).unwrap_or(1);
            if let Some(line) = self.line(product, open / parts, wish.only.is_some()) {
                open -= self.value(line);
                lines.push(line);
            }
            if lines.len() == 5 || open * 12 < wish.amount_fen {
                break;
            }
        }
        lines
    }

    fn suits(&self, at: usize, wish: Wish<'_>) -> bool {
        let product = &self.world.products[at];
        let category =
            wish.only.map_or(wish.wine || product.category != Category::Wine, |only| only == product.category);
        category && product.months.contains(&wish.month)
    }

    /// As much of a product as the amount buys: whole units, half kilograms of what is weighed.
    fn line(&self, at: usize, amount_fen: i64, heavy: bool) -> Option<PlannedLine> {
        let product = &self.world.products[at];
        let step = if product.weighed { 500 } else { 1_000 };
        let affordable = amount_fen.saturating_mul(1_000) / product.price.get().max(1);
        let most = if heavy { i64::MAX } else { LINE_GRAMS.saturating_mul(1_000) / product.net_weight_grams.max(1) };
        let milli = affordable.min(most) / step * step;
        let line = PlannedLine { product: at, quantity: Quantity::from_milli(milli) };
        (milli >= step && self.reach(line) <= self.left[at]).then_some(line)
    }

    /// What the line can take at most: quantity and tolerance.
    fn reach(&self, line: PlannedLine) -> i64 {
        let product = &self.world.products[line.product];
        if product.weighed {
            line.quantity.with_tolerance(product.tolerance).map_or(i64::MAX, Quantity::milli)
        } else {
            line.quantity.milli()
        }
    }

    /// What the line costs, in fen.
    #[must_use]
    pub fn value(&self, line: PlannedLine) -> i64 {
        line.quantity.price(self.world.products[line.product].price).map_or(0, Fen::get)
    }
}
