//! The examples of `server/deploy`: what can be tried without being an operator is tried.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::harness::Ground;
use crate::kill::{Service, key};
use crate::secrets::bills;
use crate::tls::Authority;

fn example(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy").join(name)).unwrap()
}

/// A program of the system; `None` where it is not installed and the tests were told to do without.
fn program(name: &str, without: &str) -> Option<PathBuf> {
    let folders = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/usr/local/sbin";
    let found = std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file());
    assert!(
        found.is_some() || std::env::var_os(without).is_some(),
        "`{name}` is not installed (Debian has it); {without}=1 leaves its tests out"
    );
    found
}

/// All that a program said.
fn both(out: &Output) -> String {
    String::from_utf8_lossy(&[out.stderr.as_slice(), &out.stdout].concat()).into_owned()
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Two processes behind the load balancer of the example: what one wrote the other knows, and when one is killed the other
/// answers all.
#[test]
fn two_processes_behind_haproxy_outlive_the_death_of_one() {
    let Some(haproxy) = program("haproxy", "PALISANDER_WITHOUT_HAPROXY") else { return };
    let Some(ground) = Ground::database() else { return };
    let services = [Service::start(&ground), Service::start(&ground)];
    let (importer, officer) = (key(&ground, "importer"), key(&ground, "officer"));
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    let papers = authority.papers("localhost");
    let pem = folder.path().join("palisander.pem");
    std::fs::write(&pem, [papers.certificate, papers.key].concat()).unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut config = example("haproxy.cfg");
    for (there, here) in [
        ("bind :8443", format!("bind {port}")),
        ("/etc/haproxy/palisander.pem", pem.to_str().unwrap().to_owned()),
        ("127.0.0.1:8081", services[0].address.to_string()),
        ("127.0.0.1:8082", services[1].address.to_string()),
    ] {
        assert!(config.contains(there), "the example has no `{there}`");
        config = config.replace(there, &here);
    }
    let file = folder.path().join("haproxy.cfg");
    std::fs::write(&file, config).unwrap();
    let checked = Command::new(&haproxy).args(["-c", "-f"]).arg(&file).output().unwrap();
    let told = both(&checked);
    assert!(checked.status.success() && !told.contains("WARNING"), "{told}");
    let mut balancer = Command::new(&haproxy);
    let balancer = balancer.args(["-db", "-f"]).arg(&file).stdout(Stdio::null()).stderr(Stdio::null());
    let _balancer = Running(balancer.spawn().unwrap());

    let ask = |key: &str, method: &str, path: &str, body: &str| authority.asks(port, key, method, path, body);
    let status = |key: &str, path: &str| ask(key, "GET", path, "").map(|(status, _)| status);
    let until = Instant::now() + Duration::from_secs(20);
    while status(&officer, "/v1/me") != Some(200) {
        assert!(Instant::now() < until, "nobody is reached through it");
        std::thread::sleep(Duration::from_millis(100));
    }
    let bill = bills()[4].to_string();
    let sent = |n: usize| {
        (0..n)
            .map(|_| {
                let (status, body) = ask(&importer, "POST", "/v1/assessments", &bill)?;
                let answer: Value = serde_json::from_str(&body).ok()?;
                (status == 200).then(|| answer["id"].as_str().unwrap_or_default().to_owned())
            })
            .collect::<Vec<Option<String>>>()
    };
    let before: Vec<String> = sent(10).into_iter().map(|id| id.expect("both are there: none is lost")).collect();
    let [first, second] = services;
    drop(first);
    // Connections that cannot be made go to the other at once; one that broke in the middle is its caller's to send again.
    let after = sent(20);
    let lost = after.iter().filter(|id| id.is_none()).count();
    assert!(lost <= 2, "{lost} of 20");
    for id in before.iter().chain(after.iter().flatten()) {
        assert_eq!(status(&officer, &format!("/v1/assessments/{id}")), Some(200), "{id}");
    }
    drop(second);
    let until = Instant::now() + Duration::from_secs(20);
    while status(&officer, "/v1/me") != Some(503) {
        assert!(Instant::now() < until, "that nobody is left is not told");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The units are such that systemd takes, and they give a program that is broken into little to reach for.
#[test]
fn the_units_are_sound_and_hardened() {
    let Some(analyze) = program("systemd-analyze", "PALISANDER_WITHOUT_SYSTEMD") else { return };
    for (name, file, starts) in [
        ("palisander@.service", "palisander@1.service", "serve\n"),
        ("palisander-watch.service", "palisander-watch.service", "watch --reader ${PALISANDER_READER} "),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(file);
        let unit = example(name);
        assert!(unit.contains(&format!("ExecStart=/usr/bin/palisander {starts}")));
        std::fs::write(&path, unit.replace("/usr/bin/palisander", env!("CARGO_BIN_EXE_palisander"))).unwrap();
        let run = |arguments: &[&str]| {
            let out = Command::new(&analyze).args(arguments).arg(&path).output().unwrap();
            let told = both(&out);
            (out.status.success(), told)
        };
        let (_, told) = run(&["verify", "--man=no"]);
        let own: Vec<&str> = told.lines().filter(|line| line.contains(file.trim_end_matches(".service"))).collect();
        assert!(own.is_empty(), "{told}");
        // Out of 100; a unit that says nothing has 96.
        let (is_below, told) = run(&["security", "--offline=yes", "--threshold=20", "--no-pager"]);
        assert!(is_below, "{told}");
    }
}

/// What the container is told by the environment are settings, and it copies all that is compiled and nothing else.
#[test]
fn the_container_is_told_settings_that_there_are() {
    let (file, settings) = (example("Containerfile"), example("palisander.toml"));
    let told: Vec<&str> = file.split("PALISANDER_").skip(1).map(|rest| rest.split('=').next().unwrap()).collect();
    assert_eq!(told, ["CONFIG", "STATE"]);
    assert!(settings.contains("\n#state = "));
    let copied: Vec<&str> =
        file.lines().filter_map(|line| line.strip_prefix("COPY ")).flat_map(str::split_whitespace).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let workspace: toml::Table = std::fs::read_to_string(root.join("Cargo.toml")).unwrap().parse().unwrap();
    let members = workspace["workspace"]["members"].as_array().unwrap().iter().filter_map(|member| member.as_str());
    for part in members.map(|member| member.split('/').next().unwrap()).chain(["datasets", "rules", "Cargo.lock"]) {
        assert!(copied.contains(&part) && root.join(part).exists(), "{part}");
    }
    assert!(!copied.contains(&"."), "folders of builds and states would be in it");
    let user = file.find("USER 10001").unwrap();
    assert!(user < file.find("ENTRYPOINT").unwrap(), "it does not run as root");
}
