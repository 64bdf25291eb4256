//! The service as a process that dies: what it acknowledged is there when it comes back.

use std::io::{BufRead, BufReader, Read, Seek, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

use crate::harness::Ground;
use crate::secrets::bills;

pub struct Service {
    pub process: Child,
    pub address: SocketAddr,
    /// What it printed before it served.
    pub printed: String,
    /// What it said on standard error so far.
    pub said: Arc<Mutex<String>>,
}

impl Service {
    pub fn start(ground: &Ground) -> Self {
        Self::told(&ground.arguments(), &[])
    }

    /// The same by arguments and environment.
    pub fn told(arguments: &[String], environment: &[(&str, &str)]) -> Self {
        let service = Self::begun(arguments, environment);
        assert_eq!(service.call("", "GET", "/healthz", "").map(|(status, _)| status), Some(200));
        service
    }

    /// The same, which nobody has asked anything yet.
    pub fn begun(arguments: &[String], environment: &[(&str, &str)]) -> Self {
        Self::by(Command::new(env!("CARGO_BIN_EXE_palisander")), arguments, environment)
    }

    /// The same by a command that becomes it.
    pub fn by(mut command: Command, arguments: &[String], environment: &[(&str, &str)]) -> Self {
        let mut out = tempfile::tempfile().unwrap();
        let mut process = command
            .args(["serve", "--listen", "127.0.0.1:0", "--as-of", "2026-11-01"])
            .args(arguments)
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::from(out.try_clone().unwrap()))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap());
        let mut line = String::new();
        let address = loop {
            line.clear();
            assert!(log.read_line(&mut line).unwrap() > 0, "it did not start");
            let said: Value = serde_json::from_str(&line).unwrap_or_default();
            if let Some(address) = said["address"].as_str() {
                break address.parse().unwrap();
            }
        };
        let said = Arc::new(Mutex::new(line));
        let all = Arc::clone(&said);
        std::thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                all.lock().unwrap().push_str(&line);
            }
        });
        let mut service = Self { process, address, printed: String::new(), said };
        // What it prints, it prints before it serves.
        out.rewind().unwrap();
        out.read_to_string(&mut service.printed).unwrap();
        service
    }

    /// Status and body; `None` when the connection broke before the answer was whole.
    pub fn call(&self, key: &str, method: &str, path: &str, body: &str) -> Option<(u16, String)> {
        asked(&mut self.connect()?, key, method, path, body)
    }

    /// A connection.
    pub fn connect(&self) -> Option<TcpStream> {
        let stream = TcpStream::connect(self.address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
        Some(stream)
    }
}

/// Asks on a connection that ends with the answer: status and body; `None` when it broke before the answer was whole.
pub fn asked(
    stream: &mut (impl Read + Write),
    key: &str,
    method: &str,
    path: &str,
    body: &str,
) -> Option<(u16, String)> {
    let length = body.len();
    let key = if key.is_empty() { String::new() } else { format!("Authorization: Bearer {key}\r\n") };
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{key}Connection: close\r\n\r\n"
    );
    stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.get(9..12)?.parse().ok()?;
    let length = head.to_lowercase().split("content-length: ").nth(1)?.lines().next()?.trim().parse::<usize>().ok()?;
    (body.len() == length).then(|| (status, body.to_owned()))
}

