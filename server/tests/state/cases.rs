//! Cases: what happens after the hit, told by officers over HTTP, with every refusal on the way.

use palisander::cases::{Body, MAX_CASE_CHARS, MAX_CASE_ROWS};
use palisander::service::readers::{NewKey, OPERATOR};
use palisander::store::{CaseQuestion, GroupKind, Kind, ReaderKind, Role};
use palisander_engine::Label;
use serde_json::{Value, json};

use crate::harness::{Answer, Ground, House, on_each_store};
use crate::secrets::bills;

on_each_store! {
    g13_g21_m02_a_case_goes_its_way_and_is_not_closed_while_anything_is_open,
    g06_what_leaves_a_hand_is_signed_for_by_another,
    f06_who_seized_hears_how_it_ended,
    g20_a_paper_is_found_again_in_another_case,
    a_result_opens_a_case_and_both_are_on_record,
    cases_are_built_again_from_the_log,
}

/// Officers of two agencies and a prosecutor.
pub struct Desk {
    pub house: House,
    pub customs: String,
    pub wildlife: String,
    pub court: String,
    pub one: NewKey,
    pub other: NewKey,
    pub ranger: NewKey,
    pub prosecutor: NewKey,
}

impl Desk {
    pub fn on(ground: Ground) -> Self {
        Self::of(House::on(ground))
    }

    pub fn of(house: House) -> Self {
        let group = |name: &str, kind| house.office.add_group(OPERATOR, name, kind, None).unwrap().id;
        let (customs, wildlife) = (group("Customs", GroupKind::Agency), group("Wildlife", GroupKind::Agency));
        let court = group("Prosecution", GroupKind::Prosecution);
        let officer = |name: &str, group: &String, clearance| {
            let mut wanted = House::wanted(name, &[Role::Officer], clearance);
            wanted.groups.insert(group.clone());
            wanted.key.days = Some(366);
            house.office.add_reader(OPERATOR, wanted).unwrap()
        };
        let (one, other) = (officer("one", &customs, Label::Amber), officer("other", &customs, Label::Green));
        let (ranger, prosecutor) =
            (officer("ranger", &wildlife, Label::Amber), officer("prosecutor", &court, Label::Amber));
        Self { customs, wildlife, court, one, other, ranger, prosecutor, house }
    }

    pub async fn opened(&self, facts: Value) -> String {
        let answer =
            self.house.post(&self.one.key, "/v1/cases", &json!({ "lead": self.customs, "facts": facts })).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    pub async fn tell(&self, who: &NewKey, case: &str, what: &str, body: &Value) -> Answer {
        self.house.post(&who.key, &format!("/v1/cases/{case}/{what}"), body).await
    }

    /// The same, which is to be accepted.
    pub async fn told(&self, who: &NewKey, case: &str, what: &str, body: &Value) -> Value {
        let answer = self.tell(who, case, what, body).await;
        assert_eq!(answer.status, 200, "{what}: {}", answer.text);
        answer.json()
    }
}

/// 20 t of rosewood in a container on its way from Madagascar to Hong Kong, found in Mombasa.
pub fn facts() -> Value {
    json!({
        "seized_on": "2026-10-31",
        "place": { "kind": "port", "country": "KE", "name": "KEMBA" },
        "activity": "transit", "transport": "sea", "agencies": ["customs"],
        "concealment": ["misdeclared"], "detected_by": ["profile", "scan"],
        "goods": [{ "taxon": "Dalbergia baronii", "term": "LOG", "pieces": 86, "mass_kg": 20_000.0, "value": 200_000.0, "currency": "USD" }],
        "origin": ["MG"], "export": ["MG"], "transit": ["KE", "AE"], "destination": ["HK"],
        "papers": [{ "kind": "CITES export permit", "number": "MG-77", "finding": "false" }],
        "arrests": 1,
    })
}

fn lines(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|line| line.as_str().unwrap_or_default().to_owned()).collect()
}

