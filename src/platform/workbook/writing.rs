//! Templates: a sheet to fill in, with titles, notes, lists to choose from and an example, and one that explains it.

use crate::kernel::error::{AppError, Outcome};
use crate::kernel::time::At;
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatAlign, Formula, Note,
    Workbook, Worksheet, XlsxError,
};

/// The sheet that explains.
const ABOUT: &str = "说明";
/// The sheet of what may be chosen.
const CHOICES: &str = "选项";

/// What a column's cells are chosen from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// Anything.
    Free,
    /// One of these and nothing else.
    Only(Vec<String>),
    /// One of these, or something that the list does not know.
    Among(Vec<String>),
}

/// A column of a template.
#[derive(Debug, Clone)]
pub struct TemplateColumn {
    /// Its title.
    pub title: String,
    /// Whether a row needs it.
    pub required: bool,
    /// What belongs into it.
    pub note: String,
    /// What it is chosen from.
    pub choice: Choice,
    /// What the example row holds.
    pub example: String,
    /// Its width in characters.
    pub width: u16,
}

/// A template.
#[derive(Debug, Clone)]
pub struct Template {
    /// The name of the sheet to fill in.
    pub sheet: String,
    /// Its columns.
    pub columns: Vec<TemplateColumn>,
    /// What the explaining sheet says, line by line.
    pub about: Vec<String>,
    /// Rows that may be filled in.
    pub rows: u32,
    /// When it was made.
    pub at: At,
}

impl Template {
    /// The workbook.
    ///
    /// # Errors
    /// When a name or a text is too long for a workbook.
    pub fn bytes(&self) -> Outcome<Vec<u8>> {
        self.write().map_err(AppError::internal)
    }

    fn write(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let day = self.at.day();
        let made = ExcelDateTime::parse_from_str(&format!("{day}T00:00:00"))?;
        book.set_properties(&DocProperties::new().set_title(&self.sheet).set_creation_datetime(&made));
        self.form(book.add_worksheet())?;
        self.explanation(book.add_worksheet())?;
        self.choices(book.add_worksheet())?;
        book.save_to_buffer()
    }

    fn form(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(&self.sheet)?;
        let title = Format::new().set_bold().set_background_color(Color::RGB(0x00D9_E8F5)).set_text_wrap();
        let needed = title.clone().set_font_color(Color::RGB(0x00C0_0000));
        // Codes keep their digits only as text.
        let text = Format::new().set_num_format("@");
        let example = text.clone().set_italic().set_font_color(Color::RGB(0x0080_8080));
        let mut listed = 0;
        for (place, column) in (0_u16..).zip(&self.columns) {
            let star = if column.required { "*" } else { "" };
            let format = if column.required { &needed } else { &title };
            sheet.set_column_width(place, column.width)?;
            sheet.set_column_format(place, &text)?;
            sheet.write_string_with_format(0, place, format!("{}{star}", column.title), format)?;
            sheet.insert_note(0, place, &Note::new(&column.note).add_author_prefix(false))?;
            sheet.write_string_with_format(1, place, &column.example, &example)?;
            if let Some(validation) = validation(&column.choice, listed) {
                sheet.add_data_validation(1, place, self.rows, place, &validation)?;
                listed += 1;
            }
        }
        sheet.set_freeze_panes(1, 1)?;
        Ok(())
    }

    fn explanation(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(ABOUT)?;
        let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
        let bold = wrapped.clone().set_bold();
        sheet.set_column_width(0, 24)?.set_column_width(1, 10)?.set_column_width(2, 90)?;
        let mut row = 0;
        for line in &self.about {
            sheet.merge_range(row, 0, row, 2, line, &wrapped)?;
            row += 1;
        }
        for (place, text) in (0_u16..).zip(["列 / column", "必填 / required", "填写内容 / what it holds"]) {
            sheet.write_string_with_format(row + 1, place, text, &bold)?;
        }
        for (row, column) in (row + 2..).zip(&self.columns) {
            sheet.write_string_with_format(row, 0, &column.title, &wrapped)?;
            sheet.write_string_with_format(row, 1, if column.required { "是 / yes" } else { "" }, &wrapped)?;
            sheet.write_string_with_format(row, 2, &column.note, &wrapped)?;
        }
        Ok(())
    }

    fn choices(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(CHOICES)?;
        let bold = Format::new().set_bold();
        let listed = self.columns.iter().filter_map(|column| Some((column, words(&column.choice)?)));
        for (place, (column, words)) in (0_u16..).zip(listed) {
            sheet.set_column_width(place, 24)?;
            sheet.write_string_with_format(0, place, &column.title, &bold)?;
            for (row, word) in (1..).zip(words) {
                sheet.write_string(row, place, word)?;
            }
        }
        Ok(())
    }
}

fn words(choice: &Choice) -> Option<&[String]> {
    match choice {
        Choice::Free => None,
        Choice::Only(words) | Choice::Among(words) if words.is_empty() => None,
        Choice::Only(words) | Choice::Among(words) => Some(words),
    }
}

/// A list to choose from, which stands in the n-th column of the choices.
fn validation(choice: &Choice, listed: usize) -> Option<DataValidation> {
    let column = super::letters(listed);
    let range = format!("{CHOICES}!${column}$2:${column}${}", words(choice)?.len() + 1);
    let list = DataValidation::new().allow_list_formula(Formula::new(range));
    Some(match choice {
        Choice::Among(_) => list.show_error_message(false),
        Choice::Free | Choice::Only(_) => list.set_error_style(DataValidationErrorStyle::Stop),
    })
}
