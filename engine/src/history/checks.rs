//! What is remembered, at a glance: lots of some days, and those that a later bill meets.

use super::record::{Lot, Size};
use super::{EarlierLots, Edition, Key, Remembered};
use crate::codes::Date;

fn lot(bill: &str, receiver: &str, on: &str, size: Size) -> Remembered {
    Remembered {
        key: Key {
            on: on.parse::<Date>().unwrap(),
            sender: "SYNLINE".to_owned(),
            reference: bill.to_owned(),
            bill: bill.to_owned(),
            digest: bill.to_owned(),
        },
        lot: Some(Lot { receivers: vec![receiver.to_owned()], size, importer: None, papers_agree: false }),
        claims: Vec::new(),
        filing: None,
    }
}

#[test]
fn earlier_lots_of_a_receiver() {
    let check = |earlier: &[(&str, &str, Size)], expected: (usize, usize)| {
        let last = lot("Z", "model hill", "2020-03-01", Size::Small);
        let records = earlier.iter().enumerate();
        let records = records.map(|(n, (receiver, on, size))| lot(&format!("B{n}"), receiver, on, *size));
        let edition = Edition::build(records.chain([last.clone()]));
        let lots = edition.lots(last.lot.as_ref().unwrap(), "2020-02-01".parse().unwrap(), &last.key).unwrap();
        assert_eq!((lots.small, lots.of_unknown_size), expected, "{earlier:?}");
    };
    check(&[], (0, 0));
    check(&[("model hill", "2020-02-20", Size::Small)], (1, 0));
    check(&[("model hill", "2020-02-20", Size::Unknown), ("model hill", "2020-02-21", Size::Small)], (1, 1));
    check(&[("model hill", "2020-02-20", Size::Large)], (0, 0));
    check(&[("model hill", "2020-01-20", Size::Small)], (0, 0));
    check(&[("model hill", "2020-04-20", Size::Small)], (0, 0));
    check(&[("another trader", "2020-02-20", Size::Small)], (0, 0));
}
