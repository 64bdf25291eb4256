//! Settings of the service from a file and the environment, as if they were flags.
//!
//! In: what was written after `serve`, `PALISANDER_…`, a TOML file. Out: the same words with a flag for each setting that only
//! the environment, or else only the file, tells; and where each came from. What settings there are, with their units, is said
//! once: by the flags of `serve`. The example file is made of them. Not here: what a setting means, whether it fits.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, Command};
use toml::Value;

use crate::config::MAX_SETTINGS_BYTES;
use crate::meant::nearest;

/// What the names of settings begin with in the environment.
const PREFIX: &str = "PALISANDER_";
/// Settings that say how the others are read, and stand in no file.
const ABOUT: [&str; 2] = ["config", "show_config"];
/// Settings whose names the other commands read from the environment themselves; they may hold a password there, and are
/// handed on to nobody.
const READ_ELSEWHERE: [&str; 2] = ["state", "log_key"];

/// Where a setting came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Flag,
    Environment,
    File,
}

impl Origin {
    /// In a word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Environment => "environment",
            Self::File => "file",
        }
    }
}

/// Words of a command line, with what environment and file add.
#[derive(Debug, Default)]
pub struct Filled {
    /// What follows the name of the command.
    pub words: Vec<OsString>,
    /// By name: where a setting was told. What is not here is as nobody said.
    pub origins: Vec<(String, Origin)>,
    /// What may be a mistake and stops nothing.
    pub doubts: Vec<String>,
}

impl Filled {
    /// Which settings are no flags of the command line, for whoever looks for one that does not fit.
    pub fn told_elsewhere(&self) -> Option<String> {
        let of = |origin: Origin| {
            let own = self.origins.iter().filter(move |(_, from)| *from == origin);
            own.map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
        };
        let (environment, file) = (of(Origin::Environment), of(Origin::File));
        match (environment.is_empty(), file.is_empty()) {
            (true, true) => None,
            (false, true) => Some(format!("from the environment came: {environment}")),
            (true, false) => Some(format!("from the file of settings came: {file}")),
            (false, false) => Some(format!("from the environment came: {environment}; from the file: {file}")),
        }
    }
}

