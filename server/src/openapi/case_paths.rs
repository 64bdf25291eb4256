//! What each route of cases takes and gives.

use super::paths::{Body, Row, get, json, post};

/// Every operation on cases, in the order of the router's table.
pub(super) const CASES: &[Row] = &[
    Row {
        query: &[("closed", "yes")],
        ..get(
            "/v1/cases",
            "cases",
            "Cases that the caller works on, the latest first; with `closed` those that are closed, too.",
            &[(200, "cases", &[json("Any")])],
        )
    },
    post(
        "/v1/cases",
        "openCase",
        "Open a case that began with no bill; of a bill, its result opens one.",
        Some((true, &[json("CaseForm")])),
        &[(201, "the case", &[json("Any")])],
    ),
    get(
        "/v1/cases/{id}",
        "case",
        "A case as the caller may see it, with what is to be done and what is open before it can be closed.",
        &[(200, "the case", &[json("Any")])],
    ),
    post(
        "/v1/cases/{id}/facts",
        "caseFacts",
        "What is known now, in place of what was; whoever has to be told because of it is added.",
        Some((true, &[json("Facts")])),
        &[(200, "the case as it stands now", &[json("Any")])],
    ),
    post(
        "/v1/cases/{id}/custody",
        "caseCustody",
        "What happened to goods. What is moved, released, destroyed or written off counts once another person has signed.",
        Some((true, &[json("CustodyForm")])),
        &[(200, "the case as it stands now", &[json("Any")])],
    ),
    Row {
        method: "DELETE",
        problems: &[409],
        ..get(
            "/v1/cases/{id}/custody/{n}",
            "dropCustody",
            "Take a line back before it is signed.",
            &[(200, "the case as it stands now", &[json("Any")])],
        )
    },
    post(
        "/v1/cases/{id}/custody/{n}/signatures",
        "signCustody",
        "The other person signs for a line; who told it never does.",
        Some((false, &[json("NothingForm")])),
        &[(200, "the case as it stands now", &[json("Any")])],
    ),
    post(
        "/v1/cases/{id}/findings",
        "caseFinding",
        "What a laboratory found of a sample; everybody who works on the case sees it, and it may settle the result of the bill.",
        Some((true, &[json("LabFindingForm")])),
        &[(200, "the case as it stands now", &[json("Any")])],
    ),
    post(
        "/v1/cases/{id}/leads",
        "addLead",
        "One more lead to be followed.",
        Some((true, &[json("LeadForm")])),
        &[(200, "the case as it stands now", &[json("Any")])],
    ),
    post(
        "/v1/cases/{id}/leads/{n}",
        "endLead",
        "A lead was followed, or is not for a reason.",
        Some((true, &[json("EndLeadForm")])),
        &[(200, "the case as it stands now", &[json("Any")])],
    ),
    post(
        "/v1/cases/{id}/notices/{n}",
        "endNotice",
        "Somebody was told, has answered, or is not told for a reason.",
        Some((true, &[json("NoticeForm")])),
        &[(200, "the case as it stands now", &[json("Any")])],
    ),
    post(
        "/v1/cases/{id}/hand-overs",
        "handOver",
        "Another group takes the lead; who had it goes on seeing the goods and how it ends.",
        Some((true, &[json("CaseGroupForm")])),
        &[(200, "the case as it stands now", &[json("Any")])],
    ),
    post(
        "/v1/cases/{id}/hand-overs/{n}",
        "tellOutcome",
        "Whoever took over says how it ended, or that it is not to be shared.",
        Some((true, &[json("OutcomeForm")])),
        &[(200, "the case as it stands now", &[json("Any")])],
    ),
    post(
        "/v1/cases/{id}/groups",
        "joinCase",
        "Another group works on it beside the lead.",
        Some((true, &[json("CaseGroupForm")])),
        &[(200, "the case as it stands now", &[json("Any")])],
    ),
    post(
        "/v1/cases/{id}/court",
        "caseCourt",
        "What its court made of it until now.",
        Some((true, &[json("CourtForm")])),
        &[(200, "the case as it stands now", &[json("Any")])],
    ),
    post(
        "/v1/cases/{id}/decisions",
        "decideCase",
        "What everybody has to decide: support for large seizures, the money, what becomes of the goods.",
        Some((true, &[json("CaseDecisionForm")])),
        &[(200, "the case as it stands now", &[json("Any")])],
    ),
    post(
        "/v1/cases/{id}/state",
        "moveCase",
        "A step on its way; everything that hinders it is told at once.",
        Some((true, &[json("CaseMoveForm")])),
        &[(200, "the case as it stands now", &[json("Any")])],
    ),
    get(
        "/v1/cases/{id}/entities",
        "entities",
        "Who and what stands behind it, for the lead and for prosecutors.",
        &[(200, "names", &[json("Any")])],
    ),
    post(
        "/v1/cases/{id}/entities",
        "addEntity",
        "One more of them, with the law by which it is kept.",
        Some((true, &[json("EntityForm")])),
        &[(200, "names", &[json("Any")])],
    ),
    Row {
        method: "DELETE",
        problems: &[409],
        ..get(
            "/v1/cases/{id}/entities/{n}",
            "dropEntity",
            "One of them, by its place from 1, is no longer held to belong to it.",
            &[(200, "names", &[json("Any")])],
        )
    },
    Row {
        query: &[("form", "form"), ("to", "nation")],
        ..get(
            "/v1/cases/{id}/packet",
            "casePacket",
            "A document for a country or a body, in which nobody is named, with what it lacks.",
            &[(200, "the document", &[json("Any")])],
        )
    },
    Row {
        query: &[("kind", "file_kind"), ("title", "needed_text"), ("country", "nation")],
        ..post(
            "/v1/cases/{id}/files",
            "attachFile",
            "Add a file; its bytes are the body. The impact statement of a country answers the notice that asked for it.",
            Some((true, &[Body { media: "application/pdf", schema: "" }, Body { media: "text/plain", schema: "" }])),
            &[(201, "the case as it stands now", &[json("Any")])],
        )
    },
    get(
        "/v1/cases/{id}/files/{n}",
        "caseFile",
        "A file as it came, to those who may read names.",
        &[(200, "the file", &[Body { media: "application/octet-stream", schema: "" }])],
    ),
    get(
        "/v1/cases/{id}/suspicion",
        "suspicion",
        "The report of a case for the financial intelligence unit, with names and price evidence, and what it lacks.",
        &[(200, "the report", &[json("Any")])],
    ),
    post(
        "/v1/cases/{id}/suspicion",
        "sendSuspicion",
        "Hand a complete report to the channel of the financial intelligence unit.",
        Some((false, &[json("NothingForm")])),
        &[(200, "the receipt", &[json("Any")])],
    ),
    Row {
        problems: &[409],
        ..get(
            "/v1/cases/{id}/court-bundle",
            "courtBundle",
            "Everything of a case for its court, with hashes and proofs of the log; `palisander log verify` checks it.",
            &[(200, "a zip archive", &[Body { media: "application/zip", schema: "" }])],
        )
    },
    Row {
        query: &[("to", "needed_nation")],
        ..get(
            "/v1/cases/{id}/dossier",
            "caseDossier",
            "The part of a country that the goods touched, with copies of all papers and their hashes.",
            &[(200, "a zip archive", &[Body { media: "application/zip", schema: "" }])],
        )
    },
    Row {
        query: &[("language", "language")],
        problems: &[422],
        ..get(
            "/v1/cases/{id}/advice",
            "caseAdvice",
            "What may be done next by each agency, laws that fit, and who and what stands beside it now; no legal advice.",
            &[(200, "acts, laws, and whom to call", &[json("Any")])],
        )
    },
    Row {
        problems: &[409],
        query: &[("at", "port")],
        ..get(
            "/v1/assessments/{id}/storage",
            "storageNeed",
            "How much room the goods of a bill need, and whether stores near a port have it; before anything is opened.",
            &[(200, "need and rooms", &[json("Any")])],
        )
    },
    post(
        "/v1/assessments/{id}/verifications",
        "askVerification",
        "Ask the issuer of one of its papers; the letter is in the answer.",
        Some((true, &[json("VerificationForm")])),
        &[(201, "the request", &[json("Any")])],
    ),
    Row {
        query: &[("answered", "yes")],
        ..get(
            "/v1/verifications",
            "verifications",
            "Requests to issuers of papers, the latest first; with `answered` those that are answered, too.",
            &[(200, "requests", &[json("Any")])],
        )
    },
    get(
        "/v1/verifications/{id}",
        "verification",
        "A request with its letter.",
        &[(200, "the request", &[json("Any")])],
    ),
    post(
        "/v1/verifications/{id}/events",
        "tellVerification",
        "It was reminded, acknowledged or answered, or the Secretariat is asked.",
        Some((true, &[json("VerificationToldForm")])),
        &[(200, "the request as it stands now", &[json("Any")])],
    ),
    get("/v1/reports", "reports", "Which reports there are.", &[(200, "names", &[json("Any")])]),
    Row {
        problems: &[409, 422],
        query: &[
            ("year", "year"),
            ("format", "report_format"),
            ("share", "yes"),
            ("since", "day"),
            ("question", "text"),
        ],
        ..get(
            "/v1/reports/{name}",
            "report",
            "Figures over many records, small ones left out; the rows of a year of the cases that the caller works on; or with `question` the rows behind an answer.",
            &[(
                200,
                "the report",
                &[
                    json("Any"),
                    Body { media: "text/csv", schema: "" },
                    Body { media: "text/html", schema: "" },
                    Body { media: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", schema: "" },
                ],
            )],
        )
    },
    Row {
        query: &[
            ("country", "nation"),
            ("region", "text"),
            ("material", "material"),
            ("questions", "text"),
            ("techniques", "text"),
            ("reference", "text"),
            ("foreign", "yes"),
            ("quality", "quality"),
            ("within_days", "days"),
            ("hub_for", "nation"),
            ("topic", "topic"),
            ("agency", "text"),
            ("language", "language"),
            ("urgency", "urgency"),
            ("kind", "helper"),
            ("skill", "skill"),
            ("taxon", "text"),
            ("at", "moment"),
            ("size", "find_size"),
            ("subject", "procedure_subject"),
            ("pieces", "text"),
            ("profile", "text"),
            ("indicator", "text"),
            ("port", "text"),
            ("containers", "days"),
            ("day", "day"),
            ("gaps", "yes"),
        ],
        problems: &[422],
        ..get(
            "/v1/directory/{table}",
            "directory",
            "Laboratories, contacts, who is on duty, procedures, guidance, means of control: rows that meet everything asked. Each table \
             is asked by names of its own; a name that it does not know is told with those that it does.",
            &[(200, "rows, gaps or a plan", &[json("Any")])],
        )
    },
    Row {
        query: &[("number", "text"), ("issuer", "text"), ("layout", "text")],
        ..get(
            "/v1/papers",
            "papers",
            "Papers of all cases that are like one that was found, by number, or by issuer and looks.",
            &[(200, "papers", &[json("Any")])],
        )
    },
    Row {
        problems: &[422],
        query: &[("number", "needed_text"), ("country", "needed_nation")],
        ..get(
            "/v1/papers/inquiry",
            "paperInquiry",
            "All that is on record of one paper, for the authority in whose name it was issued.",
            &[(200, "the inquiry", &[json("Any")])],
        )
    },
    Row {
        problems: &[422],
        query: &[
            ("number", "text"),
            ("stamp", "text"),
            ("signatory", "text"),
            ("holder", "text"),
            ("layout", "text"),
            ("country", "nation"),
        ],
        ..get(
            "/v1/papers/uses",
            "paperUses",
            "Every bill that ever showed a paper that meets all that is asked, the latest first.",
            &[(200, "uses", &[json("Any")])],
        )
    },
];
