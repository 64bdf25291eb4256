//! The log as a court sees it: whatever was done to it is found by a reader that knows nothing of the store.

use palisander::store::{AuditTree, Batch, Draft, Kind, Sealed, export};
use palisander::verify::{Findings, Note, PublicKey, check, check_proven};
use palisander_engine::Label;
use serde_json::{Value, json};

use crate::harness::Ground;

/// A log of `n` entries, as lines, with the key that signs.
fn log(n: usize) -> (Vec<String>, String) {
    log_on(&Ground::file(), n)
}

fn log_on(ground: &Ground, n: usize) -> (Vec<String>, String) {
    let store = ground.place().open().unwrap();
    let draft = |n: usize| Draft {
        at: "2026-11-01T08:00:00Z".parse().unwrap(),
        reader: format!("r_{}", n % 7),
        group: n.is_multiple_of(3).then(|| "g_1".to_owned()),
        kind: if n.is_multiple_of(2) { Kind::Read } else { Kind::Refused },
        subject: format!("a_{n}"),
        label: Label::Amber,
        second: n.is_multiple_of(5).then(|| "r_x".to_owned()),
        body: Sealed::new(json!({ "bill": format!("BILL {n}"), "lane": "red" }).to_string().into_bytes()).unwrap(),
        more: Vec::new(),
        after: None,
    };
    let drafts: Vec<Draft> = (1..=n).map(draft).collect();
    for part in drafts.chunks(500) {
        store.append(Batch { drafts: part.to_vec(), ..Batch::default() }).unwrap();
    }
    store.checkpoint().unwrap();
    let mut text = Vec::new();
    assert_eq!(export(&*store, &mut text).unwrap(), n as u64);
    let lines = String::from_utf8(text).unwrap().lines().map(str::to_owned).collect();
    (lines, store.public_key())
}

fn found(lines: &[String], kept: &[Note], key: &str) -> Findings {
    check(&mut lines.join("\n").as_bytes(), kept, Some(&PublicKey::read(key).unwrap())).unwrap()
}

/// The checkpoint at the end of an export.
fn checkpoint(lines: &[String]) -> Note {
    let last: Value = serde_json::from_str(lines.last().unwrap()).unwrap();
    Note::read(last["checkpoint"].as_str().unwrap()).unwrap()
}

/// Another value in one field of an entry.
fn edited(line: &str, field: &str) -> String {
    let mut entry: Value = serde_json::from_str(line).unwrap();
    let place = if field == "text" || field == "salt" { &mut entry["body"][field] } else { &mut entry[field] };
    *place = match &*place {
        Value::Number(n) => json!(n.as_u64().unwrap() + 100_000),
        // The last sign of a hash, or of a word, becomes another one.
        Value::String(text) => {
            let end = if text.ends_with('0') { '1' } else { '0' };
            json!(format!("{}{end}", &text[..text.len() - 1]))
        }
        other => panic!("{field}: {other}"),
    };
    entry.to_string()
}

const FIELDS: [&str; 13] = [
    "seq",
    "at",
    "reader",
    "group",
    "kind",
    "subject",
    "label",
    "body_digest",
    "second",
    "prev",
    "hash",
    "text",
    "salt",
];

/// What may be done to the entry at `n` (from 0), and the numbers of which one must be named.
fn tampered(lines: &[String], n: usize) -> Vec<(String, Vec<String>, Vec<u64>)> {
    let seq = n as u64 + 1;
    let with = |change: &dyn Fn(&mut Vec<String>)| {
        let mut lines = lines.to_vec();
        change(&mut lines);
        lines
    };
    let mut all = vec![
        ("removed".to_owned(), with(&|lines| drop(lines.remove(n))), vec![seq]),
        ("doubled".to_owned(), with(&|lines| lines.insert(n, lines[n].clone())), vec![seq]),
        ("emptied".to_owned(), with(&|lines| lines[n] = "{}".to_owned()), vec![seq]),
    ];
    if n > 0 {
        all.push(("swapped".to_owned(), with(&|lines| lines.swap(n - 1, n)), vec![seq - 1, seq]));
        // The neighbour's content under this entry's number and hash of the one before.
        let other = with(&|lines| {
            let (mut own, before): (Value, Value) =
                (serde_json::from_str(&lines[n]).unwrap(), serde_json::from_str(&lines[n - 1]).unwrap());
            for field in ["subject", "body_digest", "body", "kind"] {
                own[field] = before[field].clone();
            }
            lines[n] = own.to_string();
        });
        all.push(("exchanged".to_owned(), other, vec![seq]));
    }
    for field in FIELDS {
        // A changed hash shows here, or in what follows it.
        all.push((format!("edited {field}"), with(&|lines| lines[n] = edited(&lines[n], field)), vec![seq, seq + 1]));
    }
    all
}

