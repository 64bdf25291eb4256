//! What every store must do, whatever lies behind it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use palisander_engine::Label;
use palisander_engine::past::Draw;
use serde_json::json;

use super::chain::{self, NO_ENTRY};
use super::{
    AccessQuestion, AccessRequest, AccessState, Assessed, Batch, Deciding, Decision, Draft, Drawn, Frontier, Group,
    GroupKind, HowRead, Job, JobQuestion, JobState, KeptBill, KeptSight, Key, KeyEnded, Kind, Lease, Leased,
    MarkedPaper, Met, Once, PaperPlace, Probe, QueueQuestion, Raised, RaisedFor, Reader, ReaderKind, Role, Sealed,
    Store, StoreError, standing,
};
use crate::config::MAX_FIELD_CHARS;
use crate::hex;

/// Opens the store of a folder.
type Open<'a> = &'a dyn Fn(&Path) -> Box<dyn Store>;

/// By any key, each once, the last of each key, none from before; the same when it is built again; a raised bill stands in
/// the lane that was answered.
fn what_is_remembered_of_bills_is_found_by_its_keys(open: Open<'_>, folder: &Path) {
    use palisander_engine::answers::Lane;

    let store = open(folder);
    let probe = |keys: &[&str], field: u32| Probe {
        keys: keys.iter().map(|key| (*key).to_owned()).collect(),
        fields: vec![field, field + 1],
        boxes: vec![field],
        lane: Lane::Blue,
        requests: BTreeSet::from(["send_permit".to_owned()]),
    };
    let says = |at: &str, kept: Vec<KeptBill>, probes: Vec<Probe>| {
        let said = assessed(kept, probes);
        let body = Sealed::new(json!(said).to_string().into_bytes()).unwrap();
        let at = at.parse().unwrap();
        store.append(Batch::of(Draft { kind: Kind::Assessed, body, at, ..draft("b_1", "") })).unwrap();
    };
    says("2026-11-01T08:00:00Z", Vec::new(), vec![probe(&["a", "b"], 10), probe(&["b"], 20)]);
    let sights = [(Label::Red, KeptSight { rank: "1".into(), answer: "00".repeat(32) })].into();
    let raised = Some(Raised { lane: Lane::Red, why: RaisedFor::Near, in_a_million: None, requests: BTreeSet::new() });
    let kept = KeptBill { id: "a_1".into(), consignment: "SYN1".into(), n: 0, lane: Lane::Green, raised, sights };
    says("2026-11-20T08:00:00Z", vec![kept], vec![probe(&["a"], 30)]);
    let found = |keys: &[&str], since: &str, limit: usize| -> Vec<u32> {
        let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        let mut all: Vec<u32> =
            store.probes(&keys, since.parse().unwrap(), limit).unwrap().iter().map(|probe| probe.fields[0]).collect();
        all.sort_unstable();
        all
    };
    for round in 0..2 {
        assert_eq!(found(&["a", "b"], "2026-10-25T00:00:00Z", 9), [10, 20, 30], "round {round}");
        assert_eq!(found(&["a"], "2026-10-25T00:00:00Z", 1), [30]);
        assert_eq!(found(&["b"], "2026-10-25T00:00:00Z", 1), [20]);
        assert_eq!(found(&["a", "b"], "2026-11-10T00:00:00Z", 9), [30]);
        assert_eq!(found(&["c"], "2026-10-25T00:00:00Z", 9), [] as [u32; 0]);
        let bill = store.bill("a_1").unwrap().unwrap();
        assert_eq!(
            (bill.assessed, bill.decided, bill.raised.map(|raised| raised.why)),
            (Lane::Green, Lane::Red, Some(RaisedFor::Near))
        );
        let on = "2026-11-21".parse().unwrap();
        let asked = |lane| QueueQuestion { clearance: Label::Red, lane, on, after: None, limit: 5 };
        assert_eq!(store.queue(&asked(Lane::Red)).unwrap().len(), 1);
        assert_eq!(store.queue(&asked(Lane::Green)).unwrap().len(), 0);
        store.rebuild().unwrap();
    }
    // A month later what is older goes.
    says("2026-12-15T08:00:00Z", Vec::new(), vec![probe(&["c"], 40)]);
    assert_eq!(found(&["a", "b", "c"], "2026-10-25T00:00:00Z", 9), [30, 40]);
    assert_eq!(store.secret("x"), store.secret("x"));
    assert_ne!(store.secret("x"), store.secret("y"));
    drop(store);
    assert_eq!(open(folder).secret("x"), open(folder).secret("x"));
}

