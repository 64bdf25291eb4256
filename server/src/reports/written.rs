//! A report as a file: CSV, XLSX, JSON or a page.
//!
//! In: a report. Out: its bytes. A cell that a table program would take for a formula is quoted, since papers bear whatever a
//! smuggler likes.

use clap::ValueEnum;
use rust_xlsxwriter::{Workbook, XlsxError};
use serde::Deserialize;

use super::made::Made;

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    Csv,
    Xlsx,
    Json,
    Html,
}

impl Shape {
    /// The shape that the end of a name asks for.
    pub fn of_name(name: &str) -> Option<Self> {
        let (_, end) = name.rsplit_once('.')?;
        Self::from_str(end, true).ok()
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Json => "application/json",
            Self::Html => "text/html; charset=utf-8",
        }
    }
}

/// The bytes of a report.
pub fn written(report: &Made, shape: Shape) -> Result<Vec<u8>, String> {
    match shape {
        Shape::Csv => csv(report).map_err(|error| error.to_string()),
        Shape::Xlsx => xlsx(report).map_err(|error| error.to_string()),
        Shape::Json => serde_json::to_vec_pretty(report).map_err(|error| error.to_string()),
        Shape::Html => Ok(html(report).into_bytes()),
    }
}

/// What no table program takes for a formula.
fn plain(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

fn csv(report: &Made) -> Result<Vec<u8>, csv::Error> {
    // Quoted throughout: where `;` parts cells nothing within one begins another.
    let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
    writer.write_record(&report.titles)?;
    for row in &report.rows {
        writer.write_record(row.iter().map(|cell| plain(cell)))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

fn xlsx(report: &Made) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name(report.year.to_string())?;
    for (n, title) in (0_u16..).zip(&report.titles) {
        sheet.write_string(0, n, title)?;
    }
    for (line, row) in (1_u32..).zip(&report.rows) {
        for (n, cell) in (0_u16..).zip(row) {
            // A text cell is never a formula; a longer one is none.
            sheet.write_string(line, n, cut(cell))?;
        }
    }
    let about = book.add_worksheet().set_name("about")?;
    for (line, (what, says)) in (0_u32..).zip(about_lines(report)) {
        about.write_string(line, 0, what)?;
        about.write_string(line, 1, cut(&says))?;
    }
    book.save_to_buffer()
}

/// UTF-16 units of a cell of a workbook.
const MAX_CELL: usize = 32_000;

fn cut(cell: &str) -> String {
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units <= MAX_CELL
    };
    cell.chars().take_while(fits).collect()
}

/// What else is to be said of a report.
fn about_lines(report: &Made) -> Vec<(&'static str, String)> {
    let mut lines = vec![
        ("report", report.title.clone()),
        ("year", report.year.to_string()),
        ("asked for by", report.source.clone()),
        ("edition of the columns", report.edition.clone()),
        ("cells that say something", format!("{} %", report.quality.score)),
    ];
    lines.extend(report.n_cases.map(|n| ("seizures", n.to_string())));
    lines.extend(report.due_on.map(|day| ("due on", day.to_string())));
    lines.extend(report.may_be_shared.map(|may| ("may be used by others", if may { "yes" } else { "no" }.to_owned())));
    if !report.unconfirmed.is_empty() {
        lines.push(("columns that nobody has confirmed", report.unconfirmed.join("; ")));
    }
    if !report.late.is_empty() {
        lines.push(("opened after the day on which it was due", report.late.join("; ")));
    }
    lines
        .extend(report.quality.gaps.iter().map(|gap| ("empty", format!("{}: {} of {}", gap.title, gap.empty, gap.of))));
    lines
}

fn html(report: &Made) -> String {
    let cell = |tag: &str, text: &str| format!("<{tag}>{}</{tag}>", escaped(text));
    let line = |cells: String| format!("<tr>{cells}</tr>\n");
    let head: String = report.titles.iter().map(|title| format!("<th scope=\"col\">{}</th>", escaped(title))).collect();
    let rows: String = report.rows.iter().map(|row| line(row.iter().map(|text| cell("td", text)).collect())).collect();
    // The heading says the first two.
    let about: String = about_lines(report)
        .iter()
        .skip(2)
        .map(|(what, says)| format!("{}{}\n", cell("dt", what), cell("dd", says)))
        .collect();
    let title = escaped(&format!("{} {}", report.title, report.year));
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{title}</title>\n<style>body{{font:16px/1.4 system-ui,sans-serif;margin:2rem;color-scheme:light dark}}\
         .wide{{overflow-x:auto}}table{{border-collapse:collapse}}th,td{{border:1px solid;padding:.25rem .5rem;text-align:left;\
         vertical-align:top}}dt{{font-weight:bold}}</style></head>\n<body><main><h1>{title}</h1>\n\
         <div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"rows\"><table><thead>{}</thead><tbody>\n{rows}</tbody></table></div>\n<dl>\n{about}</dl></main></body></html>\n",
        line(head)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::Reader;

    use super::super::made::{Made, Quality};
    use super::*;

    fn report() -> Made {
        Made {
            name: "r".to_owned(),
            title: "R".to_owned(),
            source: "s".to_owned(),
            edition: "e".to_owned(),
            year: 2026,
            due_on: None,
            may_be_shared: Some(true),
            titles: vec!["a".to_owned(), "b".to_owned()],
            unconfirmed: Vec::new(),
            rows: vec![
                vec!["=cmd|' /C calc'!A0".to_owned(), "<script>alert(1)</script>".to_owned()],
                vec!["2.5".to_owned(), "é, \"x\"".to_owned()],
            ],
            late: Vec::new(),
            n_cases: Some(2),
            quality: Quality { score: 100.0, gaps: Vec::new() },
        }
    }

    #[test]
    fn every_shape_says_the_same_and_none_runs_anything() {
        let text = |shape| String::from_utf8(written(&report(), shape).unwrap()).unwrap();
        assert_eq!(
            text(Shape::Csv),
            "\"a\",\"b\"\n\"'=cmd|' /C calc'!A0\",\"<script>alert(1)</script>\"\n\"2.5\",\"é, \"\"x\"\"\"\n"
        );
        assert!(!text(Shape::Html).contains("<script") && text(Shape::Html).contains("&lt;script&gt;"));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text(Shape::Json)).unwrap()["rows"][1][1], "é, \"x\"");
        let bytes = written(&report(), Shape::Xlsx).unwrap();
        let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
        let sheet = book.worksheet_range("2026").unwrap();
        let cells: Vec<Vec<String>> = sheet.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
        assert_eq!(cells[1..], report().rows);
        assert!(book.worksheet_formula("2026").unwrap().cells().all(|(.., formula)| formula.is_empty()));
        assert_eq!(Shape::of_name("x.XLSX"), Some(Shape::Xlsx));
    }
}