fn is_named(found: &Findings, seqs: &[u64]) -> bool {
    found.faults.iter().any(|fault| fault.seq.is_some_and(|seq| seqs.contains(&seq)))
}

#[test]
fn c07_whatever_is_done_to_one_entry_of_ten_thousand_is_named() {
    ten_thousand(&Ground::file(), &[0, 4_711, 9_999]);
}

#[test]
fn c07_whatever_is_done_to_one_entry_of_ten_thousand_in_a_database_is_named() {
    let Some(ground) = Ground::database() else { return };
    ten_thousand(&ground, &[4_711]);
}

fn ten_thousand(ground: &Ground, places: &[usize]) {
    let (lines, key) = log_on(ground, 10_000);
    let whole = found(&lines, &[], &key);
    assert_eq!((whole.entries, whole.n_faults, whole.signed, whole.erased), (10_000, 0, 10_000, 0), "{whole:?}");
    let kept = [checkpoint(&lines)];
    for n in places.iter().copied() {
        for (what, lines, seqs) in tampered(&lines, n) {
            let found = found(&lines, &kept, &key);
            assert!(is_named(&found, &seqs), "{what} at {n}: {:?}", found.faults);
        }
    }
    // Cut off behind any entry, with the checkpoints of the file: only one kept elsewhere tells.
    for n in [0, 1, 4_711, 9_999] {
        let cut = found(&lines[..n], &[], &key);
        assert_eq!((cut.entries, cut.n_faults, cut.checkpoints), (n as u64, 0, 0));
        let cut = found(&lines[..n], &kept, &key);
        assert!(is_named(&cut, &[n as u64 + 1]), "{n}: {:?}", cut.faults);
    }
}

#[test]
fn c07_every_entry_and_every_field_of_a_short_log() {
    let (lines, key) = log(40);
    let kept = [checkpoint(&lines)];
    for n in 0..40 {
        for (what, lines, seqs) in tampered(&lines, n) {
            let found = found(&lines, &kept, &key);
            assert!(is_named(&found, &seqs), "{what} at {n}: {:?}", found.faults);
        }
    }
}

#[test]
fn c07_an_erased_body_still_verifies() {
    let (mut lines, key) = log(50);
    for n in [0, 20, 49] {
        let mut entry: Value = serde_json::from_str(&lines[n]).unwrap();
        entry["body"] = Value::Null;
        lines[n] = entry.to_string();
    }
    let found = found(&lines, &[], &key);
    assert_eq!((found.n_faults, found.erased, found.signed), (0, 3, 50), "{:?}", found.faults);
}

/// A log that was written anew from the start holds together; the checkpoint of the true one tells.
#[test]
fn a_log_that_was_written_anew_is_found_by_a_checkpoint() {
    let ((own, key), (other, other_key)) = (log(30), log(30));
    let kept = [checkpoint(&own)];
    assert_eq!(found(&other, &[], &other_key).n_faults, 0);
    let forged = found(&other, &kept, &key);
    assert!(forged.faults.iter().any(|fault| fault.what.contains("signed over other entries")), "{:?}", forged.faults);
    assert!(forged.faults.iter().any(|fault| fault.what.contains("not signed by that key")), "{:?}", forged.faults);
    // Its own checkpoint under the true one's words.
    let note = serde_json::from_str::<Value>(own.last().unwrap()).unwrap()["checkpoint"].as_str().unwrap().to_owned();
    for (what, note) in [
        ("another size", note.replacen("\n30\n", "\n31\n", 1)),
        ("another day", note.replacen("at 20", "at 21", 1)),
        ("no signature", format!("{}\n\n\u{2014} palisander/log AAAA\n", note.split("\n\n").next().unwrap())),
    ] {
        let kept = [Note::read(&note).unwrap()];
        assert!(found(&own, &kept, &key).n_faults > 0, "{what}");
    }
}

