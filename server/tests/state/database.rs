//! A service whose state is a database: it goes away and comes back, and its password is told to nobody.

use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cluster::LOCKED;
use crate::harness::Ground;
use crate::kill::{Service, command_on, key};
use crate::secrets::bills;

/// Killed under four hands that send bills: every call is answered, those without a store by 503 and a time to come back;
/// what was acknowledged is there, the service goes on by itself, and the chain holds.
#[test]
fn the_database_is_killed_and_nothing_acknowledged_is_lost() {
    let Some(mut ground) = Ground::database() else { return };
    let service = Service::start(&ground);
    let (importer, officer) = (key(&ground, "importer"), key(&ground, "officer"));
    let (acknowledged, n_refused, is_over) = (Mutex::new(Vec::new()), AtomicUsize::new(0), AtomicBool::new(false));
    let bill = bills()[4].to_string();
    let in_time = |what: &str, is_so: &dyn Fn() -> bool| {
        let until = Instant::now() + Duration::from_secs(60);
        while !is_so() {
            assert!(Instant::now() < until, "{what}");
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    let (status, body) = service.call(&importer, "POST", "/v1/assessments", &bill).unwrap();
                    let said: Value = serde_json::from_str(&body).unwrap();
                    match status {
                        200 => acknowledged.lock().unwrap().push(said["id"].as_str().unwrap().to_owned()),
                        503 => {
                            assert_eq!(said["type"], "/problems/store");
                            n_refused.fetch_add(1, Ordering::Relaxed);
                        }
                        other => panic!("{other}: {body}"),
                    }
                }
            });
        }
        for round in 1..=2 {
            let n = acknowledged.lock().unwrap().len();
            in_time("no bill is taken", &|| acknowledged.lock().unwrap().len() >= n + 15);
            let (cluster, _) = ground.database.as_mut().unwrap();
            let cluster = Arc::get_mut(cluster).unwrap();
            cluster.kill();
            let n = n_refused.load(Ordering::Relaxed);
            in_time("nobody is told", &|| n_refused.load(Ordering::Relaxed) > n);
            assert_eq!(service.call("", "GET", "/healthz", "").map(|(status, _)| status), Some(200), "round {round}");
            cluster.begin();
        }
        let n = acknowledged.lock().unwrap().len();
        in_time("the service does not come back", &|| acknowledged.lock().unwrap().len() >= n + 15);
        is_over.store(true, Ordering::Relaxed);
    });
    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(acknowledged.len() >= 45);
    for id in &acknowledged {
        let found = service.call(&officer, "GET", &format!("/v1/assessments/{id}"), "");
        assert_eq!(found.map(|(status, _)| status), Some(200), "{id} was acknowledged and is lost");
    }
    drop(service);
    let (code, log) = command_on(&ground, &["log", "export"]);
    let file = ground.folder.path().join("log.ndjson");
    std::fs::write(&file, log).unwrap();
    let public = ground.folder.path().join("log.pub");
    let verified = Command::new(env!("CARGO_BIN_EXE_palisander"))
        .args(["log", "verify"])
        .arg(&file)
        .arg("--key")
        .arg(public)
        .status()
        .unwrap();
    assert_eq!((code, verified.code()), (Some(0), Some(0)));
}

/// The password opens by each way that is documented, and stands in no argument, no output and no log.
#[test]
fn the_password_is_told_to_nobody() {
    let Some(ground) = Ground::database() else { return };
    let (user, password) = LOCKED;
    let (cluster, state) = ground.database.as_ref().unwrap();
    let name = state.rsplit('/').next().unwrap();
    let open = cluster.address(user, name);
    let with = open.replacen(&format!("{user}@"), &format!("{user}:{password}@"), 1);
    let folder = ground.folder.path().to_str().unwrap();
    let passwords = ground.folder.path().join("passwords");
    std::fs::write(&passwords, format!("localhost:*:*:{user}:{password}\n")).unwrap();
    let passwords = passwords.to_str().unwrap();
    let open_to_all = ground.folder.path().join("open");
    std::fs::copy(passwords, &open_to_all).unwrap();
    let open_to_all = open_to_all.to_str().unwrap();
    for (mode, file) in [("600", passwords), ("644", open_to_all)] {
        assert!(Command::new("chmod").args([mode, file]).status().unwrap().success());
    }
    let list = |arguments: &[&str], environment: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_palisander"));
        command.args(["readers", "list"]).args(arguments).env_remove("HOME").envs(environment.iter().copied());
        let out = command.output().unwrap();
        let told = [out.stdout, out.stderr].concat();
        (out.status.code(), String::from_utf8_lossy(&told).into_owned())
    };
    let service = Service::told(&[], &[("PALISANDER_STATE", &with), ("PALISANDER_LOG_KEY", folder)]);
    let by_address = ["--state", &open, "--log-key", folder];
    let mut told = vec![service.printed.clone()];
    for (arguments, environment, code) in [
        (&by_address[..], &[("PGPASSWORD", password)][..], 0),
        (&by_address, &[("PGPASSFILE", passwords)], 0),
        (&[], &[("PALISANDER_STATE", &with), ("PALISANDER_LOG_KEY", folder)], 0),
        // Without it, with a wrong one, where everybody could read it, without the key, where no state is.
        (&by_address, &[], 2),
        (&by_address, &[("PGPASSWORD", "wrong")], 2),
        (&by_address, &[("PGPASSFILE", open_to_all)], 3),
        (&["--state", &with, "--log-key", folder], &[], 3),
        (&[], &[("PALISANDER_STATE", &with)], 3),
        (&["--state", &with.replace(name, "postgres"), "--log-key", folder], &[], 3),
        (&[], &[("PALISANDER_STATE", &with.replace(name, "postgres")), ("PALISANDER_LOG_KEY", folder)], 2),
        (&[], &[("PALISANDER_STATE", &with.replace(name, "nowhere")), ("PALISANDER_LOG_KEY", folder)], 2),
        (&[], &[("PALISANDER_STATE", &format!("{with}?x={password}")), ("PALISANDER_LOG_KEY", folder)], 3),
    ] {
        let (found, text) = list(arguments, environment);
        assert_eq!(found, Some(code), "{arguments:?}: {text}");
        assert_eq!(text.contains("administrator"), code == 0, "{text}");
        told.push(text);
    }
    let id = service.process.id();
    told.push(std::fs::read_to_string(format!("/proc/{id}/cmdline")).unwrap());
    told.push(cluster.tell("postgres", "SELECT string_agg(application_name || query, ' ') FROM pg_stat_activity"));
    told.push(service.said.lock().unwrap().clone());
    assert!(told.iter().all(|text| !text.contains(password)), "{told:?}");
    assert!(told[0].contains(&format!("--state '{open}' --log-key {folder}")), "{}", told[0]);
}
