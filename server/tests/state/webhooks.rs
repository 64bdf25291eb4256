//! Webhooks: told in order, at least once, no more than their reader may know, and never into an inner network.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use palisander::config::WEBHOOK_STEPS_SECONDS;
use palisander::service::outbound::Outbound;
use palisander::service::readers::OPERATOR;
use palisander::service::webhooks::{NewSecret, Wanted};
use palisander::store::{Event, InformationKind, Only, back_up, restore};
use palisander::webhooks::{Client, round};
use palisander_engine::Label;
use serde_json::{Value, json};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::harness::{Ground, House, Role, on_each_store};
use crate::kill::command_on;
use crate::secrets::bills;
use crate::tls::{Authority, Papers};

on_each_store! {
    events_are_told_in_order_and_signed,
    what_is_not_taken_is_sent_again_and_given_up,
    two_processes_tell_it_once,
    each_is_told_what_he_may_know,
    a14_e02_what_fits_a_subscription_is_told_once_in_order_after_a_restart,
}

/// What came: its head in small letters, and its body.
type Came = (Vec<(String, String)>, String);

/// Somebody who takes messages, and answers as he is told.
struct Receiver {
    address: SocketAddr,
    came: Arc<Mutex<Vec<Came>>>,
    status: Arc<Mutex<String>>,
}

impl Receiver {
    fn new() -> Self {
        Self::speaking(None)
    }

    fn speaking(papers: Option<Papers>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (came, status) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new("204 No Content".to_owned())));
        let tls = papers.map(|papers| {
            let chain = CertificateDer::pem_slice_iter(papers.certificate.as_bytes()).map(Result::unwrap).collect();
            let key = PrivateKeyDer::from_pem_slice(papers.key.as_bytes()).unwrap();
            let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
            let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
            Arc::new(config.with_single_cert(chain, key).unwrap())
        });
        let (own, answer) = (Arc::clone(&came), Arc::clone(&status));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let answer = answer.lock().unwrap().clone();
                match &tls {
                    None => taken(stream, &own, &answer),
                    Some(tls) => {
                        let connection = tokio_rustls::rustls::ServerConnection::new(Arc::clone(tls)).unwrap();
                        taken(tokio_rustls::rustls::StreamOwned::new(connection, stream), &own, &answer);
                    }
                }
            }
        });
        Self { address, came, status }
    }

    fn answers(&self, status: &str) {
        status.clone_into(&mut self.status.lock().unwrap());
    }

    fn came(&self) -> Vec<Came> {
        std::mem::take(&mut *self.came.lock().unwrap())
    }

    fn kinds(&self) -> Vec<String> {
        let kind = |(_, body): Came| serde_json::from_str::<Value>(&body).unwrap()["type"].as_str().unwrap().to_owned();
        self.came().into_iter().map(kind).collect()
    }

    fn url(&self) -> String {
        format!("http://{}/hooks?of=port", self.address)
    }
}

fn taken(mut stream: impl Read + Write, came: &Mutex<Vec<Came>>, status: &str) {
    let mut text = Vec::new();
    let mut piece = [0; 4_096];
    loop {
        let Ok(n) = stream.read(&mut piece) else { return };
        text.extend_from_slice(&piece[..n]);
        let all = String::from_utf8_lossy(&text).into_owned();
        let Some((head, body)) = all.split_once("\r\n\r\n") else {
            if n == 0 {
                return;
            }
            continue;
        };
        let fields: Vec<(String, String)> = head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let length: usize = field(&fields, "content-length").parse().unwrap();
        if body.len() < length {
            continue;
        }
        assert!(head.starts_with("POST /hooks?of=port HTTP/1.1"), "{head}");
        came.lock().unwrap().push((fields, body.to_owned()));
        let _ = stream.write_all(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").as_bytes());
        let _ = stream.flush();
        return;
    }
}

fn field(fields: &[(String, String)], name: &str) -> String {
    fields.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone()).unwrap_or_default()
}

