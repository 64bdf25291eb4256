//! Column headers of the trade, in the languages that manifests come in: what a header most likely means.
//!
//! Only whole headers are compared, folded: a wrong guess would be worse than an unmapped column. Own list.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::text::fold_key;

/// Canonical column, then headers as brokers write them (English, French, Spanish, Portuguese, German, Italian, Dutch,
/// Turkish, Vietnamese, Indonesian, Chinese, Japanese).
const HEADERS: &[(&str, &[&str])] = &[
    ("manifest_reference", &["manifest", "manifest no", "manifest number", "manifeste", "no manifeste", "manifiesto", "manifesto", "manifest nr", "舱单号", "舱单编号"]),
    ("bill_of_lading", &["bl", "b/l", "bl no", "b/l no", "b/l number", "bl number", "bill of lading", "bill of lading no", "bill of lading number", "bol", "awb", "connaissement", "no connaissement", "n connaissement", "numero de connaissement", "conocimiento", "conocimiento de embarque", "no de bl", "numero de bl", "bl nro", "conhecimento", "conhecimento de embarque", "konnossement", "konnossement nr", "frachtbrief", "polizza di carico", "提单号", "提单", "提单编号", "提單號", "船荷証券番号", "so van don"]),
    ("master_bill", &["master bl", "mbl", "mbl no", "master b/l", "master bill", "connaissement maitre", "bl master", "主提单号", "主单号"]),
    ("imo", &["imo", "imo no", "imo number", "numero imo", "no imo", "imo nr"]),
    ("ship_name", &["vessel", "vessel name", "ship", "ship name", "navire", "nom du navire", "buque", "nombre del buque", "nave", "navio", "nome do navio", "schiff", "schiffsname", "船名", "gemi", "kapal"]),
    ("flag", &["flag", "vessel flag", "pavillon", "bandera", "bandeira", "flagge", "船旗"]),
    ("voyage", &["voyage", "voyage no", "voy", "voy no", "voyage number", "voyage numero", "viaje", "no viaje", "viagem", "reise", "reisenummer", "航次", "航次号"]),
    ("departed_at", &["etd", "atd", "date of departure", "departure date", "date de depart", "fecha de salida", "data de partida", "abfahrt", "abfahrtsdatum", "开航日期", "离港日期"]),
    ("arrives_at", &["eta", "ata", "date of arrival", "arrival date", "date d'arrivee", "date arrivee", "fecha de llegada", "fecha de arribo", "data de chegada", "ankunft", "ankunftsdatum", "到港日期", "抵港日期"]),
    ("loading", &["pol", "port of loading", "loading port", "port de chargement", "puerto de carga", "puerto de embarque", "porto de embarque", "ladehafen", "porto di carico", "装货港", "起运港", "装运港", "積出港"]),
    ("original_loading", &["port of origin", "origin port", "port d'origine", "puerto de origen", "porto de origem", "first port"]),
    ("transhipment", &["port of transhipment", "transhipment port", "transshipment port", "port de transbordement", "puerto de transbordo", "porto de transbordo", "umschlaghafen", "中转港"]),
    ("discharge", &["pod", "port of discharge", "discharge port", "port de dechargement", "puerto de descarga", "porto de descarga", "loschhafen", "entladehafen", "porto di scarico", "卸货港", "目的港", "卸港"]),
    ("delivery", &["place of delivery", "delivery", "lieu de livraison", "lugar de entrega", "local de entrega", "lieferort", "交货地"]),
    ("final_destination", &["final destination", "destination", "destination finale", "destino", "destino final", "bestimmungsort", "bestimmungsland", "目的地", "最终目的地", "pays de destination", "country of destination", "pais de destino"]),
    ("consignor_name", &["shipper", "shipper name", "exporter", "exporter name", "consignor", "expediteur", "exportateur", "chargeur", "nom de l'exportateur", "exportador", "embarcador", "remitente", "cargador", "exporteur", "versender", "absender", "ausfuhrer", "mittente", "esportatore", "发货人", "发货人名称", "出口商", "托运人", "荷送人", "pengirim", "eksportir"]),
    ("consignor_country", &["shipper country", "exporter country", "consignor country", "pays de l'exportateur", "pays expediteur", "pais exportador", "pais del exportador", "exportland", "发货国", "发货人国家"]),
    ("consignor_street", &["shipper address", "exporter address", "consignor address", "adresse expediteur", "adresse de l'exportateur", "direccion del exportador", "endereco do exportador", "发货人地址"]),
    ("consignor_city", &["shipper city", "exporter city", "ville expediteur"]),
    ("consignee_name", &["consignee", "consignee name", "importer", "importer name", "receiver", "destinataire", "importateur", "nom du destinataire", "consignatario", "importador", "destinatario", "empfanger", "importeur", "einfuhrer", "收货人", "收货人名称", "进口商", "荷受人", "penerima", "importir"]),
    ("consignee_country", &["consignee country", "importer country", "pays du destinataire", "pays importateur", "pais importador", "importland", "收货国", "收货人国家"]),
    ("consignee_street", &["consignee address", "importer address", "adresse destinataire", "adresse du destinataire", "direccion del consignatario", "endereco do importador", "收货人地址"]),
    ("consignee_city", &["consignee city", "importer city", "ville destinataire"]),
    ("notify_name", &["notify", "notify party", "notify name", "partie a notifier", "a notifier", "notificar", "parte a notificar", "notificado", "meldeadresse", "通知人", "通知方"]),
    ("notify_country", &["notify country", "notify party country"]),
    ("container", &["container", "container no", "container number", "cntr no", "cntr", "ctn no", "conteneur", "no conteneur", "numero de conteneur", "contenedor", "no contenedor", "numero de contenedor", "conteiner", "contentor", "containernummer", "container nr", "箱号", "集装箱号", "柜号", "集装箱"]),
    ("size_type", &["size type", "container type", "type", "type conteneur", "type de conteneur", "tipo contenedor", "tipo de contenedor", "containertyp", "箱型"]),
    ("seals", &["seal", "seal no", "seals", "seal number", "scelle", "no scelle", "plomb", "precinto", "sello", "lacre", "siegel", "plombe", "封号", "铅封号"]),
    ("item", &["item", "item no", "goods item", "line item", "article", "no article", "partida", "renglon", "adicao", "position", "pos", "项号", "序号"]),
    ("hs_code", &["hs", "hs code", "hscode", "hs-code", "tariff", "tariff code", "commodity code", "code sh", "code ngp", "nomenclature", "code douanier", "position tarifaire", "partida arancelaria", "codigo sa", "codigo hs", "ncm", "codigo ncm", "fraccion arancelaria", "taric", "zolltarifnummer", "warennummer", "codice doganale", "gtip", "税号", "商品编码", "hs编码", "海关编码", "ma hs"]),
    ("description", &["description", "description of goods", "goods description", "goods", "commodity", "cargo description", "cargo", "designation", "designation des marchandises", "description des marchandises", "marchandise", "marchandises", "nature de la marchandise", "libelle", "descripcion", "descripcion de la mercancia", "descripcion de mercancias", "mercancia", "mercaderia", "descricao", "descricao da mercadoria", "mercadoria", "warenbezeichnung", "warenbeschreibung", "bezeichnung", "ware", "descrizione", "merce", "omschrijving", "品名", "货物名称", "货名", "货物描述", "商品名称", "商品名", "品名及规格", "貨名", "ten hang", "uraian barang", "esya tanimi"]),
    ("scientific_name", &["scientific name", "latin name", "botanical name", "species", "nom scientifique", "nom latin", "espece", "nombre cientifico", "especie", "nome cientifico", "wissenschaftlicher name", "botanischer name", "lateinischer name", "nome scientifico", "拉丁名", "学名", "拉丁学名", "学名拉丁名"]),
    ("common_name", &["common name", "trade name", "nom commun", "nom commercial", "nombre comun", "nombre comercial", "nome comum", "nome comercial", "handelsname", "俗名", "中文名"]),
    ("origin", &["origin", "country of origin", "coo", "origine", "pays d'origine", "pays origine", "origen", "pais de origen", "origem", "pais de origem", "ursprung", "ursprungsland", "paese di origine", "land van oorsprong", "原产国", "原产地", "产地", "country of harvest"]),
    ("n_packages", &["packages", "no of packages", "number of packages", "pkgs", "no of pkgs", "qty packages", "nombre de colis", "colis", "nb colis", "bultos", "no de bultos", "numero de bultos", "cantidad de bultos", "volumes", "quantidade de volumes", "packstucke", "anzahl packstucke", "colli", "件数", "包装件数"]),
    ("package_kind", &["package type", "kind of packages", "packaging", "type of packages", "type de colis", "emballage", "nature colis", "tipo de bultos", "embalaje", "embalagem", "verpackung", "verpackungsart", "包装种类", "包装"]),
    ("marks", &["marks", "marks and numbers", "shipping marks", "marques", "marques et numeros", "marcas", "marcas y numeros", "marcas e numeros", "markierung", "zeichen und nummern", "唛头", "标记唛码"]),
    ("gross_mass_kg", &["gross weight", "gross weight kg", "gross weight kgs", "gross mass", "gw", "g.w", "gw kg", "weight", "weight kg", "gross", "poids brut", "poids brut kg", "poids", "peso bruto", "peso bruto kg", "peso", "bruttogewicht", "bruttogewicht kg", "rohmasse", "gewicht", "peso lordo", "bruto gewicht", "毛重", "毛重kg", "毛重公斤", "重量", "总重"]),
    ("net_mass_kg", &["net weight", "net weight kg", "net mass", "nw", "n.w", "poids net", "poids net kg", "peso neto", "peso neto kg", "peso liquido", "nettogewicht", "nettogewicht kg", "eigenmasse", "peso netto", "净重", "净重kg", "净重公斤"]),
    ("volume_m3", &["volume", "volume m3", "cbm", "measurement", "m3", "volume cbm", "cubage", "volumen", "volumen m3", "kubikmeter", "rauminhalt", "体积", "体积m3", "材积", "立方米", "立方数"]),
    ("value", &["value", "customs value", "invoice value", "amount", "valeur", "valeur en douane", "montant", "valor", "valor aduanero", "valor fob", "valor aduaneiro", "wert", "zollwert", "rechnungswert", "valore", "金额", "价值", "总价"]),
    ("currency", &["currency", "devise", "monnaie", "moneda", "divisa", "moeda", "wahrung", "valuta", "币制", "币种", "货币"]),
    ("procedure", &["procedure", "customs procedure", "regime", "regime douanier", "regimen", "regimen aduanero", "regime aduaneiro", "verfahren", "zollverfahren", "监管方式", "贸易方式"]),
    ("document_number", &["cites", "cites no", "cites permit", "cites permit no", "cites number", "permit", "permit no", "permit number", "licence", "licence no", "permis cites", "no permis cites", "permis", "no permis", "permiso cites", "no permiso cites", "licenca cites", "cites genehmigung", "cites nr", "cites许可证号", "许可证号", "允许进出口证明书号", "濒危证号"]),
];