/// Fills in what `words`, those after the name of the command `serve`, leave open.
pub fn filled(
    serve: &Command,
    mut words: Vec<OsString>,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Filled, String> {
    if words.iter().any(|word| word == "--help" || word == "-h") {
        return Ok(Filled { words, ..Filled::default() });
    }
    let environment: Vec<(String, String)> = environment
        .filter_map(|(name, text)| Some((name.strip_prefix(PREFIX)?.to_ascii_lowercase(), text)))
        .filter(|(_, text)| !text.is_empty())
        .collect();
    let told = |name: &str| environment.iter().find(|(own, _)| own == name).map(|(_, text)| text.as_str());
    let known: Vec<String> = settings(serve).iter().map(name).collect();
    let file = flag_value(&words, "--config").map(PathBuf::from).or_else(|| told("config").map(PathBuf::from));
    let table = file.as_deref().map(|path| read(path, &known)).transpose()?.unwrap_or_default();
    let mut filled = Filled::default();
    for setting in settings(serve) {
        let name = name(&setting);
        let flag = format!("--{}", setting.get_long().unwrap_or_default());
        let origin = if is_told(&words, &flag) {
            Origin::Flag
        } else if let Some(text) = told(&name) {
            if !READ_ELSEWHERE.contains(&name.as_str()) {
                words.extend(of_text(&setting, &flag, text)?);
            }
            Origin::Environment
        } else if let Some(value) = table.get(&name) {
            words.extend(of_value(&setting, &flag, value).map_err(|why| in_file(file.as_deref(), &name, &why))?);
            Origin::File
        } else {
            continue;
        };
        filled.origins.push((name, origin));
    }
    filled.doubts = environment.iter().filter_map(|(own, _)| doubt(own, &known)).collect();
    filled.words = words;
    Ok(filled)
}

/// Every setting, in the order of the help.
fn settings(serve: &Command) -> Vec<Arg> {
    let is_setting = |arg: &&Arg| arg.get_long().is_some() && !ABOUT.contains(&name(arg).as_str());
    serve.get_arguments().filter(is_setting).cloned().collect()
}

/// By name what is in force, as the file would have it; `None` = it is not set, or the environment tells it.
pub fn in_force(serve: &Command, words: &[OsString]) -> Vec<(String, Option<String>)> {
    let Ok(found) = serve.clone().no_binary_name(true).try_get_matches_from(words) else { return Vec::new() };
    let value = |setting: &Arg| {
        let raw: Vec<String> =
            found.get_raw(setting.get_id().as_str())?.map(|raw| raw.to_string_lossy().into_owned()).collect();
        let shown = |text: &String| match text.parse::<f64>() {
            Ok(_) => text.clone(),
            // Texts of JSON are texts of TOML.
            Err(_) => serde_json::Value::from(text.as_str()).to_string(),
        };
        Some(match setting.get_action() {
            ArgAction::SetTrue => found.get_flag(setting.get_id().as_str()).to_string(),
            ArgAction::Append => format!("[{}]", raw.iter().map(shown).collect::<Vec<_>>().join(", ")),
            _ => shown(raw.first()?),
        })
    };
    settings(serve).iter().map(|setting| (name(setting), value(setting))).collect()
}

/// The name of a setting in the file.
fn name(setting: &Arg) -> String {
    setting.get_long().unwrap_or_default().replace('-', "_")
}

fn is_told(words: &[OsString], flag: &str) -> bool {
    words
        .iter()
        .filter_map(|word| word.to_str())
        .any(|word| word == flag || word.split_once('=').is_some_and(|(own, _)| own == flag))
}

fn flag_value(words: &[OsString], flag: &str) -> Option<OsString> {
    let n = words.iter().position(|word| word.to_str().is_some_and(|word| word.split('=').next() == Some(flag)))?;
    match words.get(n)?.to_str().and_then(|word| word.split_once('=')) {
        Some((_, value)) => Some(value.into()),
        None => words.get(n + 1).cloned(),
    }
}

fn read(path: &Path, known: &[String]) -> Result<toml::Table, String> {
    let failed = |why: String| format!("settings `{}`: {why}", path.display());
    let size = std::fs::metadata(path).map_err(|error| failed(error.to_string()))?.len();
    if size > MAX_SETTINGS_BYTES {
        return Err(failed(format!("it is over MAX_SETTINGS_BYTES ({MAX_SETTINGS_BYTES})")));
    }
    let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| failed(error.to_string()))?;
    let strange = table.keys().filter(|key| !known.contains(key));
    let strange: Vec<String> = strange.map(|key| format!("`{key}` is no setting{}", meant(key, known))).collect();
    if strange.is_empty() { Ok(table) } else { Err(failed(strange.join("; "))) }
}

/// What somebody meant who wrote a name that is none.
fn meant(written: &str, known: &[String]) -> String {
    match nearest(written, known.iter().map(String::as_str)) {
        Some(name) => format!("; did you mean `{name}`?"),
        None => "; `palisander serve --help` names them".to_owned(),
    }
}

/// The environment is shared: a name that is none is told where it is nearly one.
fn doubt(name: &str, known: &[String]) -> Option<String> {
    if known.iter().any(|own| own == name) || ABOUT.contains(&name) {
        return None;
    }
    let near = known.iter().find(|own| strsim::damerau_levenshtein(own, name) == 1)?;
    Some(format!("{PREFIX}{} is no setting; did you mean {PREFIX}{}?", name.to_uppercase(), near.to_uppercase()))
}

fn in_file(path: Option<&Path>, name: &str, why: &str) -> String {
    format!("settings `{}`: `{name}` {why}", path.unwrap_or(Path::new("")).display())
}

