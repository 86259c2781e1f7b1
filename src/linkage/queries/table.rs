//! Household linkage as tables: CSV and workbooks.

use super::{AllocatedHouseholds, HouseholdCount, LinkageReport};
use crate::certification::{BeneficiaryClass, LinkageKind};
use crate::kernel::error::Outcome;
use crate::kernel::time::Day;
use crate::platform::sheet::{self, Cell, Table};

const COUNTED: [&str; 13] = [
    "年份",
    "县代码",
    "县",
    "户数",
    "人数",
    "增收（元）",
    "工资性（户）",
    "资产性（户）",
    "经营性（户）",
    "建档立卡户",
    "脱贫不稳定户",
    "边缘户",
    "一般户",
];
const ALLOCATED: [&str; 9] =
    ["年份", "县代码", "供应商编号", "供应商", "产品编号", "产品", "带动户数", "分摊户数", "增收（元）"];

impl LinkageReport {
    /// Household counts as CSV, or their shares by product where these were asked for; amounts in yuan.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn csv(&self) -> Outcome<Vec<u8>> {
        match &self.allocated {
            Some(products) => sheet::csv(&ALLOCATED, &shares(products)),
            None => sheet::csv(&COUNTED, &self.counted()),
        }
    }

    /// Both as a workbook; amounts in yuan.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn xlsx(&self, made_on: Day) -> Outcome<Vec<u8>> {
        let (counted, shares) = (self.counted(), self.allocated.as_deref().map(shares));
        let mut tables = vec![Table { name: "带动户数", header: &COUNTED, rows: &counted }];
        if let Some(rows) = &shares {
            tables.push(Table { name: "按产品分摊", header: &ALLOCATED, rows });
        }
        sheet::xlsx(&tables, made_on)
    }

    /// By county and year, then year by year and altogether, each counted once: no sum of the rows before.
    fn counted(&self) -> Vec<Vec<Cell>> {
        let of_county = self.counties.iter().map(|row| {
            let head = [
                Cell::from(row.year.to_string()),
                Cell::from(row.county.to_string()),
                Cell::from(row.county_name.clone()),
            ];
            line(head, &row.count)
        });
        let of_year = self.years.iter().map(|row| {
            let head = [Cell::from(row.year.to_string()), Cell::from(""), Cell::from("全年（去重）")];
            line(head, &row.count)
        });
        let years = if self.from_year == self.to_year {
            self.from_year.to_string()
        } else {
            format!("{}—{}", self.from_year, self.to_year)
        };
        let total = line([Cell::from(years), Cell::from(""), Cell::from("合计（去重）")], &self.total);
        of_county.chain(of_year).chain([total]).collect()
    }
}

fn line(head: [Cell; 3], count: &HouseholdCount) -> Vec<Cell> {
    let number = |number: i64| Cell::Figure(number.to_string());
    let mut cells = Vec::from(head);
    cells.extend([
        number(count.figures.households),
        number(count.figures.persons),
        Cell::yuan(count.figures.amount_fen),
    ]);
    for kind in LinkageKind::ALL {
        let of = count.kinds.iter().find(|of| of.kind == *kind);
        cells.push(number(of.map_or(0, |of| of.figures.households)));
    }
    for class in BeneficiaryClass::ALL {
        let of = count.classes.iter().find(|of| of.class == *class);
        cells.push(number(of.map_or(0, |of| of.figures.households)));
    }
    cells
}

fn shares(products: &[AllocatedHouseholds]) -> Vec<Vec<Cell>> {
    let row = |row: &AllocatedHouseholds| {
        vec![
            Cell::from(row.year.to_string()),
            Cell::from(row.county.to_string()),
            Cell::from(row.organisation_id.to_string()),
            Cell::from(row.organisation_name.clone()),
            Cell::from(row.product_id.to_string()),
            Cell::from(row.product_name.clone()),
            Cell::Figure(row.households.to_string()),
            Cell::Figure(millionths(row.share_millionths)),
            Cell::yuan(row.amount_fen),
        ]
    };
    products.iter().map(row).collect()
}

/// Millionths of a household as a decimal; shares are never negative.
fn millionths(share: i64) -> String {
    format!("{}.{:06}", share / 1_000_000, share % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::millionths;

    #[test]
    fn shares_are_written_exactly() {
        for (share, text) in [(0, "0.000000"), (1, "0.000001"), (333_333, "0.333333"), (2_500_000, "2.500000")] {
            assert_eq!(millionths(share), text);
        }
    }
}