/// By every mark of a question, the latest first, page by page; the same when the projections are built again.
fn papers_are_found_by_their_marks(open: Open<'_>, folder: &Path) {
    let store = open(folder);
    let paper = |bill: &str, place: usize, marks: &[&str]| MarkedPaper {
        at: PaperPlace { bill: bill.to_owned(), consignment: format!("SYN {bill}\u{0}"), place },
        marks: marks.iter().map(|mark| (*mark).to_owned()).collect(),
    };
    let says = |papers: Vec<MarkedPaper>| {
        let said = Assessed { papers, ..assessed(Vec::new(), Vec::new()) };
        let body = Sealed::new(json!(said).to_string().into_bytes()).unwrap();
        store.append(Batch::of(Draft { kind: Kind::Assessed, body, ..draft("b_1", "") })).unwrap();
    };
    says(vec![paper("a_1", 0, &["x", "y"]), paper("a_1", 1, &["x"]), paper("a_2", 0, &["y", "z"])]);
    says(vec![paper("a_3", 4, &["x", "z"])]);
    let found = |mark: &str, before: (u64, u64), limit: usize| -> Vec<(String, usize)> {
        let found = store.papers(mark, before, limit).unwrap();
        assert!(found.windows(2).all(|pair| (pair[0].seq, pair[0].n) > (pair[1].seq, pair[1].n)));
        found.into_iter().map(|one| (one.at.bill, one.at.place)).collect()
    };
    let all = (u64::MAX, 0);
    for round in 0..2 {
        let of = |rows: &[(&str, usize)]| rows.iter().map(|(bill, at)| ((*bill).to_owned(), *at)).collect::<Vec<_>>();
        assert_eq!(found("x", all, 9), of(&[("a_3", 4), ("a_1", 1), ("a_1", 0)]), "round {round}");
        assert_eq!(found("x", all, 1), of(&[("a_3", 4)]));
        let last = store.papers("x", all, 1).unwrap().pop().unwrap();
        assert_eq!(found("x", (last.seq, last.n), 9), of(&[("a_1", 1), ("a_1", 0)]));
        assert_eq!(found("y", all, 9), of(&[("a_2", 0), ("a_1", 0)]));
        assert_eq!(found("never", all, 9), of(&[]));
        assert_eq!(found("no\u{0}body", all, 9), of(&[]));
        store.rebuild().unwrap();
    }
}

/// The whole suite.
pub(super) fn holds(open: Open<'_>) {
    let folder = || tempfile::tempdir().unwrap();
    entries_are_chained_and_survive(open, folder().path());
    many_at_once_are_all_kept(open, folder().path());
    two_processes_write_one_log(open, folder().path());
    two_processes_write_at_once(open, folder().path());
    a_refused_batch_leaves_no_trace(open, folder().path());
    once_is_once(open, folder().path());
    what_is_remembered_of_bills_is_found_by_its_keys(open, folder().path());
    papers_are_found_by_their_marks(open, folder().path());
    what_changed_meanwhile_is_refused(open, folder().path());
    the_erased_is_gone_and_the_chain_stays(open, folder().path());
    projections_are_built_again(open, folder().path());
    checkpoints_grow(open, folder().path());
    bills_stand_in_one_order(open, folder().path());
    whatever_a_sender_wrote_has_its_place(open, folder().path());
    jobs_stand_as_their_last_entry_says(open, folder().path());
    requests_stand_as_their_last_entry_says(open, folder().path());
    a_lease_has_one_holder(open, folder().path());
    an_account_is_drawn_on_as_it_was_read(open, folder().path());
}

fn jobs_stand_as_their_last_entry_says(open: Open<'_>, folder: &Path) {
    let store = open(folder);
    let job = |id: &str, by: &str, state: JobState| Job {
        id: id.to_owned(),
        by: by.to_owned(),
        state,
        audience: "officer".to_owned(),
        clearance: Label::Amber,
        media_type: String::new(),
        read: HowRead::default(),
        as_of: "2026-11-01".parse().unwrap(),
        bytes: 1,
        payload: Vec::new(),
        sent_at: "2026-11-01T08:00:00Z".parse().unwrap(),
        ended_at: None,
        batch: None,
        bills: 0,
        lost: 0,
        answers: Vec::new(),
        problem: None,
    };
    let says = |kind: Kind, job: &Job| {
        let body = Sealed::new(json!(job).to_string().into_bytes()).unwrap();
        store.append(Batch::of(Draft { kind, body, ..draft(&job.id, "") })).unwrap();
    };
    says(Kind::JobAccepted, &job("j_2", "r_1", JobState::Waiting));
    says(Kind::JobAccepted, &job("j_1", "r_2", JobState::Waiting));
    says(Kind::JobAccepted, &job("j_3", "r_1", JobState::Waiting));
    says(Kind::JobEnded, &job("j_2", "r_1", JobState::Done));
    let ids = |asked: JobQuestion| -> Vec<(String, u64)> {
        store.jobs(&asked, 9).unwrap().into_iter().map(|(job, seq)| (job.id, seq)).collect()
    };
    for _ in 0..2 {
        let of = |id: &str, seq: u64| (id.to_owned(), seq);
        assert_eq!(ids(JobQuestion::In(JobState::Waiting)), [of("j_1", 2), of("j_3", 3)]);
        assert_eq!(ids(JobQuestion::Of("r_1".to_owned())), [of("j_2", 4), of("j_3", 3)]);
        assert_eq!(store.job("j_2").unwrap(), Some((job("j_2", "r_1", JobState::Done), 4)));
        assert_eq!(store.job("j_9").unwrap(), None);
        store.rebuild().unwrap();
    }
}

