//! Files as senders really make them: broken lines, foreign kinds, national elements. A row is a file and what must come
//! of it; a new case is a new row.

use std::io::Cursor;

use palisander_engine::manifests::{Format, ManifestError, Parsed, Severity, read};
use proptest::prelude::*;

fn parts(bytes: &[u8]) -> Vec<Result<Parsed, ManifestError>> {
    read(Cursor::new(bytes.to_vec()), Format::detect(bytes)).collect()
}

/// The bills as JSON, and the codes of the faults.
fn bills(bytes: &[u8]) -> (Vec<serde_json::Value>, Vec<(&'static str, Severity)>) {
    let (mut bills, mut faults) = (Vec::new(), Vec::new());
    for part in parts(bytes) {
        let part = part.unwrap();
        bills.extend(part.manifest.consignments.iter().map(|bill| serde_json::to_value(bill).unwrap()));
        faults.extend(part.faults().into_iter().map(|fault| (fault.code, fault.severity)));
    }
    (bills, faults)
}

/// A cargo report of two bills, in segments.
fn report() -> Vec<&'static str> {
    vec![
        "UNA:+.? '",
        "UNB+UNOC:3+LINE:ZZ+PORT:ZZ+160405:1200+R77'",
        "UNH+77+CUSCAR:D:96B:UN'",
        "BGM+785+SEAWAY0077+9'",
        "DTM+137:20160405:102'",
        "TDT+20+V77N+1++LINE:172:20+++9074729:146::SEAWAY TRIAL:PA'",
        "LOC+60+NLRTM:139:6'",
        "DTM+132:20160420:102'",
        "CNI+1+HLTR0001'",
        "RFF+BM:HLTR0001'",
        "LOC+9+IDSUB:139:6'",
        "LOC+11+NLRTM:139:6'",
        "NAD+CZ+++CV KAYU JATI'",
        "NAD+CN+++HOUT IMPORT BV'",
        "GID+1+12:PK'",
        "FTX+AAA+++SONOKELING DECKING DALBERGIA LATIFOLIA KILN DRIED'",
        "MEA+AAE+AAB+KGM:18250.75'",
        "MEA+AAE+ABJ+MTQ:21.5'",
        "SGP+TRIU8412340+12'",
        "CNI+2+HLTR0002'",
        "RFF+BM:HLTR0002'",
        "LOC+9+IDSUB:139:6'",
        "NAD+CN+++O?'NEILL FURNITURE'",
        "GID+1+3:CT'",
        "FTX+AAA+++RATTAN BASKETS'",
        "MEA+AAE+AAB+KGM:320'",
        "UNT+25+77'",
        "UNZ+1+R77'",
    ]
}

/// Whatever the width at which a file was wrapped, its bills are the same, and one note says so.
#[test]
fn wrapped_files_have_the_same_bills() {
    let whole = report().concat();
    let (expected, none) = bills(whole.as_bytes());
    assert_eq!((expected.len(), none), (2, vec![]));
    for width in 20..200 {
        for end in ["\n", "\r\n", "\r"] {
            let lines: Vec<&str> =
                whole.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect();
            let (found, faults) = bills(lines.join(end).as_bytes());
            assert_eq!(found, expected, "wrapped at {width}");
            assert!(faults.iter().all(|fault| *fault == ("line_breaks", Severity::Note)), "{width}: {faults:?}");
            assert!(faults.len() <= 1, "{width}: {faults:?}");
        }
    }
}

/// The bills without their goods texts, in which a break may part two words: both readings are kept then.
fn without_texts(bills: &[serde_json::Value]) -> (Vec<serde_json::Value>, Vec<String>) {
    let mut bills = bills.to_vec();
    let mut texts = Vec::new();
    for item in bills.iter_mut().flat_map(|bill| bill["goods_items"].as_array_mut().unwrap()) {
        texts.push(item["description"].take().as_str().unwrap().to_owned());
    }
    (bills, texts)
}

