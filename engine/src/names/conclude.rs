//! From candidates to a resolution: what each can mean here, and what the whole text says.

use std::collections::BTreeSet;

use super::answer::{Excluded, Field, Mention, Method, NameQuery, Resolution, Verdict};
use super::candidates::{Candidate, What};
use super::context::{NEGATION, Scan, Weighing};
use super::gloss::settle_glosses;
use super::index::NameIndex;
use super::scientific::abbreviations;
use super::scratch;
use crate::codes::CountryCode;
use crate::reference::{Strength, Taxon, TradeName};
use crate::text::{Folded, light_key};

/// Points at or below which a trade name is set aside.
const EXCLUDED_AT: i32 = -2;
/// Points from which a weak or mixed name counts.
const WOOD_AT: i32 = 2;
/// Longest text that is looked at, in bytes; the rest of a longer one is not read.
const TEXT_MAX: usize = 1 << 20;
/// Longest Latin name that needs wood evidence, in letters: so short a word is too often another one.
const SHORT_NAME: usize = 4;
/// Chapter of essential oils and perfumery.
const OIL_CHAPTER: &str = "33";
/// Longest damaged name that needs wood evidence, in letters.
const RESEMBLING: usize = 9;

impl NameIndex {
    /// What the words of a goods item say. Cost: linear in the text.
    pub fn resolve(&self, query: &NameQuery<'_>) -> Resolution {
        let mut out = Resolution::default();
        self.read_field(query, Field::Text, query.text, &mut out);
        for (field, text) in [(Field::Declared, query.declared), (Field::Common, query.common)] {
            if let Some(text) = text {
                self.read_field(query, field, text, &mut out);
            }
        }
        self.settle_genera(&mut out.mentions);
        self.read_hs(query, &mut out);
        mark_declared(&mut out);
        out.verdict = out.mentions.iter().map(|mention| mention.verdict).max().unwrap_or_default();
        out
    }

    /// False only when `resolve` would find no mention in this text. Cost: some microseconds per 100
    /// characters, most of it folding and the test for damaged words.
    pub fn screen(&self, text: &str) -> bool {
        let text = limited(text);
        scratch::folded(text, |folded| {
            self.exact.finds(folded, text, self.contexts.affixes())
                || self.vocabulary.touches(folded)
                || !abbreviations(&self.genera, folded).is_empty()
        })
    }

    /// True when a name stands in the text letter for letter: the screen without the repair of damaged words and without
    /// abbreviations, which shows what those cost.
    pub fn screen_exact(&self, text: &str) -> bool {
        let text = limited(text);
        scratch::folded(text, |folded| self.exact.finds(folded, text, self.contexts.affixes()))
    }

    fn read_field(&self, query: &NameQuery<'_>, field: Field, text: &str, out: &mut Resolution) {
        let text = limited(text);
        scratch::folded(text, |folded| {
            let candidates = self.candidates(folded, text);
            if !candidates.is_empty() {
                self.read_candidates(query, field, (text, folded), candidates, out);
            }
        });
    }

    fn read_candidates(
        &self,
        query: &NameQuery<'_>,
        field: Field,
        (text, folded): (&str, &Folded),
        candidates: Vec<Candidate>,
        out: &mut Resolution,
    ) {
        let found = self.contexts.find(folded, text);
        let parties = self.contexts.party_parts(folded, &found, text);
        let mut read = Vec::new();
        for candidate in candidates {
            let span = folded.span(candidate.start, candidate.end);
            let written = text.get(span.0..span.1).unwrap_or_default().to_owned();
            let scene = Scene { query, field, folded, found: &found, span, written };
            let before = parties.partition_point(|(from, _)| *from <= span.0);
            let in_party = before.checked_sub(1).and_then(|n| parties.get(n)).is_some_and(|(_, to)| span.1 <= *to);
            match self.weigh(&candidate, &scene, in_party) {
                Outcome::Mention(mention) => read.push((candidate, mention)),
                Outcome::Excluded(excluded) => out.excluded.push(excluded),
                Outcome::Nothing => {}
            }
        }
        settle_glosses(folded, &self.groups, &mut read);
        out.mentions.extend(read.into_iter().map(|(_, mention)| mention));
    }

