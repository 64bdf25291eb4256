//! Manifests that come as files: each is answered once, whatever its name and whenever the process dies.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use palisander::config::MAX_FILE_STARTS;
use palisander::store::{Assessed, Kind, Store};
use serde_json::{Value, json};

use crate::harness::{Ground, House, Role};
use crate::kill::command_on;
use crate::secrets::bills;

/// A state with a reader, and the folders of a gateway.
struct Gateway {
    ground: Ground,
    reader: String,
    folder: tempfile::TempDir,
}

impl Gateway {
    fn new(ground: Ground) -> Self {
        drop(ground.place().open().unwrap());
        let added = ["readers", "add", "--name", "Gateway", "--machine", "--role", "officer", "--json"];
        let (code, text) = command_on(&ground, &added);
        assert_eq!(code, Some(0), "{text}");
        let added: Value = serde_json::from_str(&text).unwrap();
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("in")).unwrap();
        Self { ground, reader: added["reader"]["id"].as_str().unwrap().to_owned(), folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn put(&self, name: impl AsRef<OsStr>, bytes: impl AsRef<[u8]>) {
        fs::write(self.path("in").join(name.as_ref()), bytes).unwrap();
    }

    fn command(&self, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_palisander"));
        command.args(["watch", "--settle", "0", "--as-of", "2026-11-01", "--reader", &self.reader]);
        command.args(more).args(self.ground.arguments()).args([self.path("in"), self.path("out")]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }

    fn once(&self) -> (Option<i32>, String) {
        let out = self.command(&["--once"]).output().unwrap();
        (out.status.code(), String::from_utf8(out.stderr).unwrap())
    }

    fn rejects(&self, stem: &str) -> Value {
        let text = fs::read_to_string(self.path("out").join(format!("{stem}.rejects.json"))).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    fn answers(&self, stem: &str) -> Vec<Value> {
        let text = fs::read_to_string(self.path("out").join(format!("{stem}.answers.ndjson"))).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Names in a folder, hidden ones left out.
    fn names(&self, folder: &str) -> BTreeSet<String> {
        let all = fs::read_dir(self.path(folder)).unwrap().map(|entry| entry.unwrap().file_name());
        all.map(|name| name.to_string_lossy().into_owned()).filter(|name| !name.starts_with('.')).collect()
    }

    fn store(&self) -> Box<dyn Store> {
        self.ground.place().open().unwrap()
    }
}

/// Bills that each entry of a store says, by batch; and how many files were taken.
fn on_record(store: &dyn Store) -> (BTreeMap<String, u64>, usize) {
    let (mut batches, mut files) = (BTreeMap::new(), 0);
    for entry in store.entries(0, 10_000).unwrap() {
        match entry.kind {
            Kind::FileTaken => files += 1,
            Kind::Assessed => {
                let body = store.body(&entry.body).unwrap().unwrap();
                let said: Assessed = serde_json::from_slice(&body.bytes).unwrap();
                assert_eq!(batches.insert(said.batch, said.n_bills), None, "a batch is on record twice");
            }
            _ => {}
        }
    }
    (batches, files)
}

fn lines(range: std::ops::Range<usize>) -> String {
    bills()[range].iter().map(|bill| format!("{bill}\n")).collect()
}

#[test]
fn each_file_is_answered_once_and_says_what_was_not_read() {
    answered(Ground::file());
}

#[test]
fn each_file_is_answered_once_beside_a_database() {
    let Some(ground) = Ground::database() else { return };
    answered(ground);
}

fn answered(ground: Ground) {
    let gateway = Gateway::new(ground);
    gateway.put("ship.ndjson", lines(0..3));
    gateway.put("one.json", bills()[3].to_string());
    gateway.put(
        "table.csv",
        "description,hs_code,origin,gross_mass_kg\nROSEWOOD LOGS,440349,MG,9000\nSHIRTS,610910,BD,abc\n",
    );
    gateway.put("garbage.edi", b"\x00\x01 nothing of this is a manifest");
    gateway.put("empty.json", "");
    gateway.put("later.json.part", "{");
    gateway.put("a\nb\u{1b}[2J.json", bills()[4].to_string());
    gateway.put(OsStr::from_bytes(b"raw\xff.json"), bills()[5].to_string());
    std::os::unix::fs::symlink("/etc/hostname", gateway.path("in/link.json")).unwrap();
    assert!(Command::new("mkfifo").arg(gateway.path("in/pipe.json")).status().unwrap().success());
    let huge = fs::File::create(gateway.path("in/huge.json")).unwrap();
    huge.set_len(3 << 40).unwrap();
    let (code, told) = gateway.once();
    assert_eq!(code, Some(1), "{told}");
    assert!(!told.contains('\u{1b}') && told.contains("3 files rejected") && told.contains("2 left"), "{told}");
    // What was taken is out of the way; what is not whole, is a link or a pipe, stays.
    assert_eq!(gateway.names("in"), ["later.json.part", "link.json", "pipe.json"].map(str::to_owned).into());
    assert_eq!(gateway.names("out/taken").len(), 8);
    let ship = gateway.rejects("ship.ndjson");
    assert_eq!((&ship["outcome"], &ship["bills"], &ship["lost"]), (&json!("answered"), &json!(3), &json!(0)), "{ship}");
    assert_eq!(ship["answers"], "ship.ndjson.answers.ndjson");
    let answers = gateway.answers("ship.ndjson");
    assert_eq!((answers.len(), &answers[3]["summary"]["complete"]), (4, &json!(true)));
    // The place of a fault: row and column as the sender knows them, and which answer it is of.
    let table = gateway.rejects("table.csv");
    let lost = table["faults"].as_array().unwrap().iter().find(|fault| fault["severity"] == "lost").unwrap();
    assert!(lost["at"].as_str().unwrap().contains("gross_mass_kg") && lost["bill"].is_number(), "{table}");
    for name in ["garbage.edi", "empty.json", "huge.json"] {
        let rejects = gateway.rejects(name);
        assert_eq!(rejects["outcome"], "rejected", "{rejects}");
        assert!(rejects["why"].as_str().is_some_and(|why| !why.is_empty()), "{rejects}");
        assert!(!gateway.path(&format!("out/{name}.answers.ndjson")).exists());
    }
    for name in gateway.names("out") {
        assert!(!name.contains(['\n', '\u{1b}', '\u{fffd}']), "{name:?}");
    }
    // The same bytes under another name, and another file under the same name.
    gateway.put("again.ndjson", lines(0..3));
    gateway.put("one.json", bills()[6].to_string());
    gateway.put("garbage2.edi", b"\x00\x01 nothing of this is a manifest");
    assert_eq!(gateway.once().0, Some(1));
    let again = gateway.rejects("again.ndjson");
    assert_eq!((&again["outcome"], &again["same_as"]), (&json!("known"), &json!("ship.ndjson")), "{again}");
    assert_eq!(again["answers"], "ship.ndjson.answers.ndjson");
    // What was not read may be read another time, by another mapping.
    assert_eq!(gateway.rejects("garbage2.edi")["outcome"], "rejected");
    assert_eq!(gateway.names("out").iter().filter(|name| name.starts_with("one.json.")).count(), 4);
    let store = gateway.store();
    let (batches, files) = on_record(&*store);
    assert_eq!((batches.len(), files), (6, 9), "three files hold nothing, and the huge one was not read");
    assert!(batches.contains_key(ship["batch"].as_str().unwrap()));
    // The queue of the service shows what stands in the files, under the same ids.
    let red = answers[0]["id"].as_str().unwrap();
    assert_eq!(store.bill(red).unwrap().unwrap().reader, gateway.reader);
}

/// The answers of those outside are theirs, and whoever is out has nothing taken.
#[tokio::test]
async fn a_file_is_answered_as_its_reader_may_know_it() {
    let gateway = Gateway::new(Ground::file());
    let house = House::on(gateway.ground.clone());
    let carrier = house.reader(&[Role::Carrier], palisander_engine::Label::Clear);
    let gateway = Gateway { reader: carrier.reader.id.clone(), ..gateway };
    gateway.put("ship.ndjson", lines(0..2));
    let (code, told) = gateway.once();
    assert!(code == Some(2) && told.contains("leave --as-of out"), "{code:?} {told}");
    let mut command = gateway.command(&["--once"]);
    let args: Vec<_> = command.get_args().map(OsStr::to_owned).collect();
    let day = args.iter().position(|arg| arg == "--as-of").unwrap();
    let kept = args.iter().enumerate().filter(|(n, _)| ![day, day + 1].contains(n)).map(|(_, arg)| arg);
    command = Command::new(env!("CARGO_BIN_EXE_palisander"));
    assert!(command.args(kept).stderr(Stdio::null()).status().unwrap().success());
    for answer in &gateway.answers("ship.ndjson")[..2] {
        assert!(
            answer["referral"].is_string() && answer.get("hits").is_none() && answer.get("lane").is_none(),
            "{answer}"
        );
    }
    house.office.expire_reader("operator", &carrier.reader.id, None).unwrap();
    gateway.put("after.ndjson", lines(2..3));
    assert_eq!(gateway.once().0, Some(3));
    assert!(gateway.names("in").contains("after.ndjson"));
}

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What there is to be seen from outside while a file is taken.
fn seen(gateway: &Gateway) -> [usize; 4] {
    let n = |path: &str| fs::read_dir(gateway.path(path)).map_or(0, Iterator::count);
    [n("in/.palisander"), n("out/.palisander"), n("out"), n("out/taken")]
}

/// Killed at many moments: while it starts, while it judges, between record and names, between names and the moving of the
/// file. In the end each file has one answer, each batch one record, and the log holds together.
#[test]
fn it_is_killed_at_many_moments() {
    killed(Ground::file());
}

#[test]
fn it_is_killed_at_many_moments_beside_a_database() {
    let Some(ground) = Ground::database() else { return };
    killed(ground);
}

fn killed(ground: Ground) {
    let gateway = Gateway::new(ground);
    let all = bills();
    let n_files = 60;
    for n in 0..n_files {
        // Bills of their own: the same bytes would be one file.
        let text: String = (0..2 + n % 3)
            .map(|k| {
                let mut bill = all[(n + k) % all.len()].clone();
                bill["reference"] = json!(format!("F{n}-{k}"));
                format!("{bill}\n")
            })
            .collect();
        gateway.put(format!("ship-{n:02}.ndjson"), text);
    }
    let due: u64 = (0..n_files as u64).map(|n| 2 + n % 3).sum();
    let mut n_kills = 0;
    for round in 0..16 {
        let mut process = Killed(gateway.command(&["--once"]).stderr(Stdio::null()).spawn().unwrap());
        // A few of the changes that the others see are let pass, another number in each round; then it is killed at once, or a
        // little later.
        let (mut before, mut changes) = (seen(&gateway), 0);
        let until = Instant::now() + Duration::from_secs(60);
        while changes < 3 + round * 2 % 11 && process.0.try_wait().unwrap().is_none() && Instant::now() < until {
            let now = seen(&gateway);
            changes += usize::from(now != before);
            before = now;
        }
        std::thread::sleep(Duration::from_micros(1_500 * (round as u64 % 4)));
        n_kills += usize::from(process.0.try_wait().unwrap().is_none());
    }
    assert!(n_kills >= 12, "it was killed {n_kills} times");
    assert!(!gateway.names("in").is_empty(), "something was left to do");
    let (code, told) = gateway.once();
    assert_eq!(code, Some(0), "{told}");
    // Each file once: answers, rejects, itself out of the way, and nothing that does not count left behind.
    assert_eq!(gateway.names("in"), BTreeSet::new());
    let mut ids = BTreeSet::new();
    let mut batches = BTreeMap::new();
    for n in 0..n_files {
        let stem = format!("ship-{n:02}.ndjson");
        let (answers, rejects) = (gateway.answers(&stem), gateway.rejects(&stem));
        assert_eq!(rejects["outcome"], "answered", "{rejects}");
        assert_eq!(answers.len() - 1, 2 + n % 3);
        batches.insert(rejects["batch"].as_str().unwrap().to_owned(), (answers.len() - 1) as u64);
        for answer in &answers[..answers.len() - 1] {
            assert!(ids.insert(answer["id"].as_str().unwrap().to_owned()), "answered twice");
        }
    }
    assert_eq!((gateway.names("out").len(), gateway.names("out/taken").len()), (n_files * 2 + 1, n_files));
    assert_eq!(ids.len() as u64, due);
    for (own, n) in [("in/.palisander", 1), ("out/.palisander", 1)] {
        assert_eq!(fs::read_dir(gateway.path(own)).unwrap().count(), n, "only the lock is left");
    }
    let store = gateway.store();
    assert_eq!(on_record(&*store), (batches, n_files));
    // Every bill above green that was answered stands in the queue under its id.
    let kept = ids.iter().filter(|id| store.bill(id).unwrap().is_some()).count();
    assert!(kept > n_files / 2, "{kept}");
    drop(store);
    let (code, log) = command_on(&gateway.ground, &["log", "export"]);
    assert_eq!(code, Some(0));
    let file = gateway.path("log.ndjson");
    fs::write(&file, log).unwrap();
    let key = gateway.ground.folder.path().join("log.pub");
    let verified = Command::new(env!("CARGO_BIN_EXE_palisander"))
        .args([OsStr::new("log"), OsStr::new("verify"), file.as_os_str(), OsStr::new("--key"), key.as_os_str()])
        .output()
        .unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}

/// Broken off after the record and before anything had its name: what stands on the disk counts, and is not judged again.
#[test]
fn what_is_on_record_is_only_ended() {
    let gateway = Gateway::new(Ground::file());
    gateway.put("ship.ndjson", lines(0..2));
    assert_eq!(gateway.once().0, Some(0));
    let (before, first) = (on_record(&*gateway.store()), gateway.answers("ship.ndjson"));
    // As it stood when the process died: the claim with its file, parts without names.
    let store = gateway.store();
    let entry = store.entries(0, 100).unwrap().into_iter().find(|entry| entry.kind == Kind::FileTaken).unwrap();
    drop(store);
    let claim = gateway.path("in/.palisander").join(&entry.subject);
    fs::create_dir_all(claim.join("file")).unwrap();
    fs::write(claim.join("stem"), "ship.ndjson").unwrap();
    fs::rename(gateway.path("out/taken/ship.ndjson"), claim.join("file/ship.ndjson")).unwrap();
    for ending in ["answers.ndjson", "rejects.json"] {
        let part = gateway.path("out/.palisander").join(format!("{}.{ending}", entry.subject));
        fs::rename(gateway.path("out").join(format!("ship.ndjson.{ending}")), part).unwrap();
    }
    // Something that no record knows lies there too.
    fs::write(gateway.path("out/.palisander/c_0.answers.ndjson"), "{}").unwrap();
    assert_eq!(gateway.once().0, Some(0));
    assert_eq!((on_record(&*gateway.store()), gateway.answers("ship.ndjson")), (before, first));
    assert_eq!(gateway.names("out/taken"), BTreeSet::from(["ship.ndjson".to_owned()]));
    assert_eq!(fs::read_dir(gateway.path("out/.palisander")).unwrap().count(), 1);
}

fn until(path: &Path, what: &str) {
    let until = Instant::now() + Duration::from_secs(60);
    while !path.exists() {
        assert!(Instant::now() < until, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// It goes on until it is told to stop, ends the file under way, and lets nobody else watch meanwhile.
#[test]
fn it_goes_on_until_it_is_told_to_stop() {
    let gateway = Gateway::new(Ground::file());
    let mut process = Killed(gateway.command(&["--every", "1"]).spawn().unwrap());
    until(&gateway.path("in/.palisander/lock"), "it does not start");
    let (code, told) = gateway.once();
    assert!(code == Some(2) && told.contains("watched by another process"), "{code:?} {told}");
    gateway.put("ship.ndjson", lines(0..2));
    until(&gateway.path("out/ship.ndjson.rejects.json"), "nothing is answered");
    gateway.put("next.ndjson", lines(2..4));
    until(&gateway.path("out/next.ndjson.rejects.json"), "nothing more is answered");
    assert!(Command::new("kill").arg(process.0.id().to_string()).status().unwrap().success());
    assert_eq!(process.0.wait().unwrap().code(), Some(0));
    assert_eq!(gateway.names("out/taken").len(), 2);
}

/// A file that kills whoever begins it does not hold up all behind it for ever.
#[test]
fn what_kills_each_process_is_rejected() {
    let gateway = Gateway::new(Ground::file());
    assert_eq!(gateway.once().0, Some(0));
    let claim = gateway.path("in/.palisander/c_1");
    fs::create_dir_all(claim.join("file")).unwrap();
    fs::write(claim.join("file/bad.ndjson"), lines(0..1)).unwrap();
    fs::write(claim.join("stem"), "bad.ndjson").unwrap();
    fs::write(claim.join("starts"), MAX_FILE_STARTS.to_string()).unwrap();
    gateway.put("good.ndjson", lines(1..2));
    let (code, told) = gateway.once();
    assert_eq!(code, Some(1), "{told}");
    assert_eq!(gateway.rejects("bad.ndjson")["outcome"], "rejected");
    assert_eq!(gateway.rejects("good.ndjson")["outcome"], "answered");
    assert_eq!(on_record(&*gateway.store()).0.len(), 1);
}
