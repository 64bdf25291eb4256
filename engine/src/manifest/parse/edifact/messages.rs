//! Other UN/EDIFACT messages, refused by name. Source: UN/EDIFACT message type directories, D.94B to D.24A.

/// What a message type is, in words.
pub(super) fn what(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "BAPLIE" => "a stowage plan",
        "BAPLTE" => "a total of a stowage plan",
        "MOVINS" => "a stowage instruction",
        "CALINF" => "a vessel call information",
        "COARRI" => "a container discharge or loading report",
        "CODECO" => "a container gate report",
        "COPRAR" => "a container discharge or loading order",
        "COPARN" => "a container announcement",
        "COPINO" => "a container pre-notification",
        "COREOR" => "a container release order",
        "COSTCO" => "a container stuffing confirmation",
        "COSTOR" => "a container stuffing order",
        "COHAOR" => "a container handling order",
        "CUSDEC" => "a customs declaration",
        "CUSRES" => "a customs answer",
        "CUSEXP" => "an express consignment declaration",
        "CUSPED" => "a periodic customs declaration",
        "CONTRL" => "a syntax report",
        "APERAK" => "an application acknowledgement",
        "DESADV" => "a despatch advice",
        "GENRAL" => "a general text message",
        "IFCSUM" => "a forwarding and consolidation summary",
        "IFTDGN" => "a dangerous goods notification",
        "IFTMAN" => "an arrival notice",
        "IFTMBC" => "a booking confirmation",
        "IFTMBF" => "a firm booking",
        "IFTMCS" => "a transport contract status",
        "IFTMIN" => "a transport instruction",
        "IFTSAI" => "a schedule",
        "IFTSTA" => "a transport status report",
        "INVOIC" => "an invoice",
        "INVRPT" => "an inventory report",
        "ORDERS" => "a purchase order",
        "ORDRSP" => "an order answer",
        "PAXLST" => "a passenger list",
        "PARTIN" => "a party information",
        "SANCRT" => "a sanitary or phytosanitary certificate",
        "TPFREP" => "a terminal performance report",
        "VERMAS" => "a verified gross mass report",
        "VESDEP" => "a vessel departure report",
        "GOVCBR" => "a government cross-border declaration",
        "BERMAN" => "a berth management message",
        _ => return None,
    })
}

/// Why a message of this kind is refused.
pub(super) fn refusal(kind: &str, at: &str) -> String {
    let what = what(kind).unwrap_or("another UN/EDIFACT message");
    format!("{kind} is {what}, not a cargo report (CUSCAR); {at} was not read")
}
