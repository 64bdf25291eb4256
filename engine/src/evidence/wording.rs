//! What the words of a goods text say besides names: form, claims, evasions.
//!
//! In: the description. Out: [`WordingEvidence`]. Words come from `datasets/goods-words`; nothing is listed here.
//! Cost: one pass of the matcher of phrases over the folded text.

use std::collections::BTreeSet;

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use crate::reference::{DataSource, Form, ReferenceError, TableFault, list};
use crate::text::{Phrases, plain_key};

#[derive(Deserialize)]
struct WordRow {
    kind: String,
    value: String,
    words: String,
}

/// A row of `timber-names`, `trade-names` or `taxa`.
#[derive(Deserialize)]
struct NameRow {
    #[serde(alias = "name", alias = "scientific_name")]
    names: String,
}

/// What a word means.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Meaning {
    Form(Form),
    Claim(String),
    Vague,
    /// A thing whose kind of wood nobody asks, and that packs other goods as often as it is the goods: `pallets`. It is no
    /// form: `EBONY, 12 PALLETS` are logs on pallets.
    Article,
    /// Says what a thing is made of, and never what is in it: `en bois`; `of wood` may be either.
    Material,
    /// Letters of a wood's name that spell a form: `bạch đàn`, eucalyptus, is no `đàn`, a musical instrument.
    Name,
    /// Says that it is no wood: `of other than wood`.
    Denied,
    /// Other goods whose name has a word of wood in it: `circuit board`.
    OtherGoods,
    Evasive,
    /// Points elsewhere: `as per`, `siehe`.
    Refers,
    /// A paper that may be pointed to: `list`, `Anlage`.
    Paper,
    Special(String),
    Trade(String),
    Forwarder,
    ToOrder,
}

/// All words, compiled once: those of goods, and those of parties' names, which are few and looked for in each name.
#[derive(Debug)]
pub struct GoodsWords {
    of_goods: Words,
    of_parties: Words,
}

/// Phrases with their meanings, ready to search.
#[derive(Debug)]
struct Words {
    phrases: Phrases,
    patterns: Vec<Pattern>,
}

impl Meaning {
    /// Is it said of a party, in its name?
    fn is_of_party(&self) -> bool {
        matches!(self, Self::Trade(_) | Self::Forwarder | Self::ToOrder)
    }
}

/// One phrase of the table.
#[derive(Debug, Clone)]
struct Pattern {
    meaning: Meaning,
    /// A word of two letters that has marks stands only where they are written: `pó` is powder, `PO 3473` an order.
    marked: Option<String>,
}

impl Pattern {
    fn new(meaning: Meaning, phrase: &str, folded: &str) -> Self {
        let is_short = folded.is_ascii() && folded.len() <= SHORT_WORD_BYTES && !phrase.is_ascii();
        Self { meaning, marked: is_short.then(|| lower(phrase)) }
    }

    fn stands_in(&self, text: &str) -> bool {
        let is_word = |marked: &String| lower(text).split(|c: char| !c.is_alphanumeric()).any(|word| word == marked);
        self.marked.as_ref().is_none_or(is_word)
    }
}

/// Words of so many letters are codes and abbreviations once their marks are gone.
const SHORT_WORD_BYTES: usize = 2;

fn lower(text: &str) -> String {
    text.to_lowercase().nfc().collect()
}

/// What an item's words say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WordingEvidence {
    /// Forms named, the one that decides first.
    pub forms: Vec<Form>,
    pub claims: BTreeSet<String>,
    /// A phrase that says wood and names no kind.
    pub says_wood: bool,
    /// Words beside the vague phrase, forms, numbers and units.
    pub n_other_words: usize,
    /// Avoids saying what it is.
    pub evasive: bool,
    /// Says nothing else: no goods, no form, no wood.
    pub only_evasive: bool,
    /// Claims to special treatment.
    pub special: BTreeSet<String>,
}

/// What a party's name says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NameWords {
    /// Lines of business.
    pub trades: BTreeSet<String>,
    /// A forwarder or agent.
    pub forwarder: bool,
    /// No company, but an order clause.
    pub to_order: bool,
}

/// Which form decides when a text names several: what is not finished counts before what it will become, because the
/// exemptions are for finished goods only.
const DECIDES: &[Form] = &[
    Form::Blank,
    Form::Charcoal,
    Form::Log,
    Form::Root,
    Form::Sawn,
    Form::Oil,
    Form::Extract,
    Form::Powder,
    Form::Chips,
    Form::TransformedWood,
    Form::InstrumentPart,
    Form::Instrument,
    Form::Furniture,
    Form::FinishedProduct,
    Form::Veneer,
    Form::Plywood,
    Form::Fuelwood,
    Form::Bark,
    Form::Live,
    Form::Fruit,
    Form::Leaf,
    Form::Seed,
];

