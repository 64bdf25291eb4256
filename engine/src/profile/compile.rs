//! One folder of rules becomes a profile and its indicators, with every fault of it named.
//!
//! In: the texts of a [`Folder`], the compiled helpers of `rules/lib`, and a question that says whether a citation stands
//! in `datasets/instruments`. Out: [`Made`]. Not here: which folders there are (`load.rs`), doubts (`lint.rs`).
//! Cost: one parse of the script and one walk for each indicator, once a start; limits with names bound both.

use std::collections::BTreeSet;
use std::str::FromStr;
use std::sync::Arc;

use rhai::{AST, Engine, ParseError, ParseErrorType};

use super::error::ProfileFault;
use super::field::Kind;
use super::file::{IndicatorFile, ProfileFile};
use super::folder::{Folder, RHAI, TOML};
use super::habits::slips;
use super::indicator::{Indicator, MAX_INDICATORS, MAX_POINTS, MAX_TEXT_CHARS, MAX_TEXTS, NextStep, Profile, Status};
use super::lower::{self, Stays};
use super::mend;
use super::sandbox;
use super::slip::Slip;
use super::template::Template;
use super::toml_slips::day_fix;
use super::view::View;
use crate::codes::{Date, Period};
use crate::label::Label;

/// What came of a folder.
#[derive(Default)]
pub(super) struct Made {
    /// `None` when nothing of it can run.
    pub(super) profile: Option<(Profile, Vec<Indicator>)>,
    pub(super) faults: Vec<ProfileFault>,
    /// It says that it is only being tried: whatever is wrong with it moves no lane.
    pub(super) is_shadow: bool,
}

/// What every folder is compiled with.
pub(super) struct Compiler<'a> {
    pub(super) engine: &'a Engine,
    pub(super) helpers: &'a AST,
    pub(super) resolves: &'a dyn Fn(&str) -> bool,
}

/// A fault that ends the reading of a profile or an indicator: code, file, what, fix.
type Stop = (&'static str, &'static str, String, String);

fn stop(code: &'static str, file: &'static str, what: impl Into<String>, fix: impl Into<String>) -> Stop {
    (code, file, what.into(), fix.into())
}

impl Compiler<'_> {
    /// Compiles the folder as profile number `n`.
    pub(super) fn compile(&self, folder: &Folder, n: usize) -> Made {
        let mut reading = Reading { with: self, folder, n, made: Made::default() };
        for unread in &folder.unread {
            reading.say(unread.code, unread.file, None, unread.what.clone(), unread.fix);
        }
        let profile = reading.profile();
        Made { profile, ..reading.made }
    }
}

struct Reading<'a> {
    with: &'a Compiler<'a>,
    folder: &'a Folder,
    n: usize,
    made: Made,
}

