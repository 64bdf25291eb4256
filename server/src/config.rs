//! Settings and limits of the service. Every one has a unit, a default and a reason; what is malformed stops the start.
//!
//! What all requests together may hold at once is the sum of four parts, and stays under 512 MB above an idle service:
//! bodies ([`MAX_BODIES_BYTES`]), streams under way ([`MAX_WORK_BYTES`] and [`LIGHT_PLACES`]), single calls
//! ([`QUICK_PLACES_PER_CORE`]) and connections ([`MAX_CONNECTIONS`] times [`CONNECTION_BUFFER_BYTES`], twice).

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use palisander_engine::manifests::Mapping;

/// Bytes of one request body, as it comes and unpacked: a ship of 15,000 bills in JSON.
pub const MAX_BODY_BYTES: usize = 64 << 20;
/// Bytes of all bodies that are held at once, unpacked ones included.
pub const MAX_BODIES_BYTES: usize = 144 << 20;
/// Bytes of a body that are taken without asking whether there is room, so that single calls go on while large bodies fill
/// it. As many as connections: 32 MB.
pub const FREE_BYTES: usize = 64 << 10;
/// Bytes that one byte of a packed body may unpack to (repeated bills reach 40, bombs 1,000); small ones are let go.
pub const MAX_UNPACKED_RATIO: usize = 200;
/// Window of a zstd frame, which its decoder keeps in memory: what RFC 8878 asks every decoder to support.
pub const MAX_ZSTD_WINDOW_BYTES: u64 = 8 << 20;

/// Bytes that streams under way may need to read and score their bodies, as far as the size of the body tells.
pub const MAX_WORK_BYTES: usize = 256 << 20;
/// Bytes that any stream needs: a batch of answers, and what waits for the reader.
pub const STREAM_BYTES: usize = 16 << 20;
/// Bodies up to this size have places of their own, which large ones cannot take.
pub const LIGHT_BODY_BYTES: usize = 256 << 10;
/// A bill up to this size is judged where it was read, by a service that keeps nothing: to hand it to another thread costs more
/// than most of them take.
pub const SMALL_BODY_BYTES: usize = 4 << 10;
/// Small streams scored at once.
pub const LIGHT_PLACES: usize = 8;
/// Single calls and searches at once, for each core. They never wait for a reader.
pub const QUICK_PLACES_PER_CORE: usize = 4;
/// Single bills are answered so long after they came, or a multiple of it later: how long it took tells nothing of what is known
/// of them. Far above what an answer takes, far below what anybody notices.
pub const ANSWER_STEP: Duration = Duration::from_millis(10);
/// Longest that a request waits for a place before it is told to come back.
pub const QUEUE_TIMEOUT: Duration = Duration::from_secs(10);
/// Seconds after which a request that found no place should come back.
pub const RETRY_AFTER_SECONDS: u32 = 5;

/// Connections at once. The one that has waited longest for its request gives way to the next.
pub const MAX_CONNECTIONS: usize = 512;
/// Bytes that the service reads ahead, and holds unsent, for one connection. A head is not longer.
pub const CONNECTION_BUFFER_BYTES: usize = 64 << 10;
/// Longest that a head may take, and that a connection may idle.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// Longest that a TLS handshake may take: three flights of some kilobytes at the pace of a modem.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes of a file of certificates or of a key: a hundred certificates, and no disk that was named by mistake.
pub const MAX_PEM_BYTES: u64 = 1 << 20;
/// A body that comes, or an answer that is read, slower than [`PACE_BYTES`] in this time loses its place.
pub const PACE_WINDOW: Duration = Duration::from_secs(10);
/// 1.6 kB a second: a modem.
pub const PACE_BYTES: usize = 16 << 10;
/// Longest that a body may take.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(90);
/// Longest that a request may take until its answer begins.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(120);
/// Longest that a stream of answers may take.
pub const STREAM_TIMEOUT: Duration = Duration::from_secs(600);
/// How long it counts how the service stands: `/readyz` and `/freshz` are open to all.
pub const STANDING_INTERVAL: Duration = Duration::from_secs(1);
/// Longest that the store may take to say how it stands: below what load balancers wait.
pub const STANDING_TIMEOUT: Duration = Duration::from_secs(2);
/// How long entries may wait for a checkpoint before that is told: five of [`CHECKPOINT_INTERVAL`].
pub const LOG_UNSIGNED_LONG: Duration = Duration::from_secs(300);
/// Longest that a stop waits for requests under way.
pub const STOP_TIMEOUT: Duration = Duration::from_secs(20);