fn requests_stand_as_their_last_entry_says(open: Open<'_>, folder: &Path) {
    let store = open(folder);
    let request = |id: &str, state: AccessState| AccessRequest {
        id: id.to_owned(),
        state,
        name: "Hanta".to_owned(),
        office: "Herbarium".to_owned(),
        contact: "by post".to_owned(),
        purpose: "checks".to_owned(),
        asked_on: "2026-11-01".parse().unwrap(),
        decided_by: None,
        decided_on: None,
        reader: None,
        reason: None,
    };
    let says = |kind: Kind, request: &AccessRequest| {
        let body = Sealed::new(json!(request).to_string().into_bytes()).unwrap();
        store.append(Batch::of(Draft { kind, body, ..draft(&request.id, "") })).unwrap();
    };
    says(Kind::AccessAsked, &request("q_2", AccessState::Waiting));
    says(Kind::AccessAsked, &request("q_1", AccessState::Waiting));
    says(Kind::AccessRefused, &request("q_2", AccessState::Refused));
    let found = |state: Option<AccessState>, before: u64, limit: usize| -> Vec<(String, u64)> {
        let page = store.access_requests(&AccessQuestion { state, before, limit }).unwrap();
        page.into_iter().map(|(request, seq)| (request.id, seq)).collect()
    };
    for _ in 0..2 {
        let of = |id: &str, seq: u64| (id.to_owned(), seq);
        assert_eq!(found(None, u64::MAX, 9), [of("q_2", 3), of("q_1", 2)]);
        assert_eq!(found(None, 3, 9), [of("q_1", 2)]);
        assert_eq!(found(None, u64::MAX, 1), [of("q_2", 3)]);
        assert_eq!(found(Some(AccessState::Waiting), u64::MAX, 9), [of("q_1", 2)]);
        assert_eq!(store.access_request("q_2").unwrap(), Some((request("q_2", AccessState::Refused), 3)));
        assert_eq!(store.access_request("q_9").unwrap(), None);
        store.rebuild().unwrap();
    }
}

/// Of two processes one has it; the other once it was given back or has run out, with the note of the first.
fn a_lease_has_one_holder(open: Open<'_>, folder: &Path) {
    let (one, other) = (open(folder), open(folder));
    let lease = |holder: &str, millis: u64, note: &str| Lease {
        name: "x".to_owned(),
        holder: holder.to_owned(),
        length: Duration::from_millis(millis),
        note: (note != "-").then(|| note.to_owned()),
    };
    assert_eq!(one.leased("x").unwrap(), None);
    assert!(one.lease(lease("p1", 60_000, "a")).unwrap() && one.lease(lease("p1", 60_000, "b")).unwrap());
    assert!(!other.lease(lease("p2", 60_000, "c")).unwrap());
    assert_eq!(other.leased("x").unwrap(), Some(Leased { note: "b".to_owned(), is_held: true }));
    assert!(one.lease(lease("p1", 60_000, "-")).unwrap());
    assert_eq!(other.leased("x").unwrap(), Some(Leased { note: "b".to_owned(), is_held: true }), "it is left as it is");
    assert!(one.lease(lease("p1", 0, "given back")).unwrap());
    assert_eq!(other.leased("x").unwrap(), Some(Leased { note: "given back".to_owned(), is_held: false }));
    assert!(other.lease(lease("p2", 1_000, "d")).unwrap() && !one.lease(lease("p1", 60_000, "e")).unwrap());
    std::thread::sleep(Duration::from_millis(1_100));
    assert!(one.lease(lease("p1", 60_000, "f")).unwrap());
    one.rebuild().unwrap();
    assert!(one.leased("x").unwrap().is_some_and(|leased| leased.is_held));
}

/// Of many that have read the same account one is written, in one commit or in several, by one process or by two; the others are
/// told. Uses come in the order of the log, and come back with it.
fn an_account_is_drawn_on_as_it_was_read(open: Open<'_>, folder: &Path) {
    let stores = [open(folder), open(folder)];
    let batch = |n: u64, last: u64| {
        let draw = Draw {
            permit: "IN/1/export".to_owned(),
            who: format!("w{n}"),
            filing: if n.is_multiple_of(2) { "f".to_owned() } else { String::new() },
            bill: format!("B{n}"),
            micro: 1,
            accepted: 1,
            allowed_micro: 100,
            port: None,
            days: None,
        };
        let labels = if n == 0 { BTreeSet::from([Label::Red]) } else { Label::ALL.into_iter().collect() };
        let said = Assessed { drawn: vec![Drawn { draw, labels }], ..assessed(Vec::new(), Vec::new()) };
        let body = Sealed::new(json!(said).to_string().into_bytes()).unwrap();
        let met = vec![Met { account: "IN/1/export".to_owned(), last }];
        Batch { met, ..Batch::of(Draft { kind: Kind::Assessed, body, ..draft(&format!("b_{n}"), "") }) }
    };
    let mut last = 0;
    for round in 0..4_u64 {
        let written: usize = std::thread::scope(|scope| {
            let hands: Vec<_> = (0..8)
                .map(|hand| {
                    let (store, batch) = (&stores[hand % 2], batch(round * 8 + hand as u64, last));
                    scope.spawn(move || match store.append(batch) {
                        Ok(_) => 1,
                        Err(StoreError::Moved { subject }) => usize::from(subject != "IN/1/export"),
                        Err(error) => panic!("{error}"),
                    })
                })
                .collect();
            hands.into_iter().map(|hand| hand.join().unwrap()).sum()
        });
        assert_eq!(written, 1, "round {round}");
        last = stores[0].uses("IN/1/export", u64::MAX >> 1).unwrap().last().unwrap().0;
    }
    // Who read another account does not wait for this one.
    let other = Batch { met: vec![Met { account: "other".to_owned(), last: 0 }], ..batch(99, 0) };
    stores[1].append(other).unwrap();
    let all = stores[1].uses("IN/1/export", u64::MAX >> 1).unwrap();
    assert_eq!((all.len(), all[4].1.by.as_str()), (5, "r_1"));
    assert_eq!(stores[0].uses("IN/1/export", all[2].0).unwrap(), all[..2]);
    let whose = [all[1].1.drawn.draw.who.clone(), "nobody".to_owned()];
    assert_eq!(stores[0].uses_by(&whose, &[]).unwrap(), all[1..2]);
    let filed = all.iter().filter(|(_, one)| !one.drawn.draw.filing.is_empty()).count();
    assert_eq!(stores[0].uses_by(&[], &["f".to_owned()]).unwrap().len(), filed);
    assert_eq!(standing(&all, Label::Red).len(), 5);
    stores[0].rebuild().unwrap();
    assert_eq!(stores[1].uses("IN/1/export", u64::MAX >> 1).unwrap(), all);
}