proptest! {
    /// Line breaks anywhere change no value and no bill; a goods text begins as it was sent.
    #[test]
    fn breaks_anywhere(places in proptest::collection::vec((0_usize..900, 0_usize..3), 0..12)) {
        let mut text = report().concat();
        let (expected, texts) = without_texts(&bills(text.as_bytes()).0);
        for (at, end) in places {
            let at = at % text.len();
            // Within the letters of a tag that another segment could begin with, a lost terminator looks the same.
            text.insert_str(at, ["\n", "\r\n", "\r"][end]);
        }
        let (found, faults) = bills(text.as_bytes());
        let (found, found_texts) = without_texts(&found);
        prop_assert_eq!(&found, &expected, "{}", text);
        for (found, whole) in found_texts.iter().zip(&texts) {
            prop_assert!(found == whole || found.starts_with(&format!("{whole} / ")), "{found}");
        }
        prop_assert!(faults.iter().all(|fault| *fault == ("line_breaks", Severity::Note)), "{:?}", faults);
        prop_assert!(faults.len() <= 1);
    }
}

/// `(what is done to the report, the codes of the faults)`: each is named, and costs nothing else.
#[test]
fn damage_that_costs_nothing_is_named() {
    let whole = report().concat();
    let lines = report().join("\n");
    let (expected, _) = bills(whole.as_bytes());
    for (name, text, codes) in [
        ("UNA one short", whole.replace("UNA:+.? '", "UNA:+.?'"), vec!["una_too_short"]),
        ("UNA one short, on a line", lines.replace("UNA:+.? '", "UNA:+. '"), vec!["una_too_short"]),
        ("a log before it", format!("2016-04-05 12:00:01 IN FILE 0001\n{lines}"), vec!["before_the_interchange"]),
        ("a sign of a transfer", format!("\u{1}{whole}"), vec!["before_the_interchange"]),
        ("terminators before it", format!("''\n{lines}"), vec![]),
        ("no last terminator", whole.trim_end_matches('\'').to_owned(), vec!["missing_terminator"]),
        (
            "no last terminator, and a break",
            format!("{}\r\n", lines.trim_end_matches('\'')),
            vec!["missing_terminator"],
        ),
        ("a lost one", lines.replace("+R77'\nUNH", "+R77\nUNH"), vec!["missing_terminator"]),
        ("a lost one before goods", lines.replace("12:PK'\n", "12:PK\n"), vec!["missing_terminator"]),
        ("a lost one behind goods", lines.replace("BASKETS'\n", "BASKETS\r\n"), vec!["missing_terminator"]),
    ] {
        let (found, faults) = bills(text.as_bytes());
        assert_eq!(found, expected, "{name}");
        let found: Vec<&str> = faults.iter().map(|(code, _)| *code).filter(|code| *code != "line_breaks").collect();
        assert_eq!(found, codes, "{name}");
        assert!(faults.iter().all(|(_, severity)| *severity < Severity::Lost), "{name}");
    }
}

/// A terminator that was released by mistake joins two segments: the second is lost, and said so; the end of a word that
/// was cut is no segment.
#[test]
fn a_released_terminator_is_lost() {
    let lines = report().join("\n");
    let codes = |text: &str| bills(text.as_bytes()).1.into_iter().map(|(code, _)| code).collect::<Vec<_>>();
    assert!(codes(&lines.replace("BASKETS'\n", "BASKETS?'\nXYZ+1'\n")).contains(&"released_terminator"));
    assert!(!codes(&lines.replace("FURNITURE'\n", "FURNIT?'\nURE'\n")).contains(&"released_terminator"));
}

/// Letters of the repertoire that the sender named are no doubt.
#[test]
fn a_declared_character_set_is_no_doubt() {
    let latin: Vec<u8> = report().concat().replace("KAYU JATI", "KAYU J\u{c1}TI").chars().map(|c| c as u8).collect();
    let (found, faults) = bills(&latin);
    assert_eq!(found[0]["parties"][0]["name"], "CV KAYU JÁTI");
    assert_eq!(faults, [("encoding", Severity::Note)]);
}