/// Calls a second of one key when nobody says how many: more than a person or an office asks, and a machine that has more to
/// send sends many bills in one.
pub const RATE: u32 = 500;
/// Keys whose budget is remembered by itself: the readers of a full store with two keys each. A name and a time, 100 bytes.
pub const MAX_BUDGETS: usize = 20_000;
/// Wrong keys that are looked up in a second, of all callers together: a person who mistypes is one of them.
pub const GUESS_RATE: NonZeroU32 = NonZeroU32::new(20).unwrap();
/// Wrong keys that are looked up at once after a pause: an office whose keys have all ended this night.
pub const GUESS_BURST: NonZeroU32 = NonZeroU32::new(100).unwrap();
/// How long only keys that there are are looked up once more wrong ones came.
pub const GUESS_PAUSE: Duration = Duration::from_secs(1);

/// Bytes of a file of settings: a hundred times what there is to say.
pub const MAX_SETTINGS_BYTES: u64 = 1 << 20;
/// Mappings that one folder may store; more are a mistake in its name.
pub const MAX_MAPPINGS: usize = 1_000;
/// Bytes of one mapping, stored or sent.
pub const MAX_MAPPING_BYTES: usize = 64 << 10;

/// Entries that are written in one commit, at most: more gain nothing (18,300 rows a second at 64, 34,200 at 256).
pub const MAX_GROUP_COMMIT: usize = 256;
/// Batches that wait for the writer before those who ask wait too.
pub const MAX_WAITING_WRITES: usize = 1_024;
/// How often the log is signed while it grows; once more at a stop.
pub const CHECKPOINT_INTERVAL: Duration = Duration::from_secs(60);
/// Characters of a name, an id or another field of an entry.
pub const MAX_FIELD_CHARS: usize = 200;
/// Bytes of what an entry says. What is longer stands beside it under its own digest.
pub const MAX_ENTRY_BODY_BYTES: usize = 4 << 20;

/// Manifests that wait to be judged later, of all readers: a day of ships of a large port.
pub const MAX_JOBS_WAITING: usize = 64;
/// Those of one reader, so that nobody fills the line alone.
pub const MAX_JOBS_OF_A_READER: usize = 8;
/// Bytes of all of them, unpacked, which lie packed in the store.
pub const MAX_JOB_BYTES_WAITING: u64 = 1 << 30;
/// Bytes of the answers of one job: a hundred thousand bills with all their reasons.
pub const MAX_JOB_ANSWER_BYTES: u64 = 1 << 30;
/// Longest that a job may be judged.
pub const JOB_TIMEOUT: Duration = Duration::from_secs(3_600);
/// How often a process says that it is at a job, and looks whether it is still wanted.
pub const JOB_BEAT: Duration = Duration::from_secs(1);
/// After how long without a beat a job is taken up by another process: long enough for a database to come back.
pub const JOB_LEASE: Duration = Duration::from_secs(15);
/// How often it is looked whether a manifest waits.
pub const JOB_PAUSE: Duration = Duration::from_millis(500);
/// How often a job is begun: one that kills its process each time is not begun again for ever.
pub const MAX_JOB_ATTEMPTS: u32 = 3;
/// Days for which the answers of a job are kept: a week of an office. The record of its bills stays as all others do.
pub const JOB_DAYS: i64 = 7;
/// Jobs whose days are looked at together, the earliest first.
pub const MAX_JOBS_ERASED_AT_ONCE: usize = 64;

