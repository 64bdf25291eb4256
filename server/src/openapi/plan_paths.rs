//! What each route of plans takes and gives.

use super::paths::{Row, get, json, post};

/// Every operation on plans, in the order of the router's table.
pub(super) const PLANS: &[Row] = &[
    Row {
        query: &[("ended", "yes")],
        ..get(
            "/v1/plans",
            "plans",
            "Plans of the caller's groups, what of them is late, measures that no profile does and profiles of no plan.",
            &[(200, "plans", &[json("Any")])],
        )
    },
    post(
        "/v1/plans",
        "draftPlan",
        "Write a plan; another person agrees to it.",
        Some((true, &[json("PlanForm")])),
        &[(201, "the plan", &[json("Any")])],
    ),
    get(
        "/v1/plans/{id}",
        "plan",
        "A plan with what is late, what does its measures, and who belongs to its groups.",
        &[(200, "the plan", &[json("Any")])],
    ),
    get(
        "/v1/plans/{id}/bills",
        "planBills",
        "Bills on which the plan's own profiles fired between its days, counted and each hit with the plan.",
        &[(200, "bills", &[json("Any")])],
    ),
    post(
        "/v1/plans/{id}/state",
        "movePlan",
        "A step on its way; everything that hinders it is told at once.",
        Some((true, &[json("PlanMoveForm")])),
        &[(200, "the plan as it stands now", &[json("Any")])],
    ),
    post(
        "/v1/plans/{id}/milestones/{n}",
        "tellMilestone",
        "A milestone was done, or is not for a reason.",
        Some((true, &[json("MilestoneForm")])),
        &[(200, "the plan as it stands now", &[json("Any")])],
    ),
    post(
        "/v1/reports/{name}/answers",
        "answerReport",
        "Answer a question of a report that the log cannot; who and when stand beside it.",
        Some((true, &[json("ReportAnswerForm")])),
        &[(201, "the answer", &[json("Any")])],
    ),
    post(
        "/v1/groups/{id}/members",
        "groupMembers",
        "Which bodies belong to a group, each with the authority that named it.",
        Some((true, &[json("MembersForm")])),
        &[(200, "the group", &[json("Any")])],
    ),
];