impl Drop for Service {
    fn drop(&mut self) {
        // SIGKILL: nothing is written on the way out.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn command(args: &[&str]) -> (Option<i32>, String) {
    let out = Command::new(env!("CARGO_BIN_EXE_palisander")).args(args).output().unwrap();
    (out.status.code(), String::from_utf8_lossy(&out.stdout).into_owned())
}

/// A command over the state of a ground.
pub fn command_on(ground: &Ground, args: &[&str]) -> (Option<i32>, String) {
    let state = ground.arguments();
    command(&args.iter().copied().chain(state.iter().map(String::as_str)).collect::<Vec<_>>())
}

/// A reader's key, as a person at the machine makes it.
pub fn key(ground: &Ground, role: &str) -> String {
    let (code, text) = command_on(ground, &["readers", "add", "--name", role, "--role", role, "--json"]);
    assert_eq!(code, Some(0));
    serde_json::from_str::<Value>(&text).unwrap()["key"].as_str().unwrap().to_owned()
}

/// Sends bills with four hands until `n` are acknowledged, then kills the first of the services; what was acknowledged.
fn sent(services: &[Service], key: &str, n: usize) -> Vec<String> {
    let (acknowledged, count) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
    let bill = bills()[4].to_string();
    std::thread::scope(|scope| {
        for hand in 0..4 {
            let service = &services[hand % services.len()];
            let (acknowledged, count, bill) = (&acknowledged, &count, &bill);
            scope.spawn(move || {
                while count.load(Ordering::Relaxed) < n {
                    let Some((200, body)) = service.call(key, "POST", "/v1/assessments", bill) else { continue };
                    let answer: Value = serde_json::from_str(&body).unwrap();
                    acknowledged.lock().unwrap().push(answer["id"].as_str().unwrap().to_owned());
                    if count.fetch_add(1, Ordering::Relaxed) + 1 == n {
                        // In the middle of what the other hands do.
                        let id = services[0].process.id().to_string();
                        Command::new("kill").args(["-9", &id]).status().unwrap();
                    }
                }
            });
        }
    });
    acknowledged.into_inner().unwrap()
}

/// Killed while bills are put on record, alone and beside another process on the same state: acknowledged and lost 0, the
/// chain unbroken, every checkpoint holds.
#[test]
fn what_was_acknowledged_survives_a_kill() {
    survives(&Ground::file());
}

#[test]
fn what_was_acknowledged_survives_a_kill_beside_a_database() {
    let Some(ground) = Ground::database() else { return };
    survives(&ground);
}

fn survives(ground: &Ground) {
    let first = Service::start(ground);
    let administrator = first.printed.lines().find(|line| line.starts_with("pal_")).unwrap().to_owned();
    let (importer, officer, auditor) = (key(ground, "importer"), key(ground, "officer"), key(ground, "auditor"));
    let mut due = sent(&[first], &importer, 25);
    // Again, with two processes on one state of which one is killed: the other goes on.
    let pair = [Service::start(ground), Service::start(ground)];
    assert!(pair.iter().all(|service| !service.printed.contains("pal_")), "the key is shown once");
    assert_eq!(pair[1].call(&auditor, "GET", "/v1/log/checkpoints", "").map(|(status, _)| status), Some(200));
    due.extend(sent(&pair, &importer, 40));
    let bill = bills()[4].to_string();
    assert_eq!(pair[1].call(&importer, "POST", "/v1/assessments", &bill).map(|(status, _)| status), Some(200));
    drop(pair);
    let service = Service::start(ground);
    assert_eq!(service.call(&administrator, "GET", "/v1/me", "").map(|(status, _)| status), Some(200));
    for id in &due {
        let found = service.call(&officer, "GET", &format!("/v1/assessments/{id}"), "");
        assert_eq!(found.map(|(status, _)| status), Some(200), "{id} was acknowledged and is lost");
    }
    assert!(due.len() >= 65);
    drop(service);
    let (code, log) = command_on(ground, &["log", "export"]);
    assert_eq!(code, Some(0));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.ndjson");
    std::fs::write(&file, &log).unwrap();
    let key = ground.folder.path().join("log.pub");
    let verify = |file: &Path| command(&["log", "verify", file.to_str().unwrap(), "--key", key.to_str().unwrap()]);
    let (code, told) = verify(&file);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("hold together") && told.contains("Signed up to"), "{told}");
    // The commands that a court would use say what is wrong, and by the exit code that something is.
    let last: Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    let note = folder.path().join("kept.note");
    std::fs::write(&note, last["checkpoint"].as_str().unwrap()).unwrap();
    let cut = folder.path().join("cut.ndjson");
    let n = log.lines().filter(|line| !line.contains("\"checkpoint\"")).count();
    std::fs::write(&cut, log.lines().take(n - 1).collect::<Vec<_>>().join("\n")).unwrap();
    let (code, told) = command(&["log", "verify", cut.to_str().unwrap(), "--checkpoint", note.to_str().unwrap()]);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains(&format!("entry {n} is missing at the end")), "{told}");
    for (args, code) in [
        (vec!["log", "verify", "nowhere.ndjson"], 2),
        (vec!["log", "verify", note.to_str().unwrap(), "--key", note.to_str().unwrap()], 2),
        (vec!["log", "export", "--state", "nowhere"], 2),
        (vec!["readers", "list", "--state", "nowhere"], 2),
        (vec!["readers", "list"], 3),
    ] {
        assert_eq!(command(&args).0, Some(code), "{args:?}");
    }
    for args in [&["readers", "expire", "r_0"][..], &["readers", "add", "--name", "x", "--role", "king"]] {
        assert_eq!(command_on(ground, args).0, Some(3), "{args:?}");
    }
}

/// What a person sees at the first start and in the list fits a terminal of 80 columns.
#[test]
fn what_is_printed_fits_eighty_columns() {
    let ground = Ground::file();
    let state = ground.folder.path().to_str().unwrap();
    let service = Service::start(&ground);
    let long = "A directorate with a very long name of its own, Section for Timber and Other Forest Products";
    let added = command(&[
        "readers",
        "add",
        "--state",
        state,
        "--name",
        long,
        "--role",
        "officer",
        "--role",
        "handler",
        "--role",
        "publisher",
    ]);
    let machine =
        command(&["readers", "add", "--state", state, "--name", "Port\u{1b}[2J", "--machine", "--role", "importer"]);
    assert_eq!((added.0, machine.0), (Some(0), Some(3)), "a name that acts on a terminal is none");
    let list = command(&["readers", "list", "--state", state, "--columns", "80"]).1;
    assert!(list.contains("Timber") && list.contains("never") && list.contains("administrator"), "{list}");
    // Folders are the caller's: their length is not ours.
    let printed = service.printed.replace(state, "state");
    for line in printed.lines().chain(list.lines()) {
        assert!(line.chars().count() <= 80, "{line}");
    }
    assert!(printed.contains("shown this once") && !list.contains("pal_"), "{printed}");
}
