//! A state that is backed up while it is written, and put back into either store: all of it, or nothing and why.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use palisander::hex;
use palisander::store::{
    AccessQuestion, Batch, Draft, InformationQuestion, Kind, Once, Piece, QueueQuestion, Role, Sealed, Store,
};
use palisander_engine::Label;
use palisander_engine::answers::Lane;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::harness::{Ground, House};
use crate::kill::{Service, command_on, key};
use crate::secrets::bills;
use crate::{information, rulesets};

/// Every piece of a state.
fn pieces(store: &dyn Store) -> Vec<Piece> {
    let mut all = Vec::new();
    store
        .copied(&mut |piece| {
            all.push(piece);
            Ok(())
        })
        .unwrap();
    all
}

/// What follows from the entries, as everybody who asks is told it.
fn projections(store: &dyn Store) -> Vec<String> {
    let mut all = vec![format!("{:?}", (store.readers(), store.keys(), store.groups(), store.results(0, 1_000)))];
    let asked =
        InformationQuestion { label: Label::Red, teller: String::new(), state: None, before: u64::MAX, limit: 1_000 };
    let told = (store.informations(&asked), store.live_information(u64::MAX), store.holders());
    let rules = (store.rulesets(1_000), store.acting_rulesets(u64::MAX), store.shadow_counts("2026-01-01"));
    let asked = AccessQuestion { state: None, before: u64::MAX, limit: 1_000 };
    all.push(format!("{told:?} {rules:?} {:?} {:?}", store.last_news(), store.access_requests(&asked)));
    let on = "2026-11-01".parse().unwrap();
    for clearance in [Label::Clear, Label::Green, Label::Amber, Label::AmberStrict, Label::Red] {
        for lane in Lane::ALL {
            let bills = store.queue(&QueueQuestion { clearance, lane: *lane, on, after: None, limit: 1_000 }).unwrap();
            all.extend(bills.iter().map(|bill| format!("{bill:?} {:?}", store.decisions(&bill.id))));
        }
    }
    all
}

fn path(folder: &tempfile::TempDir, name: &str) -> String {
    folder.path().join(name).to_str().unwrap().to_owned()
}

#[test]
fn a_file_under_load_is_moved_into_a_database() {
    if let Some(to) = Ground::database() {
        moved(&Ground::file(), &to);
    }
}

#[test]
fn a_database_under_load_is_moved_into_a_file() {
    if let Some(from) = Ground::database() {
        moved(&from, &Ground::file());
    }
}

#[test]
fn a_file_under_load_is_moved_into_a_file() {
    moved(&Ground::file(), &Ground::file());
}

