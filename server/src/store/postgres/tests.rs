//! What only a database can do to a store: go away, come back, be entered with a password, lose an answer.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::cluster::{Cluster, LOCKED};
use super::*;
use crate::store::{Draft, conformance};

fn opened(state: &str, folder: &Path) -> Result<PostgresStore, StoreError> {
    PostgresStore::open(Address::read(state).unwrap(), folder)
}

fn draft(subject: &str) -> Draft {
    conformance::draft(subject, "")
}

#[test]
fn it_is_a_store() {
    let Some(cluster) = Cluster::start() else { return };
    // A database for each folder.
    let states = Mutex::new(std::collections::HashMap::new());
    conformance::holds(&|folder| {
        let state = states.lock().unwrap().entry(folder.to_owned()).or_insert_with(|| cluster.state()).clone();
        Box::new(opened(&state, folder).unwrap())
    });
}

/// One key signs for all: whoever has another, or none, is not let in, and no key is made for him.
#[test]
fn one_key_signs_for_all() {
    let Some(cluster) = Cluster::start() else { return };
    let state = cluster.state();
    let folders = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let first = opened(&state, &folders[0].path().join("made")).unwrap();
    let other = opened(&cluster.state(), folders[1].path()).unwrap();
    assert_ne!(first.public_key(), other.public_key());
    for folder in &folders[1..] {
        let refused = opened(&state, folder.path()).err().unwrap();
        assert!(matches!(&refused, StoreError::Place(why) if why.contains("log.key")), "{refused}");
    }
    assert_eq!(std::fs::read_dir(folders[2].path()).unwrap().count(), 0);
    std::fs::copy(folders[0].path().join("made/log.key"), folders[2].path().join("log.key")).unwrap();
    assert_eq!(opened(&state, folders[2].path()).unwrap().public_key(), first.public_key());
}

/// Killed again and again under four hands that write and one that reads: what was acknowledged is there, nothing is there
/// twice, and the store comes back by itself.
#[test]
fn the_database_goes_and_comes_back() {
    let Some(mut cluster) = Cluster::start() else { return };
    let (state, folder) = (cluster.state(), tempfile::tempdir().unwrap());
    let store = Arc::new(opened(&state, folder.path()).unwrap());
    let is_over = AtomicBool::new(false);
    let acknowledged = Mutex::new(Vec::new());
    let in_time = |n: usize| {
        let until = Instant::now() + Duration::from_secs(60);
        while acknowledged.lock().unwrap().len() < n {
            assert!(Instant::now() < until, "the store does not come back");
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    std::thread::scope(|scope| {
        for hand in 0..4 {
            let (store, acknowledged, is_over) = (&store, &acknowledged, &is_over);
            scope.spawn(move || {
                for n in 0.. {
                    if is_over.load(Ordering::Relaxed) {
                        break;
                    }
                    let subject = format!("{hand}-{n}");
                    match store.append(Batch::of(draft(&subject))) {
                        Ok(receipts) => acknowledged.lock().unwrap().push((subject, receipts[0])),
                        Err(StoreError::Unavailable(_) | StoreError::InDoubt(_)) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            });
        }
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                match store.n_entries() {
                    Ok(_) | Err(StoreError::Unavailable(_)) => std::thread::sleep(Duration::from_millis(1)),
                    Err(error) => panic!("{error}"),
                }
            }
        });
        for _ in 0..3 {
            let n = acknowledged.lock().unwrap().len();
            in_time(n + 100);
            cluster.kill();
            // Whoever writes may be waiting to learn how a commit ended; who reads is told at once.
            assert!(matches!(store.n_entries(), Err(StoreError::Unavailable(_))));
            cluster.begin();
        }
        let n = acknowledged.lock().unwrap().len();
        in_time(n + 100);
        is_over.store(true, Ordering::Relaxed);
    });
    let entries = store.entries(0, usize::MAX).unwrap();
    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(acknowledged.len() >= 400);
    for (subject, receipt) in &acknowledged {
        let entry = &entries[usize::try_from(receipt.seq).unwrap() - 1];
        assert_eq!((&entry.subject, entry.hash), (subject, receipt.hash), "acknowledged and lost");
    }
    let subjects: std::collections::BTreeSet<&str> = entries.iter().map(|entry| entry.subject.as_str()).collect();
    assert_eq!(subjects.len(), entries.len(), "something is there twice");
    conformance::checked(&*store);
    assert_eq!(store.checkpoint().unwrap().map(|signed| signed.size), Some(entries.len() as u64));
}

/// What breaks the connection at a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    /// The database never hears of it.
    Before,
    /// The database did it, and its answer is lost.
    After,
}