/// A store of an earlier version takes entries.
pub(super) fn goes_on(store: &dyn Store) {
    let before = store.entries(0, 1_000).unwrap();
    let receipts = store.append(Batch::of(draft("goes on", "x"))).unwrap();
    assert_eq!(receipts[0].seq, before.len() as u64 + 1);
    let last = store.entries(before.len() as u64, 10).unwrap().pop().unwrap();
    assert_eq!(last.prev, before.last().unwrap().hash);
}

/// A batch of those bills.
fn assessed(kept: Vec<KeptBill>, probes: Vec<Probe>) -> Assessed {
    Assessed {
        drawn: Vec::new(),
        accounts: None,
        shadow: BTreeMap::new(),
        batch: "b_1".to_owned(),
        as_of: "2026-11-01".parse().unwrap(),
        n_bills: 9,
        lanes: BTreeMap::new(),
        root: String::new(),
        salt: String::new(),
        payload: None,
        media_type: String::new(),
        read: HowRead::default(),
        edition: None,
        editions: json!(null),
        kept,
        probes,
        papers: Vec::new(),
        freed: false,
    }
}

/// An entry of no consequence.
pub(super) fn draft(subject: &str, text: &str) -> Draft {
    Draft {
        at: "2026-11-01T08:00:00.000001Z".parse().unwrap(),
        reader: "r_1".to_owned(),
        group: None,
        kind: Kind::Read,
        subject: subject.to_owned(),
        label: Label::Amber,
        second: None,
        body: Sealed::new(json!({ "text": text }).to_string().into_bytes()).unwrap(),
        more: Vec::new(),
        after: None,
    }
}

/// The log as it stands, held against its own hashes.
pub(super) fn checked(store: &dyn Store) -> Vec<super::Entry> {
    let entries = store.entries(0, usize::MAX).unwrap();
    let mut prev = NO_ENTRY;
    for (n, entry) in (1..).zip(&entries) {
        assert_eq!((entry.seq, entry.prev, entry.hash), (n, prev, chain::hash(entry)));
        prev = entry.hash;
    }
    entries
}

fn entries_are_chained_and_survive(open: Open<'_>, folder: &Path) {
    let store = open(folder);
    assert!(store.entries(0, 10).unwrap().is_empty() && store.checkpoint().unwrap().is_none());
    let two = Batch { drafts: vec![draft("a", "1"), draft("b", "2")], ..Batch::default() };
    let mut receipts = store.append(two).unwrap();
    let with_more = Draft { more: vec![Sealed::new(vec![0, 159, 146, 150]).unwrap()], ..draft("a", "3") };
    let more = with_more.more[0].clone();
    receipts.extend(store.append(Batch::of(with_more)).unwrap());
    drop(store);
    let store = open(folder);
    let entries = checked(&*store);
    assert_eq!(
        receipts.iter().map(|receipt| receipt.hash).collect::<Vec<_>>(),
        entries.iter().map(|entry| entry.hash).collect::<Vec<_>>()
    );
    assert_eq!(
        (store.last_about("a").unwrap(), store.last_about("b").unwrap(), store.last_about("c").unwrap()),
        (3, 2, 0)
    );
    assert_eq!((store.entries(1, 1).unwrap().as_slice(), store.n_entries().unwrap()), (&entries[1..2], 3));
    assert_eq!(store.body(&more.digest).unwrap(), Some(more));
    assert!(entries.iter().all(|entry| store.body(&entry.body).unwrap().unwrap().is_whole()));
}

