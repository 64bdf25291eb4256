//! A client that waits: one connection, one call after the other.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;

/// A request with a body, as bytes; `key` where the service asks for one.
pub fn request(method: &str, path: &str, media: &str, key: &str, body: &[u8]) -> Vec<u8> {
    let key = if key.is_empty() { String::new() } else { format!("Authorization: Bearer {key}\r\n") };
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {media}\r\nContent-Length: {length}\r\n{key}\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// Reads a whole answer, in pieces or not; its body.
pub fn read_whole(reader: &mut BufReader<TcpStream>) -> Vec<u8> {
    let (mut length, mut is_in_pieces) = (0, false);
    loop {
        let mut line = String::new();
        assert!(reader.read_line(&mut line).unwrap() > 0);
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(text) = line.strip_prefix("content-length: ") {
            length = text.parse().unwrap();
        }
        is_in_pieces |= line == "transfer-encoding: chunked";
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    if !is_in_pieces {
        reader.read_exact(&mut body).unwrap();
        return body;
    }
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let n = usize::from_str_radix(line.trim(), 16).unwrap();
        let mut piece = vec![0; n + 2];
        reader.read_exact(&mut piece).unwrap();
        body.extend_from_slice(&piece[..n]);
        if n == 0 {
            return body;
        }
    }
}