fn moved(from: &Ground, to: &Ground) {
    let folder = tempfile::tempdir().unwrap();
    let (under_load, at_rest) = (path(&folder, "load"), path(&folder, "rest"));
    let service = Service::start(from);
    let (importer, officer) = (key(from, "importer"), key(from, "officer"));
    let bill = bills()[4].to_string();
    let (ids, stops) = (Mutex::new(Vec::new()), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !stops.load(Ordering::Relaxed) {
                    let (status, body) = service.call(&importer, "POST", "/v1/assessments", &bill).unwrap();
                    assert_eq!(status, 200, "who writes is not held up: {body}");
                    let answer: Value = serde_json::from_str(&body).unwrap();
                    ids.lock().unwrap().push(answer["id"].as_str().unwrap().to_owned());
                }
            });
        }
        while ids.lock().unwrap().len() < 30 {
            std::thread::yield_now();
        }
        let before = ids.lock().unwrap().len();
        let (code, told) = command_on(from, &["state", "backup", "--to", &under_load]);
        stops.store(true, Ordering::Relaxed);
        assert_eq!(code, Some(0), "{told}");
        assert!(ids.lock().unwrap().len() > before, "nothing was written meanwhile: the test shows nothing");
        assert!(!Path::new(&under_load).join("log.key").exists(), "the key stays where it is");
    });
    let ids = ids.into_inner().unwrap();
    let decision = json!({ "kind": "confirmed", "reason": "the permit was seen" }).to_string();
    let decided = service.call(&officer, "POST", &format!("/v1/assessments/{}/decisions", ids[0]), &decision);
    assert_eq!(decided.map(|(status, _)| status), Some(201));
    drop(service);
    assert_eq!(command_on(from, &["state", "backup", "--to", &at_rest, "--with-key"]).0, Some(0));
    assert_eq!(
        command_on(from, &["state", "backup", "--to", &at_rest]).0,
        Some(2),
        "no backup is written over another"
    );

    // What was copied under load is the log as it stood at one moment of it.
    let early = Ground::file();
    assert_eq!(
        command_on(&early, &["state", "restore", "--from", &under_load]).0,
        Some(2),
        "without the key of the log"
    );
    std::fs::copy(from.folder.path().join("log.key"), early.folder.path().join("log.key")).unwrap();
    assert_eq!(command_on(&early, &["state", "restore", "--from", &under_load]).0, Some(0));
    let source = from.place().open().unwrap();
    let then = early.place().open().unwrap().entries(0, 10_000).unwrap();
    assert!(then.len() > 30);
    assert_eq!(then[..], source.entries(0, then.len()).unwrap()[..]);

    let (code, told) = command_on(to, &["state", "restore", "--from", &at_rest]);
    assert_eq!(code, Some(0), "{told}");
    let restored = to.place().open().unwrap();
    assert!(pieces(&*source) == pieces(&*restored), "the pieces differ");
    let (due, found) = (projections(&*source), projections(&*restored));
    assert!(found.len() > ids.len(), "bills are in it");
    assert_eq!(due, found);
    drop((source, restored));

    // It is a state like any other: its log holds under the old key, and old keys of readers open.
    let (code, log) = command_on(to, &["log", "export"]);
    assert_eq!(code, Some(0));
    let file = path(&folder, "log.ndjson");
    std::fs::write(&file, log).unwrap();
    let public = from.folder.path().join("log.pub");
    let verify = ["log", "verify", &file, "--key", public.to_str().unwrap()];
    let out = std::process::Command::new(env!("CARGO_BIN_EXE_palisander")).args(verify).output().unwrap();
    let told = String::from_utf8_lossy(&out.stdout);
    assert!(out.status.success() && told.contains("Signed up to"), "{told}");
    let service = Service::start(to);
    assert!(!service.printed.contains("pal_"), "it has readers");
    for id in [&ids[0], &ids[ids.len() - 1]] {
        let found = service.call(&officer, "GET", &format!("/v1/assessments/{id}"), "");
        assert_eq!(found.map(|(status, _)| status), Some(200), "{id}");
    }
    assert_eq!(service.call(&importer, "POST", "/v1/assessments", &bill).map(|(status, _)| status), Some(200));
    drop(service);
    assert_eq!(
        command_on(to, &["state", "restore", "--from", &at_rest]).0,
        Some(2),
        "a state that is not empty is left"
    );
}

/// A small state with each kind of piece, an erased body among them.
fn small(ground: &Ground) {
    let store = ground.place().open().unwrap();
    let draft = |subject: &str, kind: Kind| Draft {
        at: "2026-11-01T08:00:00Z".parse().unwrap(),
        reader: "r_1".to_owned(),
        group: Some("g_1".to_owned()),
        kind,
        subject: subject.to_owned(),
        label: Label::Amber,
        second: None,
        body: Sealed::new(b"{}".to_vec()).unwrap(),
        more: vec![Sealed::new(b"beside".to_vec()).unwrap()],
        after: None,
    };
    let once = Once { key: "r_1/k".to_owned(), digest: [1; 32] };
    let first = draft("a_1", Kind::Read);
    let gone = hex::shown(&first.body.digest);
    store
        .append(Batch { drafts: vec![first, draft("a_2", Kind::Refused)], once: Some(once), ..Batch::default() })
        .unwrap();
    store.checkpoint().unwrap();
    store.append(Batch::of(draft(&gone, Kind::Erased))).unwrap();
    store.used("k_1", "2026-11-01T08:00:00Z".parse().unwrap()).unwrap();
    store.checkpoint().unwrap();
}

/// The lines of a backup.
fn lines(folder: &Path) -> Vec<String> {
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(folder.join("state.ndjson.gz")).unwrap()).read_to_string(&mut text).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// Writes other lines under a digest that fits.
fn forge(folder: &Path, lines: &[String]) {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    lines.iter().for_each(|line| writeln!(packer, "{line}").unwrap());
    let bytes = packer.finish().unwrap();
    std::fs::write(folder.join("state.sha256"), hex::shown(&Sha256::digest(&bytes))).unwrap();
    std::fs::write(folder.join("state.ndjson.gz"), bytes).unwrap();
}

/// The line that holds `word`, the `n`th from 0.
fn at(lines: &[String], word: &str, n: usize) -> usize {
    lines.iter().enumerate().filter(|(_, line)| line.contains(word)).nth(n).unwrap().0
}

type Change = fn(&mut Vec<String>);

