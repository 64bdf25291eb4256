//! One bill in seven spellings, and dirty files of every format.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::LazyLock;

use palisander_engine::manifests::{
    Format, Function, ManifestError, Mapping, Parsed, Severity, guess_mapping, read, read_with,
};
use palisander_engine::papers::{PermitKind, Register};
use palisander_engine::{Engine, Input, Inputs, Options};
use serde_json::Value;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let register = Some(Input::Bytes(EPERMIT.to_vec()));
    Engine::open(&Options { inputs: Inputs { register, ..Inputs::default() }, ..Options::default() }).unwrap()
});

const JSON: &[u8] = include_bytes!("manifests/spellings/canonical.json");
const CSV: &[u8] = include_bytes!("manifests/spellings/canonical.csv");
const D95B: &[u8] = include_bytes!("manifests/spellings/cuscar-d95b.edi");
const D23A: &[u8] = include_bytes!("manifests/spellings/cuscar-d23a.edi");
const AWMDS: &[u8] = include_bytes!("manifests/spellings/awmds.xml");
const WCO: &[u8] = include_bytes!("manifests/spellings/wco.xml");
const EPERMIT: &[u8] = include_bytes!("manifests/spellings/epermit-v2.xml");

/// Every spelling with its name.
const SPELLINGS: &[(&str, &[u8])] = &[
    ("json", JSON),
    ("csv", CSV),
    ("d95b", D95B),
    ("d23a", D23A),
    ("awmds", AWMDS),
    ("wco", WCO),
    ("epermit", EPERMIT),
];

fn parts(bytes: &[u8]) -> Vec<Result<Parsed, ManifestError>> {
    read(Cursor::new(bytes.to_vec()), Format::detect(bytes)).collect()
}

fn one(bytes: &[u8]) -> Parsed {
    let mut parts: Vec<_> = parts(bytes).into_iter().map(Result::unwrap).collect();
    assert_eq!(parts.len(), 1);
    parts.remove(0)
}

/// Fields of the first consignment and of the head by JSON pointer; empty ones left out.
fn fields(parsed: &Parsed) -> BTreeMap<String, String> {
    fn walk(value: &Value, at: &str, into: &mut BTreeMap<String, String>) {
        match value {
            Value::Null => {}
            Value::Object(map) => map.iter().for_each(|(key, value)| walk(value, &format!("{at}/{key}"), into)),
            Value::Array(list) => {
                list.iter().enumerate().for_each(|(n, value)| walk(value, &format!("{at}/{n}"), into));
            }
            Value::Number(number) => drop(into.insert(at.to_owned(), number.as_f64().unwrap().to_string())),
            other => drop(into.insert(at.to_owned(), other.as_str().map_or_else(|| other.to_string(), str::to_owned))),
        }
    }
    let mut manifest = parsed.manifest.clone();
    manifest.consignments.truncate(1);
    manifest.equipment.truncate(1);
    manifest.unmapped.clear();
    let mut into = BTreeMap::new();
    walk(&serde_json::to_value(manifest).unwrap(), "", &mut into);
    into
}

/// Differences that a spelling has by its nature, with the reason: pointer prefix.
fn spelled_otherwise(name: &str, pointer: &str) -> bool {
    let otherwise: &[&str] = match name {
        // The format writes its own name; totals count both bills of the sample.
        "d95b" | "d23a" => &["/format", "/sender", "/totals"],
        "csv" => &["/format", "/consignments/0/goods_items/0/description", "/consignments/0/value"],
        // One line of address, HS and permit inside the text, a reference made of office, voyage and day, days without time.
        "awmds" => &[
            "/format",
            "/reference",
            "/totals",
            "/departure/at",
            "/arrival/at",
            "/consignments/0/goods_items/0/description",
            "/consignments/0/parties/0/address",
            "/consignments/0/parties/1/address",
            "/consignments/0/parties/2/address",
            "/consignments/0/value/amount",
        ],
        // A declaration and a permit have references of their own and write names in small letters.
        "wco" => &[
            "/format",
            "/reference",
            "/consignments/0/parties",
            "/consignments/0/goods_items/0/description",
            "/consignments/0/goods_items/0/documents/0/code",
            "/consignments/0/routing",
        ],
        "epermit" => &[
            "/format",
            "/reference",
            "/sender",
            "/consignments/0/parties",
            "/consignments/0/goods_items/0/description",
            "/consignments/0/goods_items/0/common_name",
        ],
        _ => &[],
    };
    otherwise.iter().any(|prefix| pointer.starts_with(prefix))
}

