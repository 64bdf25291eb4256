//! A PostgreSQL of one's own: made in a folder that goes with it, asked by a socket in that folder, never as root.
//!
//! The server ends with whoever started it, even when he is killed. Where no PostgreSQL is found the tests fail, unless
//! `PALISANDER_WITHOUT_POSTGRES` says that they are to be left out, as `.ci/test` says aloud.

// Unit tests of the store and the stories of the service each use a part of it.
#![allow(dead_code, clippy::print_stderr)]

use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Who owns the databases; the socket lets everybody be him.
const OWNER: &str = "palisander";
/// Who needs a password to get in, and the password.
pub const LOCKED: (&str, &str) = ("locked", "QUILLFEATHER-7");
/// Starts a server that stops when nobody holds the other end of its standard input any more.
const KEEPER: &str = "\"$@\" & server=$!; read line; kill -QUIT $server; wait $server";
/// Longest that a server may take to start or stop.
const LONGEST: Duration = Duration::from_secs(60);

pub struct Cluster {
    folder: tempfile::TempDir,
    programs: PathBuf,
    /// Whom the server runs as: nobody else where this is root.
    user: Option<(u32, u32)>,
    keeper: Option<Child>,
    n: AtomicUsize,
}

impl Cluster {
    /// Makes and starts one; `None` where the tests were told to do without.
    pub fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            let without = std::env::var_os("PALISANDER_WITHOUT_POSTGRES").is_some();
            assert!(
                without,
                "no PostgreSQL of version 15 or later is installed (Debian: `apt-get install postgresql`); \
                 PALISANDER_WITHOUT_POSTGRES=1 leaves its tests out"
            );
            eprintln!("LEFT OUT: there is no PostgreSQL, and PALISANDER_WITHOUT_POSTGRES is set");
            return None;
        };
        let folder = tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").unwrap();
        // Who made the folder is who runs this.
        let own = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(folder.path()).unwrap());
        let user = (own == 0).then(unprivileged);
        if let Some((uid, gid)) = user {
            std::os::unix::fs::chown(folder.path(), Some(uid), Some(gid)).unwrap();
        }
        let mut cluster = Self { folder, programs, user, keeper: None, n: AtomicUsize::new(0) };
        let data = cluster.data();
        let mut made = cluster.program("initdb");
        made.args(["-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
        let made = made.arg("-D").arg(&data).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let doors = format!("local all {} scram-sha-256\nlocal all all trust\n", LOCKED.0);
        std::fs::write(data.join("pg_hba.conf"), doors).unwrap();
        cluster.begin();
        let (name, password) = LOCKED;
        cluster.tell("postgres", &format!("CREATE ROLE {name} LOGIN SUPERUSER PASSWORD '{password}'"));
        Some(cluster)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        self.as_user(&mut command);
        command
    }

    fn as_user(&self, command: &mut Command) {
        command.current_dir(self.folder.path()).env("LC_ALL", "C");
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
    }

    /// Starts the server; after a kill that may take some tries, while what is left of the old one goes away.
    pub fn begin(&mut self) {
        let until = Instant::now() + LONGEST;
        loop {
            let mut keeper = Command::new("sh");
            self.as_user(&mut keeper);
            keeper.args(["-c", KEEPER, "sh"]).arg(self.programs.join("postgres")).arg("-D").arg(self.data());
            keeper.arg("-k").arg(self.folder.path());
            for setting in ["listen_addresses=", "max_connections=100", "shared_buffers=16MB", "logging_collector=off"]
            {
                keeper.args(["-c", setting]);
            }
            let log = std::fs::OpenOptions::new().create(true).append(true).open(self.folder.path().join("log"));
            let log = log.unwrap();
            let mut keeper =
                keeper.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::from(log)).spawn().unwrap();
            let tried = Instant::now();
            while tried.elapsed() < Duration::from_secs(10) {
                let mut ready = self.program("pg_isready");
                let ready = ready.arg("-q").arg("-h").arg(self.folder.path()).status().unwrap();
                if ready.success() {
                    self.keeper = Some(keeper);
                    return;
                }
                // It gave up by itself.
                if self.server().is_none() && tried.elapsed() > Duration::from_millis(500) {
                    break;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            let _ = keeper.kill();
            let _ = keeper.wait();
            let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            assert!(Instant::now() < until, "PostgreSQL does not start: {log}");
        }
    }

    /// Process of the server.
    fn server(&self) -> Option<String> {
        let text = std::fs::read_to_string(self.data().join("postmaster.pid")).ok()?;
        let id = text.lines().next()?.trim().to_owned();
        Path::new("/proc").join(&id).exists().then_some(id)
    }

    /// Kills the server as a loss of power does: nothing is written on the way out, and all connections break.
    pub fn kill(&mut self) {
        let server = self.server().unwrap();
        // Those of its connections go first, so that none of them ends its commit.
        let all = std::fs::read_to_string(format!("/proc/{server}/task/{server}/children")).unwrap_or_default();
        let mut kill = Command::new("kill");
        kill.arg("-9").arg(&server).args(all.split_whitespace());
        // Some of them may be gone already.
        let _ = kill.stderr(Stdio::null()).status().unwrap();
        self.ended();
    }

    fn ended(&mut self) {
        if let Some(mut keeper) = self.keeper.take() {
            drop(keeper.stdin.take());
            let _ = keeper.wait();
        }
    }

    /// The socket on which it listens.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join(".s.PGSQL.5432")
    }

    /// The address of a new, empty database.
    pub fn state(&self) -> String {
        let name = format!("state{}", self.n.fetch_add(1, Ordering::Relaxed));
        self.tell("postgres", &format!("CREATE DATABASE {name}"));
        self.address(OWNER, &name)
    }

    /// The address of a database for somebody.
    pub fn address(&self, user: &str, name: &str) -> String {
        let folder = self.folder.path().to_str().unwrap().replace('/', "%2F");
        format!("postgres://{user}@{folder}/{name}")
    }

    /// Does something at the server; what it says to it.
    pub fn tell(&self, database: &str, sql: &str) -> String {
        let mut client = self.program("psql");
        client.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", OWNER, "-d", database, "-c", sql]);
        let said = client.arg("-h").arg(self.folder.path()).output().unwrap();
        assert!(said.status.success(), "{sql}: {}", String::from_utf8_lossy(&said.stderr));
        String::from_utf8_lossy(&said.stdout).trim().to_owned()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.ended();
    }
}