/// Webhooks of one store: each is a turn of its own, and a reader has a few.
pub const MAX_WEBHOOKS: usize = 100;
/// Characters of the address of a webhook.
pub const MAX_URL_CHARS: usize = 2_000;
/// Longest that a webhook may take to answer, the making of the connection included.
pub const WEBHOOK_TIMEOUT: Duration = Duration::from_secs(10);
/// For how long one process has a webhook to itself: more than one message may take.
pub const WEBHOOK_LEASE: Duration = Duration::from_secs(30);
/// How often it is looked whether there is something to be told.
pub const WEBHOOK_PAUSE: Duration = Duration::from_millis(500);
/// Webhooks that are told at once: one that does not answer holds up few others.
pub const WEBHOOKS_AT_ONCE: usize = 16;
/// Messages that one webhook is sent before others have their turn.
pub const MAX_MESSAGES_A_TURN: usize = 50;
/// Seconds after which a message that was not taken is sent again, each time; after the last it is given up. A restart of the
/// other side, a night, and the better part of a day.
pub const WEBHOOK_STEPS_SECONDS: [i64; 7] = [5, 30, 300, 1_800, 7_200, 21_600, 43_200];
/// Messages that were given up and are listed, of each webhook; the earliest go.
pub const MAX_DEAD_LETTERS: usize = 1_000;
/// Hours for which messages are signed by the secret before too, so that the other side is changed without loss.
pub const WEBHOOK_OVERLAP_HOURS: i64 = 24;

/// Seconds by which the clocks of an issuer and of this service may differ: both are set by the network.
pub const OIDC_LEEWAY_SECONDS: i64 = 60;
/// How often the keys of an issuer are fetched: it has the new ones in its set before it signs by them.
pub const OIDC_REFRESH_SECONDS: i64 = 3_600;
/// How long an issuer is left alone after it was asked for a key that was not known, or did not answer.
pub const OIDC_PAUSE_SECONDS: i64 = 30;
/// Hours for which keys go on while their issuer is away: a day, in which somebody mends it.
pub const OIDC_KEYS_HOURS: i64 = 24;
/// Bytes of the description of an issuer, and of its set of keys.
pub const MAX_ISSUER_BYTES: usize = 256 << 10;
/// Keys of one set that are looked at.
pub const MAX_ISSUER_KEYS: usize = 100;
/// Bytes of a token: some groups and names; heads are not longer than [`CONNECTION_BUFFER_BYTES`] in all.
pub const MAX_TOKEN_BYTES: usize = 16 << 10;
/// Characters of a subject (OpenID Connect Core, 2: 255 ASCII characters), of which entries hold [`MAX_FIELD_CHARS`] in a field.
pub const MAX_SUBJECT_CHARS: usize = 255;

/// How long a delivered file has to be of one size and time before it is taken: longer than a gateway pauses between two
/// blocks, shorter than anybody waits.
pub const SETTLE_SECONDS: u32 = 3;
/// How often a folder is looked at: shared file systems tell nobody of changes, and a look at a thousand names takes milliseconds.
pub const LOOK_SECONDS: u32 = 2;
/// Files that one look remembers; the others have their turn once these are taken.
pub const MAX_FILES_A_LOOK: usize = 10_000;
/// How often a file is begun by new processes: one that kills each of them is rejected, and does not hold up all behind it.
pub const MAX_FILE_STARTS: u32 = 10;
/// Longest that one file may take: nobody waits for it at a line, and one that takes longer holds up all behind it.
pub const FILE_TIMEOUT: Duration = Duration::from_secs(1_800);

/// Days for which a key opens when nobody says how many: a quarter of a year, so that it is changed four times in one.
pub const KEY_DAYS: u32 = 90;
/// Days for which a key opens at most.
pub const MAX_KEY_DAYS: u32 = 366;
/// Hours for which an old and a new key open together at most: a week to change a machine.
pub const MAX_KEY_OVERLAP_HOURS: u32 = 168;
/// Readers of one store. Lists of them are answered whole.
pub const MAX_READERS: usize = 10_000;
/// How often the use of a key is noted at most: what is shown is the minute.
pub const KEY_USE_INTERVAL: Duration = Duration::from_secs(60);
/// How long a key that was looked up is known: one that another process ended opens nothing after that.
pub const KNOWN_FOR: Duration = Duration::from_millis(200);
/// Answers to those outside are as long as a multiple of this: a length tells a class, and most are of one.
pub const LENGTH_CLASS_BYTES: usize = 1 << 10;
/// Entries or assessments of one page.
pub const MAX_PAGE: usize = 200;

