//! Who may ask: the Host and Origin of a request.
//!
//! In: the head of a request and the names of this service. Out: nothing, or the problem. A page of another site in a
//! browser on this machine can send requests here: by a name of its own that it lets point to loopback (the Host is its
//! name), or straight (the Origin is its own, or the browser says `cross-site`). Programs send neither header and are
//! served. Not here: who the caller is.

use axum::extract::{Request, State as Shared};
use axum::http::header::{HOST, HeaderName, ORIGIN};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::config::Doors;
use crate::problem::Problem;
use crate::state::State;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Lets a request through to the router, or not.
pub async fn checked(Shared(state): Shared<State>, request: Request, next: Next) -> Response {
    let authority = request.uri().authority().map(|authority| authority.as_str().to_ascii_lowercase());
    match check(&state.doors, request.headers(), authority.as_deref()) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

fn check(doors: &Doors, headers: &HeaderMap, authority: Option<&str>) -> Result<(), Problem> {
    let host = single(headers, &HOST)?.ok_or_else(|| {
        Problem::new(StatusCode::BAD_REQUEST, "/problems/host", "the Host is wrong", "send exactly one Host header")
    })?;
    for name in [Some(host.as_str()), authority].into_iter().flatten() {
        if !is_ours(doors, name) {
            let detail = "this service is not known by that name; ask for localhost, or start it with --host NAME";
            return Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, "/problems/host", "the Host is wrong", detail));
        }
    }
    let refused = || {
        let detail = "pages of other sites get no answer; start the service with --origin ORIGIN to let one in";
        Problem::new(StatusCode::FORBIDDEN, "/problems/origin", "the Origin is another", detail)
    };
    match single(headers, &ORIGIN)? {
        // Its own page, or one that the operator named; a browser sets the header, no page can.
        Some(origin) if is_own(&origin, &host) || doors.origins.contains(&origin) => Ok(()),
        Some(_) => Err(refused()),
        None => match single(headers, &SEC_FETCH_SITE)?.as_deref() {
            None | Some("same-origin" | "none") => Ok(()),
            Some(_) => Err(refused()),
        },
    }
}

/// The header in small letters. Twice is once too often: two readers could each take another.
fn single(headers: &HeaderMap, name: &HeaderName) -> Result<Option<String>, Problem> {
    let mut all = headers.get_all(name).iter();
    let (first, second) = (all.next(), all.next());
    let text = first.map(|value| value.to_str().map(str::to_ascii_lowercase));
    match (text.transpose(), second) {
        (Ok(text), None) => Ok(text),
        _ => {
            let detail = format!("the header `{name}` stands twice, or is no text");
            Err(Problem::new(StatusCode::BAD_REQUEST, "/problems/header", "a header is wrong", detail))
        }
    }
}

/// Is `name`, with or without a port, one of ours? The port is not looked at: it may be forwarded.
fn is_ours(doors: &Doors, name: &str) -> bool {
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    let host = match name.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inner, "")) => return is_loopback(inner),
        Some((inner, rest)) => return rest.strip_prefix(':').is_some_and(is_port) && is_loopback(inner),
        None => match name.split_once(':') {
            Some((host, port)) if is_port(port) => host,
            Some(_) => return false,
            None => name,
        },
    };
    host == "localhost" || is_loopback(host) || doors.hosts.contains(host)
}

fn is_loopback(host: &str) -> bool {
    host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Is the page that asks one that came from this very service?
fn is_own(origin: &str, host: &str) -> bool {
    origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")).is_some_and(|from| from == host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_origins() {
        let doors =
            Doors::new(&["Palisander.Port.example".to_owned()], &["https://console.example".to_owned()]).unwrap();
        for (headers, status) in [
            (&[("host", "127.0.0.1:8080")][..], 0),
            (&[("host", "LOCALHOST")], 0),
            (&[("host", "[::1]:80")], 0),
            (&[("host", "127.9.9.9")], 0),
            (&[("host", "palisander.port.example:8080")], 0),
            (&[], 400),
            (&[("host", "localhost"), ("host", "evil.example")], 400),
            (&[("host", "evil.example:8080")], 421),
            (&[("host", "127.0.0.1.evil.example")], 421),
            (&[("host", "localhost.evil.example")], 421),
            (&[("host", "localhost:80@evil.example")], 421),
            (&[("host", "evil.example#localhost")], 421),
            (&[("host", "[::1].evil.example")], 421),
            (&[("host", "[::2]")], 421),
            (&[("host", "0.0.0.0")], 421),
            (&[("host", "192.168.0.2")], 421),
            (&[("host", "")], 421),
            (&[("host", "localhost:8080"), ("origin", "http://localhost:8080")], 0),
            (&[("host", "localhost:8080"), ("origin", "https://console.example")], 0),
            (&[("host", "localhost:8080"), ("origin", "http://localhost:3000")], 403),
            (&[("host", "localhost:8080"), ("origin", "http://evil.example")], 403),
            (&[("host", "localhost:8080"), ("origin", "null")], 403),
            (&[("host", "localhost:8080"), ("origin", "")], 403),
            (
                &[("host", "localhost:8080"), ("origin", "http://localhost:8080"), ("origin", "http://evil.example")],
                400,
            ),
            (&[("host", "localhost:8080"), ("sec-fetch-site", "cross-site")], 403),
            (&[("host", "localhost:8080"), ("sec-fetch-site", "same-site")], 403),
            (&[("host", "localhost:8080"), ("sec-fetch-site", "none")], 0),
        ] {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.append(HeaderName::from_static(name), value.parse().unwrap());
            }
            let found = check(&doors, &map, None).map_or_else(|problem| problem.status, |()| 0);
            assert_eq!(found, status, "{headers:?}");
        }
    }

    #[test]
    fn the_whole_address_counts_too() {
        let headers = HeaderMap::from_iter([(HOST, "localhost".parse().unwrap())]);
        assert!(check(&Doors::default(), &headers, Some("localhost:80")).is_ok());
        assert!(check(&Doors::default(), &headers, Some("evil.example")).is_err());
    }
}
