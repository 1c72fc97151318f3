//! The sums of `$((…))`, `((…))` and `let`; knows no words.

use super::variables::Key;

/// Where a sum finds its variables.
pub trait Numbers {
    /// Whether a name means an array whose keys are texts.
    fn has_keys(&self, name: &str) -> bool;
    /// The text of a variable, or of one value of an array.
    fn text(&mut self, name: &str, index: Option<&Key>) -> Option<String>;
    /// Sets a variable, or one value of an array.
    fn assign(&mut self, name: &str, index: Option<&Key>, value: i64);
}

/// Stands in a message behind the sum that it is of, if that is not the one which was asked for.
pub const INNER: char = '\u{1}';

/// The most tokens of a sum, and the deepest nesting.
const TOKENS_MAX: usize = 1000;
const DEPTH_MAX: u32 = 30;

/// The value of a sum.
///
/// # Errors
/// What is wrong with it, in bash's words behind the sum.
pub fn evaluate(source: &str, numbers: &mut dyn Numbers) -> Result<i64, String> {
    evaluate_at(source, numbers, 0)
}

fn evaluate_at(source: &str, numbers: &mut dyn Numbers, depth: u32) -> Result<i64, String> {
    if depth > DEPTH_MAX {
        return Err("expression recursion level exceeded".to_string());
    }
    let (tokens, places) = tokens(source, &*numbers)?;
    if tokens.is_empty() {
        return Ok(0);
    }
    let mut sum = Sum { source, tokens, places, at: 0, numbers, depth, is_live: true };
    let value = sum.comma()?;
    match sum.tokens.get(sum.at) {
        None => Ok(value),
        Some(_) => Err(sum.syntax_error()),
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Number(i64),
    Name(String),
    /// What stands in the brackets behind the name of an array whose keys are texts.
    Key(String),
    Sign(&'static str),
}

const SIGNS: &[&str] = &[
    "<<=", ">>=", "**", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>", "<=", ">=", "==", "!=",
    "&&", "||", "+", "-", "*", "/", "%", "(", ")", "<", ">", "!", "~", "&", "|", "^", "?", ":", "=", ",", "[", "]",
];

/// The tokens of a sum, and where each begins.
fn tokens(source: &str, numbers: &dyn Numbers) -> Result<(Vec<Token>, Vec<usize>), String> {
    let (mut tokens, mut places) = (Vec::new(), Vec::new());
    let mut rest = source.trim_start();
    while let Some(first) = rest.chars().next() {
        places.push(source.len() - rest.len());
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '#'))).unwrap_or(rest.len());
        if first.is_ascii_digit() {
            let word = rest.get(..end).unwrap_or("");
            tokens.push(Token::Number(
                number(word).ok_or_else(|| format!("value too great for base (error token is \"{word}\")"))?,
            ));
            rest = rest.get(end..).unwrap_or("");
        } else if first.is_ascii_alphabetic() || first == '_' {
            let name = rest.get(..end).unwrap_or("").to_string();
            rest = rest.get(end..).unwrap_or("");
            let key = rest.strip_prefix('[').filter(|_| numbers.has_keys(&name)).and_then(|rest| rest.split_once(']'));
            tokens.push(Token::Name(name));
            if let Some((key, behind)) = key {
                places.push(source.len() - rest.len());
                tokens.push(Token::Key(key.trim_matches(['"', '\'']).to_string()));
                rest = behind;
            }
        } else {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
            let sign = sign.ok_or_else(|| format!("syntax error: operand expected (error token is \"{rest}\")"))?;
            tokens.push(Token::Sign(sign));
            rest = rest.get(sign.len()..).unwrap_or("");
        }
        rest = rest.trim_start();
        if tokens.len() > TOKENS_MAX {
            return Err("expression too long".to_string());
        }
    }
    Ok((tokens, places))
}

/// Reads `12`, `0x1f`, `017`, `2#101`.
fn number(word: &str) -> Option<i64> {
    if let Some((base, digits)) = word.split_once('#') {
        return i64::from_str_radix(digits, base.parse().ok().filter(|base| (2..=36).contains(base))?).ok();
    }
    if let Some(digits) = word.strip_prefix("0x").or(word.strip_prefix("0X")) {
        return i64::from_str_radix(digits, 16).ok();
    }
    match word.strip_prefix('0').filter(|digits| !digits.is_empty()) {
        Some(digits) => i64::from_str_radix(digits, 8).ok(),
        // What is larger than a number can be goes round.
        None => word.bytes().try_fold(0_i64, |sum, byte| {
            let digit = char::from(byte).to_digit(10)?;
            Some(sum.wrapping_mul(10).wrapping_add(i64::from(digit)))
        }),
    }
}

