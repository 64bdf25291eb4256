//! Bulk makes way for single calls: its threads have the lowest priority that the system gives, so that whoever waits at a
//! line is served as soon as he comes.
//!
//! In: work on many bills. Out: the same, done when nobody else wants the core. Not here: how much may be under way
//! (`admission.rs`).

use std::sync::Once;

use rustix::process::setpriority_process;
use tokio::runtime::Handle;

/// The least urgent of the system's priorities.
const LOWEST: i32 = 19;

/// Makes the threads that judge bills together, once for this process. Without it they are made by the first who judges, at the
/// priority of all.
pub fn prepare() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let pool = rayon::ThreadPoolBuilder::new().start_handler(|_| give_way());
        if pool.build_global().is_err() {
            tracing::debug!("the threads that judge bills together were made before");
        }
    });
}

/// Does work on many bills on a thread of its own.
pub fn spawn(work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    let runtime = Handle::current();
    let thread = std::thread::Builder::new().name("bulk".to_owned());
    let of_thread = move || {
        let _within = runtime.enter();
        give_way();
        work();
    };
    thread.spawn(of_thread).map(drop)
}

/// Lowers the priority of this thread, for good. A system that does not let it goes on as before.
fn give_way() {
    let _ = setpriority_process(None, LOWEST);
}
