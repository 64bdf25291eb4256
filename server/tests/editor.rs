//! Conversations of an editor with `palisander rules lsp`, each a file of `server/tests/editor/conversations`: the program is started, told what
//! stands there step by step, and must answer as it stands there. `server/tests/editor/run` does the same by another's client.
//!
//! A step opens, changes (both with `[from, to]` laid over the sound profile of `tests/corpus/slips`), saves or closes a file, waits for
//! what is told of one, asks something at the place marked by `|`, or sends bytes as they stand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The program, and what it has said that nobody asked for yet.
struct Editor {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    top: tempfile::TempDir,
    texts: BTreeMap<String, String>,
    version: i64,
    n_asked: i64,
    /// The last that was told of a file, by address.
    told: BTreeMap<String, Value>,
    said: Vec<String>,
}

impl Editor {
    /// Starts the program in a folder that holds the sound profile as `rules/gabon-ebony`.
    fn start() -> Self {
        let top = tempfile::tempdir().unwrap();
        let (from, to) = (root().join("tests/corpus/slips/gabon-ebony"), top.path().join("rules/gabon-ebony"));
        std::fs::create_dir_all(to.join("cases")).unwrap();
        for part in ["", "cases"] {
            for entry in std::fs::read_dir(from.join(part)).unwrap().map(Result::unwrap) {
                if entry.path().is_file() {
                    std::fs::copy(entry.path(), to.join(part).join(entry.file_name())).unwrap();
                }
            }
        }
        let mut child = Command::new(env!("CARGO_BIN_EXE_palisander"))
            .args(["rules", "lsp"])
            .current_dir(top.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        let (texts, told) = (BTreeMap::new(), BTreeMap::new());
        Self { child, input, output, top, texts, version: 0, n_asked: 0, told, said: Vec::new() }
    }

    fn path(&self, file: &str) -> PathBuf {
        self.top.path().join("rules/gabon-ebony").join(file)
    }

    fn uri(&self, file: &str) -> String {
        format!("file://{}", self.path(file).display())
    }

    fn bytes(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.bytes(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// The next message; `None` when the program has ended.
    fn read(&mut self) -> Option<Value> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            if line.trim().is_empty() {
                break;
            }
            length = line.strip_prefix("Content-Length: ").map_or(length, |text| text.trim().parse().unwrap());
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).unwrap();
        Some(serde_json::from_slice(&body).unwrap())
    }

    /// Reads on until something is so; whatever is told on the way is kept.
    fn until(&mut self, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = self.read().unwrap_or_else(|| panic!("the program ended before {what}"));
            match message["method"].as_str() {
                Some("textDocument/publishDiagnostics") => {
                    let params = message["params"].clone();
                    self.told.insert(params["uri"].as_str().unwrap().to_owned(), params);
                }
                Some("window/showMessage") => self.said.push(message["params"]["message"].to_string()),
                _ => {}
            }
            if is(&message) {
                return message;
            }
        }
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.n_asked += 1;
        let id = self.n_asked;
        let mut request = json!({ "jsonrpc": "2.0", "id": id, "method": method });
        if !params.is_null() {
            request["params"] = params.clone();
        }
        self.send(&request);
        self.until(method, |message| message["id"] == id && message.get("method").is_none())
    }

    fn begin(&mut self, encodings: &Value) -> Value {
        let general = if encodings.is_null() { json!({}) } else { json!({ "positionEncodings": encodings }) };
        let folder = format!("file://{}", self.top.path().display());
        let params = json!({ "processId": null, "rootUri": folder, "capabilities": { "general": general } });
        let answer = self.ask("initialize", &params);
        self.notify("initialized", json!({}));
        answer
    }

    /// The sound text of a file with the changes of a step.
    fn text(&self, file: &str, step: &Value) -> String {
        let mut text = std::fs::read_to_string(root().join("tests/corpus/slips/gabon-ebony").join(file)).unwrap();
        for change in step["with"].as_array().into_iter().flatten() {
            let (from, to) = (change[0].as_str().unwrap(), change[1].as_str().unwrap());
            assert!(text.contains(from), "`{from}` is not in {file}");
            text = text.replacen(from, to, 1);
        }
        text
    }