impl GoodsWords {
    /// Compiles the table.
    pub fn build(source: &DataSource) -> Result<Self, ReferenceError> {
        let table = source.table::<WordRow>("goods-words")?;
        let mut faults = table.faults;
        let (mut words, mut patterns) = (Vec::new(), Vec::new());
        let (mut party_words, mut party_patterns) = (Vec::new(), Vec::new());
        for (line, row) in table.rows {
            let Some(meaning) = meaning(&row) else {
                let what = format!("`{}` `{}` has no meaning here", row.kind, row.value);
                let (table, column) = ("goods-words/goods-words.csv".to_owned(), Some("kind".to_owned()));
                faults.push(TableFault { table, row: Some(line), column, what });
                continue;
            };
            let (words, patterns) = match meaning.is_of_party() {
                true => (&mut party_words, &mut party_patterns),
                false => (&mut words, &mut patterns),
            };
            for phrase in list(&row.words) {
                let folded = plain_key(phrase);
                if !folded.is_empty() {
                    patterns.push(Pattern::new(meaning.clone(), phrase, &folded));
                    words.push(folded);
                }
            }
        }
        let mut own = Words::of(&words, patterns)?;
        for table in ["timber-names", "trade-names", "taxa"] {
            let table = source.table::<NameRow>(table)?;
            faults.extend(table.faults);
            for written in table.rows.iter().flat_map(|(_, row)| list(&row.names)) {
                let name = plain_key(written);
                // At either end a form is what is made of the wood (`ash logs`, `mbao za mpingo`), unless the table has the
                // name among those that only sound so; inside it is a part of the name.
                let spells_form = |(meaning, start, end): &(&Meaning, usize, usize)| {
                    matches!(meaning, Meaning::Form(_)) && *start > 0 && *end < name.len()
                };
                if own.find(&name, written).iter().any(spells_form) {
                    own.patterns.push(Pattern { meaning: Meaning::Name, marked: None });
                    words.push(name);
                }
            }
        }
        if !faults.is_empty() {
            return Err(ReferenceError::Faults(faults));
        }
        let of_parties = Words::of(&party_words, party_patterns)?;
        Ok(Self { of_goods: Words::of(&words, own.patterns)?, of_parties })
    }

    /// The claims that phrases make, in order.
    pub fn claims(&self) -> BTreeSet<String> {
        let claim =
            |known: &Pattern| if let Meaning::Claim(claim) = &known.meaning { Some(claim.clone()) } else { None };
        self.of_goods.patterns.iter().filter_map(claim).collect()
    }

    /// The claims to special treatment that phrases make, in order.
    pub fn special_claims(&self) -> BTreeSet<String> {
        let claim =
            |known: &Pattern| if let Meaning::Special(claim) = &known.meaning { Some(claim.clone()) } else { None };
        self.of_goods.patterns.iter().filter_map(claim).collect()
    }

    /// What a party's name says.
    pub fn of_name(&self, name: &str) -> NameWords {
        let mut words = NameWords::default();
        for (meaning, ..) in self.of_parties.find(&plain_key(name), name) {
            match meaning {
                Meaning::Trade(trade) => {
                    words.trades.insert(trade.clone());
                }
                Meaning::Forwarder => words.forwarder = true,
                Meaning::ToOrder => words.to_order = true,
                _ => {}
            }
        }
        words
    }

    /// What a goods text says.
    pub fn of_text(&self, written: &str) -> WordingEvidence {
        self.of_key(&plain_key(written), written)
    }