#[test]
fn whatever_was_done_to_a_backup_is_named_and_nothing_is_filled_in() {
    let (ground, folder) = (Ground::file(), tempfile::tempdir().unwrap());
    small(&ground);
    let (code, told) = command_on(&ground, &["state", "backup", "--with-key", "--to", &path(&folder, "it")]);
    assert_eq!(code, Some(0), "{told}");
    let folder = folder.path().join("it");
    let whole = lines(&folder);
    let changes: &[(Change, &str)] = &[
        (|lines| drop(lines.remove(at(lines, "{\"entry\"", 1))), "entry 2 is missing, and entry 3 stands in its place"),
        (|lines| drop(lines.remove(at(lines, "{\"entry\"", 2))), "entry 3 is missing at the end"),
        (
            |lines| {
                let n = at(lines, "{\"entry\"", 1);
                lines[n] = lines[n].replace("a_2", "a_3");
            },
            "entry 2 is not what its hash says",
        ),
        (
            |lines| {
                let n = at(lines, "{\"entry\"", 0);
                lines.swap(n, n + 1);
            },
            "entry 1 is missing, and entry 2",
        ),
        (
            |lines| {
                let n = at(lines, "{\"body\"", 2);
                lines[n] = lines[n].replace("\"bytes\":\"", "\"bytes\":\"e30A");
            },
            "is not what its digest says",
        ),
        (
            |lines| {
                let entry: Value = serde_json::from_str(&lines[at(lines, "{\"entry\"", 1)]).unwrap();
                let body = format!("{{\"body\":{{\"digest\":\"{}", entry["entry"]["body"].as_str().unwrap());
                lines.retain(|line| !line.starts_with(&body));
            },
            "is missing, and no entry says that it was erased",
        ),
        (
            |lines| {
                let n = at(lines, "{\"checkpoint\"", 0);
                lines[n] = lines[n].replace("at 2", "at 3");
            },
            "the checkpoint over 2 entries: it is not signed by the key of the log",
        ),
        (|lines| lines[1..4].rotate_left(1), "the pieces are not in their order"),
        (|lines| drop(lines.pop()), "it is cut off"),
        (|lines| lines.push(lines[1].clone()), "it goes on after its end"),
        (|lines| drop(lines.remove(0)), "does not begin as a backup"),
        (|lines| lines[0] = lines[0].replace("state 1", "state 2"), "this program reads"),
        (|lines| lines[2] = "{}".to_owned(), "line 3"),
        (
            |lines| {
                let n = at(lines, "{\"once\"", 0);
                lines[n] = lines[n].replace("\"last\":2", "\"last\":9");
            },
            "is of entries that there are not",
        ),
        (|lines| drop(lines.remove(at(lines, "{\"body\"", 0))), "missing|should hold"),
    ];
    for (n, (change, named)) in changes.iter().enumerate() {
        let mut lines = whole.clone();
        change(&mut lines);
        assert!(lines != whole, "change {n} changes nothing");
        forge(&folder, &lines);
        refused(&folder, named);
    }
    // What was changed and not signed anew is found before it is read.
    forge(&folder, &whole);
    let file = folder.join("state.ndjson.gz");
    let mut bytes = std::fs::read(&file).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&file, bytes).unwrap();
    refused(&folder, "it was changed");
    forge(&folder, &whole);
    let ground = Ground::file();
    assert_eq!(command_on(&ground, &["state", "restore", "--from", folder.to_str().unwrap()]).0, Some(0));
    // The body that was erased does not come back.
    let store = ground.place().open().unwrap();
    let first = store.entries(0, 1).unwrap().remove(0);
    assert_eq!((store.body(&first.body).unwrap(), store.n_entries().unwrap()), (None, 3));
    let once = Once { key: "r_1/k".to_owned(), digest: [1; 32] };
    assert_eq!(store.done(&once).unwrap().map(|receipt| receipt.seq), Some(1), "what was done once stays done");
}

fn refused(folder: &Path, named: &str) {
    let ground = Ground::file();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_palisander"));
    let command = command.args(["state", "restore", "--from"]).arg(folder).args(ground.arguments());
    let out = command.output().unwrap();
    let why = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(2), "{named}: {why}");
    assert!(named.split('|').any(|named| why.contains(named)), "{named}: {why}");
    let left = pieces(&*ground.place().open().unwrap());
    assert_eq!(left, [], "{named}");
}

/// Who lost the key goes on under another; what the old one signed stays in the backup.
#[test]
fn a_lost_key_is_said_and_replaced_on_demand() {
    let (ground, folder) = (Ground::file(), tempfile::tempdir().unwrap());
    small(&ground);
    let backup = path(&folder, "it");
    assert_eq!(command_on(&ground, &["state", "backup", "--to", &backup]).0, Some(0));
    let next = Ground::file();
    assert_eq!(command_on(&next, &["state", "restore", "--from", &backup]).0, Some(2));
    assert_eq!(command_on(&next, &["state", "restore", "--from", &backup, "--new-key"]).0, Some(0));
    let (old, new) = (ground.place().open().unwrap(), next.place().open().unwrap());
    assert_eq!(old.entries(0, 9).unwrap(), new.entries(0, 9).unwrap());
    assert_ne!(old.public_key(), new.public_key());
    let signed = new.checkpoints(9).unwrap();
    assert_eq!(signed.iter().map(|signed| signed.size).collect::<Vec<_>>(), [3], "by the new key alone");
    // A folder that has another key already is no place for it by mistake.
    let other = Ground::file();
    drop(other.place().open().unwrap());
    assert_eq!(command_on(&other, &["state", "restore", "--from", &backup]).0, Some(2));
}