/// The last number of an entry that is asked for: the last that every reader of JSON holds exactly.
pub const MAX_NUMBER: u64 = 9_007_199_254_740_991;

/// Days over which overrides are held against each other, at most: bodies of older bills are mostly gone.
pub const MAX_PATTERN_DAYS: u32 = 366;
/// Entries that are looked through for them, the latest: some seconds of work.
pub const MAX_PATTERN_ENTRIES: u64 = 200_000;
/// Checkpoints among which the one is looked for that decides a draw: two weeks of one a minute.
pub const MAX_DRAW_CHECKPOINTS: usize = 20_160;

/// Bytes of an answer that has an entity tag, at most: a page of the longest is below it.
pub const MAX_TAGGED_BYTES: usize = 16 << 20;
/// Bills above green that one entry says: about a megabyte of places and digests.
pub const MAX_KEPT_AN_ENTRY: usize = 1_000;
/// Bills above green of one request: what is noted of each waits in memory, about 2 kB. A ship of 15,000 bills holds some 300.
pub const MAX_KEPT_BILLS: usize = 20_000;
/// Connections to the store that read at once; more wait.
pub const MAX_READ_CONNECTIONS: usize = 16;
/// Longest that a database may take to let a connection in.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest that a database may take for one statement, and for another process to end its commit: as long as one SQLite
/// process waits for another.
pub const STATEMENT_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest that a call waits for a database that says nothing at all: a statement, once more after a connection was lost, and the
/// making of that connection. Below [`REQUEST_TIMEOUT`], so that the caller is told why.
pub const STORE_PATIENCE: Duration = Duration::from_secs(30);
/// Bytes of answers that wait for the store while a batch is judged.
pub const MAX_WAITING_BODIES_BYTES: usize = 4 << 20;
/// Bytes of a file of an edition that one body of the store holds, before it is packed.
pub const EDITION_PART_BYTES: usize = 8 << 20;
/// Files of one bundle: a folder of rules has some hundred.
pub const MAX_BUNDLE_FILES: usize = 10_000;
/// Bytes of one bundle, unpacked: a register of a million permits is 316 MB as CSV, and is sliced.
pub const MAX_BUNDLE_UNPACKED_BYTES: u64 = 512 << 20;
/// Bytes of one pack, of its signature and of a key.
pub const MAX_PACK_BYTES: u64 = 64 << 20;
/// Bytes of one line of a backup: a body of [`MAX_BODY_BYTES`] in base64, and what stands around it.
pub const MAX_BACKUP_LINE_BYTES: u64 = (MAX_BODY_BYTES as u64).div_ceil(3) * 4 + (1 << 20);
/// Days for which bodies are kept at least, where they are erased at all: a case is opened within weeks.
pub const MIN_KEEP_DAYS: u32 = 30;
/// Days for which bodies are kept at most by a rule of days: a century.
pub const MAX_KEEP_DAYS: u32 = 36_525;
/// Erasures that are written together.
pub const MAX_ERASED_AT_ONCE: usize = 256;
/// How often bodies are looked at whose days are over.
pub const ERASE_INTERVAL: Duration = Duration::from_secs(24 * 3_600);
/// Whom a step is asked of, as rules write it, when it is the one who declares.
pub const DECLARANT: &str = "declarant";
/// Days for which nearly the same bill of a sender from outside is known again.
pub const PROBE_DAYS: i64 = 30;
/// Fields in which nearly the same bill may differ.
pub const MAX_CHANGED_FIELDS: usize = 3;
/// Fields that two bills share at least, to be nearly the same.
pub const MIN_SHARED_FIELDS: usize = 4;
/// Fields of one bill that are compared.
pub const MAX_LIKENESS_FIELDS: usize = 128;
/// Bills under one key that are looked at, the last: who fills it has sent as many bills, each of which is on record.
pub const MAX_PROBES_ASKED: usize = 256;
/// Ways in which one container may be declared within [`PROBE_DAYS`], each nearly the other, before the next one is red.
pub const MAX_NEAR_BILLS: usize = 5;
/// Share of green bills of senders from outside that are blue: a green answer proves nothing, and a blue one no more.
pub const DRAWN_SHARE: f64 = 0.02;
/// Days for which a bill may be waived; a longer one is decided anew.
pub const MAX_WAIVER_DAYS: i32 = 90;
/// Days that a sealed hold may last.
pub const MAX_HOLD_DAYS: i64 = 60;
/// Holds that are listed, the latest first.
pub const MAX_HOLDS: usize = 500;
/// Bills of a hold that are shown with their answers, the last first.
pub const MAX_HOLDS_SHOWN: usize = 50;
/// Cases that are listed, the latest first.
pub const MAX_CASES: usize = 500;
/// Cases that are looked through for those of a reader, or for a paper, the latest first.
pub const MAX_CASES_READ: usize = 10_000;
/// Plans of one group that have not ended.
pub const MAX_PLANS: usize = 500;
/// Bills of a plan that are shown, the first first; all are counted.
pub const MAX_PLAN_BILLS: usize = 200;
/// Bodies that belong to one group.
pub const MAX_GROUP_MEMBERS: usize = 500;
/// Requests for verification that are listed, the latest first.
pub const MAX_VERIFICATIONS: usize = 1_000;
/// CITES documents of one batch that are found again later.
pub const MAX_MARKED_PAPERS: usize = 300_000;
/// Entries of a log of which some are proven by themselves: their hashes are held in memory meanwhile.
pub const MAX_PROVEN_ENTRIES: u64 = 4_000_000;
/// Days whose bills are looked at again when something is told.
pub const MAX_RESELECTION_DAYS: u32 = 366;
/// Bills that are judged again for it, the latest first.
pub const MAX_RESELECTION_JUDGED: usize = 5_000;
/// Taxa by which a webhook says of which information it is told.
pub const MAX_ONLY_TAXA: usize = 100;
/// Papers under one mark that are looked at for a question, the latest first.
pub const MAX_PAPERS_LOOKED_AT: usize = 20_000;
/// Answers that are read to tell whether a paper is the one that is asked for.
pub const MAX_PAPERS_READ: usize = 2_000;
/// Uses of papers that are told, the latest first.
pub const MAX_PAPER_USES: usize = 500;
/// Characters of a reason.
pub const MAX_REASON_CHARS: usize = 2_000;
/// Characters of an idempotency key.
pub const MAX_IDEMPOTENCY_CHARS: usize = 100;
/// Bills that are told to lean on one piece of information.
pub const MAX_EFFECTS: usize = 1_000;
/// Characters of what somebody tells in words: some three pages, which fit MAX_FORM_BYTES in any script.
pub const MAX_INFORMATION_CHARS: usize = 10_000;
/// Offers that are told at once: some pages of results.
pub const MAX_LISTINGS: usize = 1_000;
/// Records that are told of one identifier.
pub const MAX_LINKED: usize = 100;
/// Records that are looked through for it, those that were changed last: some seconds of work.
pub const MAX_LINKED_READ: usize = 100_000;
/// Names of one kind that one piece of information holds.
pub const MAX_INFORMATION_NAMES: usize = 200;
/// Bytes of all files of one ruleset: some ten profiles with their cases.
pub const MAX_RULESET_BYTES: usize = 2 << 20;
/// Files of one ruleset.
pub const MAX_RULESET_FILES: usize = 500;
/// Rulesets that are listed.
pub const MAX_RULESETS: usize = 1_000;
/// Bytes of what an exchange sends of one permit: a certificate has some ten kilobytes.
pub const MAX_EXCHANGE_BYTES: u64 = 1 << 20;
/// Times that a batch is judged anew because others drew on its permits meanwhile, before its sender is told to come back.
pub const MAX_LEDGER_TRIES: usize = 100;
/// Documents that one change of the register touches; the engine takes them in at once.
pub const MAX_CHANGE_ROWS: usize = 100_000;
/// Faults of a change of the register that are kept and shown; the rest is counted.
pub const MAX_CHANGE_FAULTS: usize = 1_000;
/// Numbers of permits that the list of changes shows of each.
pub const MAX_CHANGE_NUMBERS: usize = 20;
/// Changes of the register that are listed.
pub const MAX_REGISTER_CHANGES: usize = 1_000;
/// How often it is looked whether others changed information, rules or the register: what is accepted acts within a second in every process.
pub const NEWS_INTERVAL: Duration = Duration::from_millis(250);
/// Tips that are taken in a minute, from all together: who sends is not known, so nobody is counted apart.
pub const TIPS_A_MINUTE: NonZeroU32 = NonZeroU32::new(30).unwrap();
/// Bits that the proof of work of who has no key begins with: about a quarter of a second in a browser, and an hour for fifteen
/// thousand.
pub const PROOF_BITS: u32 = 18;
/// Times that the feed is read in a minute, by all together: ten a second, each some milliseconds.
pub const FEED_READS_A_MINUTE: NonZeroU32 = NonZeroU32::new(600).unwrap();
/// Requests to be let in that are taken in a minute, from all together: a course of an office, and no more than a person vets.
pub const ACCESS_A_MINUTE: NonZeroU32 = NonZeroU32::new(10).unwrap();
/// Days within which who was let in fetches his key.
pub const ACCESS_DAYS: u32 = 14;
/// Records of the feed: those that were changed last. Each holds some pages of text at most.
pub const MAX_FEED: usize = 1_000;
/// Bytes of a body that asks for a reader, a group or a decision.
pub const MAX_FORM_BYTES: usize = 64 << 10;