    /// The document and the place that a step marks, as the protocol counts by default.
    fn place(&self, file: &str, marked: &str) -> Value {
        let (text, before) = (&self.texts[file], marked.find('|').unwrap());
        let at = text.find(&marked.replacen('|', "", 1)).unwrap_or_else(|| panic!("`{marked}` is not in {text}"));
        let before = &text[..at + before];
        let column = before.rsplit('\n').next().unwrap().encode_utf16().count();
        json!({
            "textDocument": { "uri": self.uri(file) },
            "position": { "line": before.matches('\n').count(), "character": column },
        })
    }

    fn step(&mut self, step: &Value) {
        let file_of = |key: &str| step[key].as_str().map(str::to_owned);
        if let Some(file) = file_of("open") {
            let text = self.text(&file, step);
            self.version += 1;
            let document =
                json!({ "uri": self.uri(&file), "languageId": "rhai", "version": self.version, "text": text });
            self.notify("textDocument/didOpen", json!({ "textDocument": document }));
            self.texts.insert(file, text);
        } else if let Some(file) = file_of("change") {
            let text = self.text(&file, step);
            self.version += 1;
            let document = json!({ "uri": self.uri(&file), "version": self.version });
            let params = json!({ "textDocument": document, "contentChanges": [{ "text": text }] });
            self.notify("textDocument/didChange", params);
            self.texts.insert(file, text);
        } else if let Some(file) = file_of("write") {
            std::fs::write(self.path(&file), self.text(&file, step)).unwrap();
        } else if let Some(file) = file_of("save") {
            self.notify("textDocument/didSave", json!({ "textDocument": { "uri": self.uri(&file) } }));
        } else if let Some(file) = file_of("close") {
            self.notify("textDocument/didClose", json!({ "textDocument": { "uri": self.uri(&file) } }));
        } else if let Some(file) = file_of("told") {
            self.told_of(&file, step);
        } else if let Some(method) = file_of("ask") {
            let params = self.params(step);
            let answer = self.ask(&method, &params);
            self.check(step, &answer);
        } else if let Some(method) = file_of("notify") {
            self.notify(&method, step["params"].clone());
        } else if let Some(bytes) = file_of("bytes") {
            self.bytes(bytes.as_bytes());
        } else if let Some(body) = file_of("body") {
            self.bytes(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
            let answer = self.until("a refusal", |message| message.get("error").is_some());
            self.check(step, &answer);
        } else {
            panic!("no step: {step}");
        }
    }

    fn params(&self, step: &Value) -> Value {
        let Some(file) = step["in"].as_str() else { return step["params"].clone() };
        let mut params = match step["at"].as_str() {
            Some(marked) => self.place(file, marked),
            None => json!({ "textDocument": { "uri": self.uri(file) } }),
        };
        match step["ask"].as_str().unwrap() {
            "textDocument/references" => params["context"] = json!({ "includeDeclaration": false }),
            "textDocument/codeAction" => {
                let place = params["position"].take();
                params["range"] = json!({ "start": place, "end": place });
                params["context"] = json!({ "diagnostics": [] });
            }
            "workspace/executeCommand" => {
                let folder = format!("file://{}", self.path("").display());
                let folder = folder.trim_end_matches('/');
                let argument = json!({ "folder": folder, "indicator": step["indicator"] });
                params = json!({ "command": "palisander.runCases", "arguments": [argument] });
            }
            _ => {}
        }
        params
    }

    /// What is told of a file as it is now: codes in their order, and what each marks.
    fn told_of(&mut self, file: &str, step: &Value) {
        // An answer comes once everything before it was judged and told.
        self.ask("textDocument/documentSymbol", &json!({ "textDocument": { "uri": self.uri(file) } }));
        let told = self.told.get(&self.uri(file)).map_or(json!([]), |told| told["diagnostics"].clone());
        let list = told.as_array().unwrap();
        let codes: Vec<&Value> = list.iter().map(|one| &one["code"]).collect();
        assert_eq!(json!(codes), step["codes"], "{step}: {told}");
        let text = std::fs::read_to_string(self.path(file)).unwrap_or_default();
        let text = self.texts.get(file).unwrap_or(&text);
        let marked = |one: &Value| {
            let line = text.lines().nth(one["range"]["start"]["line"].as_u64().unwrap() as usize).unwrap_or_default();
            let units: Vec<u16> = line.encode_utf16().collect();
            let column = |end: &str| one["range"][end]["character"].as_u64().unwrap() as usize;
            String::from_utf16_lossy(&units[column("start")..column("end")])
        };
        if let Some(marks) = step.get("marks") {
            assert_eq!(json!(list.iter().map(marked).collect::<Vec<_>>()), *marks, "{step}: {told}");
        }
        self.check(step, &told);
    }

    /// Parts that the answer must and must not hold, and values at their place.
    fn check(&self, step: &Value, answer: &Value) {
        let text = answer.to_string();
        let parts = |key: &str| step[key].as_array().cloned().unwrap_or_default();
        for part in parts("says") {
            assert!(text.contains(part.as_str().unwrap()), "{step}: {text}");
        }
        for part in parts("says_not") {
            assert!(!text.contains(part.as_str().unwrap()), "{step}: {text}");
        }
        for (pointer, expected) in step["is"].as_object().into_iter().flatten() {
            assert_eq!(answer.pointer(pointer).unwrap_or(&Value::Null), expected, "{step} {pointer}: {text}");
        }
        let is_error = answer.get("error").is_some();
        assert_eq!(is_error, step["is"].get("/error/code").is_some(), "{step}: {text}");
        for part in parts("shown") {
            assert!(self.said.iter().any(|said| said.contains(part.as_str().unwrap())), "{step}: {:?}", self.said);
        }
    }

    /// Ends the conversation as it is told; the exit code of the program.
    fn end(&mut self, how: &str) -> i32 {
        match how {
            "shutdown" => {
                assert!(self.ask("shutdown", &Value::Null).get("error").is_none());
                let answer = self.ask("textDocument/hover", &json!({}));
                assert_eq!(answer["error"]["code"], -32600, "nothing is answered any more");
                self.notify("exit", Value::Null);
            }
            "exit" => self.notify("exit", Value::Null),
            _ => self.input = None,
        }
        self.child.wait().unwrap().code().unwrap()
    }
}

fn converse(path: &Path) {
    let talk: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut editor = Editor::start();
    for step in talk["before"].as_array().into_iter().flatten() {
        editor.step(step);
    }
    if talk["begin"] != json!(false) {
        let answer = editor.begin(&talk["encodings"]);
        let encoding = talk["encoding"].as_str().unwrap_or("utf-16");
        assert_eq!(answer["result"]["capabilities"]["positionEncoding"], encoding, "{answer}");
    }
    for step in talk["steps"].as_array().into_iter().flatten() {
        editor.step(step);
    }
    let code = editor.end(talk["end"].as_str().unwrap());
    assert_eq!(json!(code), talk["code"], "{}", path.display());
}

#[test]
fn conversations_go_as_they_are_written() {
    let folder = root().join("server/tests/editor/conversations");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() > 6, "{paths:?}");
    let amiss: Vec<String> = paths
        .iter()
        .filter_map(|path| {
            let failed = std::panic::catch_unwind(|| converse(path)).err()?;
            let why = failed.downcast_ref::<String>().cloned().unwrap_or_default();
            Some(format!("{}: {why}", path.file_name().unwrap().to_string_lossy()))
        })
        .collect();
    assert!(amiss.is_empty(), "{}", amiss.join("\n\n"));
}
