//! Exchanges of authorities, from which a permit is asked.
//!
//! In: a number. Out: the certificate as the authority has it, none, or that it does not answer. The four operations are those of
//! the EPIX pattern (final and non-final certificate, quantities, state of the service). Not here: who may ask, and what is made of
//! an answer (`checks`).

use std::path::PathBuf;

use palisander_engine::CountryCode;

use crate::config::MAX_EXCHANGE_BYTES;

/// An exchange did not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Outage(pub String);

/// The exchange of one authority, by the operations of the EPIX pattern.
pub trait Exchange: Send + Sync {
    /// Country of the authority.
    fn country(&self) -> CountryCode;
    /// Is it there? (`ServiceState`)
    fn state(&self) -> Result<(), Outage>;
    /// The certificate as it was issued and endorsed, e-permit XML. (`GetFinalCitesCertificate`)
    fn final_certificate(&self, number: &str) -> Result<Option<Vec<u8>>, Outage>;
    /// The certificate before the export. (`GetNonFinalCitesCertificate`)
    fn non_final_certificate(&self, number: &str) -> Result<Option<Vec<u8>>, Outage>;
    /// Tells what was inspected: quantities by position. (`ConfirmQuantities`)
    fn confirm_quantities(&self, number: &str, inspected: &[(String, f64)]) -> Result<(), Outage>;
}

/// An exchange that a gateway of the office serves by files: `NUMBER.xml` for a final certificate, `NUMBER.draft.xml` for one
/// before the export, with the number as letters and digits. Without the folder it is away.
#[derive(Debug, Clone)]
pub struct FolderExchange {
    pub country: CountryCode,
    pub folder: PathBuf,
}

impl FolderExchange {
    fn read(&self, number: &str, end: &str) -> Result<Option<Vec<u8>>, Outage> {
        self.state()?;
        let name: String = number.chars().filter(char::is_ascii_alphanumeric).collect();
        let path = self.folder.join(format!("{}.{end}", name.to_ascii_uppercase()));
        match std::fs::metadata(&path) {
            Ok(file) if file.len() > MAX_EXCHANGE_BYTES => {
                Err(Outage(format!("its answer is over MAX_EXCHANGE_BYTES ({MAX_EXCHANGE_BYTES})")))
            }
            Ok(_) => std::fs::read(&path)
                .map(Some)
                .map_err(|error| Outage(format!("its answer cannot be read: {}", error.kind()))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Outage(format!("its answer cannot be read: {}", error.kind()))),
        }
    }
}

impl Exchange for FolderExchange {
    fn country(&self) -> CountryCode {
        self.country
    }

    fn state(&self) -> Result<(), Outage> {
        if self.folder.is_dir() { Ok(()) } else { Err(Outage("the exchange is away".to_owned())) }
    }

    fn final_certificate(&self, number: &str) -> Result<Option<Vec<u8>>, Outage> {
        self.read(number, "xml")
    }

    fn non_final_certificate(&self, number: &str) -> Result<Option<Vec<u8>>, Outage> {
        self.read(number, "draft.xml")
    }

    fn confirm_quantities(&self, _: &str, _: &[(String, f64)]) -> Result<(), Outage> {
        Err(Outage("an exchange by files takes no quantities".to_owned()))
    }
}