/// A way to the socket of a cluster that breaks at the next commit each time it is told to.
struct Wire {
    folder: tempfile::TempDir,
    cut: Arc<Mutex<Option<Cut>>>,
}

impl Wire {
    fn to(socket: PathBuf) -> Self {
        let folder = tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").unwrap();
        let listener = UnixListener::bind(folder.path().join(".s.PGSQL.5432")).unwrap();
        let cut: Arc<Mutex<Option<Cut>>> = Arc::default();
        let own = Arc::clone(&cut);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let server = UnixStream::connect(&socket).unwrap();
                let is_cut = Arc::new(AtomicBool::new(false));
                let back = (server.try_clone().unwrap(), client.try_clone().unwrap(), Arc::clone(&is_cut));
                std::thread::spawn(move || answers(back.0, back.1, &back.2));
                let cut = Arc::clone(&own);
                std::thread::spawn(move || asks(client, server, &cut, &is_cut));
            }
        });
        Self { folder, cut }
    }

    fn breaks(&self, cut: Cut) {
        *self.cut.lock().unwrap() = Some(cut);
    }

    fn is_whole(&self) -> bool {
        self.cut.lock().unwrap().is_none()
    }
}

fn asks(mut client: UnixStream, mut server: UnixStream, cut: &Mutex<Option<Cut>>, is_cut: &AtomicBool) {
    let mut bytes = [0; 1 << 16];
    while let Ok(n @ 1..) = client.read(&mut bytes) {
        let is_commit = bytes[..n].windows(7).any(|part| part == b"COMMIT\0");
        let due = if is_commit { cut.lock().unwrap().take() } else { None };
        if let Some(cut) = due {
            is_cut.store(true, Ordering::SeqCst);
            if cut == Cut::After {
                server.write_all(&bytes[..n]).unwrap();
                // Its answer is read by the other hand, and goes nowhere; the end of that is the end of the commit.
                std::thread::sleep(Duration::from_millis(200));
            }
            break;
        }
        if server.write_all(&bytes[..n]).is_err() {
            break;
        }
    }
    let _ = server.shutdown(std::net::Shutdown::Both);
    let _ = client.shutdown(std::net::Shutdown::Both);
}

fn answers(mut server: UnixStream, mut client: UnixStream, is_cut: &AtomicBool) {
    let mut bytes = [0; 1 << 16];
    while let Ok(n @ 1..) = server.read(&mut bytes) {
        if !is_cut.load(Ordering::SeqCst) && client.write_all(&bytes[..n]).is_err() {
            break;
        }
    }
}

/// A commit whose answer is lost is neither lost nor done twice, and whoever waits for it is told how it ended.
#[test]
fn a_commit_without_an_answer_is_settled() {
    let Some(cluster) = Cluster::start() else { return };
    let (state, folder) = (cluster.state(), tempfile::tempdir().unwrap());
    let socket = cluster.socket();
    let wire = Wire::to(socket.clone());
    let through = |folder: &Path| folder.to_str().unwrap().replace('/', "%2F");
    let state = state.replace(&through(socket.parent().unwrap()), &through(wire.folder.path()));
    let store = opened(&state, folder.path()).unwrap();
    for (n, cut) in [Cut::Before, Cut::After, Cut::After, Cut::Before].into_iter().enumerate() {
        wire.breaks(cut);
        let once = Some(Once { key: format!("order-{n}"), digest: [1; 32] });
        let batch =
            Batch { drafts: vec![draft(&format!("a_{n}")), draft(&format!("b_{n}"))], once, ..Batch::default() };
        let receipts = store.append(batch.clone()).unwrap();
        assert!(wire.is_whole(), "{cut:?} did not happen");
        assert_eq!(
            receipts.iter().map(|one| (one.seq, one.again)).collect::<Vec<_>>(),
            [(2 * n as u64 + 1, false), (2 * n as u64 + 2, false)]
        );
        assert!(store.append(batch).unwrap().iter().all(|receipt| receipt.again));
        // What may be done twice is.
        wire.breaks(cut);
        let body = Sealed::new(b"kept".to_vec()).unwrap();
        store.keep(vec![body.clone()]).unwrap();
        assert!(wire.is_whole() && store.body(&body.digest).unwrap() == Some(body));
    }
    assert_eq!(conformance::checked(&store).len(), 8);
}