fn many_at_once_are_all_kept(open: Open<'_>, folder: &Path) {
    let store: Arc<dyn Store> = Arc::from(open(folder));
    let threads: Vec<_> = (0..8)
        .map(|thread| {
            let store = Arc::clone(&store);
            std::thread::spawn(move || {
                (0..50)
                    .map(|n| store.append(Batch::of(draft(&format!("{thread}-{n}"), "x"))).unwrap()[0].seq)
                    .collect::<Vec<_>>()
            })
        })
        .collect();
    let mut seqs: Vec<u64> = threads
        .into_iter()
        .flat_map(|thread| {
            let own = thread.join().unwrap();
            assert!(own.is_sorted());
            own
        })
        .collect();
    seqs.sort_unstable();
    assert_eq!(seqs, (1..=400).collect::<Vec<_>>());
    assert_eq!(checked(&*store).len(), 400);
}

fn two_processes_write_one_log(open: Open<'_>, folder: &Path) {
    let (one, other) = (open(folder), open(folder));
    for n in 0..5 {
        one.append(Batch::of(draft("one", &n.to_string()))).unwrap();
        other.append(Batch::of(draft("other", &n.to_string()))).unwrap();
    }
    assert_eq!(checked(&*one), checked(&*other));
    let checkpoint = one.checkpoint().unwrap().unwrap();
    assert_eq!((checkpoint.size, other.checkpoint().unwrap()), (10, Some(checkpoint)));
}

/// Both processes at once: the chain does not fork, what changed meanwhile is refused, and what is sent twice is done once.
fn two_processes_write_at_once(open: Open<'_>, folder: &Path) {
    let stores: [Arc<dyn Store>; 2] = [Arc::from(open(folder)), Arc::from(open(folder))];
    let hands: Vec<_> = (0..6)
        .map(|hand| {
            let store = Arc::clone(&stores[hand % 2]);
            std::thread::spawn(move || {
                let (mut taken, mut first) = (0, 0);
                for n in 0..20 {
                    let contested =
                        Draft { after: Some(store.last_about("contested").unwrap()), ..draft("contested", "x") };
                    match store.append(Batch::of(contested)) {
                        Ok(_) => taken += 1,
                        Err(StoreError::Moved { .. }) => {}
                        Err(error) => panic!("{error}"),
                    }
                    let once = Some(Once { key: format!("order-{n}"), digest: [1; 32] });
                    let receipts =
                        store.append(Batch { drafts: vec![draft("order", "x")], once, ..Batch::default() }).unwrap();
                    first += usize::from(!receipts[0].again);
                }
                (taken, first)
            })
        })
        .collect();
    let (mut taken, mut first) = (0, 0);
    for hand in hands {
        let (own_taken, own_first) = hand.join().unwrap();
        taken += own_taken;
        first += own_first;
    }
    let entries = checked(&*stores[0]);
    let about = |subject: &str| entries.iter().filter(|entry| entry.subject == subject).count();
    assert_eq!((about("contested"), about("order"), entries.len()), (taken, 20, taken + 20));
    assert!(first == 20 && taken >= 20, "{first} {taken}");
}

fn a_refused_batch_leaves_no_trace(open: Open<'_>, folder: &Path) {
    let store = open(folder);
    store.append(Batch::of(draft("a", "1"))).unwrap();
    for (field, wrong) in [
        ("subject", Draft { subject: String::new(), ..draft("", "") }),
        ("subject", Draft { subject: "a\nkind erased".to_owned(), ..draft("", "") }),
        ("reader", Draft { reader: "x".repeat(MAX_FIELD_CHARS + 1), ..draft("a", "") }),
        ("second", Draft { second: Some("r\u{1b}[2J".to_owned()), ..draft("a", "") }),
        ("group", Draft { group: Some("\r".to_owned()), ..draft("a", "") }),
        ("body", Draft { body: Sealed::new(vec![0xff]).unwrap(), ..draft("a", "") }),
        (
            "body",
            Draft { body: Sealed { bytes: b"{}".to_vec(), ..Sealed::new(Vec::new()).unwrap() }, ..draft("a", "") },
        ),
        ("body", Draft { kind: Kind::ReaderAdded, ..draft("a", "no reader") }),
        ("subject", Draft { kind: Kind::Erased, ..draft("no digest", "") }),
    ] {
        // Its neighbour in the batch goes with it.
        let batch = Batch { drafts: vec![draft("neighbour", "x"), wrong], ..Batch::default() };
        match store.append(batch) {
            Err(StoreError::Field { field: found, .. }) => assert_eq!(found, field),
            other => panic!("{field}: {other:?}"),
        }
    }
    assert_eq!((checked(&*store).len(), store.last_about("neighbour").unwrap()), (1, 0));
}

fn once_is_once(open: Open<'_>, folder: &Path) {
    let store = open(folder);
    let send = |digest: u8, text: &str| {
        let once = Some(Once { key: "r_1 order-7".to_owned(), digest: [digest; 32] });
        store.append(Batch { drafts: vec![draft("a", text), draft("b", text)], once, ..Batch::default() })
    };
    let first = send(1, "x").unwrap();
    let again = send(1, "x").unwrap();
    assert!(again.iter().all(|receipt| receipt.again) && first.iter().all(|receipt| !receipt.again));
    assert_eq!(
        first.iter().map(|one| one.hash).collect::<Vec<_>>(),
        again.iter().map(|one| one.hash).collect::<Vec<_>>()
    );
    assert_eq!(send(2, "y"), Err(StoreError::OtherBody));
    assert_eq!(checked(&*store).len(), 2);
}

