//! Permits: labelled pairs, the ledger under threads, bursts, import.

use std::collections::BTreeMap;

use palisander_engine::papers::{
    BurstKind, Change, Claim, Document, IssuerAlert, Ledger, LedgerError, MatchContext, MemoryLedger, PermitKey,
    PresentedPermit, ProblemCode, Register, Spent, Status, StatusChange, UseState, Verdict, bursts, evaluate,
    match_line,
};
use palisander_engine::past::{Draw, GivenBack, Openings, Remembered, draws};
use palisander_engine::tables::{DataSource, References};
use palisander_engine::{Date, Label, Period};
use proptest::prelude::*;
use serde_json::{Value, json};

fn references() -> References {
    References::load(&DataSource::Embedded).unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// Invented pairs; none is a copy of a real document.
const LABELLED: &str = include_str!("../../tests/labelled/permits.jsonl");

fn labelled() -> Vec<Value> {
    LABELLED.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn p08_labelled_pairs_keep_their_figures() {
    let references = references();
    let pairs = labelled();
    assert!(pairs.len() >= 300, "{} pairs", pairs.len());
    let (scores, wrong) = evaluate(&pairs, &MatchContext::new(&references));
    let mut table = String::from("category | pairs | exact | precision | recall\n");
    for (category, score) in &scores {
        let (precision, recall) = (score.precision(), score.recall());
        table.push_str(&format!("{category} | {} | {} | {precision:.3} | {recall:.3}\n", score.pairs, score.exact));
    }
    let exact: u32 = scores.values().map(|score| score.exact).sum();
    table.push_str(&format!("all | {} | {exact} | |\n", pairs.len()));
    for one in &wrong {
        table.push_str(&format!("not as labelled: {one}\n"));
    }
    println!("{table}");
    insta::assert_snapshot!("labelled_permits", table);
}

/// Every problem has a pair that gives it; those that need a ledger or alerts have their own tests below, and the import
/// permit hangs on the whole bill.
#[test]
fn every_problem_code_has_a_case() {
    let due: std::collections::BTreeSet<String> = labelled()
        .iter()
        .flat_map(|pair| pair["problems"].as_array().unwrap().clone())
        .map(|code| code.as_str().unwrap().to_owned())
        .collect();
    let missing: Vec<&str> =
        ProblemCode::ALL.iter().map(|code| code.as_str()).filter(|code| !due.contains(*code)).collect();
    assert_eq!(missing, ["ledger_unavailable", "issuer_under_alert", "import_permit_missing"]);
}

const HEAD: &str = "number,type,issuing_authority,issuing_country,issued_on,expires_on,exporter,importer,country_of_export,\
country_of_origin,country_of_destination,taxon,appendix,source,purpose,term,quantity,unit,security_stamp,status";

fn register(rows: &[&str]) -> Register {
    let (register, faults) = Register::from_csv(format!("{HEAD}\n{}\n", rows.join("\n")).as_bytes());
    assert_eq!(faults, []);
    register
}

const PERMIT: &str = "18TZ000555,export,Wildlife Division,TZ,2018-03-05,2018-09-04,TABORA FABLE WOODS LTD,TALLINN MUINASJUTT OU,\
TZ,TZ,EE,Dalbergia melanoxylon,II,W,T,SAW,10,m3,INV1,issued";

fn paper() -> PresentedPermit<'static> {
    PresentedPermit {
        number: Some("18TZ000555"),
        holder: Some("Tabora Fable Woods Ltd"),
        issuing_country: "TZ".parse().ok(),
        taxa: vec!["Dalbergia melanoxylon"],
        quantities: vec![(6.0, "m3")],
        departed_on: "2018-04-01".parse().ok(),
        ..PresentedPermit::default()
    }
}

#[test]
fn p05_a_perfect_permit_inside_an_alert_window_still_answers() {
    let references = references();
    let register = register(&[PERMIT]);
    let alert = |from: &str, to: &str| IssuerAlert {
        country: "TZ".parse().ok(),
        issued: Period { from: from.parse().ok(), to: to.parse().ok() },
        source: "invented alert".into(),
        ..IssuerAlert::default()
    };
    for (alert, expected) in [(alert("2018-03-01", "2018-03-31"), true), (alert("2018-04-01", "2018-04-30"), false)] {
        let alerts = [alert];
        let context = MatchContext { references: &references, issuer_alerts: &alerts };
        assert_eq!(register.match_permit(&paper(), &context).has(ProblemCode::IssuerUnderAlert), expected);
    }
    // By who signed, where the register does not say who did and the paper does.
    let alerts = [IssuerAlert { signatory: Some("J. Invented".into()), ..alert("2018-03-01", "2018-03-31") }];
    let context = MatchContext { references: &references, issuer_alerts: &alerts };
    for (signatory, expected) in [(Some("J. INVENTED"), true), (Some("K. Another"), false), (None, false)] {
        let paper = PresentedPermit { signatory, ..paper() };
        let found = register.match_permit(&paper, &context);
        assert_eq!(found.has(ProblemCode::IssuerUnderAlert), expected, "{signatory:?}");
    }
}

fn claim(consignment: &str, version: u64, amount: f64) -> Claim {
    let register = register(&[PERMIT]);
    let document = register.documents().next().unwrap();
    Claim {
        permit: PermitKey::of(&document),
        consignment: consignment.into(),
        version,
        amount,
        allowed: 10.0,
        tolerance: 0.0,
        port: Some("TZDAR".into()),
        days: Some((day("2018-03-20"), day("2018-04-20"))),
    }
}

#[test]
fn what_earlier_consignments_took_is_told() {
    let references = references();
    let register = register(&[PERMIT]);
    for (taken, expected) in [
        (None, vec![]),
        (Some(2.0), vec![ProblemCode::Reused]),
        (Some(7.0), vec![ProblemCode::Reused, ProblemCode::QuantityExceeded]),
        (Some(10.0), vec![ProblemCode::Reused, ProblemCode::QuantityExhausted]),
    ] {
        let ledger = MemoryLedger::default();
        if let Some(taken) = taken {
            ledger.reserve(&claim("A", 1, taken)).unwrap();
        }
        // What the same consignment took is not held against it.
        if taken.is_none() {
            ledger.reserve(&claim("B", 1, 6.0)).unwrap();
        }
        let uses = ledger.uses(&claim("B", 1, 6.0).permit).unwrap();
        let spent = Spent::of(uses.iter().filter(|use_| use_.consignment != "B"));
        let settled = register.match_permit(&paper(), &MatchContext::new(&references)).settled(Ok(&spent));
        let found: Vec<ProblemCode> = settled.problems.into_iter().map(|problem| problem.code).collect();
        assert_eq!(found, expected, "{taken:?}");
    }
}

/// A ledger that does not answer is no unused permit.
#[test]
fn a_ledger_that_fails_is_told() {
    let references = references();
    let register = register(&[PERMIT]);
    let found = register.match_permit(&paper(), &MatchContext::new(&references));
    assert_eq!((found.verdict, found.problems.len()), (Verdict::Consistent, 0));
    let settled = found.settled(Err("the store is away"));
    assert_eq!(settled.verdict, Verdict::Unverifiable);
    assert!(settled.has(ProblemCode::LedgerUnavailable) && settled.problems[0].why.contains("the store is away"));
    let broken = PresentedPermit { holder: Some("QUITE ANOTHER COMPANY GMBH"), ..paper() };
    let settled = register.match_permit(&broken, &MatchContext::new(&references)).settled(Err("away"));
    assert_eq!(settled.verdict, Verdict::Inconsistent);
}

#[test]
fn one_paper_cannot_be_at_two_ports() {
    let ledger = MemoryLedger::default();
    ledger.reserve(&claim("A", 1, 2.0)).unwrap();
    let elsewhere = Claim { port: Some("MZPOL".into()), ..claim("B", 1, 2.0) };
    ledger.reserve(&elsewhere).unwrap();
    let later =
        Claim { port: Some("MZPOL".into()), days: Some((day("2018-06-01"), day("2018-06-20"))), ..claim("C", 1, 2.0) };
    ledger.reserve(&later).unwrap();
    let uses = ledger.uses(&claim("A", 1, 1.0).permit).unwrap();
    assert_eq!(Spent::of(&uses).elsewhere, Some(("TZDAR".into(), "MZPOL".into())));
    assert_eq!(Spent::of(uses.iter().skip(1)).elsewhere, None);
    assert!(uses[0].overlaps_elsewhere(&uses[1]) && !uses[0].overlaps_elsewhere(&uses[2]));
}

#[test]
fn versions_replace_and_repeat_once() {
    let ledger = MemoryLedger::default();
    assert_eq!(ledger.reserve(&claim("A", 1, 4.0)).unwrap().used, 4.0);
    assert_eq!(ledger.reserve(&claim("A", 1, 4.0)).unwrap().used, 4.0);
    assert!(matches!(ledger.reserve(&claim("A", 1, 5.0)), Err(LedgerError::Conflict { .. })));
    assert_eq!(ledger.reserve(&claim("A", 2, 9.0)).unwrap().used, 9.0);
    assert!(matches!(ledger.reserve(&claim("A", 1, 4.0)), Err(LedgerError::Stale { .. })));
    assert!(matches!(ledger.reserve(&claim("B", 1, 2.0)), Err(LedgerError::Exceeded { .. })));
    assert_eq!(ledger.consume(&claim("A", 2, 8.0)).unwrap().used, 8.0);
    assert_eq!(ledger.consume(&claim("A", 2, 8.0)).unwrap().used, 8.0);
    assert_eq!(ledger.uses(&claim("A", 1, 1.0).permit).unwrap()[0].state, UseState::Consumed);
    ledger.release(&claim("A", 2, 8.0).permit, "A", 3).unwrap();
    assert_eq!(ledger.reserve(&claim("B", 1, 10.0)).unwrap().used, 10.0);
    assert!(matches!(ledger.reserve(&claim("A", 3, 1.0)), Err(LedgerError::Stale { .. })));
    assert!(matches!(ledger.reserve(&claim("C", 1, f64::NAN)), Err(LedgerError::Amount(_))));
    assert!(matches!(ledger.reserve(&claim("C", 1, -1.0)), Err(LedgerError::Amount(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever runs at once, the sum of the uses never exceeds the permit with its tolerance, and what was accepted last
    /// for each consignment is what is booked.
    #[test]
    fn the_ledger_never_gives_more_than_the_permit(
        steps in prop::collection::vec((0_u8..6, 1_u64..4, 0_u32..700, 0_u8..4), 1..60),
        threads in 1_usize..5,
    ) {
        let ledger = MemoryLedger::default();
        let template = Claim { tolerance: 0.05, ..claim("A", 1, 0.0) };
        std::thread::scope(|scope| {
            for part in steps.chunks(steps.len().div_ceil(threads)) {
                let (ledger, template) = (&ledger, &template);
                scope.spawn(move || {
                    for (consignment, version, amount, what) in part {
                        let consignment = format!("C{consignment}");
                        let claim = Claim {
                            consignment: consignment.clone(),
                            version: *version,
                            amount: f64::from(*amount) / 100.0,
                            ..template.clone()
                        };
                        match what {
                            0 => drop(ledger.release(&template.permit, &consignment, *version)),
                            1 => drop(ledger.consume(&claim)),
                            _ => drop(ledger.reserve(&claim)),
                        }
                        let used: f64 = ledger.uses(&template.permit).unwrap().iter().map(|use_| use_.amount()).sum();
                        assert!(used <= 10.5 + 1e-9, "{used}");
                    }
                });
            }
        });
        // Giving everything back leaves nothing.
        for use_ in ledger.uses(&template.permit).unwrap() {
            ledger.release(&template.permit, &use_.consignment, 9).unwrap();
        }
        prop_assert!(ledger.uses(&template.permit).unwrap().is_empty());
        let whole = Claim { consignment: "Z".into(), amount: 10.5, ..template.clone() };
        prop_assert!(ledger.reserve(&whole).is_ok());
    }
}

#[test]
fn bad_rows_are_told_and_good_ones_kept() {
    let rows = [
        PERMIT.to_owned(),
        PERMIT.replace("18TZ000555", ""),
        PERMIT.replace("18TZ000555", "18TZ000556").replace("2018-03-05", "05/03/2018"),
        PERMIT.replace("18TZ000555", "18TZ000557").replace(",issued", ",perhaps"),
        PERMIT.replace("18TZ000555", "18TZ000558").replace(",10,m3", ",ten,m3"),
        PERMIT.replace("Dalbergia melanoxylon", "Pterocarpus angolensis"),
        PERMIT.to_owned(),
        PERMIT.replace("export,", "parking,").replace("18TZ000555", "18TZ000559"),
        format!("{},surplus", PERMIT.replace("18TZ000555", "18TZ000560")),
    ];
    let file = format!("{HEAD}\n{}\n", rows.join("\n"));
    let (register, faults) = Register::from_csv(file.as_bytes());
    let told: Vec<(Option<u64>, Option<&str>, bool)> =
        faults.iter().map(|fault| (fault.row, fault.column.as_deref(), fault.dropped)).collect();
    assert_eq!(
        told,
        [
            (Some(3), Some("number"), true),
            (Some(4), Some("issued_on"), false),
            (Some(5), Some("status"), true),
            (Some(6), Some("quantity"), false),
            (Some(8), Some("number"), true),
            (Some(9), Some("type"), true),
            (Some(10), None, true),
        ]
    );
    assert_eq!(register.len(), 3);
    assert_eq!(register.documents().next().unwrap().positions.len(), 2);
    let (_, faults) = Register::from_csv(format!("{HEAD},colour\n{PERMIT},red\n").as_bytes());
    assert_eq!(faults.len(), 1);
    let (empty, faults) = Register::from_csv(b"");
    assert!(empty.is_empty() && faults.len() == 1);
    let line = json!({"number": "18TZ000555", "type": "export", "issuing_country": "TZ", "taxon": "Dalbergia melanoxylon", "quantity": 10});
    let (register, faults) = Register::from_ndjson(format!("{line}\nnot json\n[1]\n").as_bytes());
    assert_eq!((register.len(), faults.len()), (1, 2));
}

#[test]
fn unusual_issuance_is_found() {
    let row = |number: String, day: &str, stamp: &str| {
        PERMIT.replace("18TZ000555", &number).replace("2018-03-05", day).replace("INV1", stamp)
    };
    let mut rows: Vec<String> = Vec::new();
    for n in 0..60 {
        let day = format!("2018-{:02}-{:02}", 1 + n / 20, 1 + n % 20);
        rows.push(row(format!("18TZ{:06}", 100 + n), &day, &format!("Q{n}")));
    }
    let honest = Register::from_csv(format!("{HEAD}\n{}\n", rows.join("\n")).as_bytes()).0;
    assert_eq!(bursts(honest.documents()), []);
    for n in 0..40 {
        rows.push(row(format!("18TZ{:06}", 160 + n), "2018-04-02", &format!("R{n}")));
    }
    rows.push(row("18TZ000900".into(), "2018-04-03", "Q7"));
    let register = Register::from_csv(format!("{HEAD}\n{}\n", rows.join("\n")).as_bytes()).0;
    let mut kinds: BTreeMap<BurstKind, u64> = BTreeMap::new();
    for burst in bursts(register.documents()) {
        kinds.insert(burst.kind, burst.count);
    }
    assert_eq!(kinds.get(&BurstKind::ManyInADay), Some(&40));
    assert_eq!(kinds.get(&BurstKind::SerialGap), Some(&700));
    assert_eq!(kinds.get(&BurstKind::StampReused), Some(&2));
}

#[test]
fn a_line_is_answered_with_its_id() {
    let references = references();
    let context = MatchContext::new(&references);
    let register = register(&[PERMIT]);
    let question = json!({"id": "q1", "number": "CITES l8TZ000555", "holder": "TABORA FABLE WOODS", "issuing_country": "Tanzania", "as_of": "someday"});
    let answer = match_line(&register, &question, &context);
    assert_eq!(answer["id"], "q1");
    assert_eq!(answer["verdict"], "consistent");
    assert_eq!(answer["problems"], json!([]));
    assert_eq!(answer["candidates"][0]["relation"], "confusable");
    assert_eq!(answer["candidates"][0]["number"], "18TZ000555");
    assert_eq!(answer["faults"].as_array().unwrap().len(), 1);
    let nothing = match_line(&Register::empty(), &json!({"id": 2, "number": "18TZ000555"}), &context);
    assert_eq!((&nothing["verdict"], &nothing["problems"]), (&json!("unverifiable"), &json!(["register_unavailable"])));
    for odd in [
        json!(null),
        json!([]),
        json!({"number": ["x"], "quantity": "many", "taxon": 7}),
        json!({"number": "\u{0}".repeat(5000)}),
    ] {
        let answer = match_line(&register, &odd, &context);
        assert!(answer["verdict"].is_string());
    }
}

#[test]
fn the_order_of_the_register_changes_nothing_but_ties() {
    let references = references();
    let context = MatchContext::new(&references);
    let other =
        PERMIT.replace("18TZ000555", "18TZ000556").replace("TABORA", "MBEYA").replace("melanoxylon", "latifolia");
    let (a, b) = (register(&[PERMIT, &other]), register(&[&other, PERMIT]));
    assert_eq!(a.match_permit(&paper(), &context), b.match_permit(&paper(), &context));
    assert_eq!(a.match_permit(&paper(), &context).verdict, Verdict::Consistent);
}

/// The status of one document.
fn becomes(document: &Document, status: Status, handling: Label) -> Change {
    Change::Status(StatusChange {
        number: document.number.clone(),
        kind: document.kind,
        issuing_country: document.issuing_country,
        status,
        replaced_by: None,
        handling,
    })
}

/// Sixty permits of one holder.
fn sixty() -> Register {
    let rows: Vec<String> = (0..60).map(|n| PERMIT.replace("18TZ000555", &format!("18TZ{:06}", 500 + n))).collect();
    register(&rows.iter().map(String::as_str).collect::<Vec<_>>())
}

proptest! {
    /// Changes done one after another or at once, and however many: the documents that stand are those of a plain fold, and a
    /// register without what is stricter is one that never held it.
    #[test]
    fn what_is_changed_stands_as_in_a_plain_fold(steps in prop::collection::vec((0..80_usize, 0..8_usize, 0..3_usize, any::<bool>()), 0..40)) {
        let read = sixty();
        let labels = [Label::Green, Label::Amber, Label::Red];
        let changes: Vec<Change> = steps.iter().map(|(n, status, label, is_whole)| {
            let number = format!("18TZ{:06}", 500 + n);
            let mut document = read.documents().next().unwrap();
            (document.number, document.status, document.handling) = (number, Status::ALL[*status], labels[*label]);
            if *is_whole { Change::Document(Box::new(document)) } else { becomes(&document, Status::ALL[*status], labels[*label]) }
        }).collect();
        for clearance in [Label::Red, Label::Amber, Label::Green] {
            let seen: Vec<Change> = changes.iter().filter(|change| change.label() <= clearance).cloned().collect();
            let mut due: BTreeMap<PermitKey, Vec<Document>> = BTreeMap::new();
            for document in read.documents().filter(|document| document.handling <= clearance) {
                due.entry(PermitKey::of(&document)).or_default().push(document);
            }
            seen.iter().for_each(|change| change.apply(due.entry(change.key()).or_default()));
            let mut found: BTreeMap<PermitKey, Vec<Document>> = BTreeMap::new();
            let changed = read.changed_by(changes.clone()).under(clearance);
            for document in changed.documents() {
                found.entry(PermitKey::of(&document)).or_default().push(document);
            }
            due.retain(|_, documents| !documents.is_empty());
            prop_assert_eq!(&found, &due);
            prop_assert_eq!(changed.len(), due.values().map(Vec::len).sum::<usize>());
            prop_assert_eq!(changed.edition(), read.under(clearance).changed_by(seen).edition());
            for (key, documents) in &due {
                prop_assert_eq!(changed.of_number(&documents[0].number).iter().filter(|one| PermitKey::of(one) == *key).count(), documents.len());
            }
        }
    }

    /// However bills come, in how many batches, again and in place of others: what is accepted on a permit never passes it, and
    /// what was accepted is what a later bill is told of.
    #[test]
    fn draws_never_pass_a_permit(bills in prop::collection::vec((0..12_usize, 1..20_i64, 0..4_usize), 1..60), cut in 1..7_usize) {
        let record = |(who, micro, function): &(usize, i64, usize)| -> Remembered {
            let function = ["original", "change", "replace", "cancel"][*function];
            let claims = if function == "cancel" { json!([]) } else { json!([{ "permit": "P", "micro": micro, "allowed_micro": 40 }]) };
            serde_json::from_value(json!({
                "key": { "on": "2026-11-01", "sender": "S", "reference": "R", "bill": format!("B{who}"), "digest": format!("{who}{micro}{function}") },
                "claims": claims,
                "filing": { "function": function, "goods": "", "listed": true },
            })).unwrap()
        };
        let mut account: BTreeMap<String, i64> = BTreeMap::new();
        for batch in bills.chunks(cut) {
            let records: Vec<Remembered> = batch.iter().map(record).collect();
            let booked = |(who, micro): (&String, &i64)| json!({ "permit": "P", "who": who, "bill": "", "micro": micro });
            let opened = account.iter().filter(|(_, micro)| **micro > 0).map(|own| serde_json::from_value(booked(own)).unwrap());
            let openings = Openings::from([("P".to_owned(), opened.collect())]);
            let whose: Vec<String> = records.iter().map(|record| record.key.who()).collect();
            let back = GivenBack {
                of_who: whose.iter().map(|who| (who.clone(), ["P".to_owned()].into())).collect(),
                of_filing: BTreeMap::new(),
                may: whose.iter().cloned().collect(),
            };
            for Draw { who, accepted, micro, .. } in draws(&records, &openings, &back) {
                prop_assert!(accepted == micro || accepted == 0 || accepted == account[&who]);
                account.insert(who, accepted);
                prop_assert!(account.values().sum::<i64>() <= 40, "{account:?}");
            }
        }
    }
}

/// Ten thousand changes are taken in, and what comes after them stands beside: the search finds all of them, and the one changed
/// last as well.
#[test]
fn very_many_changes_are_taken_in() {
    let (references, read) = (references(), sixty());
    let context = MatchContext::new(&references);
    let one = read.documents().next().unwrap();
    let changes: Vec<Change> = (0..10_003)
        .map(|n| Change::Document(Box::new(Document { number: format!("18TZ{:06}", 100_000 + n), ..one.clone() })))
        .chain([becomes(&one, Status::Cancelled, Label::Amber)])
        .collect();
    let changed = read.changed_by(changes);
    assert_eq!((changed.len(), read.len()), (60 + 10_003, 60), "what was read is as it was");
    for number in ["18TZ100000", "18TZ109999", "18TZ110002", "18TZ000559"] {
        let found = changed.match_permit(&PresentedPermit { number: Some(number), ..paper() }, &context);
        assert_eq!(found.candidates[0].number, number);
    }
    let found = changed.match_permit(&PresentedPermit { number: Some(&one.number), ..paper() }, &context);
    assert!(found.has(ProblemCode::Cancelled) && found.candidates.len() <= 5);
    assert!(
        !read
            .match_permit(&PresentedPermit { number: Some(&one.number), ..paper() }, &context)
            .has(ProblemCode::Cancelled)
    );
}
