//! What each route takes and gives.

/// A body by its media type, and the name of its schema; none where it is not JSON.
pub(super) struct Body {
    pub(super) media: &'static str,
    pub(super) schema: &'static str,
}

/// One operation.
pub(super) struct Row {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) id: &'static str,
    pub(super) summary: &'static str,
    /// Names of parameters and what they are (`schemas::of_query`).
    pub(super) query: &'static [(&'static str, &'static str)],
    /// Whether a body is needed, and in which forms.
    pub(super) takes: Option<(bool, &'static [Body])>,
    /// Status, what it means, bodies.
    pub(super) gives: &'static [(u16, &'static str, &'static [Body])],
    /// Statuses of problems beside those that every route may answer.
    pub(super) problems: &'static [u16],
    /// Takes an idempotency key.
    pub(super) is_once: bool,
    /// May be answered later (`Prefer: respond-async`).
    pub(super) is_later: bool,
}

pub(super) const fn json(schema: &'static str) -> Body {
    Body { media: "application/json", schema }
}

/// Rows of a register in each of its formats.
const REGISTER_ROWS: &[Body] =
    &[Body { media: "text/csv", schema: "" }, NDJSON, Body { media: "application/xml", schema: "" }];

const NDJSON: Body = Body { media: "application/x-ndjson", schema: "" };

pub(super) const fn get(
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    gives: &'static [(u16, &'static str, &'static [Body])],
) -> Row {
    Row {
        method: "GET",
        path,
        id,
        summary,
        query: &[],
        takes: None,
        gives,
        problems: &[],
        is_once: false,
        is_later: false,
    }
}

