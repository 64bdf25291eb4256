//! What would change the lane of a bill: laws over the cases of the shipped profiles, and what is told of plain bills.

use palisander_engine::manifests::Severity;
use palisander_engine::rules::{Turn, Turns, cases, turns};

use crate::support::{ENGINE, day, parse};

/// Cases that are looked at: every so many.
const EVERY: usize = 4;

fn of_bill(goods: &str) -> Turns {
    let bill = format!("{{\"bill_of_lading\":\"A\",\"procedure\":\"import\",\"goods_items\":[{goods}]}}");
    let parsed = parse(&serde_json::from_str(&bill).unwrap());
    let (bill, faults) = (&parsed.manifest.consignments[0], parsed.faults_of(0));
    let as_of = day("2018-05-15");
    let settled = ENGINE.settle(ENGINE.gather(&parsed.manifest, bill, as_of), &ENGINE.past());
    turns(&ENGINE, &ENGINE.facts(&settled, &faults), as_of, false)
}

fn fields(turn: &Turn) -> Vec<&'static str> {
    turn.facts.iter().map(|fact| fact.field).collect()
}

#[test]
fn what_is_told_moves_the_lane_and_no_smaller_set_does() {
    let profiles = &ENGINE.profiles().profiles;
    let all = profiles.iter().flat_map(|profile| profile.cases.iter().map(move |case| (profile.id.as_str(), case)));
    let mut n_told = 0;
    for (profile, (file, text)) in all.step_by(EVERY) {
        let case = cases::read(text).unwrap();
        let ran = cases::run(&ENGINE, profile, file, &case).unwrap();
        let lost = ran.assessment.faults.iter().any(|fault| fault.severity == Severity::Lost);
        let found = turns(&ENGINE, &ran.facts, case.as_of, lost);
        let own = (ran.assessment.lane, ran.assessment.score, ran.assessment.score_high, ran.assessment.lane_high);
        assert_eq!((found.lane, found.score, found.score_high, found.lane_high), own, "{profile}/{file}");
        assert!(found.down.iter().all(|turn| turn.lane < found.lane && !turn.facts.is_empty()), "{profile}/{file}");
        assert!(found.up.iter().all(|turn| turn.lane > found.lane && !turn.facts.is_empty()), "{profile}/{file}");
        for list in [&found.down, &found.up] {
            let sizes: Vec<usize> = list.iter().map(|turn| turn.facts.len()).collect();
            assert!(sizes.windows(2).all(|pair| pair[0] == pair[1]), "{profile}/{file}: {sizes:?}");
        }
        for open in &found.open {
            assert!(open.at_best.score_high <= open.at_worst.score_high, "{profile}/{file}: {open:?}");
            let decides = open.at_best.score_high < found.score_high || open.at_worst.score > found.score;
            assert!(decides, "{profile}/{file}: {open:?}");
        }
        n_told += found.down.len() + found.up.len() + found.open.len();
    }
    assert!(n_told > 50, "{n_told}");
}

#[test]
fn an_honest_paper_would_lower_it_and_a_listed_name_raise_it() {
    let blackwood =
        of_bill("{\"description\":\"SAWN TIMBER DALBERGIA MELANOXYLON\",\"hs_code\":\"440729\",\"origin\":\"TZ\"}");
    assert!(blackwood.down_is_smallest && !blackwood.down.is_empty());
    assert!(
        blackwood.down.iter().any(|turn| fields(turn).iter().any(|field| field.contains("document"))),
        "{blackwood:?}"
    );
    let shirts = of_bill("{\"description\":\"COTTON SHIRTS\",\"hs_code\":\"610910\",\"origin\":\"BD\"}");
    assert!(shirts.down.is_empty() && shirts.lane < blackwood.lane);
}

/// Weak signals that lie in one lane together lie in it by all of them.
#[test]
fn a_score_of_several_signals_takes_several_facts() {
    let found = of_bill(
        "{\"description\":\"AS PER ATTACHED LIST, WOODEN GOODS\",\"hs_code\":\"440799\",\"origin\":\"MG\",\
         \"gross_mass_kg\":24000,\"volume_m3\":20}",
    );
    for turn in &found.down {
        let mut facts: Vec<_> = turn.facts.iter().map(|fact| (fact.of, fact.subject, fact.field)).collect();
        facts.sort_unstable();
        let n = facts.len();
        facts.dedup();
        assert_eq!(facts.len(), n, "no fact stands twice: {turn:?}");
    }
}
