//! The report over HTTP: JSON, CSV or a workbook.

use crate::certification::BeneficiaryClass;
use crate::donations::queries::{self, ByPeriod, ByPlace, DonationFigures, DonationReport, DonationRow, ReportWanted};
use crate::kernel::actor::ReadReports;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::money::Fen;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::platform::http::{Answer, Call, Format, List, Reply};
use crate::platform::sheet::{self, Cell, Table};
use actix_web::get;
use serde::Deserialize;
use utoipa::ToSchema;

/// The most months that one report covers.
const MOST_MONTHS: i64 = 120;

/// The columns of tables.
const HEADER: [&str; 23] = [
    "地区代码",
    "地区",
    "期间",
    "活动（场次）",
    "参与单位（个）",
    "帮扶干部（人）",
    "金额（元）",
    "帮扶户数（户）",
    "建档立卡户（户）",
    "建档立卡户金额（元）",
    "脱贫不稳定户（户）",
    "脱贫不稳定户金额（元）",
    "边缘户（户）",
    "边缘户金额（元）",
    "一般户（户）",
    "一般户金额（元）",
    "待核验（场次）",
    "待核验金额（元）",
    "帮助销售（场次）",
    "帮助销售金额（元）",
    "帮助销售户数（户）",
    "帮助销售待核验（场次）",
    "帮助销售待核验金额（元）",
];

/// The bytes of a workbook.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "only its schema is used")]
struct DonationReportBytes(Vec<u8>);

/// Which figures.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DonationReportFilter {
    /// First month, `YYYY-MM`; January of the last month's year when absent.
    #[param(pattern = "^20[0-9]{2}-(0[1-9]|1[0-2])$", max_length = 7)]
    from: Option<String>,
    /// Last month; this month when absent.
    #[param(pattern = "^20[0-9]{2}-(0[1-9]|1[0-2])$", max_length = 7)]
    to: Option<String>,
    /// By which places; by county when absent.
    by: Option<ByPlace>,
    /// By which periods; by month when absent.
    per: Option<ByPeriod>,
    /// Only at places in this region.
    region: Option<RegionCode>,
    /// By what was recorded until the end of this day: what a report of that day said; today when absent.
    as_of: Option<Day>,
    /// Whether supervised places (挂牌督战) stand beside it, as JSON or a workbook.
    supervised: Option<bool>,
}

fn wrong(parameter: &str, zh: &str, en: &str) -> AppError {
    AppError::field(Code::InvalidParameter, parameter, Message::new(zh, en))
}

impl DonationReportFilter {
    fn wanted(self, today: Day) -> Outcome<ReportWanted> {
        let day =
            |month: Option<String>, otherwise: Day| month.map_or(Some(otherwise), |m| format!("{m}-01").parse().ok());
        let month = || wrong("to", "应为月份，如 2021-03", "must be a month such as 2021-03");
        let to = day(self.to, today).ok_or_else(month)?;
        let from = day(self.from, Day::first_of_year(to.year())).ok_or_else(month)?;
        let months = (to.year() - from.year()) * 12 + to.month_number() - from.month_number();
        if !(0..MOST_MONTHS).contains(&months) {
            return Err(wrong(
                "to",
                "起止月份不正确，最多 120 个月",
                "must be from the first to the last of at most 120 months",
            ));
        }
        let as_of = self.as_of.unwrap_or(today);
        if as_of > today {
            return Err(wrong("as_of", "不得晚于今天", "lies in the future"));
        }
        let (by, per) = (self.by.unwrap_or(ByPlace::County), self.per.unwrap_or(ByPeriod::Month));
        let supervised = self.supervised.unwrap_or(false);
        Ok(ReportWanted { from, to, by, per, region: self.region, as_of, supervised })
    }
}

/// 以购代捐 outside the platform, by place and period: activities, units, cadres, amount, households helped and their classes, each
/// unit, cadre and household once within what its row takes together; helped sales beside it. Only what a county has verified
/// counts; what waits stands apart. It is in no plan and in no volume of orders. `links` lead to the lists behind each row.
#[utoipa::path(get, path = "/reports/donation", tag = "reports", params(DonationReportFilter),
    responses((status = 200, content((DonationReport = "application/json"), (String = "text/csv"),
    (DonationReportBytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))),
    security(("bearer" = ["reports.read"])))]