async fn g13_g21_m02_a_case_goes_its_way_and_is_not_closed_while_anything_is_open(ground: Ground) {
    let desk = Desk::on(ground);
    let (one, other) = (&desk.one, &desk.other);
    let case = desk.opened(facts()).await;
    let shown = desk.house.get(&one.key, &format!("/v1/cases/{case}")).await.json();
    assert_eq!((&shown["state"], &shown["is_large"]), (&json!("opened"), &json!(true)));
    // An arrest and a false paper call for leads, the way for notices.
    let leads: Vec<&str> =
        shown["tasks"].as_array().unwrap().iter().filter_map(|task| task["template"].as_str()).collect();
    for lead in ["phone", "documents", "accounts", "associates", "properties"] {
        assert!(leads.contains(&format!("arrest/{lead}").as_str()), "{leads:?}");
    }
    assert!(leads.contains(&"false_papers/issuer"), "{leads:?}");
    let told = |shown: &Value| -> Vec<(String, String)> {
        let notices = shown["notices"].as_array().unwrap().iter();
        notices
            .map(|one| (one["to"].as_str().unwrap().to_owned(), one["country"].as_str().unwrap_or_default().to_owned()))
            .collect()
    };
    let due = [
        ("country", "MG"),
        ("origin_impact", "MG"),
        ("country", "AE"),
        ("country", "HK"),
        ("interpol_ncb", ""),
        ("cites_secretariat", ""),
        ("wco", ""),
    ];
    assert_eq!(told(&shown), due.map(|(to, country)| (to.to_owned(), country.to_owned())));
    // No step is left out.
    for to in ["investigating", "prosecuting", "closed", "opened"] {
        let answer = desk.tell(one, &case, "state", &json!({ "to": to })).await;
        assert_eq!(answer.status, 409, "{to}: {}", answer.text);
    }
    let unsecured = desk.tell(one, &case, "state", &json!({ "to": "secured" })).await;
    assert!(unsecured.status == 409 && unsecured.text.contains("custody"), "{}", unsecured.text);
    desk.told(one, &case, "custody", &json!({ "event": "seized", "pieces": 86, "place": "store 1" })).await;
    desk.told(one, &case, "state", &json!({ "to": "secured" })).await;
    desk.told(one, &case, "state", &json!({ "to": "investigating" })).await;
    let uncharged = desk.tell(one, &case, "state", &json!({ "to": "prosecuting" })).await;
    assert!(uncharged.status == 409 && uncharged.text.contains("charged"), "{}", uncharged.text);
    let charges = json!([{ "law": "Wildlife Act", "article": "92" }, { "law": "Customs Act" }]);
    desk.told(one, &case, "court", &json!({ "stage": "charged", "charges": charges })).await;
    desk.told(one, &case, "state", &json!({ "to": "prosecuting" })).await;
    // Everything that is open is told at once.
    let answer = desk.tell(one, &case, "state", &json!({ "to": "closed" })).await;
    assert_eq!(answer.status, 409);
    for open in ["wist", "money_trail", "disposal", "lead 1 is open", "MG (origin)", "INTERPOL", "stage is `charged`"] {
        assert!(answer.text.contains(open), "{open}: {}", answer.text);
    }
    let shown = desk.house.get(&one.key, &format!("/v1/cases/{case}")).await.json();
    assert!(lines(&shown["unfinished"]).len() > 15, "{}", shown["unfinished"]);
    // A lead that is not followed has a reason, and so has whoever is not told.
    for n in 1..=leads.len() {
        let without = desk.tell(one, &case, &format!("leads/{n}"), &json!({ "state": "declined", "note": " " })).await;
        assert!(without.status == 422 && without.text.contains("note"), "{}", without.text);
        let end = if n == 1 {
            json!({ "state": "declined", "note": "no phone was found" })
        } else {
            json!({ "state": "done" })
        };
        desk.told(one, &case, &format!("leads/{n}"), &end).await;
    }
    assert_eq!(desk.tell(one, &case, "leads/99", &json!({ "state": "done" })).await.status, 404);
    assert_eq!(desk.tell(one, &case, "leads/x", &json!({ "state": "done" })).await.status, 404);
    for n in 1..=due.len() {
        let without = desk.tell(one, &case, &format!("notices/{n}"), &json!({ "state": "declined" })).await;
        assert_eq!(without.status, 422, "{}", without.text);
        assert_eq!(desk.tell(one, &case, &format!("notices/{n}"), &json!({ "state": "answered" })).await.status, 409);
        let end =
            if n == 7 { json!({ "state": "declined", "note": "no seat there" }) } else { json!({ "state": "sent" }) };
        desk.told(one, &case, &format!("notices/{n}"), &end).await;
    }
    // What is in Appendix I is not sold; each decision has its own words and a reason.
    for (about, choice, reason) in
        [("wist", "destroyed", "x"), ("money_trail", "followed", " "), ("disposal", "requested", "x")]
    {
        let wrong = json!({ "about": about, "choice": choice, "reason": reason });
        assert_eq!(desk.tell(one, &case, "decisions", &wrong).await.status, 422, "{about} {choice}");
    }
    let asked = json!({ "about": "wist", "choice": "requested", "reason": "86 logs and no store" });
    let shown = desk.told(one, &case, "decisions", &asked).await;
    assert!(told(&shown).contains(&("wist".to_owned(), String::new())), "whoever asks for a team has it to tell");
    desk.told(one, &case, "notices/8", &json!({ "state": "sent" })).await;
    desk.told(one, &case, "decisions", &json!({ "about": "money_trail", "choice": "declined", "reason": "no means" }))
        .await;
    desk.told(one, &case, "decisions", &json!({ "about": "disposal", "choice": "destroyed", "reason": "order 9" }))
        .await;
    let over = json!({ "stage": "final", "outcome": "convicted", "sentence_months": 15, "charges": charges });
    desk.told(one, &case, "court", &over).await;
    let held = desk.tell(one, &case, "state", &json!({ "to": "closed" })).await;
    assert!(held.status == 409 && held.text.contains("86 pieces are still held"), "{}", held.text);
    let burnt = json!({ "event": "destroyed", "pieces": 86, "place": "kiln", "note": "order 9" });
    desk.told(one, &case, "custody", &burnt).await;
    let waits = desk.tell(one, &case, "state", &json!({ "to": "closed" })).await;
    assert!(waits.status == 409 && waits.text.contains("second signature"), "{}", waits.text);
    desk.told(other, &case, "custody/2/signatures", &json!({})).await;
    let shown = desk.told(one, &case, "state", &json!({ "to": "closed" })).await;
    assert_eq!((&shown["state"], &shown["closed_on"]), (&json!("closed"), &json!("2026-11-01")));
    // What is closed stays so.
    for (what, body) in [
        ("facts", facts()),
        ("custody", json!({ "event": "seized", "pieces": 1, "place": "x" })),
        ("leads", json!({ "what": "more" })),
        ("court", over),
        ("decisions", asked),
        ("state", json!({ "to": "investigating" })),
        ("entities", json!({ "kind": "person", "name": "x", "lawful_basis": "y" })),
    ] {
        let answer = desk.tell(one, &case, what, &body).await;
        assert!(answer.status == 409 && answer.text.contains("closed"), "{what}: {}", answer.text);
    }
    let kinds: Vec<Kind> = desk
        .house
        .office
        .store
        .entries(0, 1_000)
        .unwrap()
        .into_iter()
        .filter(|entry| entry.subject == case)
        .map(|entry| entry.kind)
        .collect();
    for kind in [
        Kind::CaseOpened,
        Kind::CaseCustody,
        Kind::CaseLead,
        Kind::CaseNotice,
        Kind::CaseCourt,
        Kind::CaseDecided,
        Kind::CaseMoved,
    ] {
        assert!(kinds.contains(&kind), "{kind}");
    }
}

