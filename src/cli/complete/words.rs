//! Words as they stand on a command line: quotes taken away, `~` and variables put in, nothing ever run.

/// What a shell would make of a word; a quote that is still open is no mistake, and `$(…)` stays as it is.
pub(super) fn unquoted(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    if let Some(path) = home(raw) {
        out.push_str(&path);
        rest = &raw[1..];
    }
    let mut quote = None;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match (c, quote) {
            ('\'' | '"', None) => quote = Some(c),
            (_, Some(open)) if c == open => quote = None,
            ('\\', None | Some('"')) => {
                // In double quotes a backslash is one, unless it stands before one of these.
                let next = rest.chars().next().filter(|next| quote.is_none() || "\"\\$`".contains(*next));
                out.push(next.unwrap_or(c));
                rest = &rest[next.map_or(0, char::len_utf8)..];
            }
            ('$', None | Some('"')) => match variable(rest) {
                Some((value, length)) => {
                    out.push_str(&value);
                    rest = &rest[length..];
                }
                None => out.push(c),
            },
            _ => out.push(c),
        }
    }
    out
}

/// A word without quotes, `~/` put in.
pub(super) fn expanded(word: &str) -> String {
    home(word).map_or_else(|| word.to_string(), |path| path + &word[1..])
}

/// Whether a word is `NAME=value`.
pub(super) fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && name.chars().all(is_word)
    })
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The home directory, for words that begin in it.
fn home(word: &str) -> Option<String> {
    let inside = word.strip_prefix('~').is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    inside.then(|| dirs::home_dir()?.into_os_string().into_string().ok())?
}

/// The value of `NAME…` or `{NAME}…` behind a `$`, and how long the name is there.
fn variable(rest: &str) -> Option<(String, usize)> {
    let (name, length) = match rest.strip_prefix('{') {
        Some(inner) => {
            let name = inner.split_once('}')?.0;
            (name, name.len() + 2)
        }
        None => {
            let name = &rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())];
            (name, name.len())
        }
    };
    let is_name =
        !name.is_empty() && name.chars().all(is_word) && !name.starts_with(|c: char| c.is_ascii_digit());
    is_name.then(|| (std::env::var(name).unwrap_or_default(), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_go_and_nothing_runs() {
        for (raw, plain) in [
            ("dev", "dev"),
            (r"my\ dir/a", "my dir/a"),
            ("'my dir'/\"a b\"", "my dir/a b"),
            ("\"open", "open"),
            ("'$HOME", "$HOME"),
            ("$(touch x)`y`", "$(touch x)`y`"),
            (r#""a\"b\c""#, r#"a"b\c"#),
            ("$CODEXCTL_NO_SUCH_VARIABLE/x", "/x"),
            ("${CODEXCTL_NO_SUCH_VARIABLE}x$", "x$"),
            ("\\", "\\"),
            ("~no-one/x", "~no-one/x"),
        ] {
            assert_eq!(unquoted(raw), plain, "{raw}");
        }
        assert!(
            is_assignment("A_1=x") && !is_assignment("--a=x") && !is_assignment("1=x") && !is_assignment("a")
        );
    }
}