/// A goods text that stands before its item belongs to it; without an item it is all that is known.
#[test]
fn goods_before_their_item() {
    let text = report().concat();
    let gid = "GID+1+12:PK'";
    let ftx = "FTX+AAA+++SONOKELING DECKING DALBERGIA LATIFOLIA KILN DRIED'";
    let swapped = text.replace(&format!("{gid}{ftx}"), &format!("{ftx}{gid}"));
    assert_ne!(swapped, text);
    assert_eq!(bills(swapped.as_bytes()).0, bills(text.as_bytes()).0);
    let (found, _) = bills(text.replace(gid, "").as_bytes());
    assert_eq!(found[0]["goods_items"][0]["description"], "SONOKELING DECKING DALBERGIA LATIFOLIA KILN DRIED");
}

/// `(file, words of the refusal)`
#[test]
fn files_that_are_no_manifest_say_what_they_are() {
    for (bytes, words) in [
        (&b"%PDF-1.3\n1 0 obj"[..], "PDF"),
        (b"\xff\xd8\xff\xe1\0\x18Exif", "JPEG"),
        (b"GIF89a", "GIF"),
        (b"II*\0\x08\0\0\0", "TIFF"),
        (b"{\\rtf1\\ansi B/L}", "RTF"),
        (b"\x1f\x8b\x08\0\0\0\0\0", "gzip"),
        (b"\x28\xb5\x2f\xfd\x20\x01", "zstd"),
        (b"Rar!\x1a\x07\0", "RAR"),
        (b"PK\x03\x04\x14\0\0\0\0\0goods.txt", "ZIP"),
        (b"PK\x03\x04\x14\0\0\0\0\0word/document.xml", "Word"),
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"<html><body><table>", "HTML"),
        (b"<!doctype html>\n<table>", "HTML"),
        (b"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'/>", "SpreadsheetML"),
        (b"ISA*00*          *00*          *02*SCAC           *ZZ*CUSTOMS        *260101*0900*U*00401*000000001*0*P*>~ST*309*1~", "309"),
        (b"GS*IO*A*B*20260101*0900*1*X*004010~ST*310*0001~", "310"),
        (b"null", "JSON"),
        (b"<a:MetaData xmlns:a='urn:x'><WCODataModelVersionCode>3.6</WCODataModelVersionCode><Response><Declaration><ID>1</ID></Declaration></Response></a:MetaData>", "response"),
        (b"<CustomsRejection><Declaration><GoodsShipment/></Declaration></CustomsRejection>", "rejection"),
        (b"<ErrorResponse><code>BAD</code></ErrorResponse>", "response"),
        (b"<ASYCUDA><Item><Goods_description><Description_of_goods>ROSEWOOD</Description_of_goods></Goods_description></Item></ASYCUDA>", "ASYCUDA"),
    ] {
        let found = parts(bytes);
        let said = found.iter().map(|part| part.as_ref().map_or_else(ToString::to_string, |_| "read".to_owned()));
        let said: Vec<String> = said.collect();
        assert!(said.len() == 1 && said[0].contains(words), "{:?}: {said:?}", String::from_utf8_lossy(bytes));
    }
}

/// What a forced format is worth where the bytes say otherwise.
#[test]
fn a_picture_is_no_table_whatever_it_is_called() {
    for format in [Format::Csv, Format::Xlsx, Format::Json, Format::Awmds, Format::Cuscar] {
        let said = read(Cursor::new(b"%PDF-1.3\n".to_vec()), format).next().unwrap().unwrap_err().to_string();
        assert!(said.contains("PDF"), "{format:?}: {said}");
    }
}

