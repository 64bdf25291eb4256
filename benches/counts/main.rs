//! How many instructions does each step cost? Wall time is noisy here; instructions are not.
//!
//! `palisander-counts STEP` does one step for a fixed set of bills, once to warm up and once in [`measured`], which is what
//! callgrind is told to count (`benches/counts/run`). `palisander-counts --list` names the steps. Each step asserts its
//! answer, so that a fast wrong result fails.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a measurement that fails stops at once"
)]
#![allow(clippy::print_stdout, reason = "prints for a script")]

mod steps;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What is counted: kept whole, so that callgrind finds it by its name.
#[inline(never)]
fn measured(step: &mut dyn FnMut() -> usize) -> usize {
    std::hint::black_box(step())
}

fn main() {
    let asked = std::env::args().nth(1).unwrap_or_default();
    if asked == "--list" {
        steps::STEPS.iter().for_each(|step| println!("{} {}", step.name, step.bills));
        return;
    }
    let Some(step) = steps::STEPS.iter().find(|step| step.name == asked) else {
        panic!("no step {asked:?}; --list names them");
    };
    let mut run = (step.prepare)();
    let warm = run();
    let counted = measured(&mut run);
    assert_eq!(warm, counted, "{asked}: the same work each time");
    // Not dropped: what a step leaves behind is not what it costs.
    std::mem::forget(run);
}
