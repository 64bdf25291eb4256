//! Lets one name explain another: "red sandalwood" is settled by "(Pterocarpus santalinus)" beside it, and furniture of
//! a class of woods by the one species that the text gives.
//!
//! In: the mentions of one field in order. Out: the same mentions, some with another verdict and the reason.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::{Mention, Verdict};
use super::candidates::{Candidate, What};
use crate::reference::{Groups, Strength};
use crate::text::Folded;

/// Tokens, and mentions, between a common name and the scientific name that explains it.
const GLOSS_WINDOW: usize = 2;

/// A name that can explain another.
#[derive(Clone)]
struct Firm {
    place: (usize, usize),
    genus: String,
    in_scope: bool,
    verdict: Verdict,
    scientific: bool,
}

/// A name for several woods is explained by a scientific or an exclusive name in the text or beside it.
pub(super) fn settle_glosses(folded: &Folded, groups: &Groups, read: &mut [(Candidate, Mention)]) {
    let firm: Vec<Option<Firm>> = read.iter().map(firm).collect();
    let mut by_genus: BTreeMap<String, Firm> = BTreeMap::new();
    for firm in firm.iter().flatten() {
        let better = by_genus.get(&firm.genus).is_none_or(|other| firm.scientific && !other.scientific);
        if better {
            by_genus.insert(firm.genus.clone(), firm.clone());
        }
    }
    for (n, (candidate, mention)) in
        read.iter_mut().enumerate().filter(|(_, (_, mention))| mention.strength != Strength::Exclusive)
    {
        let genera: BTreeSet<&str> = std::iter::once(mention.taxon.as_str())
            .chain(mention.alternatives.iter().map(String::as_str))
            .filter_map(|name| name.split(' ').next())
            .collect();
        let mixed = genera.iter().any(|genus| !groups.hold(genus));
        let same = genera
            .iter()
            .filter_map(|genus| by_genus.get(*genus))
            .min_by_key(|firm| (!firm.in_scope, !firm.scientific));
        let around =
            firm.get(n.saturating_sub(GLOSS_WINDOW)..(n + GLOSS_WINDOW + 1).min(firm.len())).unwrap_or_default();
        let beside = around.iter().flatten().find(|firm| {
            firm.scientific
                && !firm.in_scope
                && (firm.place.0 >= candidate.end || mention.verdict == Verdict::Review)
                && tokens_between(folded, (candidate.start, candidate.end), firm.place) <= GLOSS_WINDOW
        });
        match (mention.verdict, same, beside) {
            (Verdict::Review | Verdict::Flag, Some(firm), _) if mixed => {
                mention.context.push(format!("explained by {} in the same text", firm.genus));
                mention.verdict = firm.verdict;
                mention.in_scope = firm.in_scope;
            }
            (Verdict::Flag | Verdict::Review, None, Some(firm)) => {
                mention.context.push(format!("explained by {} beside it", firm.genus));
                mention.verdict = Verdict::Lookalike;
            }
            _ => {}
        }
    }
}

fn firm((candidate, mention): &(Candidate, Mention)) -> Option<Firm> {
    let exclusive = mention.strength == Strength::Exclusive && mention.verdict != Verdict::Review;
    (exclusive || mention.verdict == Verdict::Lookalike).then(|| Firm {
        place: (candidate.start, candidate.end),
        genus: mention.genus.clone(),
        in_scope: mention.in_scope,
        verdict: mention.verdict,
        scientific: !matches!(candidate.what, What::Trade(_)),
    })
}

fn tokens_between(folded: &Folded, one: (usize, usize), other: (usize, usize)) -> usize {
    let (left, right) = if one.1 <= other.0 { (one.1, other.0) } else { (other.1, one.0) };
    match (folded.token_at(left.saturating_sub(1)), folded.token_at(right)) {
        (Some(a), Some(b)) => b.saturating_sub(a).saturating_sub(1),
        _ => usize::MAX,
    }
}
