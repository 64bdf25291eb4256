//! What alerts answer, at a glance: what a bill names on a day, and the records that it meets.

use super::{AlertLookup, AlertQuestion, read_records};

#[test]
fn records_meet_bills() {
    let lines = concat!(
        r#"{"id":"X1","kind":"alert","title":"Box","text":"t","containers":["ZZSU4170016"],"effective_from":"2014-01-01"}"#,
        "\n",
        r#"{"id":"X2","kind":"alert","title":"Ship","text":"t","vessels":[{"name":"SYNTHETIC STAR"}],"effective_from":"2014-01-01","effective_to":"2014-06-30"}"#,
        "\n",
    );
    let (records, faults) = read_records(lines.as_bytes());
    assert_eq!(faults, []);
    let lookup = AlertLookup::build(records);
    let check = |container: &str, vessel: &str, day: &str, expected: &[&str]| {
        let asked = AlertQuestion {
            day: day.parse().ok(),
            containers: vec![container],
            vessel: Some(vessel),
            ..AlertQuestion::default()
        };
        let met = lookup.meet(&asked);
        let ids: Vec<&str> = met.iter().filter_map(|met| Some(lookup.record(met.record)?.id.as_str())).collect();
        assert_eq!(ids, expected, "{container} {vessel} {day}");
    };
    check("ZZSU 417001-6", "OTHER", "2014-03-01", &["X1"]);
    check("ZZSU0000000", "Synthetic Star", "2014-03-01", &["X2"]);
    check("ZZSU4170016", "SYNTHETIC STAR", "2014-03-01", &["X1", "X2"]);
    check("ZZSU4170016", "SYNTHETIC STAR", "2013-12-31", &[]);
    check("ZZSU0000000", "SYNTHETIC STAR", "2014-07-01", &[]);
}
