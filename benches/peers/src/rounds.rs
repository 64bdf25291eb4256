//! Ways to one answer, timed in turns: what the machine does beside hits all of them alike.

use std::time::{Duration, Instant};

/// Rounds in which each way has one turn.
const ROUNDS: usize = 15;
/// A turn lasts at least so long, by doing its work as often as that takes.
pub const TURN: Duration = Duration::from_millis(4);

/// A way to an answer.
pub struct Way<'a> {
    pub name: String,
    /// Does all the work as many times as a turn needs; seconds for doing it once.
    pub turn: Box<dyn FnMut() -> f64 + 'a>,
}

impl<'a> Way<'a> {
    /// A way in this program. `work` does all of it once.
    pub fn new(name: &str, mut work: impl FnMut() + 'a) -> Self {
        work();
        let start = Instant::now();
        work();
        let times = (TURN.as_secs_f64() / start.elapsed().as_secs_f64()).ceil().clamp(1.0, 1e6) as u32;
        let turn = move || {
            let start = Instant::now();
            (0..times).for_each(|_| work());
            start.elapsed().as_secs_f64() / f64::from(times)
        };
        Self { name: name.to_owned(), turn: Box::new(turn) }
    }
}

/// Prints how many times as long each way takes as the first one, which is ours.
pub fn compare(subject: &str, mut ways: Vec<Way<'_>>) {
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); ways.len()];
    for _ in 0..ROUNDS {
        for (way, times) in ways.iter_mut().zip(&mut times) {
            times.push((way.turn)());
        }
    }
    let medians: Vec<f64> = times.into_iter().map(median).collect();
    for (way, time) in ways.iter().zip(&medians) {
        println!("{subject}\t{}\t{:.3}", way.name, time / medians[0]);
    }
}

/// Says that a peer has no part in it.
pub fn left_out(subject: &str, name: &str, why: &str) {
    println!("{subject}\t{name}\tleft out: {why}");
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
