//! Every diagnostic of a profile: its code, how grave it is, and its page. `rules explain-code` prints the pages.

/// How grave a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    /// Worth knowing; nothing needs to change.
    Note,
    /// Should be mended; the profile runs.
    Warning,
    /// The profile, or the indicator, does not load.
    Error,
}

impl Gravity {
    /// The word that reports print.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One page of `rules explain-code`.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    pub code: &'static str,
    pub gravity: Gravity,
    /// What it is.
    pub title: &'static str,
    /// Why it matters, and what to do.
    pub text: &'static str,
}

macro_rules! pages {
    ($($code:literal $gravity:ident $title:literal: $text:literal;)*) => {
        /// All pages, by code.
        pub const PAGES: &[Page] = &[$(Page { code: $code, gravity: Gravity::$gravity, title: $title, text: $text },)*];
    };
}

pages! {
    "P001" Error "profile.toml cannot be read": "A field is missing, unknown, or of the wrong type. The message names the line; rules/README.md shows a whole file.";
    "P002" Error "a file is missing or misnamed": "A profile is a folder with profile.toml and profile.rhai. Copy them from a shipped profile and change them.";
    "P003" Warning "the id is not the folder's name": "Hits name the profile by its id; a reader looks for the folder of that name. Make them equal.";
    "P004" Warning "review_by is no day": "A rule that nobody looks at again grows stale. Write the day as 2027-01-31.";
    "P005" Warning "a text is empty": "uuid, title, owner and why are read by people who must answer for the rule. Fill them in.";
    "P006" Warning "a source does not resolve": "A hit quotes its instrument. The citation must stand in datasets/instruments; add it there, or correct it.";
    "P007" Warning "no innocent explanation": "Say what honest trade looks like this, so that an officer can tell.";
    "P008" Error "each is no view": "each says what the indicator looks at: item, taxon, measure, document, alert, party, container or consignment.";
    "P009" Error "no function of that name": "Each indicator has a function of the same name in profile.rhai.";
    "P010" Error "a name is not known": "A function sees only its parameters and what `let` names. Name the view as a parameter.";
    "P011" Error "a view alone is no test": "A test needs a field: item.origin, not item.";
    "P012" Error "no test of that name": "The tests are listed in rules/reference.md. Other functions of Rhai are not part of the rule language.";
    "P013" Error "no field of that name": "The fields are listed in rules/reference.md; the message names the nearest.";
    "P014" Error "unlike things are compared": "A text is compared with a text, a number with a number; texts have no order.";
    "P015" Error "arithmetic without numbers": "+ - * / need numbers on both sides.";
    "P016" Error "and, or without tests": "and and or join what answers yes or no. Compare the field with something.";
    "P017" Error "a parameter is not seen here": "An indicator sees its own view, and the item and consignment that it belongs to.";
    "P018" Warning "the reason names what is not seen": "Placeholders are {view.field}, of the views that the indicator sees.";
    "P020" Error "the function answers nothing": "A function must end with a test; what stands before it only names parts.";
    "P021" Error "the function answers no yes or no": "A text or a number is no answer. Compare it with something.";
    "P022" Error "membership of unlike things": "`in` takes a text and a set or text; shares takes two sets; starts_with two texts.";
    "P023" Error "unverifiable without a reason": "Say in quotes what is missing; officers read it.";
    "P024" Error "words that say nothing": "`says` needs words in quotes. Signs alone, or an empty text, are no words.";
    "P030" Error "refused before reading": "The script or profile is too long, has too many parts, or is nested too deep. A profile is small and flat.";
    "P031" Error "the script cannot be read": "A word is not part of the rule language, or a sign is missing. The message names the place.";
    "P032" Error "text outside a function": "A profile holds functions only. What runs by itself is refused.";
    "P040" Warning "a code that nobody uses": "The field never has this value: the country, taxon, form, kind or word does not exist. The message names the nearest.";
    "P041" Warning "it can never fire": "Two parts contradict each other, or one can never hold.";
    "P042" Warning "it always fires": "The test is met whatever is declared. Every consignment would bear its points.";
    "P043" Warning "two indicators are equal": "Within one group only the highest counts, so the other does nothing.";
    "P044" Warning "one indicator hides another": "Wherever this one fires, another of its group with at least as many points fires too.";
    "P045" Warning "one signal alone makes red": "Red says that the goods cannot be lawful. Points from the red threshold on need a floor of red and a reason to match.";
    "P046" Warning "no case fires it": "A rule that no case fires may never fire. Write one.";
    "P047" Warning "no near miss": "Write a case that differs in one thing and does not fire.";
    "P048" Warning "review is overdue": "review_by lies before today. Look at the rule again and move the day.";
    "P049" Warning "a source is superseded": "The instrument is no longer in force. Cite what stands in its place, or end the rule by effective_to.";
    "P050" Warning "the reason says nothing of the goods": "A reason names what met: use {view.field}.";
    "P051" Note "no points": "It shows, and counts nothing.";
    "P053" Warning "no documentation": "Write above the function what it looks at and why it matters, after ///.";
    "P054" Note "nothing settles it": "It reads what may be unknown. Say in settled_by what would settle it.";
    "P055" Warning "a function that nothing calls": "It is neither an indicator nor called by one.";
    "P056" Error "two indicators of one name": "Hits name the indicator; two of one name cannot be told apart.";
    "P057" Warning "an unknown genus": "genera names genera that datasets/taxa holds.";
    "P058" Warning "an unknown handling label": "Labels are TLP:CLEAR, TLP:GREEN, TLP:AMBER, TLP:AMBER+STRICT, TLP:RED. What cannot be read counts as TLP:RED.";
    "P059" Warning "the days are reversed": "effective_to lies before effective_from: it never acts.";
    "P060" Warning "the id is oddly written": "Ids are lower-case words joined by hyphens.";
    "P061" Warning "two profiles of one uuid": "A uuid names one profile for ever. Make a new one.";
    "P062" Warning "a threshold out of range": "The field never reaches this number: a similarity lies from 0 to 1, a count is not negative.";
    "P063" Warning "an HS code of a wrong shape": "hs_chapter has two digits, hs_heading four, hs two to twelve.";
    "P064" Warning "version 0": "The first version is 1; raise it with every change.";
    "P065" Warning "a floor of green": "Green is the lowest lane: the floor says nothing.";
    "P066" Warning "a constant": "The function reads no field.";
    "P067" Note "it runs in the interpreter": "It has a form that is not lowered to native tests, and costs about a hundred times as much.";
    "P068" Warning "a word of the language as a name": "A function named like a test or a view hides it.";
    "P069" Warning "a case names an unknown indicator": "must_hit and must_not_hit name profile/indicator.";
    "P070" Warning "a case cannot be read": "The message says why; rules/README.md shows a whole case.";
    "P071" Warning "a case fails": "It does not hold what it says.";
    "P072" Warning "an effective day is no day": "Write it as 2014-07-04.";
    "P073" Warning "a local file cannot change a shipped profile": "Script, groups, status, days and words of a shipped profile stand. A local file of its id may add cases and raise points (up to 1,000) and floors, by the indicator's name; a small file with id and indicators of name, points and floor says all of it. For anything else write a profile with an id of its own.";
    "P074" Warning "an unknown next step": "Steps are words that the service can act on; see rules/README.md.";
    "P075" Warning "an allow without a reason": "Write why the doubt does not hold here: allow P062: the field is signed. Without a reason nothing is allowed.";
    "P076" Note "an allow that nothing calls for": "The doubt is gone, or cannot be allowed. Take the line out.";
    "P077" Error "points out of range": "Points lie from 0 to 1,000. An honest circumstance is a condition of the indicator, not a negative one: one more hit never lowers a score.";
    "P078" Error "a shared helper is written anew": "The functions of rules/lib mean the same in every profile. Give your own function another name.";
    "P079" Warning "a cited revision is superseded": "A later revision of the instrument says something else there: [-what went-] {+what came+}. Cite the revision in force once the rule fits what it says.";
    "P080" Note "a byte order mark before the text": "Some editors put a sign that nobody sees before the text. It is read over; saved as UTF-8 without a byte order mark, the file reads the same in every program.";
    "P081" Warning "words are looked for as they are spelt": "Papers write in capitals, with accents or without, in the plural. item.words.says([\"charcoal\", \"charbon de bois\"]) finds whole words however they are spelt; says_nearly also finds misspelt ones. Woods are better asked by item.genera, item.taxa and item.other_woods, which know their names in many languages.";
    "P082" Note "a wood is looked for by a word": "item.genera, item.taxa, item.lookalikes and item.other_woods know the names of woods in many languages and spellings, and what only sounds like one (`rosewood colour`). Allow it where the very word is meant.";
    "P083" Warning "rises_with names no figure": "A profile may promise that more of a figure never brings fewer points: rises_with = [\"item.gross_mass_kg\"]. It names fields of the view that hold a number; `rules witnesses` looks for a bill that breaks the promise.";
    "P084" Warning "the tests are too tangled to be compared": "Choices of many `or` multiply, and of some indicators nobody can say whether they never hold or hide each other. Write shorter tests: a list in place of many `or`, an indicator in place of a branch.";
}

/// The page of a code.
pub fn page(code: &str) -> Option<&'static Page> {
    PAGES.iter().find(|page| page.code.eq_ignore_ascii_case(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_in_order_and_say_something() {
        assert!(PAGES.windows(2).all(|pair| pair[0].code < pair[1].code));
        assert!(PAGES.iter().all(|page| page.text.len() > 20 && !page.title.is_empty()));
        assert!(PAGES.len() >= 40);
    }
}