    /// A name of woods of several genera, beside a sure name of one of them, is of that one: `African ebony` beside
    /// *Dalbergia melanoxylon*, `fingerboard blanks` beside *Diospyros*.
    fn settle_genera(&self, mentions: &mut [Mention]) {
        if mentions.iter().all(|mention| mention.strength == Strength::Exclusive) {
            return;
        }
        let is_sure =
            |mention: &&Mention| mention.strength == Strength::Exclusive && mention.verdict != Verdict::Review;
        let sure: BTreeSet<String> = mentions.iter().filter(is_sure).map(|mention| mention.genus.clone()).collect();
        for mention in mentions.iter_mut().filter(|mention| mention.strength != Strength::Exclusive) {
            let other = mention.alternatives.iter().find(|name| sure.iter().any(|genus| is_of(name, genus)));
            if sure.contains(&mention.genus) || mention.verdict < Verdict::Review {
                continue;
            }
            if let Some(meant) = other.map(|name| self.meant(name, None)).filter(|meant| self.groups.hold(&meant.genus))
            {
                mention.context.push(format!("explained by {} in the same goods", meant.genus));
                mention.alternatives.retain(|name| is_of(name, &meant.genus) && *name != meant.name);
                (mention.taxon, mention.rank, mention.genus) = (meant.name, meant.rank, meant.genus);
                mention.lookalike = meant.lookalike;
            }
        }
    }

    fn weigh(&self, candidate: &Candidate, scene: &Scene<'_>, in_party: bool) -> Outcome {
        let place = (candidate.start, candidate.end);
        let weighing = self.contexts.weigh(scene.folded, scene.found, place, scene.query);
        if in_party {
            let name = self.table_name(candidate);
            return scene.excluded(&name, "stands in the name or address of a party".into());
        }
        match &candidate.what {
            What::Trade(n) => match self.trade.get(*n) {
                Some(name) => self.weigh_trade(candidate, name, scene, weighing),
                None => Outcome::Nothing,
            },
            What::Species { .. } | What::Genus(_) => self.weigh_scientific(candidate, scene, weighing),
        }
    }

    fn table_name(&self, candidate: &Candidate) -> String {
        match &candidate.what {
            What::Trade(n) => self.trade.get(*n).map(|name| name.name.clone()).unwrap_or_default(),
            What::Species { name, .. } => name.clone(),
            What::Genus(name) => name.clone(),
        }
    }

