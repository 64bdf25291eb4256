//! The thirty in the languages of others, and what each of them says.
//!
//! Each takes the rules as trees and what peers see of all consignments, gets ready whatever can be made ready, and gives a
//! pass over everything that says which rules which subjects meet. None knows another.

#[cfg(feature = "cel")]
pub mod cel;
#[cfg(feature = "regorus")]
pub mod rego;
#[cfg(feature = "zen-expression")]
pub mod zen;
pub mod zen_words;

/// Of each consignment, rules that are met, each with the subject, in order.
pub type Met = Vec<Vec<(usize, usize)>>;

/// A pass over all consignments.
#[cfg_attr(
    not(any(feature = "cel", feature = "regorus", feature = "zen-expression")),
    expect(dead_code, reason = "none is built")
)]
pub type Pass<'a> = Box<dyn FnMut() -> Met + 'a>;

/// A list of words in a language: with these around it, and each word in double quotes.
fn words(words: &[String], open: &str, close: &str) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
    format!("{open}{}{close}", words.join(", "))
}