fn what_changed_meanwhile_is_refused(open: Open<'_>, folder: &Path) {
    let store = open(folder);
    let decided = |after| store.append(Batch::of(Draft { after: Some(after), ..draft("a", "x") }));
    decided(0).unwrap();
    store.append(Batch::of(draft("b", "x"))).unwrap();
    assert_eq!(decided(0), Err(StoreError::Moved { subject: "a".to_owned() }));
    assert_eq!(decided(1).unwrap()[0].seq, 3);
    assert_eq!(decided(1), Err(StoreError::Moved { subject: "a".to_owned() }));
}

fn the_erased_is_gone_and_the_chain_stays(open: Open<'_>, folder: &Path) {
    let store = open(folder);
    erases(&*store, "QUILLFEATHER");
}

/// Writes a secret and erases it.
pub(super) fn erases(store: &dyn Store, secret: &str) {
    store.append(Batch::of(draft("a", &format!("{secret}-").repeat(1_000)))).unwrap();
    let digest = checked(store)[0].body;
    let erased = Draft { kind: Kind::Erased, ..draft(&hex::shown(&digest), "its days are over") };
    store.append(Batch::of(erased)).unwrap();
    assert_eq!(store.body(&digest).unwrap(), None);
    assert_eq!(checked(store).len(), 2);
    store.rebuild().unwrap();
    assert_eq!(store.body(&digest).unwrap(), None);
}

fn projections_are_built_again(open: Open<'_>, folder: &Path) {
    let store = open(folder);
    let says = |kind: Kind, subject: &str, body: serde_json::Value| {
        let body = Sealed::new(body.to_string().into_bytes()).unwrap();
        store.append(Batch::of(Draft { kind, body, ..draft(subject, "") })).unwrap();
    };
    let reader = |id: &str, roles: &[Role]| Reader {
        id: id.to_owned(),
        name: format!("Desk {id}"),
        kind: ReaderKind::Person,
        roles: roles.iter().copied().collect(),
        groups: BTreeSet::from(["g_1".to_owned()]),
        clearance: Label::Amber,
        expires_on: Some("2027-01-31".parse().unwrap()),
    };
    let made_at: Timestamp = "2026-11-01T08:00:00Z".parse().unwrap();
    let key = |id: &str, reader: &str, byte: u8| Key {
        id: id.to_owned(),
        reader: reader.to_owned(),
        hash: hex::shown(&[byte; 32]),
        roles: Some(BTreeSet::from([Role::Officer])),
        made_at,
        expires_on: "2026-12-31".parse().unwrap(),
        ended_at: None,
    };
    let group = Group {
        id: "g_1".to_owned(),
        name: "Joint unit".to_owned(),
        kind: GroupKind::Unit,
        ends_on: None,
        members: Vec::new(),
    };
    says(Kind::GroupAdded, "g_1", json!(group));
    says(Kind::ReaderAdded, "r_2", json!(reader("r_2", &[Role::Officer, Role::Handler])));
    says(Kind::ReaderAdded, "r_1", json!(reader("r_1", &[Role::Administrator])));
    says(Kind::KeyAdded, "k_1", json!(key("k_1", "r_1", 1)));
    says(Kind::KeyAdded, "k_2", json!(key("k_2", "r_2", 2)));
    says(Kind::ReaderChanged, "r_2", json!(reader("r_2", &[Role::Auditor])));
    says(Kind::GroupChanged, "g_1", json!(Group { ends_on: Some("2026-12-01".parse().unwrap()), ..group }));
    says(Kind::KeyEnded, "k_1", json!(KeyEnded { id: "k_1".to_owned(), at: made_at }));
    store.used("k_2", made_at).unwrap();
    store.used("k_2", "2026-10-01T08:00:00Z".parse().unwrap()).unwrap();
    let seen = |store: &dyn Store| {
        (store.readers().unwrap(), store.keys().unwrap(), store.groups().unwrap(), store.key(&[2; 32]).unwrap())
    };
    store.append(Batch::of(draft("a", "so that the uses are written"))).unwrap();
    let before = seen(&*store);
    assert_eq!(before.0.iter().map(|reader| reader.id.as_str()).collect::<Vec<_>>(), ["r_1", "r_2"]);
    assert_eq!(before.0[1].roles, BTreeSet::from([Role::Auditor]));
    assert_eq!((before.1[0].0.ended_at, before.1[1].1), (Some(made_at), Some(made_at)));
    assert_eq!(before.3.as_ref().map(|(key, reader)| (key.id.as_str(), reader.id.as_str())), Some(("k_2", "r_2")));
    assert!(store.key(&[3; 32]).unwrap().is_none());
    store.rebuild().unwrap();
    assert_eq!(seen(&*store), before);
}

fn checkpoints_grow(open: Open<'_>, folder: &Path) {
    let store = open(folder);
    for n in 0..7 {
        store.append(Batch::of(draft("a", &n.to_string()))).unwrap();
        let checkpoint = store.checkpoint().unwrap().unwrap();
        assert_eq!((checkpoint.size, store.checkpoint().unwrap().as_ref()), (n + 1, Some(&checkpoint)));
    }
    store.append(Batch::of(draft("a", "after the last"))).unwrap();
    drop(store);
    // A stop signs what was not signed.
    let store = open(folder);
    let all = store.checkpoints(100).unwrap();
    assert_eq!(all.iter().map(|one| one.size).collect::<Vec<_>>(), (1..=8).rev().collect::<Vec<_>>());
    let mut frontier = Frontier::default();
    checked(&*store).iter().for_each(|entry| frontier.push(entry.hash));
    let root = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, frontier.root());
    assert_eq!(all[0].note.lines().nth(2), Some(root.as_str()));
}

