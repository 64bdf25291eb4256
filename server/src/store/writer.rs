//! The one thread of a process that writes: what waits when a commit ends is written by the next, together.
//!
//! In: batches, in the order of asking. Out: receipts, once the commit is durable. The tree over the log is kept here, and
//! caught up with what other processes wrote before a checkpoint is signed. Below lie [`Tables`], each call of which is one
//! transaction; that they stand in a file or in a database of another machine is not known here.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::checkpoint::{Checkpoint, LogKey};
use super::entry::{Batch, Receipt};
use super::error::StoreError;
use super::hash::Hash;
use super::jobs::Lease;
use super::merkle::Frontier;
use super::sealed::Sealed;
use crate::config::{CHECKPOINT_INTERVAL, MAX_GROUP_COMMIT, MAX_WAITING_WRITES};

/// A batch's receipts, or why it was refused.
pub type Answer = Result<Vec<Receipt>, StoreError>;
/// Who hears the answer, on the thread that writes: he does nothing long.
pub type Heard = Box<dyn FnOnce(Answer) + Send>;

/// A batch that was not asked for since as many wait as may, and who was to hear of it.
pub struct Unasked(pub Box<(Batch, Heard)>);

type Reply<T> = SyncSender<Result<T, StoreError>>;

/// How long a full queue, or a thread that ends, is left alone before it is asked again.
const PAUSE: Duration = Duration::from_millis(5);

/// Tables that a thread writes, for as long as it has them. Several processes may write them at once.
pub(super) trait Tables: Send {
    /// Writes batches in one commit, in order; an error when nothing at all was committed. A batch that is refused leaves no
    /// trace and does not disturb its neighbours.
    fn written(&mut self, batches: &[&Batch]) -> Result<Vec<Answer>, StoreError>;
    /// Keeps bodies that no entry names yet.
    fn keep(&mut self, bodies: &[Sealed]) -> Result<(), StoreError>;
    /// Notes the use of a key; the latest counts.
    fn used(&mut self, key: &str, at: Timestamp) -> Result<(), StoreError>;
    /// Takes or renews a lease; false while another holds it.
    fn lease(&mut self, lease: &Lease) -> Result<bool, StoreError>;
    /// Hands the hashes of the entries after `after` on, in order.
    fn hashes(&mut self, after: u64, each: &mut dyn FnMut(Hash)) -> Result<(), StoreError>;
    /// The latest checkpoint.
    fn checkpoint(&mut self) -> Result<Option<Checkpoint>, StoreError>;
    /// Keeps a checkpoint, unless there is one of its size.
    fn sign(&mut self, checkpoint: &Checkpoint) -> Result<(), StoreError>;
    /// Builds every projection again from the entries.
    fn rebuild(&mut self) -> Result<(), StoreError>;
}

/// What the thread is asked.
enum Job {
    Append(Asked),
    Keep(Vec<Sealed>, Reply<()>),
    Used(String, Timestamp),
    Lease(Lease, Reply<bool>),
    Checkpoint(Reply<Option<Checkpoint>>),
    Rebuild(Reply<()>),
}

/// A batch, who waits for it, and since when.
struct Asked {
    batch: Batch,
    reply: Waits,
    at: Instant,
}

/// Who waits for a batch.
enum Waits {
    Thread(Reply<Vec<Receipt>>),
    Elsewhere(Heard),
}

impl Waits {
    /// Whoever asked and left does not miss the answer.
    fn told(self, answer: Answer) {
        match self {
            Self::Thread(reply) => drop(reply.send(answer)),
            Self::Elsewhere(heard) => heard(answer),
        }
    }
}

/// The thread and the way to it. Dropped, it writes what waits, signs a last checkpoint and ends.
pub(super) struct Writer {
    jobs: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
    patience: Option<Duration>,
    /// The last commit did not go through.
    fails: Arc<AtomicBool>,
}

impl Writer {
    /// Starts the thread. `patience`: longest that anybody waits for it, for tables that may fall silent.
    pub(super) fn start(tables: Box<dyn Tables>, key: Arc<LogKey>, patience: Option<Duration>) -> Self {
        let (jobs, waiting) = sync_channel(MAX_WAITING_WRITES);
        let tree = Tree { frontier: Frontier::default(), last: None, signed: None };
        let fails = Arc::new(AtomicBool::new(false));
        let mut desk = Desk { tables, key, tree, patience, fails: Arc::clone(&fails) };
        let thread = std::thread::spawn(move || desk.work(&waiting));
        Self { jobs: Some(jobs), thread: Some(thread), patience, fails }
    }