impl Reading<'_> {
    fn say(
        &mut self,
        code: &'static str,
        file: &'static str,
        place: Option<(usize, usize)>,
        what: impl Into<String>,
        fix: impl Into<String>,
    ) {
        let (toml, rhai) =
            (self.folder.toml.as_deref().unwrap_or_default(), self.folder.rhai.as_deref().unwrap_or_default());
        let fault = ProfileFault::new(code, &self.folder.id, file, what.into(), fix.into());
        self.made.faults.push(ProfileFault { place, ..fault }.located(toml, rhai));
    }

    fn stop(&mut self, (code, file, what, fix): Stop) {
        self.say(code, file, None, what, fix);
    }

    fn profile(&mut self) -> Option<(Profile, Vec<Indicator>)> {
        let file = self.file()?;
        self.made.is_shadow = file.status == Status::Experimental;
        let (ast, own) = self.script()?;
        if let Err(why) = bounded(&file) {
            self.stop(why);
            return None;
        }
        self.head(&file);
        let review_by = Date::from_str(&file.review_by).ok();
        let day = |text: &Option<String>| text.as_ref().and_then(|text| Date::from_str(text).ok());
        let profile = Profile {
            id: self.folder.id.clone(),
            uuid: file.uuid,
            title: file.title,
            status: file.status,
            version: file.version,
            effective: Period { from: day(&file.effective_from), to: day(&file.effective_to) },
            genera: file.genera,
            why: file.why,
            innocent_explanations: file.innocent_explanations,
            sources: file.sources,
            mandatory: file.mandatory,
            rises_with: file.rises_with.iter().filter_map(|name| figure(name)).collect(),
            review_by,
            owner: file.owner,
            cases: self.folder.cases.clone(),
            toml: self.folder.toml.clone().unwrap_or_default(),
            rhai: self.folder.rhai.clone().unwrap_or_default(),
            marked: self.folder.marked.clone(),
            own_functions: own,
            indicators: file.indicators.iter().map(|indicator| indicator.name.clone()).collect(),
            ast: Arc::new(ast),
        };
        let mut indicators = Vec::new();
        for indicator in file.indicators {
            match self.indicator(&profile, indicator) {
                Ok(indicator) => indicators.push(indicator),
                Err(Some(why)) => self.stop(why),
                Err(None) => {}
            }
        }
        Some((profile, indicators))
    }

    fn file(&mut self) -> Option<ProfileFile> {
        let Some(text) = &self.folder.toml else {
            if self.folder.unread.is_empty() {
                self.stop(stop("P002", TOML, "there is no profile.toml", "copy one from a shipped profile"));
            }
            return None;
        };
        match ProfileFile::read(text) {
            Ok(file) => Some(file),
            Err(wrong) => {
                let told = wrong.into_iter().map(|one| (line_column(text, one.at), one.what, one.fix));
                for (place, what, fix) in told.collect::<Vec<_>>() {
                    self.say("P001", TOML, Some(place), what, fix);
                }
                None
            }
        }
    }

    /// What is odd about the head of a profile that runs all the same.
    fn head(&mut self, file: &ProfileFile) {
        let mut odd: Vec<Stop> = Vec::new();
        if file.id != self.folder.id {
            let what = format!("id `{}` is not the folder's name, by which hits name the profile", file.id);
            odd.push(stop("P003", TOML, what, "make them equal"));
        }
        for text in [&file.effective_from, &file.effective_to].into_iter().flatten() {
            if Date::from_str(text).is_err() {
                odd.push(stop("P072", TOML, format!("effective day `{text}`"), day_fix(text)));
            }
        }
        if Date::from_str(&file.review_by).is_err() {
            let what = format!("review_by `{}` is no day", file.review_by);
            odd.push(stop("P004", TOML, what, day_fix(&file.review_by)));
        }
        let blank = [("uuid", &file.uuid), ("title", &file.title), ("owner", &file.owner), ("why", &file.why)];
        for (name, _) in blank.iter().filter(|(_, text)| text.trim().is_empty()) {
            odd.push(stop("P005", TOML, format!("`{name}` is empty"), ""));
        }
        for source in file.sources.iter().filter(|source| !(self.with.resolves)(source)) {
            let what = format!("source `{source}` is not in datasets/instruments");
            odd.push(stop("P006", TOML, what, "add it there, or correct it"));
        }
        for name in file.rises_with.iter().filter(|name| figure(name).is_none()) {
            let what = format!("rises_with names `{name}`, which is no figure of the view");
            odd.push(stop("P083", TOML, what, "write it as \"item.gross_mass_kg\""));
        }
        if file.innocent_explanations.is_empty() {
            let fix = "say what honest trade looks like this";
            odd.push(stop("P007", TOML, "no innocent explanation is given", fix));
        }
        odd.into_iter().for_each(|one| self.stop(one));
    }

    /// Compiles the script together with the shared helpers.
    fn script(&mut self) -> Option<(AST, Vec<String>)> {
        let Some(text) = &self.folder.rhai else {
            if !self.folder.unread.iter().any(|unread| unread.file == RHAI) {
                self.stop(stop("P002", RHAI, "there is no profile.rhai", "write one function per indicator"));
            }
            return None;
        };
        if let Err((what, place)) = sandbox::before_parsing(text) {
            self.say("P030", RHAI, place, what, "a profile is small and flat");
            return None;
        }
        let own = match self.with.engine.compile(text) {
            Ok(ast) => ast,
            Err(error) => {
                if !self.slipped(&slips(text)) {
                    let (code, what, fix) = in_words(&error);
                    self.say(code, RHAI, sandbox::place(error.position()), what, fix);
                }
                return None;
            }
        };
        if let Some(first) = own.statements().first() {
            if self.slipped(&slips(text)) {
                return None;
            }
            let place = sandbox::place(first.position());
            self.say("P032", RHAI, place, "there is text outside a function", "a profile holds functions only");
            return None;
        }
        let names: Vec<String> = own.iter_functions().map(|function| function.name.to_owned()).collect();
        let shared: BTreeSet<&str> = self.with.helpers.iter_functions().map(|function| function.name).collect();
        if let Some(name) = names.iter().find(|name| shared.contains(name.as_str())) {
            let what = format!("function `{name}` stands in rules/lib, which no profile writes anew");
            self.stop(stop("P078", RHAI, what, "give it another name"));
            return None;
        }
        Some((self.with.helpers.merge(&own), names))
    }

    /// Says slips of the script; whether there are any.
    fn slipped(&mut self, slips: &[Slip]) -> bool {
        for slip in slips {
            self.say("P031", RHAI, Some(slip.place), slip.what.as_str(), slip.fix.as_str());
        }
        !slips.is_empty()
    }

    /// Slips in one function that the parser takes for something else.
    fn slips_in(&self, function: &str) -> Vec<Slip> {
        let all = slips(self.folder.rhai.as_deref().unwrap_or_default());
        all.into_iter().filter(|slip| slip.is_sure && slip.function.as_deref() == Some(function)).collect()
    }

    /// Reads one indicator. `Err(None)`: its fault has been said, with its place.
    fn indicator(&mut self, profile: &Profile, file: IndicatorFile) -> Result<Indicator, Option<Stop>> {
        let name = file.name;
        let each = View::by_name(&file.each).ok_or_else(|| {
            let fix = "item, taxon, measure, document, alert, party, container or consignment";
            stop("P008", TOML, format!("`{name}`: each = `{}` is no view", file.each), fix)
        })?;
        let takes = takes(&profile.ast, &name, each)?;
        let lowered = lower::lower(&profile.ast, &name);
        if lowered.is_err() && self.slipped(&self.slips_in(&name)) {
            return Err(None);
        }
        let (native, interpreted_because, interpreted_at) = match lowered {
            Ok(op) => (Some(op), None, None),
            Err(Stays::Interpreted(what, place)) => (None, Some(what), place),
            Err(Stays::Wrong(code, what, fix, place)) => {
                self.say(code, RHAI, place, format!("`{name}`: {what}"), fix);
                return Err(None);
            }
        };
        let reads = match &native {
            Some(op) => op.fields(),
            None => lower::fields_in(&profile.ast, &name),
        };
        for source in file.sources.iter().filter(|source| !source.contains('{') && !(self.with.resolves)(source)) {
            let what = format!("`{name}`: source `{source}` is not in datasets/instruments");
            self.stop(stop("P006", TOML, what, "add it there, or correct it"));
        }
        if let Some(what) = Label::fault(file.handling.as_deref()) {
            self.stop(stop("P058", TOML, format!("`{name}`: {what}"), "write one of the five labels"));
        }
        let sources = if file.sources.is_empty() { profile.sources.clone() } else { file.sources };
        let mut template = |text: &str| self.template(&name, each, text);
        let steps = file.next_steps.iter().map(|step| NextStep {
            step: step.step.clone(),
            to: template(&step.to),
            why: template(&step.why),
        });
        let next_steps = steps.collect();
        Ok(Indicator {
            profile: self.n,
            doc: lower::documentation(&profile.ast, &name),
            group: file.group.unwrap_or_else(|| format!("{}/{name}", profile.id)),
            reason: self.template(&name, each, &file.reason),
            sources: sources.iter().map(|source| self.template(&name, each, source)).collect(),
            settled_by: self.template(&name, each, &file.settled_by),
            handling: Label::of_row(file.handling.as_deref(), Label::Clear),
            name,
            each,
            takes,
            points: file.points,
            floor: file.floor,
            next_steps,
            native,
            interpreted_because,
            interpreted_at,
            reads,
        })
    }

    /// Reads a template; slots that the indicator does not see are faults.
    fn template(&mut self, name: &str, each: View, text: &str) -> Template {
        let template = Template::read(text);
        let unseen = template.slots().into_iter().filter(|(view, _)| *view != each && !each.also().contains(view));
        let unseen = unseen.map(|(view, n)| view.fields().get(n).map_or("", |field| field.name).to_owned());
        let unseen: Vec<String> = unseen.chain(template.unknown().iter().cloned()).collect();
        for field in unseen {
            let what = format!("`{name}`: the reason names `{field}`, which is not seen here");
            self.stop(stop("P018", TOML, what, "use {view.field}"));
        }
        template
    }
}

