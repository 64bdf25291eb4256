//! The simulated world has no shortcut: no raw field, and no tree of three questions over raw fields, tells planted bills from
//! honest ones above the bounds below (server/simulator/README.md publishes them). Where a few fields found 1,003 of 1,007
//! frauds, a figure of a detector said nothing.
//!
//! Trees are learned on one world and held against another, at real rates and between planted bills and their twins.

use std::collections::BTreeMap;

use palisander_evaluation::{Field, Learner, Sample, Tree};
use palisander_simulator::{Bill, Call, Port, Rendered, Wish};

/// Share of planted bills among the first 1 % of all, by one question and by three.
const RECALL_BY_ONE: f64 = 0.25;
const RECALL_BY_THREE: f64 = 0.45;
/// Planted against twins: mean of both shares told right; one half is chance.
const TWINS_BY_ONE: f64 = 0.60;
const TWINS_BY_THREE: f64 = 0.65;

const BILLS: u64 = 30_000;

fn world(seed: u64) -> Vec<Rendered> {
    let wish = Wish { seed, family: "play".to_owned(), bills: BILLS, days: 30 };
    Port::new(wish).unwrap().flat_map(|day| day.calls).collect()
}

/// Raw fields of a bill, as a simple rule could ask for them.
fn sample(call: &Call, bill: &Bill, label: bool) -> Sample {
    let item = &bill.goods_items[0];
    let number = |n: Option<f64>| Field::Number(n.unwrap_or(-1.0));
    let value = |text: &str| Field::Values(vec![text.to_owned()]);
    let prefix = |n: usize| value(item.hs_code.get(..n).unwrap_or("none"));
    let party = |role: &str| bill.parties.iter().find(|party| party.role == role);
    let country = |role: &str| value(party(role).map_or("none", |party| &party.address.country));
    let name = |role: &str| value(party(role).map_or("none", |party| &party.name));
    let words = item.description.to_lowercase();
    let words = words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned);
    let equipment = call.equipment.iter().find(|one| one.container == item.in_containers[0].container);
    let fields = [
        ("mass", Field::Number(item.gross_mass_kg as f64)),
        ("net mass", number(item.net_mass_kg.map(|kg| kg as f64))),
        ("volume", number(item.volume_m3)),
        ("packages", Field::Number(bill.n_packages as f64)),
        ("value", number(bill.value.as_ref().and_then(|value| value.amount.parse().ok()))),
        ("boxes", Field::Number(item.in_containers.len() as f64)),
        ("documents", Field::Number(item.documents.len() as f64)),
        ("parties", Field::Number(bill.parties.len() as f64)),
        ("routing", Field::Number(bill.routing.len() as f64)),
        ("text length", Field::Number(item.description.chars().count() as f64)),
        ("line", Field::Number(bill.line as f64)),
        ("bills of the call", Field::Number(call.consignments.len() as f64)),
        ("chapter", prefix(2)),
        ("heading", prefix(4)),
        ("code", prefix(6)),
        ("words", Field::Values(words.collect())),
        ("latin name", value(if item.scientific_name.is_empty() { "none" } else { &item.scientific_name })),
        ("origin", value(&item.origin)),
        ("first port", value(&bill.places.original_loading)),
        ("loading", value(&bill.places.loading)),
        ("arrival", value(&bill.places.discharge)),
        ("procedure", value(bill.procedure)),
        ("package kind", value(&item.packages[0].kind)),
        ("document kind", Field::Values(item.documents.iter().map(|paper| paper.kind.clone()).collect())),
        ("document country", value(item.documents.first().map_or("none", |paper| &paper.country))),
        ("currency", value(bill.value.as_ref().map_or("none", |value| &value.currency))),
        ("consignor country", country("consignor")),
        ("consignee country", country("consignee")),
        ("consignor", name("consignor")),
        ("consignee", name("consignee")),
        ("box size", value(equipment.map_or("none", |one| one.size_type))),
        ("fullness", value(equipment.map_or("none", |one| one.fullness))),
        ("carrier", value(&call.carrier.scac)),
        ("ship", value(&call.transport_means.imo)),
        ("flag", value(&call.transport_means.flag)),
        ("day", value(call.arrival.at.get(8..10).unwrap_or(""))),
    ];
    Sample { fields: fields.into_iter().collect::<BTreeMap<_, _>>(), label }
}

/// All bills, or planted bills and twins alone.
fn samples(world: &[Rendered], pairs_only: bool) -> Vec<Sample> {
    let bills = world
        .iter()
        .flat_map(|own| own.call.consignments.iter().zip(&own.labels).map(move |(bill, label)| (own, bill, label)));
    let kept = bills.filter(|(.., label)| !pairs_only || matches!(label.made, "planted" | "twin"));
    kept.map(|(own, bill, label)| sample(&own.call, bill, label.is_planted())).collect()
}

/// The tree that did best where it was learned, by this measure, and what it does elsewhere.
fn best(
    learned: &[Sample],
    held: &[Sample],
    depth: usize,
    weights: &[f64],
    measure: impl Fn(&Tree, &[Sample]) -> f64,
) -> (f64, Tree) {
    let learner = Learner::new(learned);
    assert!(learner.n_questions() > 200, "{} questions", learner.n_questions());
    let trees = weights.iter().flat_map(|weight| learner.trees(depth, *weight));
    let (_, tree) =
        trees.map(|tree| (measure(&tree, learned), tree)).max_by(|a, b| a.0.total_cmp(&b.0)).expect("there are trees");
    (measure(&tree, held), tree)
}

#[test]
fn no_raw_field_and_no_shallow_tree_tells_planted_from_honest() {
    let (one, other) = (world(101), world(202));
    let mut told = Vec::new();
    for (pairs, depth, bound) in
        [(false, 1, RECALL_BY_ONE), (false, 3, RECALL_BY_THREE), (true, 1, TWINS_BY_ONE), (true, 3, TWINS_BY_THREE)]
    {
        let (learned, held) = (samples(&one, pairs), samples(&other, pairs));
        assert!(held.iter().filter(|sample| sample.label).count() > 50, "too few planted bills to say anything");
        let (figure, tree) = if pairs {
            best(&learned, &held, depth, &[1.0], Tree::balanced)
        } else {
            best(&learned, &held, depth, &[30.0, 400.0], |tree, samples| tree.recall_at(samples, 1.0))
        };
        let what = if pairs { "planted against twins, told right" } else { "planted among the first 1 %" };
        println!("{what}, {depth} questions: {figure:.3} (bound {bound}) by {tree:?}");
        told.push((figure, bound, what, depth));
    }
    for (figure, bound, what, depth) in told {
        assert!(figure <= bound, "{what}: {figure:.3} by {depth} questions, above {bound}");
    }
}

#[test]
fn a_planted_shortcut_is_found() {
    // The same world with a rounded mass on planted bills: the learner must see it.
    let spoiled = |seed: u64| -> Vec<Sample> {
        let wish = Wish { seed, family: "play".to_owned(), bills: 8_000, days: 10 };
        let calls: Vec<Rendered> = Port::new(wish).unwrap().flat_map(|day| day.calls).collect();
        let mut all = samples(&calls, false);
        for (n, sample) in all.iter_mut().enumerate() {
            sample.label = n % 400 == 0;
            if sample.label {
                sample.fields.insert("net mass", Field::Number(99_999.0 + n as f64));
            }
        }
        all
    };
    let (figure, _) = best(&spoiled(1), &spoiled(2), 1, &[1.0, 400.0], |tree, samples| tree.recall_at(samples, 1.0));
    assert!(figure > 0.9, "{figure}");
}
