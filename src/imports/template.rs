//! The template of a kind, as it is today: its lists hold the schemes and counties that are known now.

use super::cells::{Holds, Known};
use super::columns::Form;
use super::rules::MOST_ROWS;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::region_code::RegionLevel;
use crate::kernel::time::At;
use crate::platform::workbook::{Choice, Template, TemplateColumn};

/// The workbook to fill in.
pub fn workbook(form: &Form, known: &Known, at: At) -> Outcome<Vec<u8>> {
    let columns = form.columns.iter().map(|column| TemplateColumn {
        title: column.title.to_owned(),
        required: column.required,
        note: column.note.to_owned(),
        choice: choice(column.holds, known),
        example: column.example.to_owned(),
        width: width(column.holds),
    });
    let template = Template {
        sheet: form.sheet.to_owned(),
        columns: columns.collect(),
        about: form.about.iter().map(|line| (*line).to_owned()).collect(),
        rows: u32::try_from(MOST_ROWS).map_err(AppError::internal)?,
        at,
    };
    template.bytes()
}

fn choice(holds: Holds, known: &Known) -> Choice {
    let counties = || {
        let counties = known.regions.iter().filter(|(code, _)| code.level() == RegionLevel::County);
        counties.map(|(code, name)| format!("{code} {name}")).collect()
    };
    match holds {
        Holds::Word(words) => Choice::Only(words.iter().map(|(zh, _)| (*zh).to_owned()).collect()),
        Holds::YesNo => Choice::Only(vec!["是".to_owned(), "否".to_owned()]),
        Holds::Scheme => Choice::Only(known.schemes.iter().map(|(_, name, _)| name.clone()).collect()),
        Holds::Region | Holds::Origins => Choice::Among(counties()),
        Holds::Text
        | Holds::Code
        | Holds::Email
        | Holds::Whole
        | Holds::Yuan
        | Holds::Rate
        | Holds::Day
        | Holds::Ids
        | Holds::Quantity
        | Holds::Listed => Choice::Free,
    }
}

const fn width(holds: Holds) -> u16 {
    match holds {
        Holds::Text | Holds::Ids | Holds::Listed => 30,
        Holds::Code | Holds::Email | Holds::Region | Holds::Origins | Holds::Scheme => 24,
        Holds::Whole | Holds::Yuan | Holds::Rate | Holds::Quantity | Holds::Day | Holds::YesNo | Holds::Word(_) => 16,
    }
}