    fn weigh_trade(
        &self,
        candidate: &Candidate,
        name: &TradeName,
        scene: &Scene<'_>,
        weighing: Weighing<'_>,
    ) -> Outcome {
        if name.taxa.iter().any(|taxon| taxon.name == "any") {
            return Outcome::Nothing;
        }
        let lone = scene.is_whole(candidate);
        let letters = scene.folded.text().get(candidate.start..candidate.end).map_or(0, |word| word.chars().count());
        let ascii = scene.written.is_ascii();
        let short = ascii && letters <= SHORT_NAME;
        let weak = name.strength == Strength::Weak || short;
        if weighing.score <= EXCLUDED_AT {
            return scene.excluded(&name.name, weighing.reasons.join("; "));
        }
        if weak && weighing.score < WOOD_AT && !lone {
            return scene.excluded(&name.name, "too common a word to count without other evidence of wood".into());
        }
        let bare = candidate.similarity < 1.0 && letters <= RESEMBLING && weighing.score <= 0;
        if bare && !lone {
            return scene.excluded(&name.name, "only resembles the name, and nothing around it speaks of wood".into());
        }
        let ordinary = self.is_ordinary(candidate, name, scene);
        if ordinary && weighing.score <= 0 && !lone {
            return scene
                .excluded(&name.name, "an ordinary word of another language, and nothing speaks of wood".into());
        }
        let taxa = self.narrowed(name, candidate, scene);
        let in_scope = |taxon: &&Meant| self.groups.hold(&taxon.genus);
        let ours = taxa.iter().filter(in_scope).count();
        let first_ours = taxa.first().is_some_and(|taxon| in_scope(&taxon));
        let mut verdict = if ours == taxa.len() && ours > 0 {
            Verdict::Flag
        } else if ours > 0 {
            if first_ours && weighing.score >= WOOD_AT { Verdict::Flag } else { Verdict::Review }
        } else if taxa.iter().any(|taxon| taxon.lookalike) {
            Verdict::Lookalike
        } else {
            Verdict::None
        };
        let doubted = weak || bare || (ordinary && weighing.score < WOOD_AT);
        if (doubted || (weighing.score < 0 && name.strength != Strength::Exclusive)) && verdict == Verdict::Flag {
            verdict = Verdict::Review;
        }
        let Some(top) = pick(&taxa) else { return Outcome::Nothing };
        let method = if candidate.similarity < 1.0 { Method::Misspelling } else { Method::TradeName };
        Outcome::Mention(Mention {
            taxon: top.name.clone(),
            rank: top.rank.clone(),
            genus: top.genus.clone(),
            method,
            name: name.name.clone(),
            text: scene.written.clone(),
            field: scene.field,
            span: scene.span,
            similarity: round(candidate.similarity),
            strength: if weak { Strength::Weak } else { name.strength },
            alternatives: taxa.iter().map(|taxon| taxon.name.clone()).filter(|other| *other != top.name).collect(),
            in_scope: self.groups.hold(&top.genus),
            lookalike: top.lookalike,
            population: taxa.iter().filter_map(|taxon| taxon.population).collect::<BTreeSet<_>>().into_iter().collect(),
            verdict,
            context: weighing.reasons,
        })
    }

    /// True for a name that is an ordinary word of another language, unless its own accents tell it apart.
    fn is_ordinary(&self, candidate: &Candidate, name: &TradeName, scene: &Scene<'_>) -> bool {
        let word = scene.folded.text().get(candidate.start..candidate.end).unwrap_or_default();
        let marked = !name.name.is_ascii() && light_key(&scene.written) == light_key(&name.name);
        candidate.similarity >= 1.0 && self.ordinary.contains(word) && !marked
    }

    /// What the name can mean, less what does not grow where the goods come from.
    fn narrowed(&self, name: &TradeName, candidate: &Candidate, scene: &Scene<'_>) -> Vec<Meant> {
        let taxa: Vec<Meant> = name.taxa.iter().map(|taxon| self.meant(&taxon.name, taxon.population)).collect();
        let mixed = taxa.iter().any(|taxon| self.groups.hold(&taxon.genus))
            && taxa.iter().any(|taxon| !self.groups.hold(&taxon.genus));
        if !mixed {
            return taxa;
        }
        let oil = scene.query.hs.is_some_and(|hs| hs.is_under(OIL_CHAPTER));
        let taxa = if oil { self.without_oil_less(taxa) } else { taxa };
        let mut origins = self.contexts.countries(scene.folded, scene.found, candidate.start, candidate.end);
        origins.extend(scene.query.origin.filter(|origin| origin.is_known()));
        let kept: Vec<Meant> =
            taxa.iter().filter(|taxon| origins.iter().any(|origin| taxon.range.contains(origin))).cloned().collect();
        if kept.is_empty() { taxa } else { kept }
    }

    /// A mixed name in the chapter of oils means its other woods, where ours give no oil of commerce.
    fn without_oil_less(&self, taxa: Vec<Meant>) -> Vec<Meant> {
        let oil_less = |genus: &str| self.groups.hold(genus) && !self.groups.give(genus, "oil");
        let kept: Vec<Meant> = taxa.iter().filter(|taxon| !oil_less(&taxon.genus)).cloned().collect();
        if kept.is_empty() { taxa } else { kept }
    }