/// Settings of the service, from the command line and the environment.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address to listen on. One that other machines reach asks for keys, and TLS ends here or at a proxy.
    pub listen: SocketAddr,
    /// Who may be asked for, and from where.
    pub doors: Doors,
    /// Mappings of tables by name.
    pub mappings: BTreeMap<String, Mapping>,
    /// What TLS is spoken with; `None` = it is not.
    pub tls: Option<TlsFiles>,
}

/// Files that TLS is spoken with, all PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate of this service, then those that lead to its authority.
    pub certificate: PathBuf,
    /// Its key, which its owner alone may read.
    pub key: PathBuf,
    /// Authorities of clients; where they are named nobody without a certificate of theirs gets to a route.
    pub client_ca: Option<PathBuf>,
}

/// How the operator wants to be asked.
#[derive(Debug, Clone, Default)]
pub struct Listening<'a> {
    /// Address and port.
    pub address: &'a str,
    /// Names of this service beside those of loopback.
    pub hosts: &'a [String],
    /// Origins of pages that may ask.
    pub origins: &'a [String],
    /// Folder of mappings.
    pub mappings: Option<&'a Path>,
    /// What TLS is spoken with.
    pub tls: Option<TlsFiles>,
    /// A proxy ends TLS before this service.
    pub is_behind_proxy: bool,
    /// Callers are told apart by their keys.
    pub has_state: bool,
}