    fn ask<T>(&self, patience: Option<Duration>, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, StoreError> {
        let (reply, answer) = sync_channel(1);
        let jobs = self.jobs.as_ref().ok_or_else(gone)?;
        let Some(patience) = patience else {
            jobs.send(job(reply)).map_err(|_| gone())?;
            return answer.recv().unwrap_or_else(|_| Err(gone()));
        };
        let until = Instant::now() + patience;
        let mut job = job(reply);
        loop {
            match jobs.try_send(job) {
                Ok(()) => break,
                Err(TrySendError::Full(back)) if Instant::now() < until => job = back,
                Err(TrySendError::Full(_)) => return Err(late()),
                Err(TrySendError::Disconnected(_)) => return Err(gone()),
            }
            std::thread::sleep(PAUSE);
        }
        match answer.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => Err(StoreError::InDoubt("it was not done in time".to_owned())),
            Err(RecvTimeoutError::Disconnected) => Err(gone()),
        }
    }

    pub(super) fn append(&self, batch: Batch) -> Answer {
        batch.check()?;
        self.ask(self.patience, |reply| Job::Append(Asked { batch, reply: Waits::Thread(reply), at: Instant::now() }))
    }

    /// Asks without waiting.
    pub(super) fn submit(&self, batch: Batch, heard: Heard) -> Result<(), Unasked> {
        let jobs = batch.check().and_then(|()| self.jobs.as_ref().ok_or_else(gone));
        let jobs = match jobs {
            Ok(jobs) => jobs,
            Err(error) => {
                heard(Err(error));
                return Ok(());
            }
        };
        let asked = Asked { batch, reply: Waits::Elsewhere(heard), at: Instant::now() };
        match jobs.try_send(Job::Append(asked)) {
            Err(TrySendError::Full(Job::Append(Asked { batch, reply: Waits::Elsewhere(heard), .. }))) => {
                Err(Unasked(Box::new((batch, heard))))
            }
            // Dropped, whoever hears knows that nobody can tell.
            Ok(()) | Err(_) => Ok(()),
        }
    }

    pub(super) fn patience(&self) -> Option<Duration> {
        self.patience
    }

    pub(super) fn keep(&self, bodies: Vec<Sealed>) -> Result<(), StoreError> {
        self.ask(self.patience, |reply| Job::Keep(bodies, reply))
    }

    pub(super) fn lease(&self, lease: Lease) -> Result<bool, StoreError> {
        self.ask(self.patience, |reply| Job::Lease(lease, reply))
    }

    pub(super) fn checkpoint(&self) -> Result<Option<Checkpoint>, StoreError> {
        self.ask(self.patience, Job::Checkpoint)
    }

    /// Did the last commit go through? One that was never asked for did.
    pub(super) fn writes(&self) -> bool {
        !self.fails.load(Ordering::Relaxed)
    }

    /// Takes as long as it takes.
    pub(super) fn rebuild(&self) -> Result<(), StoreError> {
        self.ask(None, Job::Rebuild)
    }

    /// Is not waited for: a use that is not noted is no loss.
    pub(super) fn used(&self, key: &str, at: Timestamp) -> Result<(), StoreError> {
        if let Some(jobs) = &self.jobs {
            let _ = jobs.try_send(Job::Used(key.to_owned(), at));
        }
        Ok(())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        let Some(thread) = self.thread.take() else { return };
        if let Some(patience) = self.patience {
            // Tables that say nothing do not hold up the end of the process.
            let until = Instant::now() + patience;
            while !thread.is_finished() {
                if Instant::now() >= until {
                    return;
                }
                std::thread::sleep(PAUSE);
            }
        }
        let _ = thread.join();
    }
}

fn gone() -> StoreError {
    StoreError::Unavailable("the writer has stopped".to_owned())
}

fn late() -> StoreError {
    StoreError::Unavailable("too much waits to be written".to_owned())
}