    fn meant(&self, name: &str, population: Option<CountryCode>) -> Meant {
        let genus = name.split(' ').next().unwrap_or_default().to_owned();
        let row = self.taxon(name);
        Meant {
            lookalike: self.genera.find(&genus).is_some_and(|genus| genus.lookalike),
            rank: row.map_or_else(|| "genus".into(), |row| row.rank.clone()),
            range: row.map(|row| row.range_states.clone()).unwrap_or_default(),
            name: name.to_owned(),
            genus,
            population,
        }
    }

    fn weigh_scientific(&self, candidate: &Candidate, scene: &Scene<'_>, weighing: Weighing<'_>) -> Outcome {
        let (taxa, name, accepted, abbreviated, unclear) = match &candidate.what {
            What::Species { taxa, name, accepted, abbreviated, unclear } => {
                (taxa.clone(), name.clone(), *accepted, *abbreviated, *unclear)
            }
            What::Genus(name) => (Vec::new(), name.clone(), true, false, false),
            What::Trade(_) => return Outcome::Nothing,
        };
        let rows: Vec<&Taxon> = taxa.iter().filter_map(|n| self.taxa.get(*n)).collect();
        let genus = rows.first().map_or(name.as_str(), |row| row.genus.as_str()).to_owned();
        let in_scope = self.groups.hold(&genus);
        let eaten = self.groups.give(&genus, "fruit");
        let fruit = ["fruit", "food", "leaf"].iter().filter_map(|kind| weighing.kinds.points(kind)).sum::<i32>()
            + weighing.kinds.points("hs").filter(|weight| *weight <= -3 && eaten).unwrap_or_default();
        if eaten && fruit <= EXCLUDED_AT && weighing.score <= EXCLUDED_AT {
            return scene.excluded(&name, weighing.reasons.join("; "));
        }
        if weighing.kinds.points(NEGATION).is_some() {
            return scene.excluded(&name, weighing.reasons.join("; "));
        }
        if abbreviated && !accepted && weighing.score < WOOD_AT {
            return scene.excluded(&name, "fits an old name only, and nothing around it speaks of wood".into());
        }
        let lookalike = self.genera.find(&genus).is_some_and(|genus| genus.lookalike);
        if rows.is_empty() && candidate.similarity < 1.0 && !in_scope && !lookalike {
            return Outcome::Nothing;
        }
        // The name of another tree in a print, a scent or a food says nothing about wood. Ours and their substitutes are
        // never set aside so.
        if !in_scope
            && !lookalike
            && !rows.iter().any(|row| self.groups.hold(&row.genus))
            && weighing.score <= EXCLUDED_AT
        {
            return scene.excluded(&name, weighing.reasons.join("; "));
        }
        let of_several = rows.iter().any(|row| row.genus != genus);
        let all_ours = rows.iter().all(|row| self.groups.hold(&row.genus));
        let verdict = match (in_scope, lookalike) {
            _ if rows.iter().any(|row| self.groups.hold(&row.genus)) && (!all_ours || of_several) => Verdict::Review,
            (true, _) => Verdict::Flag,
            (false, true) => Verdict::Lookalike,
            (false, false) => Verdict::None,
        };
        if abbreviated && scene.is_initials() && weighing.score < WOOD_AT && !scene.is_whole(candidate) {
            return scene.excluded(&name, "reads like the initial and surname of a person".into());
        }
        let top = if unclear { None } else { rows.first() };
        let method = match (abbreviated, candidate.similarity < 1.0, accepted) {
            (true, ..) => Method::Abbreviated,
            (_, true, _) => Method::Misspelling,
            (_, _, true) => Method::Scientific,
            _ => Method::Synonym,
        };
        let taxon = top.map_or_else(|| genus.clone(), |row| row.scientific_name.clone());
        Outcome::Mention(Mention {
            rank: top.map_or_else(|| "genus".into(), |row| row.rank.clone()),
            method,
            name,
            text: scene.written.clone(),
            field: scene.field,
            span: scene.span,
            similarity: round(candidate.similarity),
            strength: if of_several || unclear { Strength::Ambiguous } else { Strength::Exclusive },
            alternatives: rows.iter().map(|row| row.scientific_name.clone()).filter(|other| *other != taxon).collect(),
            taxon,
            genus,
            in_scope,
            lookalike,
            population: Vec::new(),
            verdict,
            context: weighing.reasons,
        })
    }