/// The least number of fields that a spelling shares with the JSON: nothing may stop being carried unnoticed.
#[test]
fn seven_spellings_agree_field_by_field() {
    let canonical = fields(&one(JSON));
    for (name, bytes) in SPELLINGS {
        let spelled = fields(&one(bytes));
        let mut shared = 0;
        for (pointer, value) in &spelled {
            let Some(expected) = canonical.get(pointer).filter(|_| !spelled_otherwise(name, pointer)) else { continue };
            assert_eq!(value, expected, "{name} {pointer}");
            shared += 1;
        }
        let least = match *name {
            "json" => 73,
            "csv" => 40,
            "d95b" => 54,
            "d23a" => 47,
            "awmds" => 37,
            "wco" => 15,
            _ => 12,
        };
        assert!(shared >= least, "{name}: {shared} fields shared");
    }
}

#[test]
fn names_agree_but_for_letter_case() {
    for (name, bytes) in [("wco", WCO), ("epermit", EPERMIT), ("awmds", AWMDS), ("d23a", D23A)] {
        let names = |parsed: &Parsed| {
            let parties = parsed.manifest.consignments[0].parties.clone();
            parties.iter().take(2).map(|party| party.name.to_uppercase()).collect::<Vec<_>>()
        };
        assert_eq!(names(&one(bytes)), names(&one(JSON)), "{name}");
    }
}

/// What a spelling cannot say is given to it from the JSON; then it scores as the JSON does.
#[test]
fn seven_spellings_score_equally() {
    let as_of = "2014-03-01".parse().unwrap();
    let canonical = one(JSON).manifest;
    let score = |manifest: &palisander_engine::manifests::Manifest| {
        let answer = ENGINE.assess(manifest, &manifest.consignments[0], &[], as_of);
        (answer.lane, answer.score)
    };
    let expected = score(&canonical);
    for (name, bytes) in SPELLINGS {
        let mut manifest = one(bytes).manifest;
        let full = &canonical.consignments[0];
        manifest.departure = manifest.departure.or_else(|| canonical.departure.clone());
        manifest.arrival = manifest.arrival.or_else(|| canonical.arrival.clone());
        manifest.transport_means = manifest.transport_means.or_else(|| canonical.transport_means.clone());
        let bill = &mut manifest.consignments[0];
        bill.procedure = bill.procedure.or(full.procedure);
        bill.value = bill.value.take().or_else(|| full.value.clone());
        let places = full.places.clone();
        bill.places.loading = bill.places.loading.take().or(places.loading);
        bill.places.original_loading = bill.places.original_loading.take().or(places.original_loading);
        bill.places.discharge = bill.places.discharge.take().or(places.discharge);
        bill.places.final_destination = bill.places.final_destination.take().or(places.final_destination);
        if bill.routing.len() < 3 {
            bill.routing.clone_from(&full.routing);
        }
        let (item, whole) = (&mut bill.goods_items[0], &full.goods_items[0]);
        item.origin = item.origin.or(whole.origin);
        item.hs_code = item.hs_code.take().or(whole.hs_code);
        item.gross_mass_kg = item.gross_mass_kg.or(whole.gross_mass_kg);
        item.volume_m3 = item.volume_m3.or(whole.volume_m3);
        item.scientific_name = item.scientific_name.take().or_else(|| whole.scientific_name.clone());
        assert_eq!(score(&manifest), expected, "{name}");
    }
}

#[test]
fn spelled_permits_are_found_in_the_register() {
    let (register, faults) = Register::from_bytes(EPERMIT);
    assert_eq!(register.len(), 1);
    // The quota of 0 with 24 used is what the sample exists to show.
    assert!(faults.iter().any(|fault| fault.what.contains("annual quota")), "{faults:?}");
    let document = register.documents().next().unwrap();
    assert_eq!((document.number.as_str(), document.kind), ("14MG000417", PermitKind::Export));
    assert_eq!(document.expires_on, "2014-08-09".parse().ok());
    let position = &document.positions[0];
    assert_eq!(
        (position.taxon.as_str(), position.quantity, position.source),
        ("Dalbergia maritima", Some(24.0), Some('W'))
    );
    assert_eq!((document.purpose, document.transport_document.as_deref()), (Some('T'), Some("SYNTMM0417")));
}