/// Whatever a receiver of the tests may be reached by.
fn open() -> Outbound {
    Outbound { allowed: vec!["127.0.0.0/8".parse().unwrap()], is_http_allowed: true }
}

fn client() -> Arc<Client> {
    Arc::new(Client::trusting(open(), Vec::new()).unwrap())
}

fn hook(house: &House, reader: &str, url: &str, events: &[Event]) -> NewSecret {
    let events: BTreeSet<Event> = events.iter().copied().collect();
    let wanted = Wanted { reader: reader.to_owned(), url: url.to_owned(), events, only: Only::default() };
    house.office.add_webhook(OPERATOR, wanted, &open()).unwrap()
}

async fn tell(house: &House, holder: &str) -> bool {
    round(&house.office, &client(), holder).await.unwrap()
}

/// A bill that is on record and not red, by the lane that its officer sees; its id.
async fn answered(house: &House, key: &str, officer: &str, from: usize) -> String {
    for bill in &bills()[from..] {
        let id = house.post(key, "/v1/assessments", bill).await.json()["id"].as_str().unwrap().to_owned();
        let seen = house.get(officer, &format!("/v1/assessments/{id}")).await;
        if seen.status == 200 && seen.json()["lane"] != "red" {
            return id;
        }
    }
    panic!("all are green or red");
}

async fn decided(house: &House, officer: &str, id: &str) {
    let confirm = json!({ "kind": "confirmed", "reason": "SECRETLY KNOWN" });
    let done = house.post(officer, &format!("/v1/assessments/{id}/decisions"), &confirm).await;
    assert_eq!(done.status, 201, "{}", done.text);
}

async fn raised(house: &House, officer: &str, id: &str) {
    let raise = json!({ "kind": "raised", "lane": "red", "reason": "SECRETLY KNOWN" });
    let done = house.post(officer, &format!("/v1/assessments/{id}/decisions"), &raise).await;
    assert_eq!(done.status, 201, "{}", done.text);
}

fn is_signed(new: &NewSecret, (fields, body): &Came) -> bool {
    let secret = STANDARD.decode(new.secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&secret).unwrap();
    let (id, at) = (field(fields, "webhook-id"), field(fields, "webhook-timestamp"));
    mac.update(format!("{id}.{at}.{body}").as_bytes());
    let due = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    field(fields, "webhook-signature").split(' ').any(|one| one == due)
}

