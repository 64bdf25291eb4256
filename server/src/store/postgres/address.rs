//! Where a database is and how it is entered, without ever showing the password.
//!
//! In: `postgres://user@host:port/database?…`, as libpq writes it; a password from `PGPASSWORD`, or from the file that
//! `PGPASSFILE` names or `~/.pgpass` is, as libpq reads them. Out: an address. No TLS is spoken, so only sockets and loopback
//! are taken: what lies beyond is reached by a tunnel or a proxy of this machine, which encrypts.

use std::fmt;
use std::net::IpAddr;
use std::path::Path;

use ::postgres::Config;
use ::postgres::config::{Host, SslMode};

use crate::config::{CONNECT_TIMEOUT, STATEMENT_TIMEOUT};

/// Where a server of this machine has its socket when nobody says.
const SOCKET_FOLDER: &str = "/var/run/postgresql";

/// A database that may be entered.
#[derive(Clone)]
pub struct Address {
    config: Config,
    /// As it was told, without a password.
    shown: String,
}

impl Address {
    /// Reads an address. What is wrong with it is told without quoting it.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut config: Config = text
            .parse()
            .map_err(|_| "the address of the state is not of the form postgres://user@host:port/database")?;
        if config.get_ssl_mode() == SslMode::Require {
            return Err("no TLS is spoken to the database; reach it by a socket, or by an encrypted tunnel".to_owned());
        }
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            config.host(SOCKET_FOLDER);
        }
        let is_here = |host: &Host| match host {
            Host::Unix(_) => true,
            Host::Tcp(name) => name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()),
        };
        if !config.get_hosts().iter().all(is_here) || !config.get_hostaddrs().iter().all(IpAddr::is_loopback) {
            let why = "no TLS is spoken to the database, so it has to be on this machine: a socket or a loopback address; \
                       reach another machine by an encrypted tunnel that ends here";
            return Err(why.to_owned());
        }
        config.ssl_mode(SslMode::Disable).application_name("palisander").connect_timeout(CONNECT_TIMEOUT);
        config.tcp_user_timeout(STATEMENT_TIMEOUT).keepalives_idle(STATEMENT_TIMEOUT);
        Ok(Self { config, shown: shown(text) })
    }

    /// Does it hold a password?
    pub fn has_password(&self) -> bool {
        self.config.get_password().is_some()
    }

    /// The same with the password of the environment, when it has none of its own.
    pub fn with_password(mut self) -> Result<Self, String> {
        let set = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
        if self.has_password() {
            return Ok(self);
        }
        let password = match (set("PGPASSWORD"), set("PGPASSFILE"), set("HOME")) {
            (Some(password), ..) => Some(password),
            (None, Some(file), _) => self.found(&kept(Path::new(&file))?),
            // One that nobody named may be missing, or not be for us.
            (None, None, Some(home)) => {
                kept(&Path::new(&home).join(".pgpass")).ok().and_then(|lines| self.found(&lines))
            }
            (None, None, None) => None,
        };
        if let Some(password) = password {
            self.config.password(password);
        }
        Ok(self)
    }

    /// How it is entered.
    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// The password of the first line that fits: `host:port:database:user:password`, `*` for any, `\` before `:` and `\`.
    fn found(&self, lines: &str) -> Option<String> {
        let user = self.config.get_user().map_or_else(|| std::env::var("USER").unwrap_or_default(), str::to_owned);
        let database = self.config.get_dbname().unwrap_or(&user).to_owned();
        let port = self.config.get_ports().first().copied().unwrap_or(5432).to_string();
        // A line for `localhost` is one for the sockets of this machine too.
        let hosts: Vec<String> = match self.config.get_hosts().first() {
            Some(Host::Tcp(name)) => vec![name.clone()],
            Some(Host::Unix(folder)) => vec!["localhost".to_owned(), folder.display().to_string()],
            None => self.config.get_hostaddrs().first().map(IpAddr::to_string).into_iter().collect(),
        };
        let fits = |field: &str, own: &str| field == "*" || field == own;
        lines.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
            let mut fields = fields(line).into_iter();
            let (host, at, of, by) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
            let is_it = hosts.iter().any(|own| fits(&host, own))
                && fits(&at, &port)
                && fits(&of, &database)
                && fits(&by, &user);
            fields.next().filter(|_| is_it)
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

/// The address without a password before the `@` or in a parameter.
fn shown(text: &str) -> String {
    let (scheme, rest) = text.split_once("://").unwrap_or_default();
    let (user, rest) = match rest.split_once('@') {
        Some((entry, rest)) => (format!("{}@", entry.split(':').next().unwrap_or_default()), rest),
        None => (String::new(), rest),
    };
    let (place, more) = rest.split_once('?').unwrap_or((rest, ""));
    let more: Vec<&str> = more.split('&').filter(|one| !one.is_empty() && !is_password(one)).collect();
    let mark = if more.is_empty() { "" } else { "?" };
    format!("{scheme}://{user}{place}{mark}{}", more.join("&"))
}

/// Could a parameter be the password? Its name may be written with `%` for some of its letters.
fn is_password(parameter: &str) -> bool {
    let name = parameter.split('=').next().unwrap_or_default();
    name.contains('%') || name.eq_ignore_ascii_case("password")
}

/// The lines of a file of passwords, which nobody but its owner may read.
fn kept(path: &Path) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("the file of passwords `{}`: {error}", path.display());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if std::fs::metadata(path).map_err(failed)?.permissions().mode() & 0o077 != 0 {
            return Err(format!(
                "others than its owner may read the file of passwords `{}`; chmod 600",
                path.display()
            ));
        }
    }
    std::fs::read_to_string(path).map_err(failed)
}