    /// The same where the text is folded already ([`plain_key`]).
    pub fn of_key(&self, text: &str, written: &str) -> WordingEvidence {
        let mut evidence = WordingEvidence::default();
        let mut covered = vec![false; text.len()];
        let mut forms = BTreeSet::new();
        let mut found = self.of_goods.find(text, written);
        found.sort_by_key(|(_, start, _)| *start);
        let (mut pointers, mut put_off) = (Vec::new(), Vec::new());
        let (mut of_wood, mut is_article) = (false, false);
        let denied: Vec<&str> = found
            .iter()
            .filter(|(meaning, ..)| matches!(meaning, Meaning::Denied))
            .filter_map(|(_, start, end)| text.get(*start..*end))
            .collect();
        for (meaning, start, end) in found {
            match meaning {
                Meaning::Form(form) => {
                    forms.insert(*form);
                }
                Meaning::Claim(claim) => {
                    evidence.claims.insert(claim.clone());
                }
                // `furniture parts` says nothing of wood where the text says that they are of none.
                Meaning::Vague | Meaning::Material => {
                    let phrase = text.get(start..end).unwrap_or_default();
                    let says_wood = denied.is_empty() || denied.iter().any(|denied| says_again(phrase, denied));
                    let slot = if *meaning == Meaning::Vague { &mut evidence.says_wood } else { &mut of_wood };
                    *slot |= says_wood;
                }
                Meaning::Evasive => evidence.evasive = true,
                // Either alone says nothing of the goods; together they put them off.
                Meaning::Refers => {
                    pointers.push((start, end));
                    continue;
                }
                Meaning::Paper => {
                    if let Some(refers) = pointers.first().filter(|(from, _)| *from < start).copied() {
                        put_off.extend([refers, (start, end)]);
                    }
                    continue;
                }
                Meaning::Special(special) => {
                    evidence.special.insert(special.clone());
                }
                Meaning::Denied | Meaning::OtherGoods => {}
                Meaning::Article => is_article = true,
                Meaning::Name | Meaning::Trade(_) | Meaning::Forwarder | Meaning::ToOrder => continue,
            }
            covered.get_mut(start..end).into_iter().flatten().for_each(|byte| *byte = true);
        }
        // `Tische aus Holz` are wooden tables, of which no kind is asked; `Stücke aus Holz` are wood.
        is_article |= !forms.is_empty();
        is_article &= forms.iter().all(|form| !form.is_raw_wood());
        evidence.says_wood |= of_wood && !is_article;
        evidence.evasive |= !put_off.is_empty();
        for (start, end) in put_off {
            covered.get_mut(start..end).into_iter().flatten().for_each(|byte| *byte = true);
        }
        evidence.forms = DECIDES.iter().copied().filter(|form| forms.contains(form)).collect();
        // Veneer on furniture is furniture; a text of pieces only is what the pieces are.
        if let Some(furniture) = evidence.forms.iter().position(|form| *form == Form::Furniture)
            && forms.contains(&Form::Veneer)
        {
            evidence.forms.swap(0, furniture);
        }
        evidence.n_other_words = other_words(text, &covered);
        let says_goods = evidence.says_wood || !evidence.forms.is_empty() || !evidence.special.is_empty();
        evidence.only_evasive = evidence.evasive && evidence.n_other_words == 0 && !says_goods;
        evidence
    }
}

impl Words {
    fn of(words: &[String], patterns: Vec<Pattern>) -> Result<Self, ReferenceError> {
        let phrases = Phrases::build(words.iter().map(String::as_str))
            .map_err(|why| ReferenceError::Unreadable { table: "goods-words/goods-words.csv".into(), why })?;
        Ok(Self { phrases, patterns })
    }

    /// Meanings found with their byte range in `text`, which is `written` folded; a match inside a longer one of the same kind
    /// is left out.
    fn find(&self, text: &str, written: &str) -> Vec<(&Meaning, usize, usize)> {
        let mut found: Vec<(&Meaning, usize, usize)> = Vec::new();
        self.phrases.each_in_key(text, |hit| {
            let known = self.patterns.get(hit.phrase).filter(|_| stands_alone(text, hit.start, hit.end));
            if let Some(known) = known.filter(|known| known.stands_in(written)) {
                found.push((&known.meaning, hit.start, hit.end));
            }
        });
        if found.len() < 2 {
            return found;
        }
        let whole = found.clone();
        found.retain(|(meaning, start, end)| {
            !whole
                .iter()
                .any(|(other, s, e)| s <= start && end <= e && (e - s) > (end - start) && same_kind(meaning, other))
        });
        found
    }
}

/// True when a phrase has the word that a negation denies: `wooden parts` beside `other than wood`.
fn says_again(phrase: &str, denied: &str) -> bool {
    match denied.chars().any(is_spaceless) {
        true => denied.chars().any(|c| phrase.contains(c)),
        false => denied.split(' ').any(|word| word.chars().count() >= 3 && phrase.contains(word)),
    }
}

fn meaning(row: &WordRow) -> Option<Meaning> {
    Some(match row.kind.as_str() {
        "form" => Meaning::Form(row.value.parse().ok()?),
        "claim" => Meaning::Claim(row.value.clone()),
        "vague" => Meaning::Vague,
        "article" => Meaning::Article,
        "material" => Meaning::Material,
        "name" => Meaning::Name,
        "not_wood" if row.value == "negation" => Meaning::Denied,
        "not_wood" => Meaning::OtherGoods,
        "evasive" => Meaning::Evasive,
        "refers" => Meaning::Refers,
        "paper" => Meaning::Paper,
        "special" => Meaning::Special(row.value.clone()),
        "trade" => Meaning::Trade(row.value.clone()),
        "forwarder" => Meaning::Forwarder,
        "to_order" => Meaning::ToOrder,
        _ => return None,
    })
}