/// Limits of a profile, and points that lower a score.
fn bounded(file: &ProfileFile) -> Result<(), Stop> {
    let small = "a profile is small; split it by risk";
    if file.indicators.len() > MAX_INDICATORS {
        let what = format!("there are {} indicators, more than {MAX_INDICATORS}", file.indicators.len());
        return Err(stop("P030", TOML, what, small));
    }
    if file.sources.len() > MAX_TEXTS || file.rises_with.len() > MAX_TEXTS {
        let what = format!("there are more than {MAX_TEXTS} sources or figures in rises_with");
        return Err(stop("P030", TOML, what, small));
    }
    let mut names = BTreeSet::new();
    for indicator in &file.indicators {
        let name = &indicator.name;
        if !names.insert(name.as_str()) {
            return Err(stop("P056", TOML, format!("`{name}` stands twice"), "rename one"));
        }
        if !(0..=MAX_POINTS).contains(&indicator.points) {
            let what = format!("`{name}` has {} points, which do not lie from 0 to {MAX_POINTS}", indicator.points);
            return Err(stop("P077", TOML, what, "an honest circumstance is a condition of the indicator"));
        }
        if indicator.sources.len() > MAX_TEXTS || indicator.next_steps.len() > MAX_TEXTS {
            let what = format!("`{name}` has more than {MAX_TEXTS} sources or next steps");
            return Err(stop("P030", TOML, what, small));
        }
        if indicator.texts().any(|text| text.chars().nth(MAX_TEXT_CHARS).is_some()) {
            let what = format!("`{name}` has a text of more than {MAX_TEXT_CHARS} characters");
            return Err(stop("P030", TOML, what, "a reason is a sentence"));
        }
    }
    Ok(())
}

