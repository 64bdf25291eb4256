//! Who can be called now: champions, interpreters, trained officers, units.
//!
//! In: the directory, a wish, a moment. Out: posts on duty that meet all of it; nobody who is off duty. Systems failed for want of
//! champions and interpreters (CITES CoP17 Doc. 25, Annex 3, paragraph 10 viii and xiii).

use jiff::Timestamp;
use jiff::tz::Offset;
use palisander_engine::CountryCode;
use palisander_engine::tables::{Certainty, Helper, HelperKind, References, Skill, Weekday, taxon_meets};

/// What a post has to meet, all of it.
#[derive(Debug, Clone, Default)]
pub struct DutyWish {
    pub kind: Option<HelperKind>,
    /// Where it is called to.
    pub country: Option<CountryCode>,
    pub skill: Option<Skill>,
    pub taxon: Option<String>,
    pub language: Option<String>,
}

fn weekday(day: jiff::civil::Weekday) -> Weekday {
    match day {
        jiff::civil::Weekday::Monday => Weekday::Monday,
        jiff::civil::Weekday::Tuesday => Weekday::Tuesday,
        jiff::civil::Weekday::Wednesday => Weekday::Wednesday,
        jiff::civil::Weekday::Thursday => Weekday::Thursday,
        jiff::civil::Weekday::Friday => Weekday::Friday,
        jiff::civil::Weekday::Saturday => Weekday::Saturday,
        jiff::civil::Weekday::Sunday => Weekday::Sunday,
    }
}

/// Is a post on duty at a moment? A watch over midnight belongs to the day on which it begins.
pub fn is_on_duty(row: &Helper, at: Timestamp) -> bool {
    let Ok(offset) = Offset::from_seconds(row.utc_offset_minutes.saturating_mul(60)) else { return false };
    let local = offset.to_datetime(at);
    let (today, time) = (local.weekday(), local.time());
    let on = |day: jiff::civil::Weekday| row.days.contains(&weekday(day));
    if row.from == row.to {
        on(today)
    } else if row.from < row.to {
        on(today) && (row.from..row.to).contains(&time)
    } else {
        on(today) && time >= row.from || on(today.previous()) && time < row.to
    }
}

/// Posts that are on duty at a moment and meet everything that is wished; those of the country itself first.
pub fn on_duty<'a>(tables: &'a References, wish: &DutyWish, at: Timestamp) -> Vec<&'a Helper> {
    let knows = |row: &Helper, taxon: &str| {
        row.taxa.is_empty() || row.taxa.iter().any(|own| taxon_meets(own, taxon) == Certainty::Yes)
    };
    let meets = |row: &&Helper| {
        wish.kind.is_none_or(|kind| row.kind == kind)
            && wish.country.is_none_or(|country| row.countries.is_empty() || row.countries.contains(&country))
            && wish.skill.is_none_or(|skill| row.skills.contains(&skill))
            && wish.taxon.as_deref().is_none_or(|taxon| knows(row, taxon))
            && wish.language.as_ref().is_none_or(|language| row.languages.contains(language))
            && is_on_duty(row, at)
    };
    let mut all: Vec<&Helper> = tables.directory.helpers.iter().filter(meets).collect();
    all.sort_by_key(|row| wish.country.is_none_or(|country| !row.countries.contains(&country)));
    all
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use palisander_engine::tables::DataSource;
    use proptest::prelude::*;

    use super::*;

    static TABLES: LazyLock<References> = LazyLock::new(|| References::load(&DataSource::Embedded).unwrap());

    fn named(wish: &DutyWish, at: &str) -> Vec<String> {
        on_duty(&TABLES, wish, at.parse().unwrap()).iter().map(|row| row.id.replace("HELPER-INVENTED-", "")).collect()
    }

    fn wish(kind: HelperKind) -> DutyWish {
        DutyWish { kind: Some(kind), ..DutyWish::default() }
    }

    /// A large find of Malagasy wood at Mombasa, a speaker of Mandarin arrested at two in the morning.
    #[test]
    fn f10_f11_at_two_in_the_morning_those_on_duty_are_offered_and_nobody_else() {
        // 02:00 at Mombasa is 23:00 UTC of the day before, a Tuesday.
        let night = "2026-11-03T23:00:00Z";
        let champion = DutyWish {
            country: "KE".parse().ok(),
            taxon: Some("Dalbergia madagascariensis".to_owned()),
            ..wish(HelperKind::Champion)
        };
        assert_eq!(named(&champion, night), ["2"]);
        assert_eq!(named(&champion, "2026-11-04T07:00:00Z"), ["1"], "by day the other one");
        let mandarin =
            DutyWish { country: "KE".parse().ok(), language: Some("zh".to_owned()), ..wish(HelperKind::Interpreter) };
        assert_eq!(named(&mandarin, night), ["4"]);
        let somali = DutyWish { language: Some("so".to_owned()), ..wish(HelperKind::Interpreter) };
        assert!(named(&somali, night).is_empty(), "off duty");
        assert_eq!(named(&somali, "2026-11-04T07:00:00Z"), ["5"]);
        assert!(named(&somali, "2026-11-07T07:00:00Z").is_empty(), "on a Saturday nobody");
        let other = DutyWish { taxon: Some("Osyris lanceolata".to_owned()), country: "TH".parse().ok(), ..champion };
        assert!(named(&other, night).is_empty());
    }

    #[test]
    fn b09_an_item_of_ebony_goes_to_an_officer_who_knows_it_or_to_none() {
        let officer = |country: &str, taxon: &str, at: &str| {
            let wish = DutyWish {
                country: country.parse().ok(),
                taxon: Some(taxon.to_owned()),
                skill: Some(Skill::Identification),
                ..wish(HelperKind::TrainedOfficer)
            };
            named(&wish, at)
        };
        let morning = "2026-11-04T06:00:00Z";
        assert_eq!(officer("MG", "Diospyros perrieri", morning), ["8"]);
        assert_eq!(officer("SG", "Diospyros celebica", morning), ["9"]);
        assert!(officer("KE", "Diospyros perrieri", morning).is_empty(), "trained for other woods");
        assert!(officer("MG", "Diospyros perrieri", "2026-11-04T20:00:00Z").is_empty(), "off duty");
    }

    proptest! {
        /// Two watches that follow each other round the clock leave no moment out and share none.
        #[test]
        fn f10_watches_that_follow_each_other_cover_each_moment_once(
            from in 0_i8..24, to in 0_i8..24, offset in -720_i32..=840, second in 0_i64..4_000_000_000,
        ) {
            prop_assume!(from != to);
            let all = || Weekday::ALL.to_vec();
            let row = |from: i8, to: i8| {
                let base = TABLES.directory.helpers.first().unwrap().clone();
                let time = |hour| jiff::civil::time(hour, 0, 0, 0);
                Helper { days: all(), from: time(from), to: time(to), utc_offset_minutes: offset, ..base }
            };
            let at = Timestamp::from_second(second).unwrap();
            prop_assert_eq!(is_on_duty(&row(from, to), at), !is_on_duty(&row(to, from), at));
        }
    }
}