/// What the thread has before it.
struct Desk {
    tables: Box<dyn Tables>,
    key: Arc<LogKey>,
    tree: Tree,
    patience: Option<Duration>,
    fails: Arc<AtomicBool>,
}

/// The tree over the log, as far as it was read.
struct Tree {
    frontier: Frontier,
    /// Hash of the last entry in it.
    last: Option<Hash>,
    /// Entries under the last checkpoint, as far as this process knows; `None` = not looked up yet.
    signed: Option<u64>,
}

impl Desk {
    fn work(&mut self, waiting: &Receiver<Job>) {
        let mut due = Instant::now() + CHECKPOINT_INTERVAL;
        loop {
            let left = due.saturating_duration_since(Instant::now());
            match waiting.recv_timeout(left.max(Duration::from_millis(1))) {
                Ok(Job::Append(asked)) => self.together(waiting, asked),
                Ok(other) => self.single(other),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if Instant::now() >= due {
                due = Instant::now() + CHECKPOINT_INTERVAL;
                self.signed_or_told();
            }
        }
        self.signed_or_told();
    }

    fn signed_or_told(&mut self) {
        if let Err(error) = self.checkpoint() {
            tracing::error!(why = %error, "no checkpoint was signed");
        }
    }

    fn single(&mut self, job: Job) {
        // Whoever asked and left does not miss the answer.
        match job {
            Job::Append(asked) => self.commit(vec![asked]),
            Job::Keep(bodies, reply) => {
                let kept = self.tables.keep(&bodies);
                self.fails.store(kept.is_err(), Ordering::Relaxed);
                let _ = reply.send(kept);
            }
            Job::Used(key, at) => {
                if let Err(error) = self.tables.used(&key, at) {
                    tracing::warn!(why = %error, "the use of a key was not noted");
                }
            }
            Job::Lease(lease, reply) => drop(reply.send(self.tables.lease(&lease))),
            Job::Checkpoint(reply) => drop(reply.send(self.checkpoint())),
            Job::Rebuild(reply) => drop(reply.send(self.tables.rebuild())),
        }
    }

    /// Takes what waits behind the first batch, up to [`MAX_GROUP_COMMIT`] entries, and writes it in one commit.
    fn together(&mut self, waiting: &Receiver<Job>, asked: Asked) {
        let mut n = asked.batch.drafts.len();
        let mut all = vec![asked];
        let mut other = None;
        while n < MAX_GROUP_COMMIT {
            match waiting.try_recv() {
                Ok(Job::Append(asked)) => {
                    n += asked.batch.drafts.len();
                    all.push(asked);
                }
                Ok(job) => {
                    other = Some(job);
                    break;
                }
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
            }
        }
        self.commit(all);
        if let Some(job) = other {
            self.single(job);
        }
    }

    fn commit(&mut self, mut all: Vec<Asked>) {
        // Who has left was told that it may not have been done; he may have sent it again.
        if let Some(patience) = self.patience {
            all.retain(|asked| asked.at.elapsed() < patience);
        }
        let batches: Vec<&Batch> = all.iter().map(|asked| &asked.batch).collect();
        let written = if batches.is_empty() { Ok(Vec::new()) } else { self.tables.written(&batches) };
        self.fails.store(written.is_err(), Ordering::Relaxed);
        for (n, asked) in all.into_iter().enumerate() {
            let answer = match &written {
                Ok(answers) => answers.get(n).cloned().unwrap_or_else(|| Err(lost())),
                Err(error) => Err(error.clone()),
            };
            asked.reply.told(answer);
        }
    }

    fn checkpoint(&mut self) -> Result<Option<Checkpoint>, StoreError> {
        let Self { tables, key, tree, .. } = self;
        // The last entry that was read is read again: a store that was set back to an earlier day would sign another log.
        let size = tree.frontier.size();
        let (mut before, known) = (tree.last, size);
        let mut is_the_same = before.is_none();
        tables.hashes(known.saturating_sub(1), &mut |hash| match before.take() {
            Some(last) => is_the_same = last == hash,
            None => {
                tree.frontier.push(hash);
                tree.last = Some(hash);
            }
        })?;
        if !is_the_same {
            let why = format!("entry {known} is not the one that this process read before; nothing is signed");
            return Err(StoreError::Damaged(why));
        }
        let size = tree.frontier.size();
        if size == 0 {
            return Ok(None);
        }
        if tree.signed.is_none_or(|signed| signed < size) {
            if let Some(last) = tables.checkpoint()?.filter(|last| last.size == size) {
                tree.signed = Some(size);
                return Ok(Some(last));
            }
            tables.sign(&key.sign(size, &tree.frontier.root(), Timestamp::now()))?;
            tree.signed = Some(size);
        }
        tables.checkpoint()
    }
}

fn lost() -> StoreError {
    StoreError::Damaged("a batch has no receipt".to_owned())
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::store::conformance;

    /// Tables that say nothing while somebody holds the door.
    struct Silent {
        door: Arc<Mutex<()>>,
        written: Arc<Mutex<Vec<String>>>,
    }

    impl Tables for Silent {
        fn written(&mut self, batches: &[&Batch]) -> Result<Vec<Answer>, StoreError> {
            let _door = self.door.lock().unwrap();
            let subjects = batches.iter().flat_map(|batch| &batch.drafts).map(|draft| draft.subject.clone());
            self.written.lock().unwrap().extend(subjects);
            Ok(batches.iter().map(|_| Ok(Vec::new())).collect())
        }
        fn keep(&mut self, _: &[Sealed]) -> Result<(), StoreError> {
            Ok(())
        }
        fn used(&mut self, _: &str, _: Timestamp) -> Result<(), StoreError> {
            Ok(())
        }
        fn lease(&mut self, _: &Lease) -> Result<bool, StoreError> {
            Ok(true)
        }
        fn hashes(&mut self, _: u64, _: &mut dyn FnMut(Hash)) -> Result<(), StoreError> {
            Ok(())
        }
        fn checkpoint(&mut self) -> Result<Option<Checkpoint>, StoreError> {
            Ok(None)
        }
        fn sign(&mut self, _: &Checkpoint) -> Result<(), StoreError> {
            Ok(())
        }
        fn rebuild(&mut self) -> Result<(), StoreError> {
            Ok(())
        }
    }

    fn batch(subject: &str) -> Batch {
        Batch::of(conformance::draft(subject, ""))
    }

    /// Whoever waits is told in time that it is in doubt or was not taken; what nobody waits for any more is not written, since
    /// he may have sent it again; and a writer that is dropped meanwhile holds nobody up.
    #[test]
    fn silent_tables_are_waited_for_only_so_long() {
        let (door, written, folder) = (Arc::default(), Arc::default(), tempfile::tempdir().unwrap());
        let tables = Silent { door: Arc::clone(&door), written: Arc::clone(&written) };
        let key = Arc::new(LogKey::of(folder.path()).unwrap());
        let writer = Writer::start(Box::new(tables), key, Some(Duration::from_millis(200)));
        writer.append(batch("before")).unwrap();
        let shut = door.lock().unwrap();
        let began = Instant::now();
        std::thread::scope(|scope| {
            for hand in 0..MAX_WAITING_WRITES + 50 {
                let writer = &writer;
                scope.spawn(move || {
                    let told = writer.append(batch(&format!("late-{hand}")));
                    assert!(matches!(told, Err(StoreError::InDoubt(_) | StoreError::Unavailable(_))), "{told:?}");
                });
            }
        });
        assert!(began.elapsed() < Duration::from_secs(20));
        drop(shut);
        let until = Instant::now() + Duration::from_secs(10);
        while writer.append(batch("after")).is_err() {
            assert!(Instant::now() < until, "it does not come back");
        }
        let subjects = written.lock().unwrap().clone();
        // What the thread had before it when the door was shut, and no more.
        assert!(
            subjects.iter().filter(|subject| subject.starts_with("late")).count() <= MAX_GROUP_COMMIT,
            "{subjects:?}"
        );
        assert_eq!((subjects.first().unwrap().as_str(), subjects.last().unwrap().as_str()), ("before", "after"));
        let shut = door.lock().unwrap();
        assert!(writer.append(batch("last")).is_err());
        let began = Instant::now();
        drop(writer);
        assert!(began.elapsed() < Duration::from_secs(5));
        drop(shut);
    }
}
