//! In which language an authority is written to.

use crate::words::words;

words! {
    /// A working language of the Convention.
    Language { English = "en", French = "fr", Spanish = "es" }
}
