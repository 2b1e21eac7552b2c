//! What is inside `{{ }}`: is it something only Go has?

/// Where an action that begins at `start` ends: before its `}}`, or at the end of the text.
pub(super) fn end(text: &str, start: usize) -> usize {
    let rest = &text[start..];
    let trimmed = rest.trim_start_matches('-').trim_start();
    if trimmed.starts_with("/*") {
        let close = rest.find("*/").unwrap_or(0);
        return start + rest[close..].find("}}").map_or(rest.len(), |at| close + at);
    }
    closing(text, start, "}}", true).unwrap_or(text.len())
}

/// Where a tag's `close` is, from `start` on and outside of strings; `raw` strings are Go's, between backquotes.
pub(super) fn closing(text: &str, start: usize, close: &str, raw: bool) -> Option<usize> {
    let rest = &text[start..];
    let mut quote = None;
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate() {
        match (quote, byte) {
            (Some(_), _) if escaped => escaped = false,
            (Some(b'"' | b'\''), b'\\') => escaped = true,
            (Some(open), byte) if byte == open => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'`') if raw => quote = Some(byte),
            (None, byte) if close.as_bytes()[0] == byte && rest[at..].starts_with(close) => {
                return Some(start + at);
            }
            _ => {}
        }
    }
    // A string that never ends hides the closing braces: then the next ones are as good as any.
    rest.find(close).map(|at| start + at)
}

/// Is this something only Go has?
pub(super) fn is_go(inside: &str) -> bool {
    let body = inside.strip_prefix('-').unwrap_or(inside).trim_start();
    let body = body.strip_suffix('-').unwrap_or(body).trim_end();
    if body.starts_with("/*") {
        return true;
    }
    let tokens = tokens(body);
    keyword(&tokens)
        || uncalled(&tokens)
        || tokens.windows(2).any(pair)
        || juxtaposed(&tokens)
        || tokens.iter().any(Token::is_go)
}

/// As much of a token as matters here.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Token<'t> {
    /// `name` or `name.more`
    Word(&'t str),
    /// `.name` or `.` with nothing that it could belong to before it.
    Dot,
    /// `$name`
    Dollar,
    Literal,
    Backquoted,
    Declare,
    Open,
    Close,
    Other(char),
}

impl Token<'_> {
    fn is_go(&self) -> bool {
        matches!(self, Token::Dot | Token::Dollar | Token::Backquoted | Token::Declare)
    }
}

fn tokens(body: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = body;
    let mut spaced = true;
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            c if c.is_whitespace() => (None, c.len_utf8()),
            '"' | '\'' => (Some(Token::Literal), quoted(rest, first)),
            '`' => (Some(Token::Backquoted), rest[1..].find('`').map_or(rest.len(), |at| at + 2)),
            '0'..='9' => (Some(Token::Literal), word_length(rest)),
            '$' => (Some(Token::Dollar), 1 + word_length(&rest[1..])),
            '.' if spaced => (Some(Token::Dot), 1 + word_length(&rest[1..])),
            ':' if rest.starts_with(":=") => (Some(Token::Declare), 2),
            '(' => (Some(Token::Open), 1),
            ')' => (Some(Token::Close), 1),
            c if is_word(c) => (Some(Token::Word(&rest[..word_length(rest)])), word_length(rest)),
            c => (Some(Token::Other(c)), c.len_utf8()),
        };
        spaced = matches!(token, None | Some(Token::Open | Token::Other('|')));
        tokens.extend(token);
        rest = &rest[length.min(rest.len())..];
    }
    tokens
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// A word with the `.fields` that follow it at once.
fn word_length(rest: &str) -> usize {
    rest.find(|c: char| !(is_word(c) || c == '.')).unwrap_or(rest.len())
}

fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// `end`, `else` and their like alone, or a keyword with something behind it that is no operator of Jinja's.
fn keyword(tokens: &[Token<'_>]) -> bool {
    match tokens {
        [Token::Word("end" | "else" | "break" | "continue")]
        | [Token::Word("and" | "or"), ..]
        | [Token::Word("else"), Token::Word("if" | "with"), ..] => true,
        [Token::Word("if" | "range" | "with" | "define" | "template" | "block"), next, ..] => match next {
            Token::Word(word) => !is_operator(word),
            Token::Literal | Token::Dot | Token::Dollar | Token::Backquoted => true,
            // `if (…)` is no call in Jinja, `range(3)` is.
            Token::Open => matches!(tokens[0], Token::Word("if" | "with")),
            _ => false,
        },
        _ => false,
    }
}

/// `now` without parentheses: in Go a call, in Jinja a function that nobody would want to print.
fn uncalled(tokens: &[Token<'_>]) -> bool {
    let now = |word: &str| word == "now" || word.starts_with("now.");
    tokens.iter().enumerate().any(|(at, token)| {
        matches!(token, Token::Word(word) if now(word)) && tokens.get(at + 1) != Some(&Token::Open)
    })
}

/// Words that stand between operands in Jinja.
fn is_operator(word: &str) -> bool {
    matches!(word, "and" | "or" | "not" | "in" | "is" | "if" | "else")
}

fn pair(pair: &[Token<'_>]) -> bool {
    // `f .x`, `f $x`: also found one by one; here so that a reader sees the rule.
    matches!(pair, [Token::Word(_) | Token::Literal | Token::Close, Token::Dot | Token::Dollar])
        // `x | and y`: functions in Go, in Jinja no filters.
        || matches!(pair, [Token::Other('|'), Token::Word("and" | "or" | "not")])
}

/// Arguments side by side: `f "a"`, `f 1`, `f x`, `f (g) "b"`. Tests may have one argument in Jinja: `x is divisibleby 3`.
fn juxtaposed(tokens: &[Token<'_>]) -> bool {
    tokens.windows(2).enumerate().any(|(at, pair)| {
        let test = at > 0 && matches!(tokens[at - 1], Token::Word("is"))
            || at > 1 && matches!((tokens[at - 2], tokens[at - 1]), (Token::Word("is"), Token::Word("not")));
        match pair {
            _ if test => false,
            [Token::Word(first), Token::Word(second)] => !is_operator(first) && !is_operator(second),
            [Token::Word(first), Token::Literal] => !is_operator(first),
            [Token::Close, Token::Literal] | [Token::Literal, Token::Open] => true,
            [Token::Close | Token::Literal, Token::Word(second)] => !is_operator(second),
            _ => false,
        }
    })
}