#[test]
fn permits_of_every_version_and_wrapping() {
    let v2 = String::from_utf8(EPERMIT.to_vec()).unwrap();
    let body = v2.split_once("?>").unwrap().1;
    let v1 = body.replace("CITESEPermit", "CBFShip");
    let bare = body.replace("cites:", "").replace("ram:", "").replace(" xmlns:", " data-");
    let soap = format!(
        "<s:Envelope xmlns:s='urn:s'><s:Body><r>{body}{}</r></s:Body></s:Envelope>",
        body.replace("14MG000417", "14MG000418")
    );
    let v3 = "<CITESePermit><ID>14MG000419</ID><TypeCode>E</TypeCode><EffectiveDateTime>2014-02-10</EffectiveDateTime>\
              <ExpirationDateTime>2014-08-09</ExpirationDateTime><IssueDateTime>20140210</IssueDateTime><FunctionCode>T</FunctionCode>\
              <Exporter><Name>Bois Fictif SARL</Name><Address><CountryCode>MG</CountryCode></Address></Exporter>\
              <GovernmentAgencyGoodsItem><Commodity><ScientificName>Dalbergia maritima</ScientificName></Commodity>\
              <Origin><CountryCode>MG</CountryCode></Origin></GovernmentAgencyGoodsItem></CITESePermit>";
    for (text, numbers) in [
        (v1.as_str(), vec!["14MG000417"]),
        (&bare, vec!["14MG000417"]),
        (&soap, vec!["14MG000417", "14MG000418"]),
        (v3, vec!["14MG000419"]),
    ] {
        assert_eq!(Format::detect(text.as_bytes()), Format::EPermit);
        let (register, _) = Register::from_bytes(text.as_bytes());
        let found: Vec<String> = register.documents().map(|document| document.number).collect();
        assert_eq!(found, numbers);
        assert!(register.documents().all(|document| document.positions[0].taxon == "Dalbergia maritima"));
    }
    // Placeholders and empty elements are absent.
    let hollow = v2.replace("14MG000417", "?").replace("<ram:PurposeCode>T</ram:PurposeCode>", "<ram:PurposeCode/>");
    let (register, faults) = Register::from_bytes(hollow.as_bytes());
    assert!(register.is_empty() && faults.iter().any(|fault| fault.dropped));
}

#[test]
fn formats_are_told_from_their_content() {
    let expected = [
        Format::Json,
        Format::Csv,
        Format::Cuscar,
        Format::Cuscar,
        Format::Awmds,
        Format::WcoDeclaration,
        Format::EPermit,
    ];
    for ((name, bytes), format) in SPELLINGS.iter().zip(expected) {
        assert_eq!(Format::detect(bytes), format, "{name}");
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let expected = if format == Format::Csv { Format::Csv } else { format };
        assert_eq!(Format::detect(&utf16), expected, "{name} in UTF-16");
    }
}

fn codes(parsed: &Parsed) -> Vec<&'static str> {
    parsed.faults().iter().map(|fault| fault.code).collect()
}

fn edited(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1).into_bytes()
}

#[test]
fn wrong_counts_and_references_are_findings_not_losses() {
    for (from, to, code) in [
        ("UNT+57+1", "UNT+50+1", "wrong_unt_count"),
        ("UNT+57+1", "UNT+57+9", "wrong_unt_reference"),
        ("UNZ+1+SYN0001", "UNZ+4+SYN0001", "wrong_unz_count"),
        ("UNZ+1+SYN0001", "UNZ+1+SYN0009", "wrong_unz_reference"),
        ("CNT+10:2", "CNT+10:3", "wrong_total"),
        ("UNT+57+1'\nUNZ+1+SYN0001'", "", "missing_unt"),
        ("UNZ+1+SYN0001'", "", "missing_unz"),
        ("UNB+UNOA:2+SYNLINE+SYNCUSTOMS+140302:0930+SYN0001'", "", "missing_unb"),
        ("CUSCAR:D:95B:UN", ":D:95B:UN", "missing_message_type"),
    ] {
        let parsed = one(&edited(D95B, from, to));
        assert!(codes(&parsed).contains(&code), "{code}: {:?}", parsed.faults());
        assert_eq!(parsed.manifest.consignments.len(), 2, "{code}");
    }
}