/// Names under which the service may be asked, and pages that may ask it.
#[derive(Debug, Clone, Default)]
pub struct Doors {
    /// Names of this service beside those of loopback, in small letters, without port.
    pub hosts: BTreeSet<String>,
    /// Origins beside its own, as a browser writes them: `https://console.example`.
    pub origins: BTreeSet<String>,
}

impl Config {
    /// Reads the settings. An address that other machines reach is refused where keys would cross the network in clear, or
    /// where nobody is asked for one.
    pub fn read(wanted: Listening<'_>) -> Result<Self, String> {
        let Listening { address, hosts, origins, mappings, tls, is_behind_proxy, has_state } = wanted;
        let listen: SocketAddr =
            address.parse().map_err(|_| format!("`{address}` is not an address such as 127.0.0.1:8080"))?;
        if !listen.ip().is_loopback() {
            let refused = |why: &str| Err(format!("`{address}` is not a loopback address, and {why}"));
            if !has_state {
                return refused("without --state nobody is asked for a key; name a state, or listen on loopback");
            }
            if tls.is_none() && !is_behind_proxy {
                return refused(
                    "keys would cross the network in clear; give --tls-cert and --tls-key, or say --behind-proxy where \
                     a proxy of this machine or network ends TLS",
                );
            }
        }
        let mappings = mappings.map(stored).transpose()?.unwrap_or_default();
        Ok(Self { listen, doors: Doors::new(hosts, origins)?, mappings, tls })
    }
}