fn xml(text: &str) -> (Vec<serde_json::Value>, Vec<(&'static str, Severity)>) {
    bills(text.as_bytes())
}

/// `(file, descriptions of the items, code of a lost fault)`
#[test]
fn goods_in_xml_are_read_or_lost() {
    let sad = |item: &str| {
        format!(
            "<ASYCUDA><Identification><Registration><Number>C 771</Number></Registration></Identification><Item>{item}</Item></ASYCUDA>"
        )
    };
    let awmds = |goods: &str| {
        format!(
            "<Awmds><General_segment/><Bol_segment><Bol_id><Bol_reference>B1</Bol_reference><Bol_nature>23</Bol_nature></Bol_id>{goods}</Bol_segment></Awmds>"
        )
    };
    for (text, goods, lost) in [
        ("<Declaration><FunctionalReferenceID>D1</FunctionalReferenceID><GoodsShipment/></Declaration>".to_owned(), vec![], "missing"),
        ("<Declaration><FunctionalReferenceID>D1</FunctionalReferenceID><FunctionCode>1</FunctionCode></Declaration>".to_owned(), vec![], ""),
        (
            "<Declaration><DeclarationNoNF><FunctionalReferenceID>D1</FunctionalReferenceID><GoodsShipment><GovernmentAgencyGoodsItem><Commodity><Description>PAU ROSA</Description></Commodity></GovernmentAgencyGoodsItem></GoodsShipment><GoodsShipment><GovernmentAgencyGoodsItem><Commodity><Description>EBANO</Description></Commodity></GovernmentAgencyGoodsItem></GoodsShipment></DeclarationNoNF></Declaration>".to_owned(),
            vec!["PAU ROSA", "EBANO"],
            "",
        ),
        (
            "<Declaration><FunctionalReferenceID>D1</FunctionalReferenceID><FunctionCode>13</FunctionCode><Amendment/><GovernmentAgencyGoodsItem><SequenceNumeric>2</SequenceNumeric><Commodity><Description>ROSEWOOD VENEER</Description></Commodity></GovernmentAgencyGoodsItem></Declaration>".to_owned(),
            vec!["ROSEWOOD VENEER"],
            "",
        ),
        (
            "<Declaration><FunctionalReferenceID>D1</FunctionalReferenceID><GoodsShipment><GovernmentAgencyGoodsItem><Commodity><Description>BOARDS</Description></Commodity></GovernmentAgencyGoodsItem><Extra><CargoDescription>ROSEWOOD</CargoDescription></Extra></GoodsShipment></Declaration>".to_owned(),
            vec!["BOARDS"],
            "goods_not_read",
        ),
        (sad("<Goods_description><Country_of_origin_code>MG</Country_of_origin_code><Description_of_goods>Wood in the rough</Description_of_goods><Commercial_Description>PALISSANDRE EN GRUMES</Commercial_Description></Goods_description>"), vec!["PALISSANDRE EN GRUMES / Wood in the rough"], ""),
        (sad("<Goods_description><Description_of_goods><null/></Description_of_goods></Goods_description>"), vec![""], ""),
        (awmds("<Goods_segment><Goods_description>EBONY</Goods_description></Goods_segment>"), vec!["EBONY"], ""),
        (awmds("<Goods_segment><Number_of_packages>5</Number_of_packages><HS_Compliance><HS_code>440399</HS_code><Goods_description>EBONY</Goods_description></HS_Compliance></Goods_segment>"), vec!["EBONY"], ""),
        (awmds("<Goods_segment><HS_Compliance><Goods_description>EBONY</Goods_description></HS_Compliance><HS_Compliance><Goods_description>TEAK</Goods_description></HS_Compliance></Goods_segment>"), vec!["EBONY", "TEAK"], ""),
        (awmds("<Goods_segment><Goods_description>PALLETS</Goods_description><Cargo_details>ROSEWOOD LOGS</Cargo_details></Goods_segment>"), vec!["PALLETS"], "goods_not_read"),
    ] {
        let (bills, faults) = xml(&text);
        assert_eq!(bills.len(), 1, "{text}");
        let items = bills[0]["goods_items"].as_array().unwrap();
        let found: Vec<&str> = items.iter().map(|item| item["description"].as_str().unwrap()).collect();
        assert_eq!(found, goods, "{text}");
        let codes: Vec<&str> = faults.iter().filter(|(_, severity)| *severity == Severity::Lost).map(|(code, _)| *code).collect();
        assert_eq!(codes, Vec::from_iter(Some(lost).filter(|lost| !lost.is_empty())), "{text}");
    }
}

/// A declaration of ASYCUDA World, with what an officer asks of it.
#[test]
fn a_sad_is_read() {
    let text = "<ASYCUDA><Property><Nbers><Total_number_of_items>1</Total_number_of_items><Total_number_of_packages>86</Total_number_of_packages></Nbers></Property>
        <Identification><Office_segment><Customs_clearance_office_code>TST01</Customs_clearance_office_code></Office_segment>
        <Type><Type_of_declaration>IM</Type_of_declaration><Declaration_gen_procedure_code>4</Declaration_gen_procedure_code></Type>
        <Manifest_reference_number>2016 77</Manifest_reference_number><Registration><Number><null/></Number><Date>2016-04-21</Date></Registration></Identification>
        <Traders><Exporter><Exporter_name>SOCIETE DEMO\n BP 12\n TOAMASINA</Exporter_name></Exporter><Consignee><Consignee_code>77</Consignee_code><Consignee_name>HOUT BV</Consignee_name></Consignee></Traders>
        <General_information><Country><Export><Export_country_code>MG</Export_country_code></Export><Destination><Destination_country_code>NL</Destination_country_code></Destination></Country></General_information>
        <Transport><Means_of_transport><Border_information><Identity>SEAWAY TRIAL</Identity><Nationality>PA</Nationality><Mode>1</Mode></Border_information></Means_of_transport><Place_of_loading><Code>MGTMM</Code></Place_of_loading></Transport>
        <Item><Packages><Number_of_packages>86</Number_of_packages><Marks1_of_packages>AB 1/86</Marks1_of_packages><Kind_of_packages_code>LG</Kind_of_packages_code></Packages>
        <Tarification><HScode><Commodity_code>44034900</Commodity_code></HScode></Tarification>
        <Goods_description><Country_of_origin_code>MG</Country_of_origin_code><Description_of_goods>ROSEWOOD LOGS</Description_of_goods></Goods_description>
        <Previous_doc><Summary_declaration>TMM0077</Summary_declaration></Previous_doc>
        <Attached_documents><Attached_document_code>811</Attached_document_code><Attached_document_reference>16MG7</Attached_document_reference><Attached_document_date>3/14/16</Attached_document_date></Attached_documents>
        <Valuation_item><Weight_itm><Gross_weight_itm>21,600.50</Gross_weight_itm><Net_weight_itm>21000</Net_weight_itm></Weight_itm></Valuation_item></Item>
        <Container><Item_Number>1</Item_Number><Container_identity>TRIU8412340</Container_identity></Container></ASYCUDA>";
    let (bills, faults) = xml(text);
    let bill = &bills[0];
    let item = &bill["goods_items"][0];
    for (found, expected) in [
        (&bill["bill_of_lading"], "TMM0077"),
        (&bill["procedure"], "import"),
        (&bill["places"]["loading"], "MGTMM"),
        (&bill["parties"][0]["name"], "SOCIETE DEMO"),
        (&bill["parties"][0]["address"]["street"], "BP 12, TOAMASINA"),
        (&item["hs_code"], "44034900"),
        (&item["origin"], "MG"),
        (&item["documents"][0]["kind"], "cites_export_permit"),
        (&item["documents"][0]["issued_on"], "2016-03-14"),
        (&item["in_containers"][0]["container"], "TRIU8412340"),
    ] {
        assert_eq!(found, expected);
    }
    assert_eq!((&item["gross_mass_kg"], &bill["gross_mass_kg"]), (&21600.5.into(), &21600.5.into()));
    assert_eq!(faults, [("thousands_separator", Severity::Doubt)]);
}
