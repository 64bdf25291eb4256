//! `palisander simulate`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use palisander_simulator::{FolderError, Format, Wish, write};

use super::{BAD_ARGUMENTS, INCOMPLETE, OK, say};

/// Make a seeded world of ports: manifests, register, alerts, watch list, results, and the truth in a file apart
///
/// The folder then holds
///   manifests/DAY…    what ships bring, by day of arrival
///   register.csv      permits; alerts.ndjson, watchlist.csv: information, dated
///   results.ndjson    what customs of the world found: late, missing, sometimes
///                     wrong and corrected
///   truth.ndjson      what each bill was made to be: goods, sounding, timber,
///                     planted (method, case, ring) or its twin
///   world.json        seed, family and counts
///
/// Every planted case has an innocent twin that differs in one decisive fact.
/// The same seed, family, size and days give the same bytes on any number of
/// threads. Everything is invented; shares of timber and of smuggling are choices
/// with reasons (server/simulator/world/world.toml), so precision must be read
/// with them.
///
/// Score it day by day, so that no alert acts before it is known, and evaluate:
///   palisander simulate --seed 1 --bills 20000 --out world
///   for day in world/manifests/*; do
///     palisander score --format ndjson --as-of $(basename $day .ndjson) \
///       --register world/register.csv --alerts world/alerts.ndjson \
///       --watchlist world/watchlist.csv $day
///   done > answers.ndjson
///   palisander evaluate --truth world/truth.ndjson answers.ndjson
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Arguments {
    /// The world's number: another seed is another world
    #[arg(long, value_name = "N")]
    seed: u64,
    /// How many bills
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    bills: u64,
    /// Over how many days of arrivals
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3_660))]
    days: u32,
    /// Folder to write into; it must be empty or not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Format of the manifests
    #[arg(long, value_enum, default_value_t = Form::Ndjson)]
    format: Form,
    /// Family of worlds. Work with `play`; `figures` is kept for the final figure alone, so that nothing is tuned to it
    #[arg(long, value_enum, default_value_t = Family::Play)]
    family: Family,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    /// Canonical JSON, one manifest a line
    Ndjson,
    /// Canonical CSV
    Csv,
    /// UN/EDIFACT CUSCAR D.95B, one interchange a ship
    Cuscar,
    /// ASYCUDA World manifest XML, one document a ship
    Awmds,
}

#[derive(Clone, Copy, ValueEnum)]
enum Family {
    /// For work: look at it, mend by it
    Play,
    /// For the figure that is published, and for nothing else
    Figures,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> u8 {
    let format = match arguments.format {
        Form::Ndjson => Format::Ndjson,
        Form::Csv => Format::Csv,
        Form::Cuscar => Format::Cuscar,
        Form::Awmds => Format::Awmds,
    };
    let family = match arguments.family {
        Family::Play => "play",
        Family::Figures => "figures",
    };
    let wish = Wish { seed: arguments.seed, family: family.to_owned(), bills: arguments.bills, days: arguments.days };
    // Drawn on a terminal only.
    let bar = ProgressBar::new(arguments.bills);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {human_pos} of {human_len} bills, {eta} left") {
        bar.set_style(style);
    }
    let written = write(wish, &arguments.out, format, &mut |n| bar.set_position(n));
    bar.finish_and_clear();
    match written {
        Ok(written) => {
            let planted: u64 = written.planted.values().sum();
            say(&format!(
                "`{}`: {} bills of {} ships from {} to {}, {planted} planted by {} methods, {} permits, {} alerts, {} results",
                arguments.out.display(),
                written.n_bills,
                written.n_calls,
                written.first_day,
                written.last_day,
                written.planted.len(),
                written.n_permits,
                written.n_alerts,
                written.n_results
            ));
            OK
        }
        Err(error) => {
            say(&error.to_string());
            if matches!(error, FolderError::NotEmpty(_)) { BAD_ARGUMENTS } else { INCOMPLETE }
        }
    }
}