async fn g06_what_leaves_a_hand_is_signed_for_by_another(ground: Ground) {
    let desk = Desk::on(ground);
    let (one, other) = (&desk.one, &desk.other);
    let case = desk.opened(facts()).await;
    let marks: Vec<String> = (1..=86).map(|n| format!("L{n:02}")).collect();
    desk.told(one, &case, "custody", &json!({ "event": "seized", "pieces": 86, "marks": marks, "place": "quay 4" }))
        .await;
    let moved = desk
        .told(one, &case, "custody", &json!({ "event": "moved", "pieces": 86, "place": "store 1", "seals": ["S1"] }))
        .await;
    assert_eq!(moved["balance"]["waits"], json!([2]));
    let own = desk.tell(one, &case, "custody/2/signatures", &json!({})).await;
    assert!(own.status == 409 && own.text.contains("another person"), "{}", own.text);
    // Not his to take back, and nobody's once it is signed.
    let drop = |who: &NewKey, n: usize| {
        let (key, path) = (who.key.clone(), format!("/v1/cases/{case}/custody/{n}"));
        let house = &desk.house;
        async move { house.send(Some(&key), "DELETE", &path, "").await.status }
    };
    assert_eq!(drop(other, 2).await, 409);
    desk.told(other, &case, "custody/2/signatures", &json!({})).await;
    assert_eq!((drop(one, 2).await, drop(one, 9).await), (409, 404));
    assert_eq!(desk.tell(other, &case, "custody/2/signatures", &json!({})).await.status, 409, "once is enough");
    desk.told(
        one,
        &case,
        "custody",
        &json!({ "event": "released", "pieces": 1, "marks": ["L01"], "place": "x", "note": "mistyped" }),
    )
    .await;
    assert_eq!(drop(one, 3).await, 200);
    let there: Vec<&String> = marks.iter().filter(|mark| !["L17", "L40"].contains(&mark.as_str())).collect();
    let counted = desk
        .told(other, &case, "custody", &json!({ "event": "counted", "pieces": 84, "marks": there, "place": "store 1" }))
        .await;
    assert_eq!(counted["balance"]["missing"], 2);
    assert_eq!(counted["balance"]["missing_marks"], json!(["L17", "L40"]));
    let open = lines(&desk.house.get(&one.key, &format!("/v1/cases/{case}")).await.json()["unfinished"]);
    assert!(open.iter().any(|line| line.contains("L17, L40")), "{open:?}");
    // What cannot be is refused with everything that is wrong, and nothing is written.
    for (wrong, status, says) in [
        (json!({ "event": "sampled", "pieces": 87, "place": "x" }), 409, "84 are held"),
        (json!({ "event": "sampled", "pieces": 1, "place": "x" }), 409, "says which"),
        (json!({ "event": "sampled", "pieces": 85, "marks": marks[..85], "place": "x" }), 409, "84 are held"),
        (json!({ "event": "returned", "pieces": 1, "place": "x" }), 409, "0 are away"),
        (json!({ "event": "lost", "pieces": 2, "place": "x" }), 422, "note"),
        (json!({ "event": "moved", "pieces": 1, "place": " " }), 422, "place"),
        (json!({ "event": "moved", "pieces": 1, "marks": ["L99"], "place": "x" }), 409, "L99"),
        (json!({ "event": "counted", "pieces": 1, "marks": ["L99"], "place": "x" }), 409, "L99"),
        (json!({ "event": "moved", "pieces": 2, "marks": ["L01"], "place": "x" }), 422, "one for each"),
        (json!({ "event": "seized", "pieces": 1, "marks": ["L01"], "place": "x" }), 409, "held already"),
        (json!({ "event": "seized", "pieces": 0, "place": "x" }), 422, "one at least"),
        (json!({ "event": "seized", "pieces": 1, "mass_kg": -1.0, "place": "x" }), 422, "mass_kg"),
        (json!({ "event": "seized", "pieces": 1, "place": "x".repeat(MAX_CASE_CHARS + 1) }), 422, "MAX_CASE_CHARS"),
        (json!({ "event": "seized", "pieces": 1, "seals": ["x".repeat(61)], "place": "x" }), 422, "MAX_MARK_CHARS"),
        (json!({ "event": "burnt", "pieces": 1, "place": "x" }), 422, "burnt"),
        (json!({ "event": "seized", "pieces": -1, "place": "x" }), 422, "-1"),
    ] {
        let answer = desk.tell(one, &case, "custody", &wrong).await;
        assert!(answer.status == status && answer.text.contains(says), "{wrong}: {}", answer.text);
    }
    // A machine signs for no goods, and who tried is on record.
    let mut wanted = House::wanted("machine", &[Role::Officer], Label::Green);
    wanted.groups.insert(desk.customs.clone());
    wanted.kind = ReaderKind::Machine;
    let machine = desk.house.office.add_reader(OPERATOR, wanted).unwrap();
    let moved = json!({ "event": "moved", "pieces": 84, "place": "store 2" });
    desk.told(one, &case, "custody", &moved).await;
    let signed = desk.tell(&machine, &case, "custody/5/signatures", &json!({})).await;
    assert!(signed.status == 409 && signed.text.contains("machine"), "{}", signed.text);
    let entries = desk.house.office.store.entries(0, 1_000).unwrap();
    assert_eq!(entries.iter().filter(|entry| entry.kind == Kind::Refused).count(), 2);
    let signed = entries.iter().filter(|entry| entry.kind == Kind::CaseCustody && entry.second.is_some());
    assert_eq!(signed.count(), 1, "both who signed stand in the entry");
    let shown = desk.house.get(&one.key, &format!("/v1/cases/{case}")).await.json();
    assert_eq!(shown["custody"].as_array().unwrap().len(), 5);
}