/// The field that `view.field` names, when it holds a number.
fn figure(name: &str) -> Option<(View, usize)> {
    let (view, field) = name.split_once('.')?;
    let view = View::by_name(view)?;
    let (n, field) = view.field(field)?;
    (field.kind == Kind::Number).then_some((view, n))
}

/// Views that the function of an indicator takes, in order.
fn takes(ast: &AST, name: &str, each: View) -> Result<Vec<View>, Stop> {
    let Some(parameters) = lower::parameters(ast, name) else {
        let what = format!("there is no function `{name}`");
        return Err(stop("P009", RHAI, what, "write it, or take the indicator out"));
    };
    let seen = |parameter: &String| {
        let view = View::by_name(parameter).filter(|view| *view == each || each.also().contains(view));
        view.ok_or_else(|| {
            let of = each.name();
            let what = format!("`{name}` has the parameter `{parameter}`, which an indicator over each {of} has not");
            stop("P017", RHAI, what, "")
        })
    };
    parameters.iter().map(seen).collect()
}

/// What the parser says, in our words: code, what, fix.
fn in_words(error: &ParseError) -> (&'static str, String, String) {
    if let ParseErrorType::VariableUndefined(name) = error.err_type() {
        return ("P010", format!("`{name}` is not known here"), mend::name(name));
    }
    let said = error.err_type().to_string();
    for (word, instead) in sandbox::WITHHELD {
        if said.contains(&format!("'{word}'")) || said.contains(&format!("`{word}`")) {
            return ("P031", format!("`{word}` is not part of the rule language"), (*instead).to_owned());
        }
    }
    let fix =
        "look at what stands just before: a sign, a quote, a bracket, or `and` or `or` between two tests is missing";
    ("P031", format!("the script cannot be read from here on: {said}"), fix.to_owned())
}

/// Line and column (from 1) of a byte offset.
fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
    (line, column)
}