/// Folded header → canonical column.
static FOLDED: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    HEADERS.iter().flat_map(|(column, headers)| headers.iter().map(|header| (folded(header), *column))).collect()
});

/// The canonical column that a header means, if it is on the list.
pub(super) fn guess(header: &str) -> Option<&'static str> {
    FOLDED.get(&folded(header)).copied().filter(|_| !header.trim().is_empty())
}

/// Letters and digits only, folded: `B/L No.` is `blno`, `Désignation` is `designation`.
pub(super) fn folded(header: &str) -> String {
    fold_key(header).chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_in_many_languages() {
        for (header, column) in [
            ("B/L No.", "bill_of_lading"),
            ("Désignation des marchandises", "description"),
            ("Descripción", "description"),
            ("Descrição da mercadoria", "description"),
            ("Bruttogewicht (kg)", "gross_mass_kg"),
            ("品名", "description"),
            ("原产国", "origin"),
            ("Poids brut KG", "gross_mass_kg"),
            ("Consignee", "consignee_name"),
            ("Nº de bultos", "n_packages"),
        ] {
            assert_eq!(guess(header), Some(column), "{header}");
        }
        assert_eq!(guess("Colour"), None);
        assert_eq!(guess(""), None);
    }

    #[test]
    fn no_header_means_two_things() {
        let mut seen = std::collections::BTreeMap::new();
        for (column, headers) in HEADERS {
            for header in *headers {
                assert!(seen.insert(folded(header), column).is_none_or(|other| other == column), "{header} is {column} and another");
            }
        }
    }
}