async fn f06_who_seized_hears_how_it_ended(ground: Ground) {
    let desk = Desk::on(ground);
    let (one, ranger) = (&desk.one, &desk.ranger);
    let case = desk.opened(facts()).await;
    let path = format!("/v1/cases/{case}");
    // To whoever does not work on it there is no such case.
    assert_eq!(desk.house.get(&ranger.key, &path).await.status, 404);
    assert_eq!(desk.house.get(&ranger.key, "/v1/cases").await.json()["cases"], json!([]));
    for to in [desk.customs.as_str(), "g_none", ""] {
        assert_eq!(desk.tell(one, &case, "hand-overs", &json!({ "group": to })).await.status, 409, "{to}");
    }
    desk.told(one, &case, "custody", &json!({ "event": "seized", "pieces": 86, "place": "quay 4" })).await;
    desk.told(one, &case, "hand-overs", &json!({ "group": desk.wildlife })).await;
    // Who had the lead sees the goods and no longer what is done; he tells of custody and of nothing else.
    let seen = desk.house.get(&one.key, &path).await.json();
    assert!(seen.get("tasks").is_none() && seen.get("notices").is_none() && seen.get("unfinished").is_none(), "{seen}");
    assert_eq!(seen["balance"]["held"], 86);
    for (what, body) in [
        ("leads", json!({ "what": "more" })),
        ("court", json!({ "stage": "none" })),
        ("facts", facts()),
        ("state", json!({ "to": "secured" })),
        ("hand-overs", json!({ "group": desk.customs })),
        ("hand-overs/1", json!({ "state": "outcome", "note": "x" })),
        ("entities", json!({ "kind": "person", "name": "x", "lawful_basis": "y" })),
    ] {
        assert_eq!(desk.tell(one, &case, what, &body).await.status, 403, "{what}");
    }
    desk.told(one, &case, "custody", &json!({ "event": "counted", "pieces": 86, "place": "quay 4" })).await;
    // After 90 days without a word it is due.
    let silent = |due: &Value| lines(due).iter().any(|line| line.contains("nobody says how it ended"));
    for (day, is_due) in [("2027-01-30", false), ("2027-01-31", true)] {
        desk.house.at(&format!("{day}T08:00:00Z"));
        let due = desk.house.get(&ranger.key, &path).await.json()["due"].clone();
        assert_eq!(silent(&due), is_due, "{day}: {due}");
    }
    for wrong in [json!({ "state": "outcome", "note": "" }), json!({ "state": "waits" })] {
        assert_eq!(desk.tell(ranger, &case, "hand-overs/1", &wrong).await.status, 422, "{wrong}");
    }
    desk.told(
        ranger,
        &case,
        "court",
        &json!({ "stage": "final", "outcome": "convicted", "charges": [{ "law": "x" }], "sentence_months": 15 }),
    )
    .await;
    desk.told(ranger, &case, "hand-overs/1", &json!({ "state": "not_to_be_shared" })).await;
    let kept = desk.house.get(&one.key, &path).await.json();
    assert!(kept["court"].get("sentence_months").is_none(), "what is not to be shared is not: {kept}");
    desk.told(ranger, &case, "hand-overs/1", &json!({ "state": "outcome", "note": "15 months" })).await;
    let over = desk.house.get(&one.key, &path).await.json()["hand_overs"][0].clone();
    assert_eq!((&over["state"], &over["outcome"]), (&json!("outcome"), &json!("15 months")));
    assert!(!silent(&desk.house.get(&ranger.key, &path).await.json()["due"]));
}