pub(super) const fn post(
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    takes: Option<(bool, &'static [Body])>,
    gives: &'static [(u16, &'static str, &'static [Body])],
) -> Row {
    Row { method: "POST", path, id, summary, query: &[], takes, gives, problems: &[], is_once: false, is_later: false }
}

/// Every operation, in the order of the router's table.
pub(super) const PATHS: &[Row] = &[
    get("/healthz", "alive", "The process runs.", &[(200, "it runs", &[json("Status")])]),
    get(
        "/readyz",
        "ready",
        "Whether it may be asked, and in which ways it is degraded.",
        &[(200, "it may be asked", &[json("Ready")])],
    ),
    get(
        "/freshz",
        "fresh",
        "How old what it answers from is, of what everybody may know.",
        &[(200, "days and times", &[json("Ages")])],
    ),
    get(
        "/metrics",
        "metrics",
        "What the service counts of itself, for Prometheus.",
        &[(200, "counters", &[Body { media: "text/plain", schema: "" }])],
    ),
    get("/openapi.json", "openapi", "This document.", &[(200, "OpenAPI 3.1", &[json("Any")])]),
    get(
        "/v1/schemas/manifest",
        "schemaOfManifest",
        "JSON Schema of the canonical manifest.",
        &[(200, "JSON Schema", &[Body { media: "application/schema+json", schema: "Any" }])],
    ),
    get(
        "/v1/schemas/assessment",
        "schemaOfAssessment",
        "JSON Schema of the whole answer.",
        &[(200, "JSON Schema", &[Body { media: "application/schema+json", schema: "Any" }])],
    ),
    get("/v1/me", "me", "Who the service takes the caller for.", &[(200, "the reader", &[json("Me")])]),
    Row {
        query: &[
            ("q", "text"),
            ("as_of", "day"),
            ("kind", "text"),
            ("country", "text"),
            ("taxon", "text"),
            ("measure", "text"),
            ("status", "text"),
            ("language", "text"),
            ("limit", "few"),
        ],
        problems: &[422],
        ..get(
            "/v1/alerts",
            "searchAlerts",
            "Search of alerts, Notifications and library that everybody may read.",
            &[(200, "records, the best first", &[json("Any")])],
        )
    },
    Row {
        query: &[("as_of", "day")],
        ..post(
            "/v1/assessments",
            "assess",
            "One consignment in, its assessment out; on record before it is answered.",
            Some((true, &[json("ManifestSent")])),
            &[(200, "the answer, as this reader may know it", &[json("Answer")])],
        )
    },
    Row {
        query: &[("as_of", "day"), ("mapping", "text")],
        is_once: true,
        is_later: true,
        ..post(
            "/v1/manifests",
            "assessMany",
            "A manifest of any format in, one answer a line out, and a summary line at the end.",
            Some((
                true,
                &[
                    NDJSON,
                    json("ManifestSent"),
                    Body { media: "text/csv", schema: "" },
                    Body { media: "application/edifact", schema: "" },
                    Body { media: "application/xml", schema: "" },
                    Body { media: "application/octet-stream", schema: "" },
                ],
            )),
            &[
                (200, "answers, a line each; whole only with its summary line", &[NDJSON]),
                (
                    202,
                    "with `prefer: respond-async`, once it is durable; `location` says how it stands",
                    &[json("Job")],
                ),
            ],
        )
    },
    get(
        "/v1/jobs",
        "jobs",
        "Manifests of the caller that are judged later.",
        &[(200, "jobs, the latest first", &[json("Jobs")])],
    ),
    get(
        "/v1/jobs/{id}",
        "job",
        "How a manifest stands that is judged later; to others than its sender there is none.",
        &[(200, "the job", &[json("Job")])],
    ),
    Row {
        method: "DELETE",
        problems: &[409],
        ..get("/v1/jobs/{id}", "cancelJob", "It is not wanted any more.", &[(200, "the job", &[json("Job")])])
    },
    Row {
        problems: &[409, 410],
        ..get(
            "/v1/jobs/{id}/answers",
            "answersOfJob",
            "Its answers, a line each, in the lanes that are in force now.",
            &[(200, "answers; whole only with the summary line", &[NDJSON])],
        )
    },
    Row {
        query: &[("lane", "lane"), ("after", "cursor"), ("limit", "page")],
        ..get(
            "/v1/assessments",
            "queue",
            "Bills above green, by lane in force and rank.",
            &[(200, "a page", &[json("Queue")])],
        )
    },
    get(
        "/v1/assessments/{id}",
        "assessment",
        "A bill above green as this reader may know it.",
        &[(200, "the bill", &[json("Answer")])],
    ),
    Row {
        problems: &[409],
        ..get(
            "/v1/assessments/{id}/bundle",
            "bundle",
            "A bill with everything that its answer rests on, for `palisander replay`.",
            &[(200, "a zip archive", &[Body { media: "application/zip", schema: "" }])],
        )
    },
    Row {
        problems: &[409],
        is_once: true,
        ..post(
            "/v1/assessments/{id}/decisions",
            "decide",
            "Confirm, raise, lower or waive.",
            Some((true, &[json("DecisionForm")])),
            &[(201, "it is in force", &[json("Decision")]), (202, "another person has to sign", &[json("Decision")])],
        )
    },
    post(
        "/v1/assessments/{id}/result",
        "report",
        "What an examination found.",
        Some((true, &[json("ResultForm")])),
        &[(201, "it is on record", &[json("Any")])],
    ),
    Row {
        problems: &[409],
        ..post(
            "/v1/assessments/{id}/examiner",
            "drawExaminer",
            "Have an officer of a group drawn; the next checkpoint of the log decides.",
            Some((true, &[json("DrawForm")])),
            &[(202, "among whom is drawn", &[json("Any")])],
        )
    },
    Row {
        problems: &[409],
        ..get(
            "/v1/assessments/{id}/examiner",
            "examiner",
            "Who was drawn, among whom, and the signed note that decided.",
            &[(200, "the draw", &[json("Any")])],
        )
    },
    Row {
        query: &[("days", "season")],
        problems: &[422],
        ..get(
            "/v1/patterns",
            "patterns",
            "Overrides that chance would seldom make: by officer, trader and hour.",
            &[(200, "patterns, and what they were looked for in", &[json("Any")])],
        )
    },
    Row {
        query: &[("after", "place")],
        ..get(
            "/v1/results",
            "results",
            "What examinations found, as `evaluate --results` reads it.",
            &[(200, "reports, a line each", &[NDJSON])],
        )
    },
    Row {
        problems: &[409, 422],
        ..post(
            "/v1/decisions/{id}/signatures",
            "sign",
            "The second person signs.",
            None,
            &[(201, "it is in force", &[json("Decision")])],
        )
    },
    Row {
        problems: &[409],
        ..post(
            "/v1/reload",
            "reload",
            "Read rules, tables and inputs again; what cannot be loaded changes nothing.",
            None,
            &[(200, "whether anything changed", &[json("Any")])],
        )
    },
    Row {
        query: &[
            ("state", "information_state"),
            ("kind", "information_kind"),
            ("due", "days"),
            ("before", "place"),
            ("limit", "page"),
        ],
        ..get(
            "/v1/information",
            "information",
            "What others told, as far as it is open to this reader; the latest first.",
            &[(200, "a page", &[json("Any")])],
        )
    },
    Row {
        is_once: true,
        ..post(
            "/v1/information",
            "tell",
            "Tell something: a report, an alert, a listing, a conviction.",
            Some((true, &[json("InformationForm")])),
            &[(201, "it is on record", &[json("Any")])],
        )
    },
    get(
        "/v1/information/{id}",
        "informationOf",
        "One piece of information as this reader may see it.",
        &[(200, "the record", &[json("Any")])],
    ),
    get(
        "/v1/information/{id}/effects",
        "effectsOfInformation",
        "Which bills lean on it, what they would be now, and who has read it.",
        &[(200, "bills and readers", &[json("Any")])],
    ),
    Row {
        problems: &[409, 422],
        query: &[("days", "days_again")],
        ..get(
            "/v1/information/{id}/reselection",
            "reselection",
            "Bills of the last days that were let go and that it would stop now; an officer raises them, or not.",
            &[(200, "bills, and how many were judged again", &[json("Any")])],
        )
    },
    post(
        "/v1/information/{id}/grade",
        "gradeInformation",
        "A grade, a label and a purpose.",
        Some((true, &[json("GradeForm")])),
        &[(200, "as it stands now", &[json("Any")])],
    ),
    Row {
        problems: &[409, 422],
        ..post(
            "/v1/information/{id}/live",
            "setInformationLive",
            "It acts in scores from now on; a convicted party waits for a second person.",
            None,
            &[(200, "as it stands now", &[json("Any")]), (202, "another person has to sign", &[json("Any")])],
        )
    },
    post(
        "/v1/information/{id}/withdraw",
        "withdrawInformation",
        "It acts no longer; what is live waits for a second person.",
        Some((true, &[json("ReasonForm")])),
        &[(200, "as it stands now", &[json("Any")]), (202, "another person has to sign", &[json("Any")])],
    ),
    post(
        "/v1/information/{id}/close",
        "closeInformation",
        "Nothing comes of it.",
        Some((true, &[json("ReasonForm")])),
        &[(200, "as it stands now", &[json("Any")])],
    ),
    post(
        "/v1/information/{id}/label",
        "relabelInformation",
        "Another label; a less strict one waits for a second person.",
        Some((true, &[json("LabelForm")])),
        &[(200, "as it stands now", &[json("Any")]), (202, "another person has to sign", &[json("Any")])],
    ),
    Row {
        problems: &[409, 422],
        ..post(
            "/v1/information/{id}/signatures",
            "signInformation",
            "The second person signs what waits.",
            None,
            &[(200, "as it stands now", &[json("Any")])],
        )
    },
    post(
        "/v1/information/{id}/shares",
        "shareInformation",
        "Pass it on to groups or countries.",
        Some((true, &[json("ShareForm")])),
        &[(200, "as it stands now", &[json("Any")])],
    ),
    post(
        "/v1/information/{id}/questions",
        "askSender",
        "Ask the sender of a tip something; one question at a time.",
        Some((true, &[json("QuestionForm")])),
        &[(200, "as it stands now", &[json("Any")])],
    ),
    post(
        "/v1/information/{id}/copies",
        "copyInformation",
        "A copy to be passed on, which says nothing of its source.",
        Some((true, &[json("InformationForm")])),
        &[(201, "the copy", &[json("Any")])],
    ),
    post(
        "/v1/listings",
        "tellListings",
        "Offers on platforms, a line each; the same offer is one record however often it is told.",
        Some((true, &[NDJSON, json("ListingForm")])),
        &[(201, "the records, and which of them there were before", &[json("Any")])],
    ),
    Row {
        problems: &[422],
        ..get(
            "/v1/identifiers/{kind}/{value}",
            "identifier",
            "What is told of a phone, an account, a handle, and the bills that lean on it.",
            &[(200, "records and bills, as far as this reader may know", &[json("Any")])],
        )
    },
    Row {
        problems: &[429],
        ..post(
            "/v1/access",
            "askAccess",
            "Ask to be let in; an administrator looks at it.",
            Some((true, &[json("AccessForm")])),
            &[(201, "a token by which who asked sees how it stands, shown this once", &[json("Any")])],
        )
    },
    get(
        "/v1/access/{token}",
        "accessStatus",
        "How a request to be let in stands.",
        &[(200, "how it stands", &[json("AccessStatus")])],
    ),
    Row {
        problems: &[403, 409],
        ..post(
            "/v1/access/{token}/key",
            "collectKey",
            "The key of who was let in, told once.",
            None,
            &[(201, "the reader and his key", &[json("Any")])],
        )
    },
    Row {
        query: &[("state", "access_state"), ("before", "place"), ("limit", "page")],
        ..get(
            "/v1/access-requests",
            "accessRequests",
            "Who asks to be let in, the latest first.",
            &[(200, "a page", &[json("Any")])],
        )
    },
    get(
        "/v1/access-requests/{id}",
        "accessRequest",
        "A request to be let in.",
        &[(200, "the request", &[json("Any")])],
    ),
    post(
        "/v1/access-requests/{id}/approve",
        "approveAccess",
        "Make a reader of who asked; he fetches his key himself.",
        Some((true, &[json("ApprovalForm")])),
        &[(200, "as it stands now", &[json("Any")])],
    ),
    post(
        "/v1/access-requests/{id}/refuse",
        "refuseAccess",
        "Do not let him in, and say why.",
        Some((true, &[json("ReasonForm")])),
        &[(200, "as it stands now", &[json("Any")])],
    ),
    Row {
        query: &[("after", "mark"), ("limit", "page")],
        problems: &[406, 429],
        ..get(
            "/v1/feed",
            "feed",
            "Alerts that everybody may read, in plain words; the latest first, the next page by `link`.",
            &[(200, "a page", &[Body { media: crate::atom::MEDIA_TYPE, schema: "" }, NDJSON])],
        )
    },
    Row {
        problems: &[429],
        ..post(
            "/v1/tips",
            "tip",
            "Tell something without saying who you are.",
            Some((true, &[json("TipForm")])),
            &[(201, "a token by which its sender asks how it stands, shown this once", &[json("Any")])],
        )
    },
    get(
        "/v1/tips/{token}",
        "tipStatus",
        "How a tip stands, and what its sender is asked.",
        &[(200, "how it stands", &[json("TipStatus")])],
    ),
    post(
        "/v1/tips/{token}",
        "tipAnswer",
        "Answer what is asked; once.",
        Some((true, &[json("AnswerForm")])),
        &[(200, "how it stands", &[json("TipStatus")])],
    ),
    get(
        "/v1/rulesets",
        "rulesets",
        "Rulesets that this reader may read, the latest first.",
        &[(200, "rulesets", &[json("Any")])],
    ),
    post(
        "/v1/rulesets",
        "draftRuleset",
        "Write a ruleset; it is checked beside what acts.",
        Some((true, &[json("RulesetForm")])),
        &[(201, "the ruleset with its findings", &[json("Any")])],
    ),
    get("/v1/rulesets/{id}", "rulesetOf", "A ruleset with its files.", &[(200, "the ruleset", &[json("Any")])]),
    Row {
        problems: &[409],
        ..get(
            "/v1/rulesets/{id}/shadow",
            "shadowOf",
            "How often the indicators of a ruleset fired while it is tried.",
            &[(200, "counts by indicator", &[json("Any")])],
        )
    },
    post(
        "/v1/rulesets/{id}/approve",
        "approveRuleset",
        "Approve what another person wrote.",
        Some((false, &[json("NoteForm")])),
        &[(200, "as it stands now", &[json("Any")])],
    ),
    post(
        "/v1/rulesets/{id}/shadow",
        "tryRuleset",
        "Have it evaluated and shown apart; it moves nothing.",
        Some((false, &[json("NoteForm")])),
        &[(200, "as it stands now", &[json("Any")])],
    ),
    post(
        "/v1/rulesets/{id}/live",
        "setRulesetLive",
        "Have it act; an earlier one of its name is retired, or comes back.",
        Some((false, &[json("NoteForm")])),
        &[(200, "as it stands now", &[json("Any")])],
    ),
    post(
        "/v1/rulesets/{id}/retire",
        "retireRuleset",
        "Take it back.",
        Some((false, &[json("NoteForm")])),
        &[(200, "as it stands now", &[json("Any")])],
    ),
    get(
        "/v1/register/changes",
        "registerChanges",
        "Changes of the permit register that this reader may know of, the latest first.",
        &[(200, "changes", &[json("Any")])],
    ),
    Row {
        query: &[("note", "text")],
        is_once: true,
        ..post(
            "/v1/register/changes",
            "changeRegister",
            "Rows that are added, corrected or ended; they act once another person has signed.",
            Some((true, REGISTER_ROWS)),
            &[(202, "it waits for the second person", &[json("Any")])],
        )
    },
    get(
        "/v1/register/changes/{id}",
        "registerChange",
        "A change of the register with its rows.",
        &[(200, "the change", &[json("Any")])],
    ),
    post(
        "/v1/register/changes/{id}/signatures",
        "signRegisterChange",
        "The second person signs; who proposed never does. It acts when this is answered.",
        Some((false, &[json("NothingForm")])),
        &[(200, "as it stands now", &[json("Any")])],
    ),
    post(
        "/v1/register/changes/{id}/withdraw",
        "withdrawRegisterChange",
        "Take back a change that waits.",
        Some((true, &[json("ReasonForm")])),
        &[(200, "as it stands now", &[json("Any")])],
    ),
    get(
        "/v1/holds",
        "holds",
        "Consignments that are let through while they are watched, for those cleared for all.",
        &[(200, "holds, the latest first", &[json("Any")])],
    ),
    post(
        "/v1/holds",
        "proposeHold",
        "Have a consignment let through; it acts once another person has signed.",
        Some((true, &[json("HoldForm")])),
        &[(202, "it waits for the second person", &[json("Any")])],
    ),
    get(
        "/v1/holds/{id}",
        "hold",
        "A hold with the bills that it has met, as they are.",
        &[(200, "the hold", &[json("Any")])],
    ),
    Row {
        method: "DELETE",
        problems: &[409],
        ..get(
            "/v1/holds/{id}",
            "endHold",
            "End a hold: its bills are in their lanes when this is answered.",
            &[(200, "as it stands now", &[json("Any")])],
        )
    },
    post(
        "/v1/holds/{id}/signatures",
        "signHold",
        "The second person signs; who proposed never does. It acts when this is answered.",
        Some((false, &[json("NothingForm")])),
        &[(200, "as it stands now", &[json("Any")])],
    ),
    post(
        "/v1/permits/match",
        "matchPermit",
        "What a stated paper is in the register: verdict, problems, candidates field by field.",
        Some((false, &[json("PermitForm")])),
        &[(200, "what was found", &[json("Any")])],
    ),
    get(
        "/v1/permits/{number}",
        "permit",
        "The permits of a number, each with the steps of its life.",
        &[(200, "permits", &[json("Any")])],
    ),
    get(
        "/v1/permits/{number}/ledger",
        "permitLedger",
        "What consignments drew on the permits of a number, what is left, and what cannot be.",
        &[(200, "permits", &[json("Any")])],
    ),
    Row {
        query: &[("country", "country")],
        ..get(
            "/v1/permits/{number}/checks",
            "permitCheck",
            "What the exchange of a country said last about a permit.",
            &[(200, "the dated answer, or null", &[json("Any")])],
        )
    },
    post(
        "/v1/permits/{number}/checks",
        "checkPermit",
        "Ask the exchange of a country about a permit; its answer is dated and on record.",
        Some((true, &[json("CheckForm")])),
        &[(200, "found, none or not_checked", &[json("Any")])],
    ),
    get("/v1/readers", "readers", "Readers and their keys.", &[(200, "readers, by name", &[json("Any")])]),
    post(
        "/v1/readers",
        "addReader",
        "Add a reader; his key is shown this once.",
        Some((true, &[json("ReaderForm")])),
        &[(201, "the reader and his key", &[json("Any")])],
    ),
    post(
        "/v1/readers/{id}/end",
        "endReader",
        "The last day of a reader; without one he is out now.",
        Some((false, &[json("EndForm")])),
        &[(200, "the reader", &[json("Any")])],
    ),
    post(
        "/v1/readers/{id}/keys",
        "rotateKey",
        "A new key; the older ones end.",
        Some((false, &[json("KeyForm")])),
        &[(201, "the reader and his key", &[json("Any")])],
    ),
    post(
        "/v1/readers/{id}/subjects",
        "bindSubject",
        "A subject of another authority is this reader, or nobody any more.",
        Some((true, &[json("SubjectForm")])),
        &[(200, "what was said", &[json("Any")])],
    ),
    get("/v1/groups", "groups", "Groups.", &[(200, "groups", &[json("Any")])]),
    post(
        "/v1/groups",
        "addGroup",
        "Add a group.",
        Some((true, &[json("GroupForm")])),
        &[(201, "the group", &[json("Any")])],
    ),
    post(
        "/v1/groups/{id}/end",
        "endGroup",
        "The last day of a group.",
        Some((true, &[json("GroupEndForm")])),
        &[(200, "the group", &[json("Any")])],
    ),
    get("/v1/webhooks", "webhooks", "Whom events are told, and how far.", &[(200, "webhooks, by id", &[json("Any")])]),
    post(
        "/v1/webhooks",
        "addWebhook",
        "Tell a reader of events; the secret that signs is shown this once.",
        Some((true, &[json("WebhookForm")])),
        &[(201, "the webhook and its secret", &[json("Any")])],
    ),
    post("/v1/webhooks/{id}/end", "endWebhook", "Tell nothing more.", None, &[(200, "the webhook", &[json("Any")])]),
    post(
        "/v1/webhooks/{id}/secrets",
        "rotateWebhook",
        "A new secret; the one before signs beside it for a day.",
        None,
        &[(201, "the webhook and its secret", &[json("Any")])],
    ),
    get(
        "/v1/webhooks/{id}/dead",
        "deadLetters",
        "Messages that were given up.",
        &[(200, "messages, the earliest first", &[json("Any")])],
    ),
    post(
        "/v1/webhooks/{id}/resend",
        "resend",
        "Send again what was given up.",
        Some((false, &[json("ResendForm")])),
        &[(202, "how many", &[json("Any")])],
    ),
    Row {
        query: &[("after", "seq"), ("limit", "page")],
        ..get(
            "/v1/log",
            "log",
            "Entries of the log, without their bodies.",
            &[(200, "entries, in order", &[json("Any")])],
        )
    },
    Row {
        query: &[("after", "seq"), ("limit", "page")],
        ..get(
            "/v1/log/checkpoints",
            "checkpoints",
            "Signed checkpoints, the latest first; the log is signed as it stands.",
            &[(200, "signed notes", &[json("Any")])],
        )
    },
];