struct Sum<'n> {
    source: &'n str,
    tokens: Vec<Token>,
    places: Vec<usize>,
    at: usize,
    numbers: &'n mut dyn Numbers,
    depth: u32,
    /// Whether what is read counts: not behind `0 &&`.
    is_live: bool,
}

/// A variable, and the place in it.
type Place = (String, Option<Key>);

/// The operators between two values, by how strongly they bind; `**` and the logical ones stand elsewhere.
const LEVELS: &[&[&str]] =
    &[&["|"], &["^"], &["&"], &["==", "!="], &["<=", ">=", "<", ">"], &["<<", ">>"], &["+", "-"], &["*", "/", "%"]];

impl Sum<'_> {
    fn take(&mut self, sign: &str) -> bool {
        let is_there = matches!(self.tokens.get(self.at), Some(Token::Sign(found)) if *found == sign);
        self.at += usize::from(is_there);
        is_there
    }

    fn take_any(&mut self, signs: &[&str]) -> Option<&'static str> {
        match self.tokens.get(self.at) {
            Some(Token::Sign(found)) if signs.contains(found) => {
                self.at += 1;
                Some(found)
            }
            _ => None,
        }
    }

    /// The source from a token on.
    fn from(&self, at: usize) -> &str {
        self.places.get(at).and_then(|place| self.source.get(*place..)).unwrap_or("")
    }

    fn syntax_error(&self) -> String {
        match self.at < self.tokens.len() {
            true if self.at > 0 => format!("syntax error in expression (error token is \"{}\")", self.from(self.at)),
            true => format!("syntax error: operand expected (error token is \"{}\")", self.from(self.at)),
            false => {
                let last = self.tokens.len().saturating_sub(1);
                format!("syntax error: operand expected (error token is \"{}\")", self.from(last))
            }
        }
    }

    fn comma(&mut self) -> Result<i64, String> {
        let mut value = self.assignment()?;
        while self.take(",") {
            value = self.assignment()?;
        }
        Ok(value)
    }

    /// A variable that stands here, as far as it can be assigned to.
    fn place(&mut self) -> Result<Option<Place>, String> {
        let Some(Token::Name(name)) = self.tokens.get(self.at) else { return Ok(None) };
        let name = name.clone();
        self.at += 1;
        if let Some(Token::Key(key)) = self.tokens.get(self.at) {
            let key = key.clone();
            self.at += 1;
            return Ok(Some((name, Some(Key::Text(key)))));
        }
        if !self.take("[") {
            return Ok(Some((name, None)));
        }
        let index = self.comma()?;
        if !self.take("]") {
            return Err(self.syntax_error());
        }
        Ok(Some((name, Some(Key::Number(index)))))
    }

    fn assign(&mut self, place: &Place, value: i64) {
        if self.is_live {
            self.numbers.assign(&place.0, place.1.as_ref(), value);
        }
    }

    fn value_of(&mut self, place: &Place) -> Result<i64, String> {
        // What does not count is not looked at.
        if !self.is_live {
            return Ok(0);
        }
        let text = self.numbers.text(&place.0, place.1.as_ref()).unwrap_or_default();
        let text = text.trim();
        match text.parse::<i64>() {
            Ok(value) if !text.starts_with('0') || text == "0" => Ok(value),
            // What is wrong with the value of a variable is told of the value.
            _ => evaluate_at(text, &mut *self.numbers, self.depth + 1).map_err(|why| match why.contains(INNER) {
                true => why,
                false => format!("{text}: {INNER}{why}"),
            }),
        }
    }

    fn assignment(&mut self) -> Result<i64, String> {
        let start = self.at;
        if let Some(place) = self.place()? {
            let signs = ["=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="];
            if let Some(sign) = self.take_any(&signs) {
                let start = self.at;
                let right = self.assignment()?;
                let value = match sign {
                    "=" => right,
                    sign => {
                        let left = self.value_of(&place)?;
                        let sign = sign.trim_end_matches('=');
                        self.combined(sign, left, right).map_err(|why| self.at_token(why, start))?
                    }
                };
                self.assign(&place, value);
                return Ok(value);
            }
        }
        self.at = start;
        self.choice()
    }

    fn choice(&mut self) -> Result<i64, String> {
        let condition = self.either()?;
        if !self.take("?") {
            return Ok(condition);
        }
        let was_live = self.is_live;
        self.is_live = was_live && condition != 0;
        let one = self.comma()?;
        if !self.take(":") {
            return Err("syntax error: `:' expected for conditional expression".to_string());
        }
        self.is_live = was_live && condition == 0;
        let other = self.choice()?;
        self.is_live = was_live;
        Ok(if condition != 0 { one } else { other })
    }

    fn either(&mut self) -> Result<i64, String> {
        let mut left = self.both()?;
        while self.take("||") {
            let was_live = self.is_live;
            self.is_live = was_live && left == 0;
            let right = self.both()?;
            self.is_live = was_live;
            left = i64::from(left != 0 || right != 0);
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<i64, String> {
        let mut left = self.level(0)?;
        while self.take("&&") {
            let was_live = self.is_live;
            self.is_live = was_live && left != 0;
            let right = self.level(0)?;
            self.is_live = was_live;
            left = i64::from(left != 0 && right != 0);
        }
        Ok(left)
    }

    fn level(&mut self, level: usize) -> Result<i64, String> {
        let Some(signs) = LEVELS.get(level) else { return self.power() };
        let mut left = self.level(level + 1)?;
        while let Some(sign) = self.take_any(signs) {
            let start = self.at;
            let right = self.level(level + 1)?;
            left = self.combined(sign, left, right).map_err(|why| self.at_token(why, start))?;
        }
        Ok(left)
    }

    fn at_token(&self, why: String, at: usize) -> String {
        format!("{why} (error token is \"{}\")", self.from(at))
    }

    fn combined(&self, sign: &str, left: i64, right: i64) -> Result<i64, String> {
        let by_zero = || match self.is_live {
            true => Err("division by 0".to_string()),
            false => Ok(0),
        };
        Ok(match sign {
            "|" => left | right,
            "^" => left ^ right,
            "&" => left & right,
            "==" => i64::from(left == right),
            "!=" => i64::from(left != right),
            "<" => i64::from(left < right),
            ">" => i64::from(left > right),
            "<=" => i64::from(left <= right),
            ">=" => i64::from(left >= right),
            "<<" => left.wrapping_shl((right & 63) as u32),
            ">>" => left.wrapping_shr((right & 63) as u32),
            "+" => left.wrapping_add(right),
            "-" => left.wrapping_sub(right),
            "*" => left.wrapping_mul(right),
            "/" if right == 0 => by_zero()?,
            "%" if right == 0 => by_zero()?,
            "/" => left.wrapping_div(right),
            _ => left.wrapping_rem(right),
        })
    }

    fn power(&mut self) -> Result<i64, String> {
        let base = self.unary()?;
        if !self.take("**") {
            return Ok(base);
        }
        match u32::try_from(self.power()?) {
            Ok(exponent) => Ok(base.wrapping_pow(exponent)),
            Err(_) => Err("exponent less than 0".to_string()),
        }
    }

    fn unary(&mut self) -> Result<i64, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX * 4 {
            return Err("expression recursion level exceeded".to_string());
        }
        let value = match self.take_any(&["++", "--", "-", "+", "!", "~"]) {
            Some(sign @ ("++" | "--")) => match self.place()? {
                Some(place) => {
                    let step = if sign == "++" { 1 } else { -1 };
                    let value = self.value_of(&place)?.wrapping_add(step);
                    self.assign(&place, value);
                    Ok(value)
                }
                None => self.unary(),
            },
            Some("-") => Ok(self.unary()?.wrapping_neg()),
            Some("+") => self.unary(),
            Some("!") => Ok(i64::from(self.unary()? == 0)),
            Some(_) => Ok(!self.unary()?),
            None => self.primary(),
        };
        self.depth -= 1;
        value
    }

    fn primary(&mut self) -> Result<i64, String> {
        if self.take("(") {
            let value = self.comma()?;
            return if self.take(")") { Ok(value) } else { Err(self.syntax_error()) };
        }
        if let Some(Token::Number(number)) = self.tokens.get(self.at) {
            let number = *number;
            self.at += 1;
            return Ok(number);
        }
        let Some(place) = self.place()? else { return Err(self.syntax_error()) };
        let value = self.value_of(&place)?;
        if let Some(sign) = self.take_any(&["++", "--"]) {
            self.assign(&place, value.wrapping_add(if sign == "++" { 1 } else { -1 }));
        }
        Ok(value)
    }
}