async fn g20_a_paper_is_found_again_in_another_case(ground: Ground) {
    let desk = Desk::on(ground);
    let (one, ranger) = (&desk.one, &desk.ranger);
    let case = desk.opened(facts()).await;
    let paper = json!({ "kind": "paper", "name": "BT 12/A", "issuer": "Sun Trading", "layout": "blue letterhead, round stamp",
        "is_false": true, "lawful_basis": "Customs Act 41", "found_where": "hand luggage" });
    desk.told(one, &case, "entities", &paper).await;
    desk.told(
        one,
        &case,
        "entities",
        &json!({ "kind": "person", "name": "ZEBULON KANARIENVOGEL", "lawful_basis": "Customs Act 41" }),
    )
    .await;
    for (wrong, says) in [
        (json!({ "kind": "person", "name": "x", "lawful_basis": "" }), "lawful_basis"),
        (json!({ "kind": "person", "name": "x", "lawful_basis": "y", "is_false": true }), "of a paper"),
        (json!({ "kind": "ship", "name": "x", "lawful_basis": "y" }), "ship"),
    ] {
        let answer = desk.tell(one, &case, "entities", &wrong).await;
        assert!(answer.status == 422 && answer.text.contains(says), "{}", answer.text);
    }
    // Another agency finds the same paper, however it writes it: it is told whom to ask, and no name.
    for asked in [
        "number=bt-12a",
        "issuer=SUN%20TRADING",
        "layout=Blue%20letterhead%20round%20stamp",
        "issuer=sun%20trading&layout=blue%20letterhead%20round%20stamp",
    ] {
        let found = desk.house.get(&ranger.key, &format!("/v1/papers?{asked}")).await;
        let papers = found.json()["papers"].clone();
        assert_eq!(papers, json!([{ "case": case, "lead": desk.customs }]), "{asked}: {}", found.text);
        let own = desk.house.get(&one.key, &format!("/v1/papers?{asked}")).await.json()["papers"].clone();
        assert_eq!(own[0]["paper"]["name"], "BT 12/A");
    }
    for asked in ["", "number=", "number=BT%2013", "issuer=Moon&layout=blue%20letterhead%20round%20stamp"] {
        let found = desk.house.get(&ranger.key, &format!("/v1/papers?{asked}")).await;
        assert_eq!((found.status, found.json()["papers"].clone()), (200, json!([])), "{asked}");
    }
    // Who may not read names learns none by adding one, nor by looking for a paper.
    let added =
        desk.tell(&desk.other, &case, "entities", &json!({ "kind": "person", "name": "x", "lawful_basis": "y" })).await;
    assert!(added.status == 403 && !added.text.contains("KANARIENVOGEL"), "{}", added.text);
    assert_eq!(desk.house.get(&desk.other.key, "/v1/papers?number=bt-12a").await.status, 403);
    // Nobody who stands among the names is named in the other half, neither now nor by one that is added later.
    for (what, body) in [
        ("leads", json!({ "what": "ask zebulon kanarienvogel" })),
        ("custody", json!({ "event": "seized", "pieces": 1, "place": "home of Zebulon-Kanarienvogel" })),
        (
            "decisions",
            json!({ "about": "money_trail", "choice": "declined", "reason": "ZEBULON KANARIENVOGEL is poor" }),
        ),
    ] {
        let named = desk.tell(one, &case, what, &body).await;
        assert!(named.status == 409 && !named.text.to_lowercase().contains("zebulon"), "{what}: {}", named.text);
    }
    desk.told(one, &case, "leads", &json!({ "what": "ask the harbour master Okonkwo" })).await;
    let late =
        desk.tell(one, &case, "entities", &json!({ "kind": "person", "name": "Okonkwo", "lawful_basis": "x" })).await;
    assert_eq!(late.status, 409, "{}", late.text);
    // Whoever was named by mistake is taken out.
    let dropped = async |who: &NewKey, n: usize| {
        desk.house.send(Some(&who.key), "DELETE", &format!("/v1/cases/{case}/entities/{n}"), "").await
    };
    desk.told(one, &case, "entities", &json!({ "kind": "company", "name": "Mistaken Ltd", "lawful_basis": "x" })).await;
    assert_eq!(
        (dropped(&desk.other, 3).await.status, dropped(one, 9).await.status, dropped(one, 0).await.status),
        (403, 404, 404)
    );
    assert!(!dropped(one, 3).await.text.contains("Mistaken"));
    // Names are for the lead that is cleared and for prosecutors who work on it.
    let names = format!("/v1/cases/{case}/entities");
    let status = async |who: &NewKey| desk.house.get(&who.key, &names).await.status;
    assert_eq!((status(one).await, status(&desk.other).await), (200, 403), "the other is cleared for GREEN");
    assert_eq!((status(ranger).await, status(&desk.prosecutor).await), (404, 404));
    for group in [&desk.wildlife, &desk.court] {
        desk.told(one, &case, "groups", &json!({ "group": group })).await;
        assert_eq!(desk.tell(one, &case, "groups", &json!({ "group": group })).await.status, 409, "once is enough");
    }
    assert_eq!((status(ranger).await, status(&desk.prosecutor).await), (403, 200));
    // In no document and no answer but that one, and in no entry of the other half, stands a name.
    let mut said = Vec::new();
    for form in ["country&to=MG", "interpol", "cen-minimal", "cen-long", "secretariat"] {
        let answer = desk.house.get(&one.key, &format!("/v1/cases/{case}/packet?form={form}")).await;
        assert_eq!(answer.status, 200, "{form}: {}", answer.text);
        said.push(answer.text);
    }
    said.push(desk.house.get(&one.key, "/v1/cases").await.text);
    said.push(desk.house.get(&desk.prosecutor.key, &format!("/v1/cases/{case}")).await.text);
    let store = &desk.house.office.store;
    let entries = store.entries(0, 1_000).unwrap();
    let others = entries.iter().filter(|entry| entry.kind != Kind::CaseEntities);
    said.extend(
        others
            .filter_map(|entry| store.body(&entry.body).unwrap())
            .map(|body| String::from_utf8_lossy(&body.bytes).into_owned()),
    );
    assert!(said.iter().all(|text| !text.contains("KANARIENVOGEL") && !text.contains("BT 12/A")));
    assert!(said[0].contains("origin as alleged MG") && said[0].contains("your part"), "{}", said[0]);
    // A country without a part is sent nothing; whoever does not lead sends nothing.
    for (who, form, status) in
        [(one, "country&to=FR", 404), (one, "country", 404), (one, "letter", 400), (ranger, "interpol", 403)]
    {
        let answer = desk.house.get(&who.key, &format!("/v1/cases/{case}/packet?form={form}")).await;
        assert_eq!(answer.status, status, "{form}: {}", answer.text);
    }
    let reads = entries.iter().filter(|entry| entry.kind == Kind::Read && entry.reader == desk.prosecutor.reader.id);
    assert!(reads.count() >= 1, "who read names is on record");
}

