//! Entity tags: what a caller knows already is not sent again, and what changed meanwhile is not changed by who has not seen it.

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use palisander::service::readers::NewKey;
use palisander::store::Role;
use palisander_engine::Label;
use serde_json::{Value, json};

use crate::harness::{Answer, Ground, House, on_each_store};
use crate::secrets::bills;

on_each_store! {
    what_is_known_is_not_sent_again,
    what_changed_meanwhile_is_not_changed_unseen,
    of_many_who_saw_the_same_one_changes_it,
}

fn request(key: &str, method: &str, path: &str, condition: Option<(&str, &str)>, body: &Value) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path).header("host", "localhost");
    request = request.header("authorization", format!("Bearer {key}"));
    if let Some((name, value)) = condition {
        request = request.header(name, value);
    }
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    request.header("content-type", "application/json").body(body).unwrap()
}

fn tag(headers: &HeaderMap) -> String {
    headers["etag"].to_str().unwrap().to_owned()
}

struct Desk {
    house: House,
    one: NewKey,
    other: NewKey,
    /// The path of one red bill.
    bill: String,
}

impl Desk {
    async fn on(ground: Ground) -> Self {
        let house = House::on(ground);
        let officer = || house.reader(&[Role::Officer], Label::Green);
        let (one, other) = (officer(), officer());
        let answer = house.post(&one.key, "/v1/assessments", &bills()[4]).await.json();
        let bill = format!("/v1/assessments/{}", answer["id"].as_str().unwrap());
        Self { house, one, other, bill }
    }

    async fn tag(&self, key: &str) -> String {
        tag(&self.house.get(key, &self.bill).await.headers)
    }

    async fn decides(&self, key: &str, seen: &str, form: &Value) -> Answer {
        let path = format!("{}/decisions", self.bill);
        self.house.sends(request(key, "POST", &path, Some(("if-match", seen)), form)).await
    }
}

fn confirm() -> Value {
    json!({ "kind": "confirmed" })
}

async fn what_is_known_is_not_sent_again(ground: Ground) {
    let desk = Desk::on(ground).await;
    let (key, tag) = (&desk.one.key, desk.tag(&desk.one.key).await);
    assert_eq!(desk.tag(&desk.other.key).await, tag, "who sees the same is given the same tag");
    for (known, status) in
        [(tag.as_str(), 304), (&format!("\"x\", W/{tag}"), 304), ("*", 304), ("\"x\"", 200), ("", 200), ("\u{e9}", 200)]
    {
        let asked = request(key, "GET", &desk.bill, Some(("if-none-match", known)), &Value::Null);
        let (answered, headers, bytes) = desk.house.bytes(asked).await;
        assert_eq!((answered, bytes.is_empty()), (status, status == 304), "{known:?}");
        assert_eq!(self::tag(&headers), tag);
    }
    // Every answer in one piece has one, and a problem has none.
    for path in ["/v1/me", "/v1/assessments", "/v1/information", "/openapi.json"] {
        assert!(desk.house.get(key, path).await.headers.contains_key("etag"), "{path}");
    }
    assert!(!desk.house.get(key, "/v1/nothing").await.headers.contains_key("etag"));
}

async fn what_changed_meanwhile_is_not_changed_unseen(ground: Ground) {
    let desk = Desk::on(ground).await;
    let seen = desk.tag(&desk.one.key).await;
    assert_eq!(desk.decides(&desk.other.key, &seen, &confirm()).await.status, 201);
    let n_entries = desk.house.office.store.entries(0, usize::MAX).unwrap().len();
    for stale in [seen.as_str(), "\"x\"", "x", ""] {
        let late = desk.decides(&desk.one.key, stale, &confirm()).await;
        assert_eq!((late.status, late.json()["type"].as_str()), (412, Some("/problems/changed")), "{stale:?}");
    }
    let entries = desk.house.office.store.entries(0, usize::MAX).unwrap();
    assert_eq!(entries.len(), n_entries, "nothing was written");
    let seen = desk.tag(&desk.one.key).await;
    assert_eq!(desk.decides(&desk.one.key, &seen, &confirm()).await.status, 201);
    assert_eq!(desk.decides(&desk.one.key, "*", &confirm()).await.status, 201);
    // What is not shown by itself has no tag.
    let path = "/v1/assessments";
    let asked = request(&desk.one.key, "POST", path, Some(("if-match", "*")), &bills()[4]);
    assert_eq!(desk.house.sends(asked).await.status, 400);
    // Information and rulesets as well as bills.
    let handler = desk.house.reader(&[Role::Handler], Label::Red).key;
    let told = json!({ "kind": "report", "title": "Logs by night", "text": "", "source_kind": "ngo" });
    let id = desk.house.post(&handler, "/v1/information", &told).await.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/information/{id}");
    let seen = tag(&desk.house.get(&handler, &path).await.headers);
    let close = |tag: String| {
        let form = json!({ "reason": "nothing in it" });
        request(&handler, "POST", &format!("{path}/close"), Some(("if-match", &tag)), &form)
    };
    assert_eq!(desk.house.sends(close("\"x\"".to_owned())).await.status, 412);
    assert_eq!(desk.house.sends(close(seen.clone())).await.status, 200);
    assert_eq!(desk.house.sends(close(seen)).await.status, 412);
    // To whom there is nothing there is no tag to miss either.
    let carrier = desk.house.reader(&[Role::Carrier], Label::Clear).key;
    let asked = request(&carrier, "POST", &format!("{path}/close"), Some(("if-match", "\"x\"")), &Value::Null);
    assert_eq!(desk.house.sends(asked).await.status, 403);
}

async fn of_many_who_saw_the_same_one_changes_it(ground: Ground) {
    let desk = Desk::on(ground).await;
    let confirm = confirm();
    for _ in 0..5 {
        let seen = desk.tag(&desk.one.key).await;
        let all: Vec<_> = (0..8)
            .map(|n| {
                let key = if n % 2 == 0 { &desk.one.key } else { &desk.other.key };
                desk.decides(key, &seen, &confirm)
            })
            .collect();
        let mut done = Vec::new();
        let all: Vec<_> = all.into_iter().map(Box::pin).collect();
        for answer in together(all).await {
            assert!(matches!(answer.status, 201 | 409 | 412), "{}", answer.text);
            done.extend((answer.status == 201).then_some(()));
        }
        assert_eq!(done.len(), 1);
    }
}

/// All of them at once, in one task: each is begun before any ends.
async fn together<F: Future<Output = Answer> + Unpin>(mut all: Vec<F>) -> Vec<Answer> {
    let mut ended = Vec::new();
    std::future::poll_fn(|context| {
        all.retain_mut(|one| match std::pin::Pin::new(one).poll(context) {
            std::task::Poll::Ready(answer) => {
                ended.push(answer);
                false
            }
            std::task::Poll::Pending => true,
        });
        if all.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    ended
}