/// Bills by lane and rank at each clearance; what is decided moves them, and all of it is built again.
fn bills_stand_in_one_order(open: Open<'_>, folder: &Path) {
    use palisander_engine::answers::Lane;

    let store = open(folder);
    let says = |kind: Kind, subject: &str, body: serde_json::Value| {
        let body = Sealed::new(body.to_string().into_bytes()).unwrap();
        store.append(Batch::of(Draft { kind, body, ..draft(subject, "") })).unwrap()[0].seq
    };
    let bill = |n: u64, lane: Lane, rank: &str| {
        let sight = |rank: String| KeptSight { rank, answer: "00".repeat(32) };
        // The other clearance knows them in the opposite order.
        let other = format!("{:03}", 999 - rank.parse::<u32>().unwrap());
        let sights = [(Label::Red, sight(rank.to_owned())), (Label::Green, sight(other))].into();
        KeptBill { id: format!("a_{n}"), consignment: format!("SYN{n}"), n, lane, raised: None, sights }
    };
    let kept = vec![
        bill(0, Lane::Yellow, "300"),
        bill(1, Lane::Red, "200"),
        bill(2, Lane::Yellow, "100"),
        bill(3, Lane::Yellow, "100"),
        bill(4, Lane::Blue, "050"),
    ];
    let said = assessed(kept, Vec::new());
    says(Kind::Assessed, "b_1", json!(said));
    let on = "2026-11-02".parse().unwrap();
    let queue = |clearance: Label, lane: Lane, after: Option<(&str, &str)>, limit: usize| {
        let after = after.map(|(rank, id)| (rank.to_owned(), id.to_owned()));
        let found = store.queue(&QueueQuestion { clearance, lane, on, after, limit }).unwrap();
        found.iter().map(|bill| bill.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(queue(Label::Red, Lane::Yellow, None, 9), ["a_2", "a_3", "a_0"]);
    assert_eq!(queue(Label::Red, Lane::Yellow, None, 2), ["a_2", "a_3"]);
    assert_eq!(queue(Label::Red, Lane::Yellow, Some(("100", "a_2")), 9), ["a_3", "a_0"]);
    assert_eq!(queue(Label::Green, Lane::Yellow, None, 9), ["a_0", "a_2", "a_3"]);
    assert!(
        queue(Label::Amber, Lane::Yellow, None, 9).is_empty() && queue(Label::Red, Lane::Green, None, 9).is_empty()
    );
    let decision = |id: &str, bill: &str, kind: Deciding, lane: Option<Lane>, signed: bool| Decision {
        id: id.to_owned(),
        bill: bill.to_owned(),
        kind,
        lane,
        reason: "x".to_owned(),
        until: (kind == Deciding::Waived).then(|| "2026-11-02".parse().unwrap()),
        by: "r_1".to_owned(),
        at: "2026-11-01T08:00:00Z".parse().unwrap(),
        signed_by: signed.then(|| "r_2".to_owned()),
        signed_at: None,
    };
    says(Kind::Raised, "a_4", json!(decision("d_1", "a_4", Deciding::Raised, Some(Lane::Red), false)));
    let proposed =
        says(Kind::Proposed, "a_1", json!(decision("d_2", "a_1", Deciding::Lowered, Some(Lane::Blue), false)));
    assert_eq!(
        (queue(Label::Red, Lane::Red, None, 9), store.decision("d_2").unwrap().unwrap().1),
        (vec!["a_4".to_owned(), "a_1".to_owned()], proposed)
    );
    says(Kind::Lowered, "a_1", json!(decision("d_2", "a_1", Deciding::Lowered, Some(Lane::Blue), true)));
    says(Kind::Waived, "a_4", json!(decision("d_3", "a_4", Deciding::Waived, None, true)));
    let reported = json!({ "bill": "a_1", "consignment": "SYN1", "reported_on": "2026-11-02", "state": "final",
        "result": "found", "detected_by": ["profile", "scan"], "by": "r_1" });
    let (first, last) =
        (says(Kind::Result, "result of a_1", reported.clone()), says(Kind::Result, "result of a_1", reported));
    let seqs = |after| store.results(after, 9).unwrap().into_iter().map(|(seq, _)| seq).collect::<Vec<_>>();
    assert_eq!((seqs(0), seqs(first), seqs(last)), (vec![first, last], vec![last], vec![]));
    let seen = || {
        let lanes =
            Lane::ALL.iter().map(|lane| (queue(Label::Red, *lane, None, 9), queue(Label::Green, *lane, None, 9)));
        let bills = (0..5).map(|n| format!("{:?}", store.bill(&format!("a_{n}")).unwrap()));
        (
            lanes.collect::<Vec<_>>(),
            bills.collect::<Vec<_>>(),
            store.decisions("a_4").unwrap(),
            store.decision("d_2").unwrap(),
        )
    };
    let before = seen();
    assert_eq!(queue(Label::Red, Lane::Blue, None, 9), ["a_1"]);
    assert_eq!(
        (queue(Label::Red, Lane::Green, None, 9), queue(Label::Red, Lane::Red, None, 9)),
        (vec!["a_4".to_owned()], vec![])
    );
    let waived = store.bill("a_4").unwrap().unwrap();
    let after = "2026-11-03".parse().unwrap();
    assert_eq!(waived.consignment, "SYN4");
    assert_eq!((waived.in_force(on), waived.in_force(after), waived.assessed), (Lane::Green, Lane::Red, Lane::Blue));
    assert!(store.bill("a_9").unwrap().is_none() && store.decision("d_9").unwrap().is_none());
    store.rebuild().unwrap();
    assert_eq!(seen(), before);
}

/// A rank ends in what a sender wrote, and ids and cursors come from outside: any text, of any length.
fn whatever_a_sender_wrote_has_its_place(open: Open<'_>, folder: &Path) {
    use palisander_engine::answers::Lane;

    let store = open(folder);
    let long = |end: &str| format!("{}{end}", "x".repeat(9_000));
    let mut ranks = vec![long("a"), long("b"), long(""), "x".repeat(200), "x".repeat(199), String::new()];
    ranks.extend(
        ["1", "1\0", "1\0a", "1\u{1}", "10", "Z", "a", "é", "\u{ffff}", "\u{10ffff}", "'; --", "%", "\\x00"]
            .map(str::to_owned),
    );
    let bill = |n: usize, rank: &String| KeptBill {
        raised: None,
        id: format!("a_{n:02}"),
        consignment: format!("\0{rank}"),
        n: n as u64,
        lane: Lane::Red,
        sights: [(Label::Red, KeptSight { rank: rank.clone(), answer: "00".repeat(32) })].into(),
    };
    let said = assessed(ranks.iter().enumerate().map(|(n, rank)| bill(n, rank)).collect(), Vec::new());
    let body = Sealed::new(json!(said).to_string().into_bytes()).unwrap();
    store.append(Batch::of(Draft { kind: Kind::Assessed, body, ..draft("b_1", "") })).unwrap();
    let mut due: Vec<(&String, String)> =
        ranks.iter().enumerate().map(|(n, rank)| (rank, format!("a_{n:02}"))).collect();
    due.sort();
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let on = "2026-11-02".parse().unwrap();
        let asked = QueueQuestion { clearance: Label::Red, lane: Lane::Red, on, after, limit: 2 };
        let page = store.queue(&asked).unwrap();
        let Some(last) = page.last() else { break };
        after = Some((last.sights[&Label::Red].rank.clone(), last.id.clone()));
        found.extend(page.into_iter().map(|bill| bill.id));
    }
    assert_eq!(found, due.iter().map(|(_, id)| id.clone()).collect::<Vec<_>>());
    assert_eq!(store.bill("a_07").unwrap().unwrap().consignment, "\0\u{31}\0");
    for id in ["", "\0", "a_07\0", "a_07'", "\u{10ffff}", &long("")] {
        assert!(store.bill(id).unwrap().is_none() && store.decision(id).unwrap().is_none(), "{id}");
        assert!(store.decisions(id).unwrap().is_empty() && store.last_about(id).unwrap() == 0, "{id}");
        assert!(store.done(&Once { key: id.to_owned(), digest: [0; 32] }).unwrap().is_none(), "{id}");
        let after = Some((id.to_owned(), id.to_owned()));
        let on = "2026-11-02".parse().unwrap();
        let asked = QueueQuestion { clearance: Label::Red, lane: Lane::Red, on, after: after.clone(), limit: 99 };
        let n_after = due.iter().filter(|(rank, own)| Some(((*rank).clone(), own.clone())) > after).count();
        assert_eq!(store.queue(&asked).unwrap().len(), n_after, "{id}");
    }
    // Lowered to green, and then waived: it stands among the green ones once.
    for (kind, lane, until) in [("lowered", json!("green"), json!(null)), ("waived", json!(null), json!("2026-11-02"))]
    {
        let said = json!({ "id": format!("d_{kind}"), "bill": "a_07", "kind": kind, "lane": lane, "reason": "x", "until": until,
            "by": "r_1", "at": "2026-11-01T08:00:00Z", "signed_by": "r_2", "signed_at": null });
        let body = Sealed::new(said.to_string().into_bytes()).unwrap();
        let kind = Kind::read(kind).unwrap();
        store.append(Batch::of(Draft { kind, body, ..draft("a_07", "") })).unwrap();
        let on = "2026-11-02".parse().unwrap();
        let asked = QueueQuestion { clearance: Label::Red, lane: Lane::Green, on, after: None, limit: 9 };
        let green = store.queue(&asked).unwrap();
        assert_eq!(green.iter().map(|bill| bill.id.as_str()).collect::<Vec<_>>(), ["a_07"]);
    }
    let once = Some(Once { key: "a\0".to_owned(), digest: [0; 32] });
    let refused = store.append(Batch { drafts: vec![draft("a", "x")], once, ..Batch::default() });
    assert!(matches!(refused, Err(StoreError::Field { field: "once", .. })));
}