async fn events_are_told_in_order_and_signed(ground: Ground) {
    let house = House::on(ground);
    let (receiver, officer) = (Receiver::new(), house.reader(&[Role::Officer], Label::Red));
    let id = answered(&house, &officer.key, &officer.key, 0).await;
    decided(&house, &officer.key, &id).await;
    let all = [Event::DecisionMade, Event::LaneChanged, Event::ResultRecorded];
    let new = hook(&house, &officer.reader.id, &receiver.url(), &all);
    // What came before it was added is not told.
    assert!(!tell(&house, "p").await);
    raised(&house, &officer.key, &id).await;
    let result = json!({ "state": "final", "result": "nothing", "note": "QUIETLY OPENED" });
    assert_eq!(house.post(&officer.key, &format!("/v1/assessments/{id}/result"), &result).await.status, 201);
    assert!(tell(&house, "p").await);
    let came = receiver.came();
    let said: Vec<Value> = came.iter().map(|(_, body)| serde_json::from_str(body).unwrap()).collect();
    let kinds: Vec<&str> = said.iter().map(|one| one["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["decision.made", "lane.changed", "result.recorded"]);
    assert!(came.iter().all(|one| is_signed(&new, one)));
    assert_eq!(field(&came[0].0, "webhook-timestamp"), house.clock.now().as_second().to_string());
    // Kinds and ids, and nothing else.
    for one in &said {
        let fields: Vec<&String> = one.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["type", "timestamp", "data"]);
        assert_eq!(one["data"]["assessment"], json!(id));
    }
    assert_eq!(said[0]["data"].as_object().unwrap().len(), 2);
    let ids: BTreeSet<String> = came.iter().map(|(head, _)| field(head, "webhook-id")).collect();
    assert_eq!(ids.len(), 3);
    // Nothing is told twice: not in the next round, not by the next process, not after a rebuild.
    assert!(!tell(&house, "p").await);
    house.office.store.rebuild().unwrap();
    let next = House::on(house.beside());
    assert!(!tell(&next, "p2").await && receiver.came().is_empty());
    // A new secret signs beside the one before, for a day.
    let rotated = house.office.rotate_webhook(OPERATOR, &new.webhook.id).unwrap();
    assert_ne!(rotated.secret, new.secret);
    decided(&house, &officer.key, &id).await;
    tell(&house, "p").await;
    assert!(receiver.came().iter().all(|one| is_signed(&new, one) && is_signed(&rotated, one)));
    house.at("2026-11-03T08:00:00Z");
    decided(&house, &officer.key, &id).await;
    tell(&house, "p").await;
    assert!(receiver.came().iter().all(|one| !is_signed(&new, one) && is_signed(&rotated, one)));
    // Nobody finds a secret in what is handed out.
    let (_, log) = command_on(&house.beside(), &["log", "export"]);
    for secret in [&new.secret, &rotated.secret] {
        assert!(!log.contains(secret.trim_start_matches("whsec_")) && !log.is_empty());
    }
    house.office.end_webhook(OPERATOR, &new.webhook.id).unwrap();
    decided(&house, &officer.key, &id).await;
    assert!(!tell(&house, "p").await && receiver.came().is_empty());
}

async fn what_is_not_taken_is_sent_again_and_given_up(ground: Ground) {
    let house = House::on(ground);
    let (receiver, officer) = (Receiver::new(), house.reader(&[Role::Officer], Label::Red));
    let other = Receiver::new();
    let id = answered(&house, &officer.key, &officer.key, 0).await;
    let new = hook(&house, &officer.reader.id, &receiver.url(), &[Event::DecisionMade]);
    hook(&house, &officer.reader.id, &other.url(), &[Event::DecisionMade]);
    receiver.answers("500 Broken");
    decided(&house, &officer.key, &id).await;
    decided(&house, &officer.key, &id).await;
    tell(&house, "p").await;
    // The one that does not take it holds up nobody else, and the next of it waits.
    assert_eq!((receiver.came().len(), other.came().len()), (1, 2));
    tell(&house, "p").await;
    assert!(receiver.came().is_empty(), "not before its time");
    let mut message = String::new();
    let mut now = house.clock.now();
    for (n, seconds) in WEBHOOK_STEPS_SECONDS.iter().enumerate() {
        let listed = house.office.listed_webhooks().unwrap().into_iter().find(|one| one.webhook.id == new.webhook.id);
        assert_eq!(listed.unwrap().attempts, n + 1);
        now = now.checked_add(jiff::SignedDuration::from_secs(*seconds)).unwrap();
        house.clock.set(now);
        // Redirects are no answers.
        receiver.answers(if n % 2 == 0 { "302 Found\r\nLocation: http://127.0.0.1/" } else { "500 Broken" });
        tell(&house, "p").await;
        let came = receiver.came();
        message = field(&came[0].0, "webhook-id");
        // After the last step it is given up, and the next has its turn, once.
        assert_eq!(came.len(), if n + 1 == WEBHOOK_STEPS_SECONDS.len() { 2 } else { 1 }, "{n}");
    }
    let dead = house.office.dead_letters(&new.webhook.id).unwrap();
    assert_eq!((dead.len(), &dead[0].id), (1, &message));
    assert!(dead[0].why.contains("redirects are not followed"), "{}", dead[0].why);
    // The other side is back: what waits comes at its time, what was given up when somebody says so, under the same id.
    receiver.answers("200 OK");
    house.clock.set(now.checked_add(jiff::SignedDuration::from_secs(10)).unwrap());
    tell(&house, "p").await;
    assert_eq!(receiver.came().len(), 1);
    let (code, told) = command_on(&house.beside(), &["webhooks", "resend", &new.webhook.id, "--message", "msg_0"]);
    assert_eq!(code, Some(3), "{told}");
    assert_eq!(command_on(&house.beside(), &["webhooks", "resend", &new.webhook.id]).0, Some(0));
    tell(&house, "p2").await;
    let came = receiver.came();
    assert_eq!(came.iter().map(|(head, _)| field(head, "webhook-id")).collect::<Vec<_>>(), [message]);
    assert_eq!(house.office.dead_letters(&new.webhook.id).unwrap(), []);
    tell(&house, "p").await;
    assert!(receiver.came().is_empty() && other.came().is_empty());
}

async fn two_processes_tell_it_once(ground: Ground) {
    let house = House::on(ground);
    let other = House::on(house.beside());
    let (receiver, officer) = (Receiver::new(), house.reader(&[Role::Officer], Label::Red));
    let id = answered(&house, &officer.key, &officer.key, 0).await;
    hook(&house, &officer.reader.id, &receiver.url(), &[Event::DecisionMade, Event::LaneChanged]);
    for _ in 0..24 {
        decided(&house, &officer.key, &id).await;
    }
    for _ in 0..4 {
        let client = client();
        let (a, b) = tokio::join!(round(&house.office, &client, "p1"), round(&other.office, &client, "p2"));
        a.unwrap();
        b.unwrap();
    }
    let came = receiver.came();
    let ids: BTreeSet<String> = came.iter().map(|(head, _)| field(head, "webhook-id")).collect();
    assert_eq!((came.len(), ids.len()), (24, 24));
    let times: Vec<String> = came
        .iter()
        .map(|(_, body)| serde_json::from_str::<Value>(body).unwrap()["timestamp"].as_str().unwrap().to_owned())
        .collect();
    assert!(times.is_sorted());
}

async fn each_is_told_what_he_may_know(ground: Ground) {
    let house = House::told(ground);
    let all = Event::ALL;
    let officer = house.reader(&[Role::Officer], Label::Red);
    let mut hooks = Vec::new();
    for (name, role) in [
        ("importer", Role::Importer),
        ("other", Role::Importer),
        ("carrier", Role::Carrier),
        ("clear", Role::Officer),
        ("auditor", Role::Administrator),
    ] {
        let (reader, receiver) = (house.reader(&[role], Label::Clear), Receiver::new());
        hook(&house, &reader.reader.id, &receiver.url(), all);
        hooks.push((name, reader, receiver));
    }
    let handler = house.reader(&[Role::Handler], Label::Red);
    let reader = house.reader(&[Role::Officer], Label::Red);
    let reading = Receiver::new();
    hook(&house, &reader.reader.id, &reading.url(), &[Event::InformationWithdrawn, Event::JobEnded]);
    let id = answered(&house, &hooks[0].1.key, &officer.key, 0).await;
    let of_carrier = answered(&house, &hooks[2].1.key, &officer.key, 5).await;
    raised(&house, &officer.key, &id).await;
    raised(&house, &officer.key, &of_carrier).await;
    let lower = json!({ "kind": "waived", "until": "2026-11-20", "reason": "x" });
    assert_eq!(house.post(&officer.key, &format!("/v1/assessments/{id}/decisions"), &lower).await.status, 202);
    // Information that one of them had read is taken back; a job of his ends.
    let told = crate::information::live(&house, &handler.key, &crate::information::report("box"), "TLP:AMBER").await;
    assert_eq!(house.get(&reader.key, &format!("/v1/information/{told}")).await.status, 200);
    house.post(&handler.key, &format!("/v1/information/{told}/withdraw"), &json!({ "reason": "no box" })).await;
    let second = house.reader(&[Role::Handler], Label::Red);
    house.send(Some(&second.key), "POST", &format!("/v1/information/{told}/signatures"), "").await;
    crate::jobs::later(&house, &reader.key, &format!("{}\n", bills()[1]), None).await;
    assert!(crate::jobs::work(&house).await);
    while tell(&house, "p").await {}
    let due: [(&str, &[&str]); 5] = [
        ("importer", &["lane.changed"]),
        ("other", &[]),
        ("carrier", &[]),
        ("clear", &["decision.made", "lane.changed", "decision.made", "lane.changed", "decision.proposed"]),
        ("auditor", &[]),
    ];
    for ((name, _, receiver), (_, due)) in hooks.iter().zip(due) {
        assert_eq!(receiver.kinds(), due, "{name}");
    }
    assert_eq!(reading.kinds(), ["information.withdrawn", "job.ended"]);
    // Who is out is told nothing of what happens meanwhile, nor afterwards.
    house.office.expire_reader(OPERATOR, &hooks[3].1.reader.id, None).unwrap();
    decided(&house, &officer.key, &id).await;
    while tell(&house, "p").await {}
    assert!(hooks[3].2.came().is_empty());
}

/// Addresses that nobody may have this service ask: by number, by a name that leads there, by redirect, without TLS.
#[tokio::test]
async fn nothing_goes_into_an_inner_network() {
    let house = House::new();
    let (receiver, officer) = (Receiver::new(), house.reader(&[Role::Officer], Label::Red));
    let administrator = house.reader(&[Role::Administrator], Label::Clear);
    for url in [
        "http://port.example/hooks",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1:8443/",
        "https://user:word@port.example/",
        "https://port.example/#x",
        "ftp://port.example/",
        "file:///etc/passwd",
        "/hooks",
        "",
        "https://port.example/a b",
        "https://pört.example/",
    ] {
        let form = json!({ "reader": officer.reader.id, "url": url, "events": ["decision.made"] });
        let answer = house.post(&administrator.key, "/v1/webhooks", &form).await;
        assert_eq!(answer.status, 422, "{url}: {}", answer.text);
    }
    // A name is looked at when it is connected to: at the time that counts.
    let port = receiver.address.port();
    let url = format!("https://localhost:{port}/hooks?of=port");
    let form = json!({ "reader": officer.reader.id, "url": url, "events": ["decision.made"] });
    let added = house.post(&administrator.key, "/v1/webhooks", &form).await;
    assert!(added.status == 201 && added.json()["secret"].as_str().unwrap().starts_with("whsec_"), "{}", added.text);
    let id = answered(&house, &officer.key, &officer.key, 0).await;
    decided(&house, &officer.key, &id).await;
    let strict = Arc::new(Client::trusting(Outbound::default(), Vec::new()).unwrap());
    round(&house.office, &strict, "p").await.unwrap();
    let listed = house.get(&administrator.key, "/v1/webhooks").await.json();
    let why = listed["webhooks"][0]["why"].as_str().unwrap();
    assert!(why.contains("inner network") && receiver.came().is_empty(), "{listed}");
    assert!(!listed.to_string().contains("whsec_"), "it is shown once");
    // Without TLS nothing is sent, though it was configured when it was added.
    let plain = hook(&house, &officer.reader.id, &receiver.url(), &[Event::DecisionMade]);
    decided(&house, &officer.key, &id).await;
    round(&house.office, &strict, "p").await.unwrap();
    let all = house.office.listed_webhooks().unwrap();
    let plain = all.iter().find(|one| one.webhook.id == plain.webhook.id).unwrap();
    assert!(plain.why.as_deref().is_some_and(|why| why.contains("https")) && receiver.came().is_empty());
    let unknown = json!({ "reader": "r_0", "url": "https://port.example/", "events": ["decision.made"] });
    assert_eq!(house.post(&administrator.key, "/v1/webhooks", &unknown).await.status, 404);
}

/// Over TLS it is who it says, by an authority that is trusted.
#[tokio::test]
async fn over_tls_the_other_side_shows_who_it_is() {
    let house = House::new();
    let (authority, stranger) = (Authority::new(), Authority::new());
    let receiver = Receiver::speaking(Some(authority.papers("localhost")));
    let officer = house.reader(&[Role::Officer], Label::Red);
    let url = format!("https://localhost:{}/hooks?of=port", receiver.address.port());
    let new = hook(&house, &officer.reader.id, &url, &[Event::DecisionMade]);
    let id = answered(&house, &officer.key, &officer.key, 0).await;
    decided(&house, &officer.key, &id).await;
    let trusting = |authority: &Authority| {
        let roots = vec![CertificateDer::from_pem_slice(authority.pem.as_bytes()).unwrap()];
        Arc::new(Client::trusting(open(), roots).unwrap())
    };
    round(&house.office, &trusting(&stranger), "p").await.unwrap();
    assert!(receiver.came().is_empty());
    house.at("2026-11-01T09:00:00Z");
    round(&house.office, &trusting(&authority), "p").await.unwrap();
    let came = receiver.came();
    assert!(came.len() == 1 && is_signed(&new, &came[0]));
}

/// A state that is put back goes on where the backup stood: nothing that was told before is told again.
#[tokio::test]
async fn a_backup_knows_how_far_it_was_told() {
    let house = House::new();
    let (receiver, officer) = (Receiver::new(), house.reader(&[Role::Officer], Label::Red));
    let id = answered(&house, &officer.key, &officer.key, 0).await;
    hook(&house, &officer.reader.id, &receiver.url(), &[Event::DecisionMade]);
    decided(&house, &officer.key, &id).await;
    tell(&house, "p").await;
    assert_eq!(receiver.came().len(), 1);
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("backup");
    back_up(&house.beside().place(), &*house.office.store, &at, true).unwrap();
    let to = Ground::file();
    restore(&to.place(), &at, false).unwrap();
    let restored = House::on(to);
    assert!(!tell(&restored, "p2").await && receiver.came().is_empty());
    decided(&restored, &officer.key, &id).await;
    tell(&restored, "p2").await;
    assert_eq!(receiver.came().len(), 1);
}

/// A connection that says nothing is given up in its time; that of a stranger who talks on and on is left.
#[tokio::test]
async fn who_does_not_answer_costs_his_time_alone() {
    let house = House::new();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let kept: Arc<Mutex<Vec<TcpStream>>> = Arc::default();
    let (address, own) = (silent.local_addr().unwrap(), Arc::clone(&kept));
    std::thread::spawn(move || {
        for stream in silent.incoming().map_while(Result::ok) {
            own.lock().unwrap().push(stream);
        }
    });
    let (receiver, officer) = (Receiver::new(), house.reader(&[Role::Officer], Label::Red));
    let id = answered(&house, &officer.key, &officer.key, 0).await;
    let quiet = hook(&house, &officer.reader.id, &format!("http://{address}/"), &[Event::DecisionMade]);
    hook(&house, &officer.reader.id, &receiver.url(), &[Event::DecisionMade]);
    decided(&house, &officer.key, &id).await;
    let telling = tell(&house, "p");
    let calling = async {
        let began = std::time::Instant::now();
        let answer = house.post(&officer.key, "/v1/assessments", &bills()[1]).await;
        (answer.status, began.elapsed().as_secs())
    };
    let (_, (status, seconds)) = tokio::join!(telling, calling);
    assert!(status == 200 && seconds < 5);
    assert_eq!(receiver.came().len(), 1);
    let all = house.office.listed_webhooks().unwrap();
    let quiet = all.iter().find(|one| one.webhook.id == quiet.webhook.id).unwrap();
    assert!(quiet.why.as_deref().is_some_and(|why| why.contains("did not answer")), "{quiet:?}");
}

/// Who asks for a country and a wood is told of what names them as soon as it acts, and of nothing else; contact points for offers are
/// told of offers. In order, each once, whatever process tells it.
async fn a14_e02_what_fits_a_subscription_is_told_once_in_order_after_a_restart(ground: Ground) {
    let house = House::told(ground);
    let (about_wood, about_offers) = (Receiver::new(), Receiver::new());
    let officer = house.reader(&[Role::Officer], Label::Green);
    let handler = house.reader(&[Role::Handler], Label::Red).key;
    let hook = |url: &str, only: Only| {
        let events = BTreeSet::from([Event::InformationLive, Event::InformationShared]);
        let wanted = Wanted { reader: officer.reader.id.clone(), url: url.to_owned(), events, only };
        house.office.add_webhook(OPERATOR, wanted, &open())
    };
    let only = Only {
        countries: BTreeSet::from(["MG".parse().unwrap()]),
        taxa: BTreeSet::from(["Dalbergia spp.".to_owned()]),
        kinds: BTreeSet::new(),
    };
    hook(&about_wood.url(), only.clone()).unwrap();
    hook(&about_offers.url(), Only { kinds: BTreeSet::from([InformationKind::Listing]), ..Only::default() }).unwrap();
    let told = |title: &str, kind: &str, taxa: Value, countries: Value, route: Value| {
        json!({ "kind": kind, "title": title, "source_kind": "government", "taxa": taxa, "countries": countries,
            "route": route, "review_by": "2027-01-01" })
    };
    let mut ids = Vec::new();
    for (title, kind, taxa, countries, route, label) in [
        ("by name", "report", json!(["Dalbergia baronii"]), json!([{ "code": "MG" }]), json!([]), "TLP:GREEN"),
        ("another wood", "report", json!(["Osyris lanceolata"]), json!([{ "code": "MG" }]), json!([]), "TLP:GREEN"),
        ("another country", "report", json!(["Dalbergia nigra"]), json!([{ "code": "BR" }]), json!([]), "TLP:GREEN"),
        ("by its way", "alert", json!(["Dalbergia"]), json!([]), json!(["MGTMM", "LKCMB"]), "TLP:CLEAR"),
        ("not for him", "report", json!(["Dalbergia baronii"]), json!([{ "code": "MG" }]), json!([]), "TLP:AMBER"),
        ("an offer", "listing", json!(["Dalbergia nigra"]), json!([{ "code": "BR" }]), json!([]), "TLP:GREEN"),
    ] {
        ids.push(crate::information::live(&house, &handler, &told(title, kind, taxa, countries, route), label).await);
    }
    // Another process goes on where this one stopped.
    let next = House::told(house.beside());
    assert!(tell(&next, "p2").await);
    let of = |receiver: &Receiver| -> Vec<String> {
        let id = |(_, body): Came| {
            let said: Value = serde_json::from_str(&body).unwrap();
            assert_eq!((&said["type"], said["data"].as_object().unwrap().len()), (&json!("information.live"), 1));
            said["data"]["information"].as_str().unwrap().to_owned()
        };
        receiver.came().into_iter().map(id).collect()
    };
    assert_eq!(of(&about_wood), [ids[0].clone(), ids[3].clone()]);
    assert_eq!(of(&about_offers), [ids[5].clone()]);
    house.office.store.rebuild().unwrap();
    assert!(!tell(&house, "p").await && about_wood.came().is_empty() && about_offers.came().is_empty());
    // It is asked for where it can be met.
    let wanted = |events: &[Event], only: Only| Wanted {
        reader: officer.reader.id.clone(),
        url: about_wood.url(),
        events: events.iter().copied().collect(),
        only,
    };
    assert!(house.office.add_webhook(OPERATOR, wanted(&[Event::JobEnded], only), &open()).is_err());
    let empty = Only { taxa: BTreeSet::from([" ".to_owned()]), ..Only::default() };
    assert!(house.office.add_webhook(OPERATOR, wanted(&[Event::InformationLive], empty), &open()).is_err());
}
