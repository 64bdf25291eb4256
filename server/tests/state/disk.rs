//! A disk that takes no more: what could not be written is not acknowledged, it is said, and the service goes on once there is
//! room again.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::harness::Ground;
use crate::kill::{Service, command_on, key};
use crate::secrets::bills;

/// Bytes that the state may grow by.
const ROOM_BYTES: u64 = 3 << 20;

/// A way to have no room, and to have it again.
struct Narrow {
    service: Service,
    ground: Ground,
    key: String,
    /// What stands in the way, as the process sees it; `None` = a limit of the process.
    filler: Option<PathBuf>,
}

impl Narrow {
    /// No file of the process may grow beyond a size: writing fails with "file too large".
    fn by_limit() -> Self {
        let ground = Ground::file();
        let key = key(&ground, "importer");
        let mut command = Command::new("bash");
        let blocks = ROOM_BYTES / 1024;
        command.args(["-c", &format!("trap '' XFSZ; ulimit -S -f {blocks}; exec \"$@\""), "bash"]);
        command.arg(env!("CARGO_BIN_EXE_palisander"));
        let service = Service::by(command, &ground.arguments(), &[]);
        Self { service, ground, key, filler: None }
    }

    /// A file system of its own that is nearly full: writing fails with "no space left". `None` where nobody may make one.
    fn by_file_system() -> Option<Self> {
        let may = Command::new("unshare").args(["-m", "true"]).output().is_ok_and(|out| out.status.success());
        if !may {
            return None;
        }
        let ground = Ground::file();
        let key = key(&ground, "importer");
        let folder = ground.folder.path();
        let (kept, filler) = (folder.with_extension("kept"), folder.join("filler"));
        assert!(Command::new("cp").arg("-a").arg(folder).arg(&kept).status().unwrap().success());
        let script = "mount -t tmpfs -o size=$1 tmpfs \"$2\" && cp -a \"$3\"/. \"$2\"/ && head -c 8M /dev/zero > \"$2\"/filler; \
                      rm -r \"$3\"; shift 3; exec \"$@\"";
        let mut command = Command::new("unshare");
        command.args(["-m", "sh", "-c", script, "sh", &(ROOM_BYTES + (8 << 20)).to_string()]);
        command.arg(folder).arg(&kept).arg(env!("CARGO_BIN_EXE_palisander"));
        let service = Service::by(command, &ground.arguments(), &[]);
        Some(Self { service, ground, key, filler: Some(filler) })
    }

    fn gives_room(&self) {
        let id = self.service.process.id();
        match &self.filler {
            Some(filler) => {
                let inside =
                    Path::new("/proc").join(id.to_string()).join("root").join(filler.strip_prefix("/").unwrap());
                std::fs::remove_file(inside).unwrap();
            }
            None => {
                let told = Command::new("prlimit").args(["--pid", &id.to_string(), "--fsize=unlimited"]).status();
                assert!(told.unwrap().success());
            }
        }
    }

    /// A command over the state as the process sees it.
    fn verifies(&self) {
        if self.filler.is_some() {
            let id = self.service.process.id().to_string();
            let script = "\"$1\" log export --state \"$2\" > /tmp/export.$$ && \"$1\" log verify /tmp/export.$$ --key \"$2\"/log.pub; \
                          code=$?; rm -f /tmp/export.$$; exit $code";
            let mut command = Command::new("nsenter");
            command.args(["-t", &id, "-m", "sh", "-c", script, "sh", env!("CARGO_BIN_EXE_palisander")]);
            let out = command.arg(self.ground.folder.path()).output().unwrap();
            assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
            return;
        }
        let (code, text) = command_on(&self.ground, &["log", "export"]);
        assert_eq!(code, Some(0));
        let file = self.ground.folder.path().join("export.ndjson");
        std::fs::write(&file, text).unwrap();
        let public = self.ground.folder.path().join("log.pub");
        let mut command = Command::new(env!("CARGO_BIN_EXE_palisander"));
        let out = command.args(["log", "verify"]).arg(&file).arg("--key").arg(public).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    }

    fn sends(&self) -> (u16, Value) {
        let (status, body) = self.service.call(&self.key, "POST", "/v1/assessments", &bills()[4].to_string()).unwrap();
        (status, serde_json::from_str(&body).unwrap())
    }

    fn ready(&self) -> Value {
        let (status, body) = self.service.call("", "GET", "/readyz", "").unwrap();
        assert_eq!(status, 200);
        serde_json::from_str(&body).unwrap()
    }

    /// Asks until it says so; what is seen is kept for a moment.
    fn says(&self, what: &str, is_said: bool) {
        let until = Instant::now() + Duration::from_secs(20);
        while self.ready().to_string().contains(what) != is_said {
            assert!(Instant::now() < until, "{}", self.ready());
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

fn fills_and_recovers(narrow: &Narrow) {
    let mut acknowledged = Vec::new();
    let mut refused = 0;
    for _ in 0..20_000 {
        match narrow.sends() {
            (200, answer) => acknowledged.push(answer["id"].as_str().unwrap().to_owned()),
            (503, problem) => {
                assert_eq!(problem["type"], "/problems/store", "{problem}");
                refused += 1;
            }
            other => panic!("{other:?}"),
        }
        if refused == 3 {
            break;
        }
    }
    assert_eq!(refused, 3, "it was to be full before that");
    assert!(acknowledged.len() > 10, "{}", acknowledged.len());
    narrow.says("not_written", true);
    // Reading goes on.
    let seen = |id: &str| narrow.service.call(&narrow.key, "GET", &format!("/v1/assessments/{id}"), "").unwrap().0;
    assert_eq!(seen(&acknowledged[0]), 200);
    narrow.gives_room();
    for _ in 0..10 {
        let (status, answer) = narrow.sends();
        assert_eq!(status, 200, "{answer}");
        acknowledged.push(answer["id"].as_str().unwrap().to_owned());
    }
    narrow.says("not_written", false);
    for id in &acknowledged {
        assert_eq!(seen(id), 200, "{id} was acknowledged");
    }
    narrow.verifies();
}

#[test]
fn a_full_disk_loses_nothing_that_was_acknowledged() {
    fills_and_recovers(&Narrow::by_limit());
    if let Some(narrow) = Narrow::by_file_system() {
        fills_and_recovers(&narrow);
    }
}