    /// A national line that names one wood, when the words name none.
    fn read_hs(&self, query: &NameQuery<'_>, out: &mut Resolution) {
        if out.mentions.iter().any(|mention| mention.in_scope) {
            return;
        }
        let Some(row) = query.hs.and_then(|hs| self.contexts.hs_row(hs)) else { return };
        let Some(meant) = row.kind.strip_prefix("names ").map(|name| self.meant(name, None)) else { return };
        out.mentions.push(Mention {
            taxon: meant.name.clone(),
            rank: meant.rank,
            in_scope: self.groups.hold(&meant.genus),
            genus: meant.genus,
            method: Method::Hs,
            name: row.phrase.clone(),
            text: String::new(),
            field: Field::Text,
            span: (0, 0),
            similarity: 1.0,
            strength: Strength::Weak,
            alternatives: Vec::new(),
            lookalike: meant.lookalike,
            population: Vec::new(),
            verdict: Verdict::Review,
            context: vec![format!("HS {} is a line for {}", row.phrase, meant.name)],
        });
    }
}

enum Outcome {
    Mention(Mention),
    Excluded(Excluded),
    Nothing,
}

/// What one name can mean.
#[derive(Clone)]
struct Meant {
    name: String,
    genus: String,
    rank: String,
    range: Vec<CountryCode>,
    lookalike: bool,
    population: Option<CountryCode>,
}

/// Where a candidate stands.
struct Scene<'a> {
    query: &'a NameQuery<'a>,
    field: Field,
    folded: &'a Folded,
    found: &'a Scan,
    span: (usize, usize),
    written: String,
}

impl Scene<'_> {
    fn excluded(&self, name: &str, why: String) -> Outcome {
        Outcome::Excluded(Excluded {
            text: self.written.clone(),
            name: name.into(),
            field: self.field,
            span: self.span,
            why,
        })
    }

    /// True when the field holds nothing but the name.
    fn is_whole(&self, candidate: &Candidate) -> bool {
        candidate.start == 0 && candidate.end == self.folded.text().len()
    }

    /// True for `D. Montana`: a capital, a stop, a capitalised word.
    fn is_initials(&self) -> bool {
        let mut words = self.written.split_whitespace().skip(1);
        words.next().is_some_and(|word| {
            let mut letters = word.chars();
            letters.next().is_some_and(char::is_uppercase) && letters.next().is_some_and(char::is_lowercase)
        })
    }
}

fn limited(text: &str) -> &str {
    let mut end = text.len().min(TEXT_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// The taxon to name first: the most usual species, or the genus when there are many.
fn pick(taxa: &[Meant]) -> Option<&Meant> {
    taxa.first()
}

fn is_of(name: &str, genus: &str) -> bool {
    name.split(' ').next() == Some(genus)
}

/// Names that only the declared fields hold are marked so.
fn mark_declared(out: &mut Resolution) {
    let in_text: BTreeSet<String> = out
        .mentions
        .iter()
        .filter(|mention| mention.field == Field::Text)
        .map(|mention| mention.genus.clone())
        .collect();
    for mention in out.mentions.iter_mut().filter(|mention| mention.field != Field::Text) {
        if !in_text.contains(&mention.genus) {
            mention.method = Method::Declared;
        }
    }
}

fn round(similarity: f64) -> f64 {
    (similarity * 1000.0).round() / 1000.0
}