/// What a database refuses of one batch does not take its neighbours along.
#[test]
fn a_row_that_is_refused_goes_alone() {
    let Some(cluster) = Cluster::start() else { return };
    let (state, folder) = (cluster.state(), tempfile::tempdir().unwrap());
    let store = Arc::new(opened(&state, folder.path()).unwrap());
    let name = state.rsplit('/').next().unwrap();
    cluster.tell(name, "ALTER TABLE entries ADD CHECK (subject NOT LIKE 'refused%')");
    let hands: Vec<_> = (0..32)
        .map(|n| {
            let store = Arc::clone(&store);
            let subject = if n % 4 == 0 { format!("refused-{n}") } else { format!("taken-{n}") };
            std::thread::spawn(move || (store.append(Batch::of(draft(&subject))).is_ok(), n % 4 == 0))
        })
        .collect();
    for hand in hands {
        let (is_taken, is_refused) = hand.join().unwrap();
        assert_ne!(is_taken, is_refused);
    }
    assert_eq!(conformance::checked(&*store).len(), 24);
}

/// A process that stands still in the middle of a commit does not hold up the others for ever.
#[test]
fn whoever_holds_the_end_and_stands_still_is_shut_out() {
    let Some(cluster) = Cluster::start() else { return };
    let (state, folder) = (cluster.state(), tempfile::tempdir().unwrap());
    let store = opened(&state, folder.path()).unwrap();
    let mut still = Link::open(&Address::read(&state).unwrap()).unwrap();
    still.all("SET idle_in_transaction_session_timeout = 500; BEGIN; SELECT one FROM log_end FOR UPDATE").unwrap();
    let began = Instant::now();
    assert_eq!(store.append(Batch::of(draft("a"))).unwrap()[0].seq, 1);
    assert!(began.elapsed() > Duration::from_millis(300), "nobody held it");
    assert!(matches!(still.all("COMMIT"), Err(Failed::Lost(_))));
    // A statement has its time too.
    let late = store.lines.read(|link| link.all("SET statement_timeout = 50; SELECT pg_sleep(5)"));
    assert!(matches!(&late, Err(StoreError::Unavailable(why)) if why.contains("57014")), "{late:?}");
}

/// Databases that would not keep what is acknowledged, or not as it was said, are left alone.
#[test]
fn a_database_that_does_not_fit_is_told() {
    let Some(cluster) = Cluster::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    cluster.tell("postgres", "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0");
    let owner = cluster.state();
    let refused = |state: &str| opened(state, folder.path()).err().unwrap().to_string();
    assert!(refused(&cluster.address("palisander", "latin")).contains("UTF8"));
    assert!(refused(&cluster.address("palisander", "nowhere")).contains("does not exist"));
    assert!(!refused(&cluster.address(LOCKED.0, "postgres")).contains(LOCKED.1));
    // What is off for the database is on for the store.
    let name = owner.rsplit('/').next().unwrap().to_owned();
    cluster.tell("postgres", &format!("ALTER DATABASE {name} SET synchronous_commit = off"));
    let store = opened(&owner, folder.path()).unwrap();
    let on = store.lines.read(|link| Ok(link.row("SHOW synchronous_commit", &[])?.map(|row| row.get::<_, String>(0))));
    assert_eq!(on.unwrap().as_deref(), Some("on"));
    drop(store);
    cluster.tell("postgres", "ALTER SYSTEM SET fsync = off");
    cluster.tell("postgres", "SELECT pg_reload_conf()");
    let until = Instant::now() + Duration::from_secs(10);
    while cluster.tell("postgres", "SHOW fsync") != "off" && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(refused(&owner).contains("fsync"));
}