#[test]
fn separators_sets_and_several_interchanges() {
    // Without UNA the default separators hold.
    assert_eq!(fields(&one(&edited(D95B, "UNA:+.? '\n", ""))), fields(&one(D95B)));
    // Another UNA, in the middle of the file as well, and a decimal comma.
    let other = String::from_utf8(D95B.to_vec()).unwrap().replace("UNA:+.? '", "UNA=*,! ~");
    let (advice, rest) = other.split_at(9);
    let rest: String = rest
        .chars()
        .map(|c| match c {
            ':' => '=',
            '+' => '*',
            '\'' => '~',
            '?' => '!',
            c => c,
        })
        .collect();
    let rest = rest.replace("MTQ=24.0", "MTQ=24,0");
    let both = [D95B, advice.as_bytes(), rest.as_bytes()].concat();
    let read: Vec<Parsed> = parts(&both).into_iter().map(Result::unwrap).collect();
    assert_eq!(read.len(), 2);
    assert_eq!(fields(&read[0]), fields(&read[1]));
    // UNOC that is Latin-1, UNOE that is Cyrillic.
    let latin: Vec<u8> = [
        b"UNB+UNOC:3+A+B+140302:0930+1'UNH+1+CUSCAR:D:95B:UN'BGM+785+X+9'CNI+1+B1'NAD+CN+++CAF\xc9 ".as_slice(),
        b"O?'BRIEN'GID+1'UNT+6+1'UNZ+1+1'",
    ]
    .concat();
    assert_eq!(one(&latin).manifest.consignments[0].parties[0].name, "CAFÉ O'BRIEN");
}

#[test]
fn functions_are_kept() {
    for (code, function) in
        [("9", Function::Original), ("5", Function::Replace), ("4", Function::Change), ("1", Function::Cancel)]
    {
        let parsed = one(&edited(D95B, "SYN047E-HKG+9", &format!("SYN047E-HKG+{code}")));
        assert_eq!(parsed.manifest.function, function);
    }
}

#[test]
fn other_messages_are_refused_by_name() {
    let why = |bytes: &[u8]| {
        parts(bytes).into_iter().find_map(Result::err).map(|error| error.to_string()).unwrap_or_default()
    };
    let other = edited(D95B, "CUSCAR:D:95B:UN", "BAPLIE:D:95B:UN");
    assert!(why(&other).contains("BAPLIE is a stowage plan, not a cargo report"), "{}", why(&other));
    // The next interchange of the same file is read.
    let both = [other.as_slice(), D95B].concat();
    assert_eq!(
        parts(&both).into_iter().filter_map(Result::ok).map(|part| part.manifest.consignments.len()).sum::<usize>(),
        2
    );
    assert!(why(b"<ASYCUDA><Item/></ASYCUDA>").contains("ASYCUDA declaration"));
    assert!(why(b"<html></html>").contains("web page"));
    assert!(why(&[b"\xd0\xcf\x11\xe0".as_slice(), &[0; 600]].concat()).contains(".xls"));
    assert!(why(b"<!DOCTYPE Awmds SYSTEM 'x'><Awmds/>").contains("DOCTYPE"));
}

#[test]
fn what_is_not_carried_is_kept_with_its_place() {
    let national = edited(D95B, "GID+1+86:LG'", "GID+1+86:LG'\nZZX+NATIONAL+7'\nDGS+IMD+3.2'");
    let parsed = one(&national);
    assert!(codes(&parsed).contains(&"unknown_segment"));
    let kept: Vec<&str> = parsed.manifest.unmapped.iter().map(|unmapped| unmapped.found.as_str()).collect();
    assert!(kept.contains(&"ZZX+NATIONAL+7") && kept.contains(&"DGS+IMD+3.2"), "{kept:?}");
    let national =
        edited(AWMDS, "<Line_number>1</Line_number>", "<Line_number>1</Line_number><DG_status>N</DG_status>");
    let kept = one(&national).manifest.unmapped;
    assert!(
        kept.iter().any(|unmapped| unmapped.at == "/Awmds/Bol_segment[1]/Bol_id/DG_status" && unmapped.found == "N"),
        "{kept:?}"
    );
}