impl Doors {
    /// Reads names and origins.
    pub fn new(hosts: &[String], origins: &[String]) -> Result<Self, String> {
        let small = |texts: &[String]| texts.iter().map(|text| text.trim().to_ascii_lowercase()).collect();
        let doors = Self { hosts: small(hosts), origins: small(origins) };
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if let Some(host) = doors.hosts.iter().find(|host| host.is_empty() || !host.chars().all(is_name)) {
            return Err(format!("`{host}` is not the name of a host; write it without scheme and port"));
        }
        let is_origin = |origin: &str| {
            let rest = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
            rest.is_some_and(|rest| !rest.is_empty() && !rest.contains('/'))
        };
        if let Some(origin) = doors.origins.iter().find(|origin| !is_origin(origin)) {
            return Err(format!("`{origin}` is not an origin such as https://console.example"));
        }
        Ok(doors)
    }
}

/// Every `NAME.toml` of a folder. One that is wrong stops the start: a caller who names it expects it to act.
fn stored(folder: &Path) -> Result<BTreeMap<String, Mapping>, String> {
    let failed = |path: &Path, why: String| format!("mapping `{}`: {why}", path.display());
    let entries = std::fs::read_dir(folder).map_err(|error| failed(folder, error.to_string()))?;
    let mut mappings = BTreeMap::new();
    for entry in entries {
        let path = entry.map_err(|error| failed(folder, error.to_string()))?.path();
        let name = path.file_stem().and_then(|stem| stem.to_str()).filter(|name| is_mapping_name(name));
        let is_toml = path.extension().is_some_and(|extension| extension == "toml");
        let (Some(name), true, true) = (name, is_toml, path.is_file()) else { continue };
        let size = std::fs::metadata(&path).map_err(|error| failed(&path, error.to_string()))?.len();
        if size > MAX_MAPPING_BYTES as u64 || mappings.len() >= MAX_MAPPINGS {
            return Err(failed(&path, "over MAX_MAPPING_BYTES or MAX_MAPPINGS".to_owned()));
        }
        let text = std::fs::read_to_string(&path).map_err(|error| failed(&path, error.to_string()))?;
        let mapping = Mapping::from_toml(&text).map_err(|error| failed(&path, error.to_string()))?;
        mappings.insert(name.to_owned(), mapping);
    }
    Ok(mappings)
}

/// Letters, digits, `-` and `_`: nothing that could be a path.
pub fn is_mapping_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 64 && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_machines_are_served_only_with_keys_and_tls() {
        let tls = || Some(TlsFiles { certificate: "c.pem".into(), key: "k.pem".into(), client_ca: None });
        for (address, has_state, tls, is_behind_proxy, is_served) in [
            ("127.0.0.1:8080", false, None, false, true),
            ("[::1]:8080", false, None, false, true),
            ("0.0.0.0:8080", true, None, false, false),
            ("192.168.0.2:8080", true, None, false, false),
            ("[::]:8080", true, None, false, false),
            ("192.168.0.2:8080", true, None, true, true),
            ("192.168.0.2:8080", true, tls(), false, true),
            ("192.168.0.2:8080", false, None, true, false),
            ("192.168.0.2:8080", false, tls(), false, false),
            ("localhost", true, tls(), false, false),
        ] {
            let wanted = Listening { address, tls, is_behind_proxy, has_state, ..Listening::default() };
            let read = Config::read(wanted.clone());
            assert_eq!(read.is_ok(), is_served, "{wanted:?}");
        }
    }
}
