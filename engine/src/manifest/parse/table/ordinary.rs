//! A header of ordinary words alone (`No`, `Item`, `Code`): what stands under them says what they are.
//!
//! In: a table whose header no name of goods or bills gives away. Out: the first row of such words under which goods or codes of
//! goods stand.

use super::columns::settled;
use super::header::{self, Header};
use super::mapping::Mapping;
use super::rows::Rows;
use super::under::Under;

/// Rows that are looked at.
const MAX_ROWS: usize = 20;

/// The header, by its names or by what stands under them.
pub(super) fn header(rows: &Rows, mapping: &Mapping) -> Option<Header> {
    let by_names = header::find(rows, mapping);
    if by_names.is_some() || mapping.header_row.is_some() {
        return by_names;
    }
    (0..rows.len().min(MAX_ROWS)).find_map(|n| {
        let names = header::cells(rows, n);
        let n_filled = names.iter().filter(|name| !name.is_empty()).count();
        if n_filled < 2 || !header::is_label_row(&names, mapping) {
            return None;
        }
        let shapes = Under::new(rows, n, names.len());
        let says_goods = |(n, name): (usize, &String)| {
            settled(mapping.meaning(name), shapes.at(n)).is_some_and(|taken| taken.column.names_goods())
        };
        names.iter().enumerate().any(says_goods).then_some(Header { first: n, last: n, names })
    })
}
