//! Messages of the Language Server Protocol as they come over a pipe: a head with the length, then JSON.
//!
//! In: bytes of an editor, or of whoever stands in its place. Out: [`Heard`]; what is no message is told apart, and the stream goes on
//! behind it where its length is known. Not here: what a message asks for. The types are those of `lsp-server`, whose own
//! reader takes any length and ends at the first message that is none.

use std::io::{BufRead, Error, ErrorKind, Read, Write};

use lsp_server::{ErrorCode, Message, RequestId, Response};
use serde_json::{Value, json};

/// Bytes of one message: a document of the largest size, each byte of which JSON may write as six, fits.
pub const MAX_MESSAGE_BYTES: u64 = 8 << 20;
/// Bytes of the head of a message, which is two short lines.
const MAX_HEAD_BYTES: u64 = 4 << 10;

/// What came from the stream.
#[derive(Debug)]
pub enum Heard {
    Said(Message),
    /// It is no message; whoever sent it is told why.
    Unfit {
        id: Option<RequestId>,
        code: ErrorCode,
        why: String,
    },
    /// Where the next message begins cannot be told.
    Lost(String),
    /// The stream has ended.
    Ended,
}

/// The next message of a stream.
pub fn read(input: &mut impl BufRead) -> Heard {
    match length(input) {
        Ok(None) => Heard::Ended,
        Ok(Some(length)) if length > MAX_MESSAGE_BYTES => match skip(input, length) {
            Ok(()) => {
                let why = format!("the message has {length} bytes, more than {MAX_MESSAGE_BYTES}");
                Heard::Unfit { id: None, code: ErrorCode::InvalidRequest, why }
            }
            Err(error) => Heard::Lost(error.to_string()),
        },
        Ok(Some(length)) => body(input, length).map_or_else(|error| Heard::Lost(error.to_string()), |body| said(&body)),
        Err(error) => Heard::Lost(error.to_string()),
    }
}

/// The length that the head of a message says; `None` at the end of the stream.
fn length(input: &mut impl BufRead) -> Result<Option<u64>, Error> {
    let wrong = |why: &str| Error::new(ErrorKind::InvalidData, format!("the head of a message {why}"));
    let (mut left, mut length) = (MAX_HEAD_BYTES, None);
    loop {
        let mut line = Vec::new();
        let n_read = input.by_ref().take(left).read_until(b'\n', &mut line)? as u64;
        if n_read == 0 && left == MAX_HEAD_BYTES {
            return Ok(None);
        }
        left -= n_read;
        if line.pop() != Some(b'\n') {
            return Err(wrong("does not end"));
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end_matches('\r');
        if line.is_empty() {
            return length.map(Some).ok_or_else(|| wrong("says no length"));
        }
        let (name, value) = line.split_once(':').ok_or_else(|| wrong("is none"))?;
        if name.trim().eq_ignore_ascii_case("content-length") {
            length = Some(value.trim().parse().map_err(|_| wrong("says no length"))?);
        }
    }
}

fn skip(input: &mut impl BufRead, length: u64) -> Result<(), Error> {
    let skipped = std::io::copy(&mut input.by_ref().take(length), &mut std::io::sink())?;
    if skipped == length { Ok(()) } else { Err(ErrorKind::UnexpectedEof.into()) }
}

fn body(input: &mut impl BufRead, length: u64) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    input.by_ref().take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(ErrorKind::UnexpectedEof.into()) }
}

fn said(body: &[u8]) -> Heard {
    let value: Value = match serde_json::from_slice(body) {
        Ok(value) => value,
        Err(error) => {
            return Heard::Unfit { id: None, code: ErrorCode::ParseError, why: format!("no JSON: {error}") };
        }
    };
    let id = value.get("id").cloned().and_then(|id| serde_json::from_value(id).ok());
    match serde_json::from_value(value) {
        Ok(message) => Heard::Said(message),
        Err(_) => {
            let why = "neither a request nor a notification nor an answer".to_owned();
            Heard::Unfit { id, code: ErrorCode::InvalidRequest, why }
        }
    }
}

/// Writes a message whole.
pub fn write(out: &mut impl Write, message: &Message) -> Result<(), Error> {
    let mut out = std::io::BufWriter::new(out);
    message.write(&mut out)?;
    out.flush()
}

/// Answers what is no message.
pub fn refuse(out: &mut impl Write, id: Option<RequestId>, code: ErrorCode, why: &str) -> Result<(), Error> {
    if let Some(id) = id {
        return write(out, &Response::new_err(id, code as i32, why.to_owned()).into());
    }
    // JSON-RPC answers nobody by an id that is null, which the type of an answer has not.
    let body = json!({ "jsonrpc": "2.0", "id": null, "error": { "code": code as i32, "message": why } }).to_string();
    write!(out, "Content-Length: {}\r\n\r\n{body}", body.len())?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(body: &str) -> String {
        format!(
            "Content-Length: {}\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n{body}",
            body.len()
        )
    }

    fn all(stream: &[u8]) -> Vec<String> {
        let mut input = stream;
        let mut found = Vec::new();
        loop {
            found.push(match read(&mut input) {
                Heard::Said(Message::Notification(one)) => one.method,
                Heard::Said(other) => format!("{other:?}"),
                Heard::Unfit { id, code, why } => format!("{id:?} {code:?} {why}"),
                Heard::Lost(why) => return [found, vec![format!("lost: {why}")]].concat(),
                Heard::Ended => return found,
            });
        }
    }

    #[test]
    fn whatever_comes_is_read_or_told() {
        let check = |stream: &str, expected: &[&str]| {
            let found = all(stream.as_bytes());
            assert_eq!(found.len(), expected.len(), "{stream:?}: {found:?}");
            assert!(found.iter().zip(expected).all(|(found, part)| found.contains(part)), "{stream:?}: {found:?}");
        };
        let sound = framed("{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}");
        check("", &[]);
        check(&sound, &["exit"]);
        // The stream goes on behind what is no message.
        check(&format!("{}{sound}", framed("{")), &["ParseError", "exit"]);
        check(&format!("{}{sound}", framed("[1]")), &["InvalidRequest", "exit"]);
        check(&format!("{}{sound}", framed("{\"id\":7}")), &["7", "exit"]);
        check(&format!("{}{sound}", framed(&"[".repeat(100_000))), &["ParseError", "exit"]);
        let large = framed(&" ".repeat(usize::try_from(MAX_MESSAGE_BYTES).unwrap() + 1));
        check(&format!("{large}{sound}"), &["more than", "exit"]);
        // Where the next one begins cannot be told.
        check("Content-Length: 9\r\n\r\n{", &["lost"]);
        check("Content-Length: 18446744073709551615\r\n\r\n{", &["lost"]);
        check("Content-Length: many\r\n\r\n{}", &["says no length"]);
        check("Content-Type: x\r\n\r\n{}", &["says no length"]);
        check("hello\r\n\r\n", &["is none"]);
        check(&"a".repeat(100_000), &["does not end"]);
        check(&"a: b\r\n".repeat(100_000), &["does not end"]);
    }

    #[test]
    fn what_is_no_message_is_answered() {
        let check = |id: Option<RequestId>, part: &str| {
            let mut out = Vec::new();
            refuse(&mut out, id, ErrorCode::InvalidRequest, "why").unwrap();
            let text = String::from_utf8(out).unwrap();
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            assert!(
                head.ends_with(&body.len().to_string()) && body.contains(part) && body.contains("-32600"),
                "{text}"
            );
        };
        check(None, "\"id\":null");
        check(Some(7.into()), "\"id\":7");
    }
}