/// True when a longer match of `b` swallows one of `a`.
fn same_kind(a: &Meaning, b: &Meaning) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
        || matches!((a, b), (Meaning::Form(_) | Meaning::Vague | Meaning::Material, Meaning::Denied | Meaning::OtherGoods))
        || matches!((a, b), (Meaning::Vague, Meaning::Material | Meaning::Article) | (Meaning::Form(_), Meaning::Name))
        // Of furniture, charcoal and plywood no kind of wood is asked; `madera aserrada` still says wood.
        || matches!((a, b), (Meaning::Vague, Meaning::Form(form)) if !form.is_raw_wood() || *form == Form::Plywood)
}

/// Spaced scripts need a space or an end on both sides; scripts without spaces do not.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let inside = text.get(start..end).unwrap_or_default();
    if !inside.is_ascii() && inside.chars().any(is_spaceless) {
        return true;
    }
    let before = text.get(..start).and_then(|text| text.chars().next_back());
    let after = text.get(end..).and_then(|text| text.chars().next());
    before.is_none_or(|c| c == ' ' || is_spaceless(c)) && after.is_none_or(|c| c == ' ' || is_spaceless(c))
}

/// Chinese, Japanese, Thai, Lao, Khmer, Burmese.
fn is_spaceless(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')
}

/// Words of three letters and more that no meaning covers; what has a digit is a number, a size or a mark.
fn other_words(text: &str, covered: &[bool]) -> usize {
    let mut n = 0;
    let mut at = 0;
    for word in text.split(' ') {
        let own = covered.get(at..at + word.len()).is_some_and(|bytes| bytes.iter().all(|covered| !covered));
        let counts = word.chars().count() >= 3 && !word.bytes().any(|b| b.is_ascii_digit());
        n += usize::from(own && counts);
        at += word.len() + 1;
    }
    n
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_it_is_no_wood_is_not_read_as_wood() {
        let words = GoodsWords::build(&DataSource::Embedded).unwrap();
        for text in [
            "Furniture; parts, of other than wood",
            "cadres, autres qu'en bois",
            "Möbel ohne Holz",
            "muebles que no sean de madera",
            "家具零件，非木制",
            "Мебель не из дерева",
        ] {
            assert!(!words.of_text(text).says_wood, "{text}");
        }
        for text in ["bulletin board stickers", "printed circuit boards", "beam light, LED"] {
            assert_eq!(words.of_text(text).forms.first(), None, "{text}");
        }
        // A name of a wood is no form, whatever its letters spell; an article of wood is no wood without a name.
        for (text, form) in [("gỗ bạch đàn", None), ("đàn guitar", Some(Form::Instrument)), ("大叶紫檀", None)]
        {
            assert_eq!(words.of_text(text).forms.first().copied(), form, "{text}");
        }
        for (text, says_wood) in [
            ("palettes neuves en bois", false),
            ("20 tonnes de bois", true),
            ("10 pallets of wood", true),
            ("20 boxes of wood", true),
            ("Tische aus Holz", false),
            ("kayu lapis", false),
        ] {
            assert_eq!(words.of_text(text).says_wood, says_wood, "{text}");
        }
        assert!(words.of_text("parts of wood and of other than wood").says_wood);
        assert_eq!(words.of_text("boards, teak").forms.first(), Some(&Form::Sawn));
        // Two letters without their marks are a code: an order is no powder, a series no oil.
        for (text, form) in [
            ("PEÇAS DE JACARANDÁ, PO 72252", None),
            ("pó de jacarandá", Some(Form::Powder)),
            ("PO DE JACARANDA", Some(Form::Powder)),
            ("JACARANDA EM PO", Some(Form::Powder)),
            ("ROSEWOOD OL 12", None),
            // What is made of a wood, at either end of a name that the tables have whole.
            ("ash logs", Some(Form::Log)),
            ("mbao za mpingo", Some(Form::Sawn)),
            ("SANDALWOOD POWDER", Some(Form::Powder)),
            ("sandalwood chips", Some(Form::Chips)),
            ("檀香油", Some(Form::Oil)),
            ("huile essentielle de bois de rose", Some(Form::Oil)),
            ("persimmon wood blank", Some(Form::Blank)),
            ("rosewood turning blanks", Some(Form::Blank)),
            ("rosewood guitar sets", Some(Form::Blank)),
            ("mango wood", None),
            ("kayu arang", None),
        ] {
            assert_eq!(words.of_text(text).forms.first().copied(), form, "{text}");
        }
    }
}