async fn a_result_opens_a_case_and_both_are_on_record(ground: Ground) {
    let desk = Desk::on(ground);
    let one = &desk.one;
    let answer = desk.house.post(&one.key, "/v1/assessments", &bills()[4]).await;
    let bill = answer.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/assessments/{bill}/result");
    let case = json!({ "lead": desk.customs, "facts": facts() });
    let found = |more: Value| {
        let mut form = json!({ "state": "final", "result": "found", "detected_by": ["profile"], "offence": "cites", "thorough": "full" });
        form.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        form
    };
    // Nothing is opened of nothing, nor of facts that do not fit, and then no result is on record either.
    let mut future = facts();
    future["seized_on"] = json!("2026-11-03");
    for (form, status) in [
        (json!({ "state": "final", "result": "nothing", "case": case }), 422),
        (json!({ "state": "final", "result": "nothing", "offence": "cites" }), 422),
        (found(json!({ "case": { "lead": desk.wildlife, "facts": facts() } })), 409),
        (found(json!({ "case": { "lead": desk.customs, "facts": future } })), 409),
        (found(json!({ "case": { "lead": desk.customs, "facts": facts(), "templates": ["none"] } })), 409),
    ] {
        assert_eq!(desk.house.post(&one.key, &path, &form).await.status, status, "{form}");
    }
    assert!(desk.house.office.store.results(0, 10).unwrap().is_empty());
    let said = desk.house.post(&one.key, &path, &found(json!({ "case": case }))).await;
    assert_eq!(said.status, 201, "{}", said.text);
    let said = said.json();
    let opened = desk.house.get(&one.key, &format!("/v1/cases/{}", said["case"].as_str().unwrap())).await.json();
    assert_eq!(opened["opened_from"]["bill"], bill.as_str());
    // Why it was chosen is what the log has.
    assert_eq!((&said["chosen"]["by"], &said["chosen"]["lane"]), (&json!("rules"), &json!("red")));
    assert_eq!(said["chosen"].as_object().unwrap().len(), 2, "a rank tells a score: {said}");
    // One case of a bill is open at a time; a later result opens no second.
    assert_eq!(desk.house.post(&one.key, &path, &found(json!({ "case": case }))).await.status, 409);
    // While it is open nothing of its bill is erased, whatever later reports say.
    desk.house.post(&one.key, &path, &json!({ "state": "final", "result": "nothing" })).await;
    assert!(desk.house.office.open_case_of(&bill).unwrap().is_some());
    desk.house.at("2030-01-01T00:00:00Z");
    let erased = desk.house.office.erase(OPERATOR, 30, false).unwrap();
    assert_eq!(erased.bodies, 0, "{erased:?}");
}

