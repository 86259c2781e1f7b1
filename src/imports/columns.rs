//! The columns of a kind of import, and which of them a file has.

use super::cells::{Holds, trimmed};
use super::rules::ImportKind;
use crate::kernel::error::{FieldError, Message};
use crate::platform::workbook::letters;

/// A column of the template.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its stable name; may stand as title too.
    pub key: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Whether every row has it.
    pub required: bool,
    /// Where its value belongs in the requests that a row is made of.
    pub path: &'static str,
    /// What it holds.
    pub holds: Holds,
    /// What the example row holds.
    pub example: &'static str,
    /// What belongs into it, for people.
    pub note: &'static str,
}

/// A kind of import: its sheet and columns.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// The kind.
    pub kind: ImportKind,
    /// The name of the sheet to fill in.
    pub sheet: &'static str,
    /// Its columns.
    pub columns: &'static [Column],
    /// Fields that are taken from another column than their own: pointer, and the path of that column.
    pub taken: &'static [(&'static str, &'static str)],
    /// What the template's explanation says first.
    pub about: &'static [&'static str],
}

/// How the example row of a template begins: whoever leaves it in imports no example.
pub const EXAMPLE: &str = "（示例）";

/// The columns that a file has.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Titles(Vec<Titled>);

/// A column of a file.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
struct Titled {
    /// Where it stands, counted from 0.
    place: usize,
    /// The template's column.
    key: String,
    /// Its title in the file.
    title: String,
}

/// Where an error stands: the letters of its column when the file has it, and the column's title.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// `A`, `B`; empty when no single column of the file is meant.
    pub letters: String,
    /// The title.
    pub title: String,
}

impl Form {
    /// The columns of a file by its titles; their order does not matter.
    ///
    /// # Errors
    /// Titles that are unknown, stand twice, or are missing; pointers are `/1/` and the letters of the column.
    pub fn titles(&self, header: &[(usize, String)]) -> Result<Titles, Vec<FieldError>> {
        let (mut found, mut wrong): (Vec<Titled>, Vec<FieldError>) = (Vec::new(), Vec::new());
        let say = |place: &str, code, zh: String, en: String| {
            FieldError::new(format!("/1/{place}"), code, Message::new(zh, en))
        };
        for (place, title) in header {
            let bare = trimmed(title);
            let bare = bare.trim_end_matches(['*', '＊']).trim();
            let shown: String = bare.chars().take(60).collect();
            match self.columns.iter().find(|column| column.title == bare || column.key == bare) {
                None => wrong.push(say(
                    &letters(*place),
                    "unknown_column",
                    format!("没有名为“{shown}”的列"),
                    format!("there is no column {shown}"),
                )),
                Some(column) if found.iter().any(|other| other.key == column.key) => wrong.push(say(
                    &letters(*place),
                    "column_twice",
                    format!("“{shown}”列重复"),
                    format!("the column {shown} stands twice"),
                )),
                Some(column) => {
                    found.push(Titled { place: *place, key: column.key.to_owned(), title: bare.to_owned() });
                }
            }
        }
        for column in self.columns.iter().filter(|column| column.required) {
            if !found.iter().any(|titled| titled.key == column.key) {
                let (title, key) = (column.title, column.key);
                wrong.push(say(
                    key,
                    "missing_column",
                    format!("缺少“{title}”列"),
                    format!("the column {title} is missing"),
                ));
            }
        }
        if wrong.is_empty() { Ok(Titles(found)) } else { Err(wrong) }
    }

    /// The column that a pointer into the requests of a row means.
    fn meant(&self, pointer: &str) -> Option<&'static Column> {
        let pointer = self.taken.iter().find(|(field, _)| *field == pointer).map_or(pointer, |(_, path)| path);
        let at_or_above = |path: &str, other: &str| {
            other.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let named = self.columns.iter().filter(|column| at_or_above(column.path, pointer));
        named.max_by_key(|column| column.path.len()).or_else(|| {
            // A part as a whole: the first of its columns.
            self.columns.iter().find(|column| !pointer.is_empty() && at_or_above(pointer, column.path))
        })
    }

    /// Where in the file a pointer's error stands.
    #[must_use]
    pub fn place(&self, titles: &Titles, pointer: &str) -> Place {
        let Some(column) = self.meant(pointer) else { return Place::default() };
        let titled = titles.0.iter().find(|titled| titled.key == column.key);
        Place {
            letters: titled.map(|titled| letters(titled.place)).unwrap_or_default(),
            title: titled.map_or_else(|| column.title.to_owned(), |titled| titled.title.clone()),
        }
    }
}

impl Titles {
    /// The template's column that stands here in the file.
    #[must_use]
    pub fn at(&self, form: &Form, place: usize) -> Option<&'static Column> {
        let titled = self.0.iter().find(|titled| titled.place == place)?;
        form.columns.iter().find(|column| column.key == titled.key)
    }
    /// Where the template's column of this name stands in the file.
    #[must_use]
    pub fn place_of(&self, key: &str) -> Option<usize> {
        self.0.iter().find(|titled| titled.key == key).map(|titled| titled.place)
    }
}

#[cfg(test)]
mod tests {
    use super::super::kinds::form;
    use super::*;

    fn header(titles: &[&str]) -> Vec<(usize, String)> {
        titles.iter().enumerate().map(|(place, title)| (place, (*title).to_owned())).collect()
    }

    #[test]
    fn columns_are_found_in_any_order_and_what_is_wrong_with_them_is_named() {
        let form = form(ImportKind::Suppliers);
        let mut titles: Vec<&str> = form.columns.iter().map(|column| column.title).collect();
        titles.reverse();
        titles[0] = "statement";
        let read = form.titles(&header(&titles)).unwrap();
        assert_eq!(read.at(form, 0).map(|column| column.key), Some("statement"));
        assert_eq!(read.at(form, 99).map(|column| column.key), None);
        let mut wrong = titles.clone();
        (wrong[1], wrong[2]) = ("联系邮箱 ＊", "备注");
        let named: Vec<(String, &str)> =
            form.titles(&header(&wrong)).unwrap_err().into_iter().map(|field| (field.pointer, field.code)).collect();
        assert_eq!(named[0], ("/1/C".to_owned(), "unknown_column"));
        assert!(named[1..].iter().all(|(_, code)| *code == "missing_column"), "{named:?}");
        wrong[2] = "联系邮箱";
        assert!(form.titles(&header(&wrong)).unwrap_err().iter().any(|field| field.code == "column_twice"));
    }

    #[test]
    fn pointers_of_the_single_record_api_mean_columns() {
        let form = form(ImportKind::Products);
        let titles = form.titles(&header(&form.columns.iter().map(|column| column.title).collect::<Vec<_>>())).unwrap();
        let title = |pointer: &str| form.place(&titles, pointer).title;
        for (pointer, expected) in [
            ("/product/name", "产品名称"),
            ("/product/origins/0/county", "产地"),
            ("/quality/file_ids", "质量材料文件编号"),
            ("/quality/quality/marks/0/expires_on", "标志证书有效期至"),
            ("/quality/quality/marks/0/mark", "标志"),
            ("/linkage/linkage/persons", "带贫人数"),
            ("/price/price", "价格证明类型"),
            ("/unheard/of", ""),
            ("", ""),
        ] {
            assert_eq!(title(pointer), expected, "{pointer}");
        }
        assert_eq!(form.place(&titles, "/product/name").letters, "A");
    }
}
