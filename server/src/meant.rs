//! What somebody meant who wrote a name that is none.
//!
//! In: a name and those that there are; or an error of serde, which lists them. Out: the nearest of them, or the error in words
//! that name it and not all the others.

/// How like a name must be to be meant.
const MEANT: f64 = 0.7;

/// The name that is nearest to a written one; `None` where none is near.
pub fn nearest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let written = written.replace('-', "_").to_lowercase();
    let like = known.map(|name| (strsim::jaro_winkler(name, &written), name));
    like.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(like, _)| *like >= MEANT).map(|(_, name)| name)
}

/// What serde says of a form. Of a field or a word that is none it says all that there are; where one is near, that one is
/// enough.
pub fn in_words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let is_a_name = text.starts_with("unknown field `") || text.starts_with("unknown variant `");
    let mut parts = text.split('`').skip(1).step_by(2);
    let found = parts.next().filter(|_| is_a_name).and_then(|written| Some((written, nearest(written, parts)?)));
    let Some((written, near)) = found else { return text };
    let place = match (error.line(), error.column()) {
        (0, _) => String::new(),
        (line, column) => format!(" at line {line} column {column}"),
    };
    let what = if text.starts_with("unknown field") { "field" } else { "word that is known here" };
    format!("`{written}` is no {what}; did you mean `{near}`?{place}")
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether it can be read is looked at")]
    struct Form {
        title: String,
        kind: Option<Kind>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Report,
        Alert,
    }

    #[test]
    fn the_nearest_is_named_where_one_is_near() {
        for (form, says) in [
            ("{\"titel\":\"t\"}", "`titel` is no field; did you mean `title`? at line 1 column 8"),
            ("{\"title\":\"t\",\"kind\":\"reprot\"}", "`reprot` is no word that is known here; did you mean `report`?"),
            ("{\"zzz\":1}", "unknown field `zzz`, expected `title` or `kind`"),
            ("{\"a`b`c\":1}", "unknown field"),
            ("{}", "missing field `title`"),
            ("{\"title\":1}", "invalid type"),
        ] {
            let said = in_words(&serde_json::from_str::<Form>(form).unwrap_err());
            assert!(said.starts_with(says), "{said}");
        }
        assert!(matches!(serde_json::from_str("\"report\""), Ok(Kind::Report)));
        assert!(matches!(serde_json::from_str("\"alert\""), Ok(Kind::Alert)));
    }
}