/// Words for a setting of the environment: several of a list are parted by commas.
fn of_text(setting: &Arg, flag: &str, text: &str) -> Result<Vec<OsString>, String> {
    let with = |text: &str| OsString::from(format!("{flag}={text}"));
    Ok(match setting.get_action() {
        ArgAction::SetTrue => match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" => vec![flag.into()],
            "false" | "0" | "no" => Vec::new(),
            _ => {
                let name = name(setting).to_uppercase();
                return Err(format!("{PREFIX}{name} is `{text}`, and is to be true or false"));
            }
        },
        ArgAction::Append => text.split(',').map(str::trim).filter(|one| !one.is_empty()).map(with).collect(),
        _ => vec![with(text)],
    })
}

/// Words for a setting of the file.
fn of_value(setting: &Arg, flag: &str, value: &Value) -> Result<Vec<OsString>, String> {
    let with = |text: String| OsString::from(format!("{flag}={text}"));
    let plain = |value: &Value| match value {
        Value::String(text) => Ok(with(text.clone())),
        Value::Integer(n) => Ok(with(n.to_string())),
        Value::Float(n) => Ok(with(n.to_string())),
        Value::Datetime(day) => Ok(with(day.to_string())),
        Value::Boolean(_) | Value::Array(_) | Value::Table(_) => Err("is to be a text or a number"),
    };
    Ok(match (setting.get_action(), value) {
        (ArgAction::SetTrue, Value::Boolean(is)) => is.then(|| flag.into()).into_iter().collect(),
        (ArgAction::SetTrue, _) => return Err("is to be true or false".to_owned()),
        (ArgAction::Append, Value::Array(all)) => all.iter().map(plain).collect::<Result<_, _>>()?,
        (ArgAction::Append, _) => return Err("is to be a list, such as [\"one\", \"other\"]".to_owned()),
        _ => vec![plain(value)?],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::serve::command as serve;

    /// A file with every setting and what the help says of it, each left as nobody said.
    fn example() -> String {
        let mut text = String::from(
            "# Settings of `palisander serve --config FILE`. A flag goes before the environment (PALISANDER_LISTEN …), and that\n\
             # before this file. What stands here as a comment is as nobody said; a word in capital letters stands for yours.\n\
             # `palisander serve --config FILE --show-config` says what is in force. Paths begin where the service is started.\n",
        );
        for setting in settings(&serve()) {
            let help = setting.get_long_help().or(setting.get_help()).map(ToString::to_string).unwrap_or_default();
            text.push('\n');
            for line in help.lines() {
                text.push_str(format!("# {line}").trim_end());
                text.push('\n');
            }
            let default = setting.get_default_values().first().map(|value| value.to_string_lossy().into_owned());
            let word =
                setting.get_value_names().and_then(|names| names.first()).map(ToString::to_string).unwrap_or_default();
            let shown = match (setting.get_action(), default) {
                (ArgAction::SetTrue, _) => "false".to_owned(),
                (ArgAction::Append, _) => format!("[\"{word}\"]"),
                (_, Some(number)) if number.parse::<f64>().is_ok() => number,
                (_, Some(text)) => format!("\"{text}\""),
                (_, None) => format!("\"{word}\""),
            };
            text.push_str(&format!("#{} = {shown}\n", name(&setting)));
        }
        text
    }

    fn words(all: &[&str]) -> Vec<OsString> {
        all.iter().map(OsString::from).collect()
    }

    fn with(flags: &[&str], environment: &[(&str, &str)], file: &str) -> Result<Filled, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("palisander.toml");
        std::fs::write(&path, file).unwrap();
        let flags = [flags, &["--config", path.to_str().unwrap()]].concat();
        filled(&serve(), words(&flags), environment.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())))
    }

    fn added(flags: &[&str], environment: &[(&str, &str)], file: &str) -> Vec<String> {
        let filled = with(flags, environment, file).unwrap();
        let after = flags.len() + 2;
        filled.words[after..].iter().map(|word| word.to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_flag_goes_before_the_environment_and_that_before_the_file() {
        let file = "listen = \"127.0.0.1:1\"\nrate = 7\nbehind_proxy = true\nhost = [\"a\", \"b\"]\ndrawn_share = 0.5\nas_of = 2026-11-01\n";
        let own = ["--listen=127.0.0.1:1", "--behind-proxy", "--rate=7", "--drawn-share=0.5", "--as-of=2026-11-01"];
        let mut all = added(&[], &[], file);
        all.sort();
        let mut due: Vec<&str> = own.into_iter().chain(["--host=a", "--host=b"]).collect();
        due.sort_unstable();
        assert_eq!(all, due);
        let environment =
            [("PALISANDER_LISTEN", "127.0.0.1:2"), ("PALISANDER_HOST", "c, d"), ("PALISANDER_BEHIND_PROXY", "no")];
        let all = added(&["--rate", "9"], &environment, file);
        for due in ["--listen=127.0.0.1:2", "--host=c", "--host=d", "--drawn-share=0.5"] {
            assert!(all.iter().any(|word| word == due), "{due} {all:?}");
        }
        assert!(
            !all.iter().any(|word| word.starts_with("--rate") || word == "--behind-proxy" || word == "--host=a"),
            "{all:?}"
        );
        let flags = ["--listen=127.0.0.1:3", "--behind-proxy"];
        assert!(!added(&flags, &environment, file).iter().any(|word| word.starts_with("--listen")));
    }

    #[test]
    fn what_is_no_setting_is_refused_and_what_was_meant_is_named() {
        for (file, named) in [
            ("listn = \"x\"", "`listn` is no setting; did you mean `listen`?"),
            ("tls-cert = \"x\"", "did you mean `tls_cert`?"),
            ("keepdays = 30", "did you mean `keep_days`?"),
            ("zzz = 1", "--help"),
            ("config = \"other.toml\"", "is no setting"),
            ("[serve]\nrate = 1", "is no setting"),
            ("host = \"a\"", "`host` is to be a list"),
            ("behind_proxy = 1", "`behind_proxy` is to be true or false"),
            ("rate = [1]", "`rate` is to be a text or a number"),
            ("rate = ", "line 1"),
        ] {
            let why = with(&[], &[], file).unwrap_err();
            assert!(why.contains(named), "{file}: {why}");
        }
        assert!(
            with(&[], &[("PALISANDER_BEHIND_PROXY", "maybe")], "").unwrap_err().contains("PALISANDER_BEHIND_PROXY")
        );
        assert!(
            filled(&serve(), words(&["--config", "nowhere.toml"]), std::iter::empty())
                .unwrap_err()
                .contains("nowhere.toml")
        );
        let doubts =
            with(&[], &[("PALISANDER_LISTN", "x"), ("PALISANDER_HOME", "x"), ("PATH", "x")], "").unwrap().doubts;
        assert_eq!(doubts, ["PALISANDER_LISTN is no setting; did you mean PALISANDER_LISTEN?"]);
    }

    /// A state is not handed on as an argument, which every user of the machine can read.
    #[test]
    fn a_state_of_the_environment_stays_there() {
        let state = [("PALISANDER_STATE", "postgres://u:secret@localhost/p")];
        let filled = with(&[], &state, "state = \"folder\"").unwrap();
        assert!(!filled.words.iter().any(|word| word.to_str().unwrap().starts_with("--state")), "{filled:?}");
        assert!(filled.origins.contains(&("state".to_owned(), Origin::Environment)));
    }

    /// The example holds every setting with the words of the help: `UPDATE=1` writes it. Uncommented, its defaults are read.
    #[test]
    fn the_example_file_is_that_of_the_flags() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/palisander.toml");
        let now = example();
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, &now).unwrap();
        }
        let there = std::fs::read_to_string(path).unwrap_or_default();
        assert!(there == now, "the settings changed: look at them, then run this test with UPDATE=1");
        let lines = now
            .lines()
            .filter_map(|line| line.strip_prefix('#').filter(|line| !line.starts_with(' ') && line.contains(" = ")));
        let uncommented: Vec<&str> = lines.collect();
        assert_eq!(uncommented.len(), settings(&serve()).len());
        with(&[], &[], &uncommented.join("\n")).unwrap();
    }
}