async fn cases_are_built_again_from_the_log(ground: Ground) {
    let desk = Desk::on(ground);
    let case = desk.opened(facts()).await;
    desk.told(&desk.one, &case, "custody", &json!({ "event": "seized", "pieces": 86, "place": "quay 4" })).await;
    desk.told(&desk.one, &case, "entities", &json!({ "kind": "phone", "name": "+261 20 1", "lawful_basis": "Act 1" }))
        .await;
    let store = &desk.house.office.store;
    let all = CaseQuestion { is_closed_too: true, bill: None };
    let before = (store.cases(&all, 10).unwrap(), store.all_entities(10).unwrap());
    store.rebuild().unwrap();
    assert_eq!((store.cases(&all, 10).unwrap(), store.all_entities(10).unwrap()), before);
    assert_eq!((before.0.len(), before.1.len()), (1, 1));
    // Two who saw the same: the second is told that it changed.
    let path = format!("/v1/cases/{case}");
    let tag = desk.house.get(&desk.one.key, &path).await.headers["etag"].to_str().unwrap().to_owned();
    let lead = |n: usize| {
        let request =
            axum::http::Request::builder().method("POST").uri(format!("{path}/leads")).header("host", "localhost");
        let request = request.header("authorization", format!("Bearer {}", desk.one.key)).header("if-match", &tag);
        let body = json!({ "what": format!("lead {n}") }).to_string();
        desk.house.sends(request.header("content-type", "application/json").body(body.into()).unwrap())
    };
    assert_eq!((lead(1).await.status, lead(2).await.status), (200, 412));
}