/// Folder of the programs of PostgreSQL 15 or later, the latest of those that are there.
fn programs() -> Option<PathBuf> {
    let version = |folder: &Path| {
        let said = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
        let text = String::from_utf8_lossy(&said.stdout).into_owned();
        let number = text.split_whitespace().find_map(|word| word.split('.').next()?.parse::<u32>().ok())?;
        ["initdb", "psql", "pg_isready"].iter().all(|name| folder.join(name).exists()).then_some(number)
    };
    let listed = |folder: &str| -> io::Result<Vec<PathBuf>> {
        Ok(std::fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path().join("bin"))).collect())
    };
    let mut all: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    all.extend(listed("/usr/lib/postgresql").unwrap_or_default());
    all.extend(
        listed("/usr").unwrap_or_default().into_iter().filter(|path| path.to_string_lossy().contains("/pgsql-")),
    );
    let known = all.into_iter().filter_map(|folder| Some((version(&folder)?, folder)));
    known.filter(|(version, _)| *version >= 15).max().map(|(_, folder)| folder)
}

/// A user that is not root: PostgreSQL's own, else nobody.
fn unprivileged() -> (u32, u32) {
    let users = std::fs::read_to_string("/etc/passwd").unwrap();
    let of = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2).map(str::parse);
        Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
    };
    of("postgres").or_else(|| of("nobody")).unwrap()
}
