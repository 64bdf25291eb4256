//! The tables: complete, consistent, and right at the dates that matter.

use palisander_engine::tables::{Certainty, Cover, DataSource, Form, Issuer, MeasureQuestion, Node, References, check};
use palisander_engine::{Appendix, CountryCode, Date};

fn references() -> References {
    References::load(&DataSource::Embedded).unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn country(text: &str) -> Option<CountryCode> {
    (!text.is_empty()).then(|| text.parse().unwrap())
}

#[test]
fn every_table_is_complete_and_every_reference_resolves() {
    let faults = check(&DataSource::Embedded);
    let shown: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(shown.is_empty(), "{}", shown.join("\n"));
}

#[test]
fn the_edition_is_stable() {
    let edition = references().edition().to_owned();
    assert_eq!(edition.len(), 16);
    assert_eq!(edition, references().edition());
}

/// taxon, origin, export, day → appendix and annotation, or `no`, or `?`.
#[test]
fn listings_by_taxon_country_and_day() {
    let references = references();
    for (taxon, origin, export, on, expected) in [
        ("Dalbergia nigra", "BR", "BR", "1992-06-10", "no"),
        ("Dalbergia nigra", "BR", "BR", "1992-06-11", "I"),
        ("Dalbergia nigra", "", "", "2024-01-01", "I"),
        ("Dalbergia retusa", "GT", "GT", "2010-01-01", "III #5"),
        ("Dalbergia retusa", "PA", "PA", "2010-01-01", "no"),
        ("Dalbergia retusa", "PA", "PA", "2011-12-22", "III #2"),
        ("Dalbergia retusa", "CR", "CR", "2013-06-11", "no"),
        ("Dalbergia retusa", "CR", "CR", "2013-06-12", "II #6"),
        ("Dalbergia retusa", "CR", "CR", "2017-01-02", "II #15"),
        ("Dalbergia retusa", "MX", "MX", "2017-01-02", "II #6"),
        ("Dalbergia retusa", "MX", "US", "2017-01-02", "II #15"),
        ("Dalbergia retusa", "GT", "MX", "2017-01-02", "II #15"),
        ("Dalbergia cochinchinensis", "TH", "TH", "2013-06-11", "no"),
        ("Dalbergia cochinchinensis", "TH", "TH", "2013-06-12", "II #5"),
        ("Dalbergia cochinchinensis", "TH", "TH", "2017-01-01", "II #5"),
        ("Dalbergia cochinchinensis", "TH", "TH", "2017-01-02", "II #4"),
        ("Dalbergia latifolia", "IN", "IN", "2017-01-01", "no"),
        ("Dalbergia latifolia", "IN", "IN", "2017-01-02", "II #15"),
        ("Dalbergia maritima", "MG", "MG", "2013-06-12", "II #5"),
        ("Dalbergia maritima", "MG", "MG", "2013-06-11", "no"),
        ("Dalbergia louvelii", "MG", "MG", "2012-01-01", "III #5"),
        ("Dalbergia spp.", "MG", "MG", "2014-03-01", "II #5"),
        ("Dalbergia spp.", "TZ", "TZ", "2014-03-01", "?"),
        ("Dalbergia spp.", "TZ", "TZ", "2018-01-01", "II #15"),
        ("Diospyros perrieri", "MG", "MG", "2012-01-01", "III #5"),
        ("Diospyros perrieri", "MG", "MG", "2013-06-12", "II #5"),
        ("Diospyros perrieri", "MG", "MG", "2026-11-24", "II #5"),
        ("Diospyros crassiflora", "CM", "CM", "2020-01-01", "no"),
        ("Diospyros spp.", "", "", "2020-01-01", "?"),
        ("Diospyros spp.", "ID", "ID", "2020-01-01", "no"),
        ("Osyris lanceolata", "BI", "UG", "2014-01-01", "II #2"),
        ("Osyris lanceolata", "ZA", "ZA", "2014-01-01", "no"),
        ("Osyris lanceolata", "", "TZ", "2014-01-01", "?"),
        ("Osyris alba", "ES", "ES", "2014-01-01", "no"),
        ("Pterocarpus erinaceus", "SN", "SN", "2016-05-09", "III"),
        ("Pterocarpus erinaceus", "NG", "NG", "2016-05-09", "III"),
        ("Pterocarpus erinaceus", "NG", "NG", "2018-01-01", "II"),
        ("Pterocarpus erinaceus", "NG", "NG", "2023-02-23", "II #17"),
        ("Pterocarpus tinctorius", "ZM", "ZM", "2020-01-01", "II #6"),
        ("Pterocarpus angolensis", "MZ", "MZ", "2023-02-22", "no"),
        ("Pterocarpus angolensis", "MZ", "MZ", "2023-02-23", "II #17"),
        ("Pterocarpus indicus", "ID", "ID", "2024-01-01", "no"),
        ("Pterocarpus santalinus", "IN", "IN", "2024-01-01", "II #7"),
        ("Guibourtia tessmannii", "GA", "GA", "2018-01-01", "II #15"),
        ("Guibourtia coleosperma", "ZM", "ZM", "2018-01-01", "no"),
        ("Afzelia xylocarpa", "LA", "LA", "2024-01-01", "no"),
        ("Khaya senegalensis", "SN", "SN", "2024-01-01", "II #17"),
        ("Swietenia macrophylla", "FJ", "FJ", "2024-01-01", "no"),
        ("Swietenia macrophylla", "BO", "BO", "2024-01-01", "II #6"),
        ("Handroanthus serratifolius", "BR", "BR", "2024-11-24", "no"),
        ("Handroanthus serratifolius", "BR", "BR", "2024-11-25", "II #17"),
        ("Tectona grandis", "MM", "MM", "2024-01-01", "no"),
    ] {
        let listed = references.listings.on(taxon, country(origin), country(export), day(on));
        let found = match (listed.acting(), listed.certainty()) {
            (Some(row), _) => match &row.annotation {
                Some(annotation) => format!("{} {annotation}", row.appendix.as_str()),
                None => row.appendix.as_str().to_owned(),
            },
            (None, Certainty::Possibly) => "?".to_owned(),
            (None, _) => "no".to_owned(),
        };
        assert_eq!(found, expected, "{taxon} of {origin} from {export} on {on}");
    }
    let genus = references.listings.on("Dalbergia spp.", country("BR"), country("BR"), day("2020-01-01"));
    assert!(genus.possible.iter().any(|row| row.appendix == Appendix::I), "a Dalbergia of Brazil may be D. nigra");
}

/// annotation, day, form → covered, exempt, or the conditions.
#[test]
fn annotations_by_day_and_form() {
    let references = references();
    for (id, on, form, expected) in [
        ("#2", "2018-01-01", Form::Oil, "if retail_packed"),
        ("#2", "2018-01-01", Form::Log, "covered"),
        ("#2", "2018-01-01", Form::Chips, "covered"),
        ("#2", "2018-01-01", Form::Root, "covered"),
        ("#2", "2018-01-01", Form::Seed, "exempt"),
        ("#4", "2020-01-01", Form::Furniture, "covered"),
        ("#4", "2020-01-01", Form::Instrument, "covered"),
        ("#4", "2020-01-01", Form::Seed, "exempt"),
        ("#5", "2014-01-01", Form::Log, "covered"),
        ("#5", "2014-01-01", Form::Veneer, "covered"),
        ("#5", "2014-01-01", Form::Plywood, "exempt"),
        ("#5", "2014-01-01", Form::Furniture, "exempt"),
        ("#6", "2014-01-01", Form::Plywood, "covered"),
        ("#6", "2014-01-01", Form::TransformedWood, "exempt"),
        ("#7", "2014-01-01", Form::Chips, "covered"),
        ("#7", "2014-01-01", Form::Sawn, "exempt"),
        ("#15", "2018-01-01", Form::Instrument, "if non_commercial max_10kg_per_shipment"),
        ("#15", "2019-11-25", Form::InstrumentPart, "if non_commercial max_10kg_per_shipment"),
        ("#15", "2019-11-26", Form::Instrument, "exempt"),
        ("#15", "2019-11-26", Form::InstrumentPart, "exempt"),
        ("#15", "2019-11-26", Form::Blank, "covered"),
        ("#15", "2020-01-01", Form::Furniture, "if finished max_10kg_per_shipment"),
        ("#15", "2023-02-23", Form::Furniture, "if finished max_10kg_per_item"),
        ("#15", "2020-01-01", Form::Seed, "exempt"),
        ("#15", "2020-01-01", Form::Oil, "covered"),
        ("#17", "2023-03-01", Form::TransformedWood, "covered"),
        ("#17", "2023-03-01", Form::Furniture, "exempt"),
        ("#10", "2020-01-01", Form::Instrument, "exempt"),
        ("#10", "2024-01-01", Form::Instrument, "if finished re_export"),
        ("#10", "2026-04-01", Form::Instrument, "if finished non_commercial"),
    ] {
        let found = match references.annotations.on(id, day(on)).unwrap().cover(form) {
            Cover::Covered => "covered".to_owned(),
            Cover::Exempt => "exempt".to_owned(),
            Cover::ExemptIf(conditions) => format!("if {}", conditions.join(" ")),
        };
        assert_eq!(found, expected, "{id} on {on}: {form}");
    }
}

/// taxon, origin, export, import, day, form → ids that act for sure, and `?id` for those that may.
#[test]
fn measures_by_day() {
    let references = references();
    for (taxon, origin, export, import, on, form, expected) in [
        ("Dalbergia spp.", "MG", "MG", "CN", "2013-06-11", Form::Log, ""),
        ("Dalbergia spp.", "MG", "MG", "CN", "2013-09-03", Form::Log, "mg-decision-16-152"),
        (
            "Dalbergia spp.",
            "MG",
            "MG",
            "CN",
            "2013-09-04",
            Form::Log,
            "mg-decision-16-152 mg-zero-quota-2013-039 mg-verify-2013-039",
        ),
        ("Dalbergia cochinchinensis", "LA", "LA", "CN", "2016-01-19", Form::Sawn, ""),
        ("Dalbergia cochinchinensis", "LA", "LA", "CN", "2016-03-01", Form::Sawn, "la-2016-011"),
        ("Dalbergia cochinchinensis", "LA", "LA", "CN", "2016-04-01", Form::Sawn, ""),
        ("Dalbergia cochinchinensis", "LA", "LA", "CN", "2017-01-01", Form::Sawn, ""),
        ("Dalbergia cochinchinensis", "LA", "LA", "CN", "2017-02-15", Form::Sawn, "la-sc67-2016"),
        ("Dalbergia cochinchinensis", "LA", "LA", "CN", "2017-03-01", Form::Furniture, ""),
        ("Dalbergia cochinchinensis", "LA", "LA", "CN", "2018-12-01", Form::Furniture, "la-sc70-2018"),
        ("Osyris lanceolata", "BI", "UG", "IN", "2014-01-21", Form::Chips, ""),
        (
            "Osyris lanceolata",
            "BI",
            "UG",
            "IN",
            "2014-01-22",
            Form::Chips,
            "bi-osyris-2014-005 bi-osyris-2014-005-verify",
        ),
        ("Dalbergia cochinchinensis", "TH", "TH", "HK", "2014-07-04", Form::Furniture, "th-siamese-2014-032"),
        ("Pterocarpus erinaceus", "NG", "NG", "CN", "2018-02-01", Form::Log, "ng-2018-005"),
        ("Pterocarpus erinaceus", "NG", "NG", "CN", "2018-11-01", Form::Log, "ng-2018-084"),
        ("Pterocarpus erinaceus", "GM", "GM", "CN", "2022-06-08", Form::Log, "pe-2022-021 pe-2022-045"),
        ("Dalbergia retusa", "MX", "MX", "US", "2023-04-01", Form::Sawn, "mx-2023-037"),
        ("Dalbergia retusa", "MX", "MX", "US", "2023-04-14", Form::Sawn, ""),
    ] {
        let on = day(on);
        let listed = references.listings.on(taxon, country(origin), country(export), on).certainty();
        let asked = MeasureQuestion {
            taxon,
            listed,
            day: on,
            origin: country(origin),
            export: country(export),
            transit: &[],
            import: country(import),
            form: Some(form),
            source_code: Some("W"),
            claims: &[],
        };
        let found: Vec<&str> = references
            .measures
            .acting(&asked)
            .into_iter()
            .filter(|acting| acting.certainty == Certainty::Yes && acting.measure.instrument.starts_with("CITES"))
            .filter(|acting| acting.measure.kind.as_str() != "guidance")
            .map(|acting| acting.measure.id.as_str())
            .collect();
        assert_eq!(found.join(" "), expected, "{taxon} of {origin} to {import} on {on}");
    }
}

#[test]
fn national_bans_act_beside_the_convention() {
    let references = references();
    for (taxon, at, on, form, id, bars) in [
        ("Dalbergia spp.", "MG", "2010-03-23", Form::Log, "mg-decret-2010-141", false),
        ("Dalbergia spp.", "MG", "2010-03-24", Form::Log, "mg-decret-2010-141", true),
        ("Dalbergia spp.", "MG", "2014-03-24", Form::Furniture, "mg-arrete-10885-2007", false),
        ("Dalbergia spp.", "LA", "2016-05-13", Form::Sawn, "la-pm15-2016", true),
        ("Dalbergia spp.", "LA", "2016-05-13", Form::Furniture, "la-pm15-2016", false),
        ("Osyris lanceolata", "KE", "2007-04-04", Form::Chips, "ke-osyris-2007", true),
        ("Pterocarpus erinaceus", "GH", "2019-04-01", Form::Log, "gh-rosewood-2019", true),
        ("Dalbergia cochinchinensis", "KH", "2015-04-01", Form::Log, "kh-siamese-2013", true),
    ] {
        let asked = MeasureQuestion {
            taxon,
            listed: Certainty::No,
            day: day(on),
            origin: country(at),
            export: country(at),
            transit: &[],
            import: None,
            form: Some(form),
            source_code: None,
            claims: &[],
        };
        let found = references.measures.acting(&asked).iter().any(|acting| acting.measure.id == id);
        assert_eq!(found, bars, "{id} on {on}: {form}");
    }
}

/// The zero quota of Madagascar and the suspensions after it leave no day open.
#[test]
fn madagascar_is_barred_without_a_hole() {
    let references = references();
    let mut on = day("2013-06-12");
    while on < day("2026-11-24") {
        let asked = MeasureQuestion {
            taxon: "Dalbergia maritima",
            listed: Certainty::Yes,
            day: on,
            origin: country("MG"),
            export: country("MG"),
            transit: &[],
            import: country("CN"),
            form: Some(Form::Log),
            source_code: None,
            claims: &[],
        };
        let barred = references.measures.acting(&asked).into_iter().any(|acting| {
            acting.measure.kind.bars()
                && acting.certainty == Certainty::Yes
                && acting.measure.instrument.starts_with("CITES")
        });
        assert!(barred, "nothing bars on {on}");
        on = on.tomorrow().unwrap();
    }
}

#[test]
fn names_of_countries_places_units_and_instruments() {
    let references = references();
    for (text, code) in [
        ("MG", "MG"),
        ("mdg", "MG"),
        ("Madagasikara", "MG"),
        ("LAO PDR", "LA"),
        ("老挝", "LA"),
        ("Viet Nam", "VN"),
        ("Cote d'Ivoire", "CI"),
        ("ประเทศไทย", ""),
        ("ไทย", "TH"),
        ("P.R. CHINA", "CN"),
        ("U.S.A.", "US"),
        ("Atlantis", ""),
    ] {
        let found = references.countries.find(text).map(|row| row.code.to_string()).unwrap_or_default();
        assert_eq!(found, code, "{text}");
    }
    let (mg, km, bi) = ("MG".parse().unwrap(), "KM".parse().unwrap(), "BI".parse().unwrap());
    assert!(references.countries.are_neighbours(mg, km));
    assert!(!references.countries.are_neighbours(mg, bi));
    assert!(references.countries.rows().len() >= 249);
    for (text, symbol) in
        [("M3", "m3"), ("cbm", "m3"), ("MT", "t"), ("KGS", "kg"), ("TNE", "t"), ("pcs", "piece"), ("m³", "m3")]
    {
        assert_eq!(references.units.find(text).unwrap().symbol, symbol, "{text}");
    }
    for (citation, id) in [
        ("2013/039", "CITES Notif. 2013/039"),
        ("Notification to the Parties No. 2014/5", "CITES Notif. 2014/005"),
        ("Res. Conf. 12.3 (Rev. CoP19), Annex 2", "CITES Res. Conf. 12.3"),
        ("CoP17 Doc. 25, ¶44", "CITES CoP17 Doc. 25 para. 44"),
        ("Decision 16.152", "CITES Decision 16.152"),
        ("MG Arrêté 10885/2007", "MG Arrêté 10885/2007"),
    ] {
        assert_eq!(references.instruments.resolve(citation).map(|row| row.id.as_str()), Some(id), "{citation}");
    }
    for absent in [
        "Res. Conf. 99.9",
        // A revision at a meeting that has not been, or before the instrument was adopted.
        "Res. Conf. 12.3 (Rev. CoP99)",
        "Res. Conf. 12.3 (Rev. CoP11)",
        // Its paragraphs are held one by one.
        "CITES CoP17 Doc. 25 para. 999",
        "CITES CoP17 Doc. 25 para. 99",
        // No clause has this shape.
        "CITES Res. Conf. 11.3 para. 1234",
        "CITES Res. Conf. 11.3 as we read it",
    ] {
        assert!(references.instruments.resolve(absent).is_none(), "{absent}");
    }
    for (citation, day, stands) in [
        ("CITES Notif. 2013/039", "2014-01-01", Some(true)),
        ("CITES Notif. 2013/039", "2016-01-01", Some(false)),
        ("CITES Decision 16.152", "2026-01-01", Some(false)),
        ("CITES Res. Conf. 11.3", "2026-01-01", Some(true)),
        ("CITES Res. Conf. 99.9", "2026-01-01", None),
    ] {
        assert_eq!(references.instruments.in_force(citation, day.parse().unwrap()), stands, "{citation} on {day}");
    }
    assert_eq!(references.ports.find("Tamatave").unwrap().locode.as_str(), "MGTMM");
    assert_eq!(references.densities.of("Dalbergia unknownensis").unwrap().taxon, "Dalbergia spp.");
    let path: Vec<Node> = ["MGTMM", "TZZNZ", "KEMBA", "HKHKG"].iter().map(|node| node.parse().unwrap()).collect();
    assert!(
        references
            .routes
            .followed(&path)
            .iter()
            .any(|followed| followed.route.id == "mg-tz-ke-hk" && followed.complete)
    );
    let charcoal = references.covers.all_in("charcoal in bags")[0];
    assert!(charcoal.density_high_kg_m3 < 500.0 && charcoal.seen_as_cover);
    let hs = "44039930".parse().unwrap();
    assert_eq!(references.hs.form(&hs, Some(2012)), Some(Form::Log));
    assert_eq!(references.hs.form(&"9209.92".parse().unwrap(), None), Some(Form::InstrumentPart));
}

#[test]
fn issuers_by_name_and_day() {
    let references = references();
    for (code, name, on, expected) in [
        ("PA", "ANAM", "2013-10-02", "designated"),
        ("PA", "ANAM", "2018-10-02", "past"),
        ("PA", "MiAmbiente (formerly ANAM)", "2013-10-02", "designated"),
        ("KE", "Kenia Wildlife Service", "2018-01-01", "designated"),
        ("KE", "Kenya Forest Chamber of Commerce", "2018-01-01", "unknown"),
        ("MG", "Ministry", "2018-01-01", "unknown"),
        ("TH", "Royal Forest Department", "2018-01-01", "designated"),
        ("TH", "DNP", "2018-01-01", "designated"),
        ("NG", "NESREA", "2018-01-01", "past"),
        ("VN", "VN CITES MA (Forestry administration)", "2015-10-21", "designated"),
        ("ID", "KSDAE", "2018-01-01", "designated"),
        ("TZ", "CITES MA, Wildlife Division, Dodoma", "2018-01-01", "designated"),
        ("AQ", "Penguin Office", "2018-01-01", "none"),
    ] {
        let found = match references.authorities.issuer(code.parse().unwrap(), name, day(on)) {
            Issuer::Designated(..) => "designated",
            Issuer::NotOnThatDay(..) => "past",
            Issuer::Unknown(_) => "unknown",
            Issuer::NoneHeld => "none",
        };
        assert_eq!(found, expected, "{code} {name} on {on}");
    }
}