/// Bytes from outside: nothing panics, and all of it is told.
#[test]
fn a_broken_log_is_told() {
    let (lines, key) = log(3);
    for broken in [
        "",
        "null",
        "[]",
        "{\"seq\":1}",
        "\u{0}",
        "{\"checkpoint\":1}",
        "{\"checkpoint\":\"\\n\\n\"}",
        "{\"seq\":18446744073709551615}",
    ] {
        let mut lines = lines.clone();
        lines.insert(1, broken.to_owned());
        let found = found(&lines, &[], &key);
        assert_eq!(found.n_faults, u64::from(!broken.is_empty()), "{broken}: {:?}", found.faults);
    }
    let huge = lines[0].replacen("\"seq\":1", "\"seq\":18446744073709551615", 1);
    assert!(found(&[huge, lines[1].clone()], &[], &key).n_faults > 1);
    for note in ["", "a", "a\n1\n\n", "a\nx\nAAAA\n\n\u{2014} a AAAA", "a\n1\nAAAA\n\n"] {
        assert!(Note::read(note).is_err(), "{note:?}");
    }
    for key in ["", "a+b+c", "a+00000000+AQ==", "palisander/log+zzzzzzzz+AA=="] {
        assert!(PublicKey::read(key).is_err(), "{key}");
    }
    let two = format!(
        "{0}\n{0}",
        serde_json::from_str::<Value>(lines.last().unwrap()).unwrap()["checkpoint"].as_str().unwrap()
    );
    assert_eq!(Note::all(&two).unwrap().len(), 2);
}

/// Some entries by themselves hold with their paths, whatever the size of the log; with one thing changed they do not.
#[test]
fn entries_are_proven_by_themselves() {
    for n in [1_usize, 2, 3, 4, 7, 8, 9, 33] {
        let (lines, key) = log(n);
        let key = PublicKey::read(&key).unwrap();
        let (entries, notes) = lines.split_at(n);
        let read = |line: &String| serde_json::from_str::<Value>(line).unwrap();
        let hashes: Vec<[u8; 32]> = entries.iter().map(|line| of_hex(read(line)["hash"].as_str().unwrap())).collect();
        let note = read(&notes[notes.len() - 1])["checkpoint"].as_str().unwrap().to_owned();
        let tree = AuditTree::over(hashes);
        let path = |at: usize| tree.path(at).iter().map(to_hex).collect::<Vec<_>>();
        let proofs = |size: usize, of: &dyn Fn(usize) -> Vec<String>| {
            let all: Vec<Value> = (0..n).map(|at| json!({ "seq": at + 1, "path": of(at) })).collect();
            json!({ "size": size, "proofs": all }).to_string()
        };
        let faults = |entries: &[String], proofs: &str| {
            check_proven(&entries.join("\n"), proofs, &note, Some(&key)).unwrap().n_faults
        };
        let whole = proofs(n, &path);
        assert_eq!(faults(entries, &whole), 0, "{n}");
        // Any one of them holds without the others.
        for at in 0..n {
            assert_eq!(faults(&entries[at..=at], &whole), 0, "{at} of {n}");
            let changed = entries[at].replacen("r_", "q_", 1);
            assert!(faults(&[changed], &whole) >= 1, "{at} of {n}");
            // The path of another place leads elsewhere.
            let other = |own: usize| path(if own == at { (at + 1) % n } else { own });
            let is_found = faults(&entries[at..=at], &proofs(n, &other)) >= 1;
            assert!(is_found || n == 1, "{at} of {n}");
            let short = |own: usize| path(own).into_iter().skip(usize::from(own == at)).collect();
            assert!(faults(&entries[at..=at], &proofs(n, &short)) >= 1 || n == 1, "{at} of {n}");
        }
        assert!(faults(entries, &proofs(n + 1, &path)) >= 1);
    }
    assert!(check_proven("", "{}", "x", None).is_err());
}

fn of_hex(text: &str) -> [u8; 32] {
    std::array::from_fn(|n| u8::from_str_radix(&text[2 * n..2 * n + 2], 16).unwrap())
}

fn to_hex(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