/// G09: whom the way of goods makes it necessary to tell, on voyages by sea, air and land.
#[tokio::test]
async fn g09_g10_who_has_to_be_told_follows_from_the_way() {
    let desk = Desk::on(Ground::file());
    let mut rows = csv::Reader::from_reader(include_str!("voyages.csv").as_bytes());
    let mut n = 0;
    for row in rows.records() {
        let row = row.unwrap();
        let list = |n: usize| -> Vec<&str> { row[n].split(' ').filter(|code| !code.is_empty()).collect() };
        let mut told = facts();
        told["place"]["country"] = json!(row[1]);
        for (field, n) in [("origin", 2), ("export", 3), ("transit", 4), ("destination", 5)] {
            told[field] = json!(list(n));
        }
        let case = desk.opened(told).await;
        let shown = desk.house.get(&desk.one.key, &format!("/v1/cases/{case}")).await.json();
        let notices = shown["notices"].as_array().unwrap();
        let mut countries: Vec<String> = notices
            .iter()
            .filter(|one| one["to"] == Body::Country.as_str())
            .map(|one| format!("{}:{}", one["country"].as_str().unwrap(), one["part"].as_str().unwrap()))
            .collect();
        countries.sort();
        assert_eq!(countries, list(6), "{}", &row[0]);
        let bodies = notices
            .iter()
            .filter(|one| ["interpol_ncb", "cites_secretariat", "wco"].contains(&one["to"].as_str().unwrap()));
        assert_eq!(bodies.count(), 3);
        n += 1;
    }
    assert!(n >= 20, "{n}");
}

#[tokio::test]
async fn facts_that_cannot_be_are_refused_with_all_that_is_wrong() {
    let desk = Desk::on(Ground::file());
    let with = |change: &dyn Fn(&mut Value)| {
        let mut told = facts();
        change(&mut told);
        told
    };
    for (told, says) in [
        (with(&|facts| facts["goods"] = json!([])), vec!["goods"]),
        (with(&|facts| facts["goods"][0]["currency"] = Value::Null), vec!["belong together"]),
        (with(&|facts| facts["goods"][0]["currency"] = json!("usd")), vec!["ISO 4217"]),
        (with(&|facts| facts["goods"][0]["mass_kg"] = json!(-1)), vec!["goods.0.mass_kg"]),
        (with(&|facts| facts["place"]["name"] = json!("  ")), vec!["place.name"]),
        (with(&|facts| facts["place"]["country"] = json!("Kenya")), vec!["Kenya"]),
        (with(&|facts| facts["transit"] = json!(vec!["AE"; MAX_CASE_ROWS + 1])), vec!["MAX_CASE_ROWS"]),
        (with(&|facts| facts["colour"] = json!("red")), vec!["colour"]),
        (
            with(&|facts| {
                facts["goods"][0]["mass_kg"] = json!(-1);
                facts["papers"][0]["number"] = json!("");
            }),
            vec!["goods.0.mass_kg", "papers.0.number"],
        ),
    ] {
        let answer = desk.house.post(&desk.one.key, "/v1/cases", &json!({ "lead": desk.customs, "facts": told })).await;
        assert_eq!(answer.status, 422, "{}", answer.text);
        assert!(says.iter().all(|says| answer.text.contains(says)), "{says:?}: {}", answer.text);
    }
}

/// A case whose lead has ended is taken over by those who work on it, and who was of the ended group sees it no more.
#[tokio::test]
async fn a_case_outlives_the_group_that_led_it() {
    let desk = Desk::on(Ground::file());
    let case = desk.opened(facts()).await;
    desk.told(&desk.one, &case, "groups", &json!({ "group": desk.wildlife })).await;
    assert_eq!(desk.tell(&desk.ranger, &case, "hand-overs", &json!({ "group": desk.wildlife })).await.status, 403);
    desk.house.office.end_group(OPERATOR, &desk.customs, "2026-11-02".parse().unwrap()).unwrap();
    // The officers of the ended group have another one, which gives them nothing here.
    desk.house.at("2026-11-03T08:00:00Z");
    assert_eq!(
        desk.house.get(&desk.one.key, &format!("/v1/cases/{case}")).await.status,
        403,
        "all of his groups have ended"
    );
    let taken = desk.told(&desk.ranger, &case, "hand-overs", &json!({ "group": desk.wildlife })).await;
    assert_eq!(taken["lead"], desk.wildlife.as_str());
    desk.told(&desk.ranger, &case, "leads", &json!({ "what": "go on" })).await;
}