#[get("/reports/donation")]
pub async fn donation_report(call: Call<ReadReports>, list: List<DonationReportFilter>) -> Answer {
    let accept = call.header("accept").unwrap_or_default();
    let format = Format::asked(&accept, &[Format::Json, Format::Csv, Format::Xlsx])?;
    if list.filter.supervised == Some(true) && format == Format::Csv {
        let message = Message::new(
            "CSV 中不给出挂牌督战，请用 JSON 或 XLSX",
            "supervised places are not given as CSV: ask for JSON or XLSX",
        );
        return Err(AppError::field(Code::InvalidParameter, "supervised", message));
    }
    let today = call.now().day();
    let wanted = list.filter.wanted(today)?;
    call.read_reply(move |read, actor| {
        let report = queries::report(read, actor, &wanted)?;
        match format {
            Format::Csv => {
                let bytes = sheet::csv(&HEADER, &rows(&report.rows, &report.total))?;
                Ok(Reply::file(format, "donation", bytes).header("vary", "Accept"))
            }
            Format::Xlsx => Ok(Reply::file(format, "donation", workbook(&report, today)?).header("vary", "Accept")),
            _ => Ok(Reply::ok(&report)?.header("vary", "Accept")),
        }
    })
    .await
}

fn workbook(report: &DonationReport, today: Day) -> Outcome<Vec<u8>> {
    let tables = [
        ("以购代捐", rows(&report.rows, &report.total)),
        ("按期间", rows(&report.periods, &report.total)),
        ("按地区", rows(&report.regions, &report.total)),
    ];
    let beside = report.supervised.as_ref().map(|places| ("挂牌督战（不计入合计）", lines(places)));
    let tables: Vec<(&str, Vec<Vec<Cell>>)> = tables.into_iter().chain(beside).collect();
    let tables: Vec<Table<'_>> = tables.iter().map(|(name, rows)| Table { name, header: &HEADER, rows }).collect();
    sheet::xlsx(&tables, today)
}

/// Rows and the row of everything together, whose distinct figures are no sum of theirs.
fn rows(rows: &[DonationRow], total: &DonationRow) -> Vec<Vec<Cell>> {
    let mut cells = lines(rows);
    for mut line in lines(std::slice::from_ref(total)) {
        line[1] = Cell::from("合计（去重）");
        cells.push(line);
    }
    cells
}

fn lines(rows: &[DonationRow]) -> Vec<Vec<Cell>> {
    let line = |row: &DonationRow| {
        let name = match (row.region_code, row.region_as_a_whole) {
            (None, _) => "全部地区".to_owned(),
            (Some(_), true) => format!("{}（本级）", row.region_name),
            (Some(_), false) => row.region_name.clone(),
        };
        let code = row.region_code.map(|code| code.to_string()).unwrap_or_default();
        let all = || format!("{}—{}", row.from.month(), row.to.month());
        let period = row.period.clone().unwrap_or_else(all);
        let mut cells = vec![Cell::from(code), Cell::from(name), Cell::from(period)];
        cells.extend(bought(&row.donation));
        cells.extend(helped(&row.helped_sales));
        cells
    };
    rows.iter().map(line).collect()
}

fn count(number: i64) -> Cell {
    Cell::Figure(number.to_string())
}

fn bought(figures: &DonationFigures) -> Vec<Cell> {
    let mut cells = vec![
        count(figures.count),
        count(figures.units),
        count(figures.cadres),
        Cell::yuan(figures.amount_fen),
        count(figures.households),
    ];
    for class in BeneficiaryClass::ALL {
        let of = figures.classes.iter().find(|of| of.class == *class);
        let (households, amount) = of.map_or((0, Fen::ZERO), |of| (of.households, of.amount_fen));
        cells.extend([count(households), Cell::yuan(amount)]);
    }
    cells.extend([count(figures.waiting), Cell::yuan(figures.waiting_fen)]);
    cells
}

fn helped(figures: &DonationFigures) -> [Cell; 5] {
    [
        count(figures.count),
        Cell::yuan(figures.amount_fen),
        count(figures.households),
        count(figures.waiting),
        Cell::yuan(figures.waiting_fen),
    ]
}