#[test]
fn sender_habits() {
    // The procedure once for all bills, after the head.
    let text = String::from_utf8(D95B.to_vec())
        .unwrap()
        .replace("GIS+23'\n", "")
        .replace("EQD+CN+ZZSU4170016", "GIS+28'\nEQD+CN+ZZSU4170016");
    let parsed = one(text.as_bytes());
    let procedures: Vec<_> = parsed.manifest.consignments.iter().map(|bill| bill.procedure.unwrap().as_str()).collect();
    assert_eq!(procedures, ["transhipment", "transhipment"]);
    // The bill number in CNI only; a port by its name; a repeated RFF for a second goods item.
    let text = text.replace("RFF+BM:SYNTMM0417'\n", "").replace("LOC+9+LKCMB:139:6", "LOC+9+:::COLOMBO");
    let text = text.replacen("CNI+2", "RFF+BM:SYNTMM0417'\nGID+2+1:PX'\nFTX+AAA+++SPARE PARTS'\nCNI+2", 1);
    let bills = one(text.as_bytes()).manifest.consignments;
    assert_eq!((bills.len(), bills[0].bill_of_lading.as_str(), bills[0].goods_items.len()), (2, "SYNTMM0417", 2));
    assert_eq!(bills[0].places.loading.as_ref().map(|place| place.as_str()), Some("COLOMBO"));
}

#[test]
fn tables_by_headers_of_the_trade_and_by_mapping() {
    let table = "Invented Lumber GmbH;;;;\nPackliste;;;;\nKonnossement;Warenbezeichnung;Ursprungsland;Bruttogewicht (kg);Volumen;Farbe\nB1;Palisander Rundholz;MG;21.600,0;24,5;rot\nB2;Möbel;VN;1.250,5;8,0;\n";
    let parts: Vec<Parsed> = parts(table.as_bytes()).into_iter().map(Result::unwrap).collect();
    assert_eq!(parts.len(), 2);
    let item = &parts[0].manifest.consignments[0].goods_items[0];
    assert_eq!(
        (item.gross_mass_kg, item.volume_m3, item.origin.map(|c| c.to_string())),
        (Some(21_600.0), Some(24.5), Some("MG".into()))
    );
    assert!(codes(&parts[0]).contains(&"guessed_column") && codes(&parts[0]).contains(&"decimal_comma"));
    assert!(parts[0].manifest.unmapped.iter().any(|unmapped| unmapped.found == "rot"));
    assert!(parts[0].manifest.unmapped.iter().any(|unmapped| unmapped.found.contains("Packliste")));
    // The guess can be shown, corrected and given.
    let guess = guess_mapping(table.as_bytes(), Format::Csv, &Mapping::default()).unwrap();
    let again = Mapping::from_toml(&guess.to_toml()).unwrap();
    let by_file: Vec<_> =
        read_with(Cursor::new(table.as_bytes().to_vec()), Format::Csv, &again).map(Result::unwrap).collect();
    assert_eq!(by_file[1].manifest.consignments, parts[1].manifest.consignments);
    let tonnes = Mapping::from_toml(
        "[columns]\n\"Masse\" = \"gross_mass_kg\"\n[units]\ngross_mass_kg = \"t\"\n[constants]\norigin = \"MG\"\n",
    )
    .unwrap();
    let table = "description,Masse\nEBONY LOGS,21.6\n";
    let read: Vec<_> =
        read_with(Cursor::new(table.as_bytes().to_vec()), Format::Csv, &tonnes).map(Result::unwrap).collect();
    let item = &read[0].manifest.consignments[0].goods_items[0];
    assert_eq!((item.gross_mass_kg, item.origin.map(|c| c.to_string())), (Some(21_600.0), Some("MG".into())));
    // Chinese, in GB18030.
    let (chinese, ..) = encoding_rs::GB18030.encode("提单号,品名,毛重,原产国\nB1,红酸枝原木,21600,LA\n");
    let parsed = one(&chinese);
    assert_eq!(parsed.manifest.consignments[0].goods_items[0].description, "红酸枝原木");
}

/// A file after damage: whatever comes out, the damage is told or nothing is missing.
fn check_damage(name: &str, bytes: &[u8], n_bills: usize) {
    let parts = parts(bytes);
    let read: usize = parts.iter().flatten().map(|part| part.manifest.consignments.len()).sum();
    let told = parts.iter().any(|part| match part {
        Ok(part) => part.faults().iter().any(|fault| fault.severity > Severity::Note),
        Err(_) => true,
    });
    assert!(told || read == n_bills, "{name}: {read} of {n_bills} bills and not a word: {parts:?}");
}

