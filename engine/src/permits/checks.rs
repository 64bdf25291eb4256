//! What the register answers, at a glance: a number and a holder as presented, and the verdict.

use super::{MatchContext, PresentedPermit, Register, Verdict};
use crate::reference::{DataSource, References};

#[test]
fn papers_against_the_register() {
    let references = References::load(&DataSource::Embedded).unwrap();
    let rows = "number,type,exporter,country_of_export,issued_on,expires_on\n14TZ000637,export,RIVER EXAMPLE HARDWOODS LTD,TZ,2014-02-03,2014-08-02\n";
    let (register, faults) = Register::from_csv(rows.as_bytes());
    assert_eq!(faults, []);
    let check = |number: &str, holder: &str, verdict: Verdict| {
        let issuing_country = "TZ".parse().ok();
        let presented = PresentedPermit {
            number: Some(number),
            holder: Some(holder),
            kind: Some("export"),
            issuing_country,
            as_of: "2014-03-01".parse().ok(),
            ..PresentedPermit::default()
        };
        let found = register.match_permit(&presented, &MatchContext::new(&references));
        assert_eq!(found.verdict, verdict, "{number} {holder}: {:?}", found.problems);
    };
    check("14TZ000637", "River Example Hardwoods Limited", Verdict::Consistent);
    check("Permit No. 14 TZ 000637", "RIVER EXAMPLE HARDWOODS LTD", Verdict::Consistent);
    check("14TZ000637", "ANOTHER INVENTED TRADER", Verdict::Inconsistent);
    check("14TZ999999", "ANOTHER INVENTED TRADER", Verdict::Unverifiable);
}
