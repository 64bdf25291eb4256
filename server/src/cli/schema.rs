//! `palisander schema`

use clap::{Args, ValueEnum};

use super::OK;
use crate::cli::out::putln;

/// Arguments of the command.
#[derive(Args)]
pub struct Arguments {
    /// The schema wanted
    #[arg(long, value_enum, default_value_t = Of::Manifest)]
    of: Of,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Of {
    /// The canonical manifest, which every format becomes
    Manifest,
    /// The answer for one consignment
    Assessment,
}

/// Prints the JSON Schema asked for; the exit code.
pub fn run(arguments: &Arguments) -> u8 {
    let schema = match arguments.of {
        Of::Manifest => palisander_engine::manifests::schema(),
        Of::Assessment => palisander_engine::answers::schema(),
    };
    putln!("{schema:#}");
    OK
}