fn utf16(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

#[test]
fn cut_files_in_every_dress_are_told() {
    for (name, bytes) in SPELLINGS {
        let n_bills = one(bytes).manifest.consignments.len();
        for place in 0..200 {
            let cut = &bytes[..bytes.len() * place / 200];
            let crlf = String::from_utf8_lossy(cut).replace('\n', "\r\n").into_bytes();
            let marked = [b"\xef\xbb\xbf".as_slice(), cut].concat();
            let latin: Vec<u8> = cut.iter().map(|byte| if *byte == b'O' { 0xd3 } else { *byte }).collect();
            let mut nul = cut.to_vec();
            nul.insert(cut.len() / 2, 0);
            let wide = utf16(cut);
            let odd = &wide[..wide.len() - 1];
            for (dress, bytes) in [
                ("plain", cut),
                ("crlf", &crlf),
                ("bom", &marked),
                ("nul", &nul),
                ("utf-16", &wide),
                ("odd utf-16", odd),
            ] {
                check_damage(&format!("{name} cut at {place}/200, {dress}"), bytes, n_bills);
            }
            // Another letter everywhere: no panic, no hang.
            drop(parts(&latin));
        }
    }
}

#[test]
fn whole_files_in_every_dress_agree() {
    for (name, bytes) in SPELLINGS {
        let plain = fields(&one(bytes));
        let crlf = String::from_utf8_lossy(bytes).replace('\n', "\r\n").into_bytes();
        let marked = [b"\xef\xbb\xbf".as_slice(), bytes].concat();
        for (dress, bytes) in [("crlf", crlf), ("bom", marked), ("utf-16", utf16(bytes))] {
            assert_eq!(fields(&one(&bytes)), plain, "{name} {dress}");
        }
    }
    // UTF-8 that is Latin-1 after all, in each format: the letter arrives and the doubt is told.
    for (name, bytes, from) in [
        ("csv", CSV, "BOIS FICTIF"),
        ("d95b", D95B, "BOIS FICTIF"),
        ("awmds", AWMDS, "BOIS FICTIF"),
        ("json", JSON, "BOIS FICTIF"),
        ("wco", WCO, "Bois Fictif"),
        ("epermit", EPERMIT, "Bois Fictif"),
    ] {
        let at = bytes.windows(from.len()).position(|window| window == from.as_bytes()).unwrap();
        let mut latin = bytes.to_vec();
        latin[at + 1] = 0xd4;
        let parsed = one(&latin);
        assert!(parsed.manifest.consignments[0].parties[0].name.contains('Ô'), "{name}");
        assert!(codes(&parsed).contains(&"not_utf8"), "{name}");
    }
}

#[test]
fn one_faulty_bill_of_xml_and_edifact_loses_only_its_value() {
    for (bytes, from, to) in [(D95B, "KGM:21600'\nMEA", "KGM:x'\nMEA"), (AWMDS, "<Gross_mass>21600", "<Gross_mass>x")] {
        let parsed = one(&edited(bytes, from, to));
        let all = parsed.faults();
        let lost: Vec<_> = all.iter().filter(|fault| fault.severity == Severity::Lost).collect();
        assert_eq!(lost.len(), 1, "{lost:?}");
        assert_eq!(lost[0].place.consignment(), Some(0), "{}", lost[0].at);
        assert_eq!(parsed.manifest.consignments[1], one(bytes).manifest.consignments[1]);
    }
}

/// A number that is no bill's stands for the bill only until the bill's own follows: one bill stays one.
#[test]
fn a_lent_number_gives_way_to_the_number_of_the_bill() {
    let text = String::from_utf8(D95B.to_vec()).unwrap();
    let own = text.find("RFF+BM:").unwrap();
    let lent = format!("{}RFF+AFA:THROUGH1'{}", &text[..own], &text[own..]);
    let plain: Vec<String> = bill_numbers(text.as_bytes());
    assert_eq!(bill_numbers(lent.as_bytes()), plain);
    let alone = lent.replacen(&text[own..own + text[own..].find('\'').unwrap() + 1], "", 1);
    assert_eq!(bill_numbers(alone.as_bytes()).first().map(String::as_str), Some("THROUGH1"));
}

fn bill_numbers(bytes: &[u8]) -> Vec<String> {
    let parts = read(Cursor::new(bytes.to_vec()), Format::Cuscar);
    let bills = parts.flatten().flat_map(|part| part.manifest.consignments);
    bills.map(|bill| bill.bill_of_lading).collect()
}