/// What was told and published goes with it: in the state that was put back the same acts, and says the same of itself.
#[tokio::test]
async fn what_was_told_and_published_goes_with_it() {
    let (from, to) = (Ground::file(), Ground::file());
    let folder = tempfile::tempdir().unwrap();
    let house = House::told(from.clone());
    let (handler, second) =
        (house.reader(&[Role::Handler], Label::Red).key, house.reader(&[Role::Handler], Label::Red).key);
    let analyst = house.reader(&[Role::Analyst], Label::Red).key;
    let publisher = house.reader(&[Role::Publisher], Label::Red).key;
    information::live(&house, &handler, &information::report("box"), "TLP:AMBER").await;
    let id = information::live(&house, &handler, &information::report("wrong"), "TLP:AMBER").await;
    assert_eq!(house.get(&analyst, &format!("/v1/information/{id}")).await.status, 200);
    house.post(&handler, &format!("/v1/information/{id}/withdraw"), &json!({ "reason": "wrong" })).await;
    let signed = house.send(Some(&second), "POST", &format!("/v1/information/{id}/signatures"), "").await;
    assert_eq!(signed.status, 200, "{}", signed.text);
    house.office.add_holder("operator", "SRC-1", &["Jonathan Ashcombe".to_owned()]).unwrap();
    let drafted = rulesets::draft(&house, &analyst, &rulesets::files("season", "", 40)).await;
    let id = drafted.json()["id"].as_str().unwrap().to_owned();
    for act in ["approve", "shadow", "live"] {
        assert_eq!(rulesets::act(&house, &publisher, &id, act).await.status, 200, "{act}");
        rulesets::told(&house, &analyst, act.len()).await;
    }
    let before = projections(&*house.office.store);
    let backup = path(&folder, "backup");
    assert_eq!(command_on(&from, &["state", "backup", "--to", &backup, "--with-key"]).0, Some(0));
    let (code, told) = command_on(&to, &["state", "restore", "--from", &backup]);
    assert_eq!(code, Some(0), "{told}");
    let other = House::told(to);
    // The use of a key is noted apart, while all of this is asked.
    let without_uses = |all: Vec<String>| all.into_iter().skip(1).collect::<Vec<_>>();
    assert_eq!(without_uses(projections(&*other.office.store)), without_uses(before));
    assert_eq!(rulesets::told(&other, &analyst, 50).await, rulesets::told(&house, &analyst, 51).await);
    assert_eq!(information::lane(&other, &analyst, 60, "CSQU3054383").await, "yellow");
    assert_eq!(other.get(&analyst, "/v1/me").await.json()["retracted"].as_array().map(Vec::len), Some(1));
}

/// What came is written out as it came, and judged again it is the same bills; green bills are counted.
#[test]
fn stored_manifests_are_written_out() {
    let (ground, folder) = (Ground::file(), tempfile::tempdir().unwrap());
    let service = Service::start(&ground);
    let officer = key(&ground, "officer");
    let bill = |id: &str, goods: &str| {
        json!({ "manifest": { "consignments": [{ "bill_of_lading": id, "goods_items": [{ "description": goods }] }] } })
            .to_string()
    };
    for (id, goods) in
        [("RED1", "DALBERGIA MELANOXYLON LOGS"), ("RED2", "ROSEWOOD LOGS DALBERGIA"), ("GREEN1", "COTTON SHIRTS")]
    {
        let answer = service.call(&officer, "POST", "/v1/assessments", &bill(id, goods));
        assert_eq!(answer.map(|(status, _)| status), Some(200));
    }
    drop(service);
    let out = path(&folder, "out");
    let (code, told) = command_on(&ground, &["state", "bills", "--to", &out]);
    assert_eq!(code, Some(0), "{told}");
    let files = std::fs::read_dir(&out).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    let mut files: Vec<String> = files.collect();
    files.sort();
    // The random draw may have kept the green one, too.
    files.retain(|file| !file.contains("GREEN1"));
    assert_eq!(files, [bill("RED1", "DALBERGIA MELANOXYLON LOGS"), bill("RED2", "ROSEWOOD LOGS DALBERGIA")], "{told}");
}
