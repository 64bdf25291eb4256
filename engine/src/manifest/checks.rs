//! What is read, at a glance: bytes of a format, the bills that come out, and the codes of what was wrong.

use super::parse::{Format, read};

#[test]
fn bytes_become_bills() {
    let check = |format: Format, text: &'static str, bills: &[&str], codes: &[&str]| {
        let parts: Vec<_> = read(text.as_bytes(), format).collect();
        let read: Vec<_> = parts.iter().flatten().collect();
        let found: Vec<&str> = read
            .iter()
            .flat_map(|part| part.manifest.consignments.iter().map(|bill| bill.bill_of_lading.as_str()))
            .collect();
        let said: Vec<&str> = read.iter().flat_map(|part| part.faults()).map(|fault| fault.code).collect();
        assert_eq!((found.as_slice(), said.as_slice()), (bills, codes), "{text}");
    };
    let json = r#"{"bill_of_lading":"A","goods_items":[{"description":"TEAK","gross_mass_kg":12}]}"#;
    check(Format::Json, json, &["A"], &[]);
    check(
        Format::Json,
        r#"{"bill_of_lading":"A","goods_items":[{"description":"TEAK","gross_mass_kg":"x"}]}"#,
        &["A"],
        &["not_a_quantity"],
    );
    check(Format::Csv, "bill_of_lading,description\nA,TEAK\nB,OAK\n", &["A", "B"], &[]);
    check(Format::Csv, "bill_of_lading,description,gross_mass_kg\nA,TEAK,heavy\n", &["A"], &["not_a_quantity"]);
    check(Format::Ndjson, "{\"bill_of_lading\":\"A\",\"goods_items\":[{\"description\":\"TEAK\"}]}\n", &["A"], &[]);
}
