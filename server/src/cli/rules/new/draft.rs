//! The texts of a new profile.
//!
//! In: a [`Plan`]. Out: [`Draft`]: file names and texts. Not here: where a plan comes from (`asked.rs`, `examples.rs`), whether
//! the profile holds (the engine says).

use jiff::ToSpan;
use serde_json::{Value as Json, json};

use super::questions::Answers;

/// What a profile is to say.
pub struct Plan {
    pub title: String,
    pub why: String,
    /// Listed genera that it is about.
    pub genera: Vec<String>,
    pub indicators: Vec<Indicator>,
    pub examples: Vec<Example>,
}

/// One indicator of the draft.
pub struct Indicator {
    pub name: &'static str,
    /// Parameters of its function.
    pub parameters: &'static str,
    pub doc: String,
    pub test: String,
    pub group: &'static str,
    pub reason: &'static str,
    pub settled_by: &'static str,
}

/// A bill on which all indicators fire, or none.
pub struct Example {
    /// Of its file.
    pub name: String,
    pub title: String,
    /// The key under which a case holds it, and the bill.
    pub bill: (&'static str, Json),
    pub fires: bool,
}

/// A profile that is not written yet.
pub struct Draft {
    pub id: String,
    /// Name within the folder, and text.
    pub files: Vec<(String, String)>,
}

impl Draft {
    /// Writes the texts.
    pub fn of(id: &str, plan: &Plan, answers: &Answers, points: u16) -> Result<Self, String> {
        let mut files = vec![
            ("profile.toml".to_owned(), head(id, plan, answers, points)?),
            ("profile.rhai".to_owned(), script(&plan.indicators)),
        ];
        let names: Vec<String> = plan.indicators.iter().map(|one| format!("{id}/{}", one.name)).collect();
        let today = crate::state::today().to_string();
        for Example { name, title, bill: (key, bill), fires } in &plan.examples {
            let must = if *fires { "must_hit" } else { "must_not_hit" };
            let case = json!({ "title": title, "as_of": today, *key: bill, must: names });
            let text = serde_json::to_string_pretty(&case).map_err(|error| error.to_string())?;
            files.push((format!("cases/{name}.json"), text + "\n"));
        }
        Ok(Self { id: id.to_owned(), files })
    }
}

fn script(indicators: &[Indicator]) -> String {
    let function = |one: &Indicator| {
        let test = one.test.replace(" and ", "\n        and ");
        format!("/// {}\nfn {}({}) {{\n    {test}\n}}\n", one.doc, one.name, one.parameters)
    };
    indicators.iter().map(function).collect::<Vec<_>>().join("\n")
}

fn head(id: &str, plan: &Plan, answers: &Answers, points: u16) -> Result<String, String> {
    let today = crate::state::today();
    let review_by = today.checked_add(1.year()).map_err(|error| error.to_string())?;
    let mut text = String::new();
    let mut put = |key: &str, value: toml::Value| text.push_str(&format!("{key} = {value}\n"));
    put("id", id.into());
    put("uuid", uuid()?.into());
    put("title", plan.title.clone().into());
    put("owner", answers.owner.join(", ").into());
    put("status", "test".into());
    put("version", 1.into());
    put("effective_from", today.to_string().into());
    put("review_by", review_by.to_string().into());
    put("genera", plan.genera.clone().into());
    put("why", plan.why.clone().into());
    put("sources", answers.sources().into());
    put("innocent_explanations", answers.honest.clone().into());
    for one in &plan.indicators {
        text.push_str("\n[[indicators]]\n");
        let mut put = |key: &str, value: toml::Value| text.push_str(&format!("{key} = {value}\n"));
        put("name", one.name.into());
        put("each", "item".into());
        put("points", i64::from(points).into());
        put("group", format!("{id}-{}", one.group).into());
        put("reason", one.reason.into());
        put("settled_by", one.settled_by.into());
    }
    Ok(text)
}

/// A new random UUID (version 4 of RFC 9562).
fn uuid() -> Result<String, String> {
    let mut bytes = crate::secret::random::<16>().map_err(|error| error.to_string())?;
    for (at, keep, set) in [(6, 0x0f, 0x40), (8, 0x3f, 0x80)] {
        if let Some(byte) = bytes.get_mut(at) {
            *byte = *byte & keep | set;
        }
    }
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default().to_owned();
    Ok([part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-"))
}