/// Fields between colons.
fn fields(line: &str) -> Vec<String> {
    let mut fields = Vec::new();
    let mut field = String::new();
    let mut letters = line.chars();
    while let Some(c) = letters.next() {
        match c {
            '\\' => field.extend(letters.next()),
            // What follows the fourth colon is the password, whatever it holds.
            ':' if fields.len() < 4 => fields.push(std::mem::take(&mut field)),
            c => field.push(c),
        }
    }
    fields.push(field);
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        for (text, due) in [
            ("postgres://desk:QUILL@localhost:5433/state", "postgres://desk@localhost:5433/state"),
            ("postgresql://desk:QU%49LL@%2Fvar%2Frun/state", "postgresql://desk@%2Fvar%2Frun/state"),
            (
                "postgres://desk@127.0.0.1/state?password=QUILL&options=-cx%3D1",
                "postgres://desk@127.0.0.1/state?options=-cx%3D1",
            ),
            ("postgres:///state?user=desk&%70assword=QUILL", "postgres:///state?user=desk"),
            ("postgres://:QUILL@[::1]/state", "postgres://@[::1]/state"),
        ] {
            let address = Address::read(text).unwrap();
            assert_eq!((address.to_string().as_str(), format!("{address:?}").as_str()), (due, due));
            assert!(address.has_password(), "{text}");
        }
        assert!(!Address::read("postgres:///state").unwrap().has_password());
    }

    #[test]
    fn what_is_not_on_this_machine_is_refused_without_quoting_it() {
        for (text, word) in [
            ("postgres://desk:QUILL@db.example/state", "no TLS"),
            ("postgres://desk:QUILL@10.0.0.7/state", "no TLS"),
            ("postgres://desk:QUILL@localhost,db.example/state", "no TLS"),
            ("postgres://desk:QUILL@localhost/state?hostaddr=10.0.0.7", "no TLS"),
            ("postgres://desk:QUILL@localhost/state?sslmode=require", "no TLS"),
            ("postgres://desk:QUILL@localhost:x/state", "form"),
            ("postgres://desk:QUILL@localhost/state?QUILL=1", "form"),
        ] {
            let why = Address::read(text).unwrap_err();
            assert!(why.contains(word) && !why.contains("QUILL") && !why.contains("db.example"), "{text}: {why}");
        }
    }

    #[test]
    fn the_file_of_passwords_is_read_as_libpq_does() {
        let lines = "# a comment\nother:*:*:*:no\nlocalhost:5433:*:desk:a\\:b\\\\c:d\n*:*:state:*:any\n\\*:1:x:y:z\n";
        for (text, due) in [
            ("postgres://desk@localhost:5433/x", Some("a:b\\c:d")),
            ("postgres://desk@127.0.0.1:5433/state", Some("any")),
            ("postgres://desk@%2Frun:5433/x", Some("a:b\\c:d")),
            ("postgres://desk@127.0.0.1/x", None),
        ] {
            assert_eq!(Address::read(text).unwrap().found(lines).as_deref(), due, "{text}");
        }
    }
}
