//! How a command about rules answers: in words, or as one document for programs.

use clap::{Args, ValueEnum};
use serde_json::Value;

use crate::cli::out::{columns, putln, wrapped};

/// How an answer is written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// For people
    Table,
    /// One document
    Json,
}

/// The choice of a form.
#[derive(Args)]
pub struct Shape {
    /// How to write the answer
    #[arg(long, value_enum, default_value = "table")]
    format: Form,
    /// The same as --format json
    #[arg(long)]
    json: bool,
}

impl Shape {
    /// Is it for programs?
    pub fn is_json(&self) -> bool {
        self.json || self.format == Form::Json
    }

    /// Writes the answer in the form that was asked for.
    pub fn put(&self, document: &Value, words: impl FnOnce() -> String) {
        if self.is_json() {
            putln!("{document}");
        } else {
            putln!("{}", wrapped(words().trim_end(), usize::from(columns(None))));
        }
    }
}
