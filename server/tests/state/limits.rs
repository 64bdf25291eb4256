//! Budgets of keys, and what a flood of wrong keys costs those who hold good ones.

use std::sync::Arc;
use std::time::Duration;

use palisander::service::budgets::Budgets;
use palisander_engine::Label;

use crate::harness::{Answer, House, Role};

fn field(answer: &Answer, name: &str) -> String {
    answer.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

#[tokio::test]
async fn every_answer_to_a_key_says_what_is_left_and_one_too_many_is_told_when_to_come_back() {
    let house = House::limited(Arc::new(Budgets::new(1.try_into().unwrap(), 5.try_into().unwrap())));
    let (officer, importer) =
        (house.reader(&[Role::Officer], Label::Red), house.reader(&[Role::Importer], Label::Clear));
    let mut refused = Vec::new();
    for path in ["/v1/me", "/v1/readers", "/v1/assessments/none", "/v1/me"].into_iter().cycle().take(60) {
        let answer = house.get(&officer.key, path).await;
        assert_eq!(field(&answer, "ratelimit-policy"), "\"default\";q=5;w=5");
        assert!(field(&answer, "ratelimit").starts_with("\"default\";r="), "{answer:?}");
        if answer.status == 429 {
            assert_eq!(
                (field(&answer, "retry-after").as_str(), field(&answer, "ratelimit").as_str()),
                ("1", "\"default\";r=0;t=5")
            );
            assert_eq!(field(&answer, "content-type"), "application/problem+json");
            refused.push(answer);
        }
    }
    assert!(refused.len() > 20, "{}", refused.len());
    assert_eq!(house.get(&importer.key, "/v1/me").await.status, 200, "another key has its own budget");
    for open in ["/healthz", "/readyz", "/openapi.json"] {
        let answer = house.get(&officer.key, open).await;
        assert_eq!((answer.status, field(&answer, "ratelimit").as_str()), (200, ""), "{open}");
    }
    let administrator = house.reader(&[Role::Administrator], Label::Clear);
    let text = house.get(&administrator.key, "/metrics").await.text;
    let line = format!("palisander_refused_calls_total{{why=\"budget\"}} {}", refused.len());
    assert!(text.contains(&line), "{line}\n{text}");
}

/// Wrong keys from wherever they come are of one budget; good ones, old and new, are answered all the while.
#[tokio::test]
async fn a_flood_of_wrong_keys_is_stopped_and_slows_no_good_one() {
    let house = House::new();
    let good = house.reader(&[Role::Officer], Label::Red).key;
    let wrong = |n: u32| format!("pal_{n:043}");
    let (mut unknown, mut stopped) = (0, 0);
    for n in 0..600 {
        let answer = house.get(&wrong(n), "/v1/me").await;
        match answer.status {
            401 => unknown += 1,
            429 => {
                assert_eq!(field(&answer, "retry-after"), "1");
                stopped += 1;
            }
            other => panic!("{other}"),
        }
        assert_eq!(house.get(&good, "/v1/me").await.status, 200, "after {n} wrong keys");
    }
    assert!(unknown >= 100 && stopped > 100, "{unknown} unknown, {stopped} stopped");
    // What can be no key, or is none, asks the store nothing and is answered as ever.
    assert_eq!(house.get("secret", "/v1/me").await.status, 401);
    // One that was made meanwhile opens at once or a moment later.
    let new = house.reader(&[Role::Importer], Label::Clear).key;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(house.get(&new, "/v1/me").await.status, 200);
}
