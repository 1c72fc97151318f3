//! Reads expressions of `awk`, from the weakest sign to the strongest.

use super::lexer::{Keyword, Token};
use super::parser::{Parser, Read, Trouble};
use super::syntax::{BUILTINS, Binary, Builtin, Comparison, Expr, Name, Origin, Place, STRANGERS};
use crate::regex::Pattern;
use std::rc::Rc;

impl Parser {
    /// A whole expression.
    pub(super) fn expression(&mut self) -> Read<Expr> {
        self.deeper(Parser::assignment)
    }

    fn assignment(&mut self) -> Read<Expr> {
        let left = self.ternary()?;
        let Token::Sign(sign) = self.token else { return Ok(left) };
        let change = match sign {
            "=" => None,
            "+=" => Some(Binary::Add),
            "-=" => Some(Binary::Subtract),
            "*=" => Some(Binary::Multiply),
            "/=" => Some(Binary::Divide),
            "%=" => Some(Binary::Remainder),
            "^=" => Some(Binary::Power),
            _ => return Ok(left),
        };
        self.assigned(left, change)
    }

    /// The right side of an assignment. What stands on the left beside its last part goes on with the result:
    /// `$1 == x = 5` is rare, `a && b = c` is not.
    fn assigned(&mut self, left: Expr, change: Option<Binary>) -> Read<Expr> {
        let inner = |place: &Rc<Expr>| Expr::clone(place);
        match left {
            Expr::Get(place) => {
                self.advance()?;
                self.skip_lines()?;
                let value = Rc::new(self.expression()?);
                Ok(match change {
                    None => Expr::Assign(place, value),
                    Some(binary) => Expr::Change(place, binary, value),
                })
            }
            Expr::And(left, right) => Ok(Expr::And(left, Rc::new(self.assigned(inner(&right), change)?))),
            Expr::Or(left, right) => Ok(Expr::Or(left, Rc::new(self.assigned(inner(&right), change)?))),
            Expr::Not(value) => Ok(Expr::Not(Rc::new(self.assigned(inner(&value), change)?))),
            Expr::If(condition, yes, no) => Ok(Expr::If(condition, yes, Rc::new(self.assigned(inner(&no), change)?))),
            _ => self.unexpected(),
        }
    }

    /// Everything but assignments; also the name of a file that `print` writes to.
    pub(super) fn ternary(&mut self) -> Read<Expr> {
        let condition = self.or()?;
        if !self.take("?")? {
            return Ok(condition);
        }
        self.skip_lines()?;
        let yes = self.expression()?;
        self.skip_lines()?;
        self.expect(":")?;
        self.skip_lines()?;
        let no = self.expression()?;
        Ok(Expr::If(Rc::new(condition), Rc::new(yes), Rc::new(no)))
    }

    fn or(&mut self) -> Read<Expr> {
        let mut left = self.and()?;
        while self.take("||")? {
            self.skip_lines()?;
            left = Expr::Or(Rc::new(left), Rc::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Read<Expr> {
        let mut left = self.membership()?;
        while self.take("&&")? {
            self.skip_lines()?;
            left = Expr::And(Rc::new(left), Rc::new(self.membership()?));
        }
        Ok(left)
    }

    fn membership(&mut self) -> Read<Expr> {
        let mut left = self.matching()?;
        while self.token == Token::Keyword(Keyword::In) && !self.no_in {
            self.advance()?;
            let Token::Name(array, _) = self.token.clone() else { return self.unexpected() };
            self.advance()?;
            let array = self.named(array);
            let keys = match left {
                Expr::In(keys, Name::Global(name)) if name.is_empty() => keys,
                left => Rc::new(vec![left]),
            };
            left = Expr::In(keys, array);
        }
        Ok(left)
    }

    fn matching(&mut self) -> Read<Expr> {
        let mut left = self.comparison()?;
        while let Token::Sign(sign @ ("~" | "!~")) = self.token {
            self.advance()?;
            let right = self.comparison()?;
            left = Expr::Match(Rc::new(left), Rc::new(right), sign == "!~");
        }
        Ok(left)
    }

    fn comparison(&mut self) -> Read<Expr> {
        let mut left = self.concatenation()?;
        // `command | getline`; another `|` is that of `print`.
        while self.is("|") && self.lexer.clone().next() == Ok(Token::Keyword(Keyword::GetLine)) {
            self.advance()?;
            self.advance()?;
            let into = self.place_to_read()?;
            left = Expr::GetLine(into, Origin::Command(Rc::new(left)));
        }
        let Token::Sign(sign) = self.token else { return Ok(left) };
        let comparison = match sign {
            "<" => Comparison::Less,
            "<=" => Comparison::LessOrEqual,
            "==" => Comparison::Equal,
            "!=" => Comparison::NotEqual,
            ">" if !self.no_greater => Comparison::Greater,
            ">=" => Comparison::GreaterOrEqual,
            _ => return Ok(left),
        };
        self.advance()?;
        let right = self.concatenation()?;
        Ok(Expr::Compare(comparison, Rc::new(left), Rc::new(right)))
    }

    /// Values that stand behind each other.
    fn concatenation(&mut self) -> Read<Expr> {
        let mut left = self.sum()?;
        while self.begins_value() {
            left = Expr::Concat(Rc::new(left), Rc::new(self.sum()?));
        }
        Ok(left)
    }

    /// Whether a value begins here that is joined to what stands before.
    fn begins_value(&self) -> bool {
        match &self.token {
            Token::Number(_) | Token::Text(_) | Token::Name(..) => true,
            Token::Sign(sign) => matches!(*sign, "$" | "(" | "++" | "--"),
            _ => false,
        }
    }

    fn sum(&mut self) -> Read<Expr> {
        let mut left = self.product()?;
        while let Token::Sign(sign @ ("+" | "-")) = self.token {
            self.advance()?;
            let binary = if sign == "+" { Binary::Add } else { Binary::Subtract };
            left = Expr::Binary(binary, Rc::new(left), Rc::new(self.product()?));
        }
        Ok(left)
    }

    fn product(&mut self) -> Read<Expr> {
        let mut left = self.unary()?;
        while let Token::Sign(sign @ ("*" | "/" | "%")) = self.token {
            self.advance()?;
            let binary = match sign {
                "*" => Binary::Multiply,
                "/" => Binary::Divide,
                _ => Binary::Remainder,
            };
            left = Expr::Binary(binary, Rc::new(left), Rc::new(self.unary()?));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Read<Expr> {
        let Token::Sign(sign @ ("!" | "-" | "+")) = self.token else { return self.power() };
        self.advance()?;
        let value = Rc::new(self.deeper(Parser::unary)?);
        Ok(match sign {
            "!" => Expr::Not(value),
            "-" => Expr::Minus(value),
            _ => Expr::Plus(value),
        })
    }

    fn power(&mut self) -> Read<Expr> {
        let base = self.step()?;
        if !self.take("^")? {
            return Ok(base);
        }
        // `2 ^ -1` has a sign, and `^` goes from right to left.
        let power = self.deeper(Parser::unary)?;
        Ok(Expr::Binary(Binary::Power, Rc::new(base), Rc::new(power)))
    }

    /// `++x`, `x++`.
    fn step(&mut self) -> Read<Expr> {
        if let Token::Sign(sign @ ("++" | "--")) = self.token {
            self.advance()?;
            let Expr::Get(place) = self.primary()? else { return self.unexpected() };
            return Ok(Expr::Step(place, if sign == "++" { 1.0 } else { -1.0 }, false));
        }
        let value = self.primary()?;
        match (value, &self.token) {
            (Expr::Get(place), Token::Sign(sign @ ("++" | "--"))) => {
                let by = if *sign == "++" { 1.0 } else { -1.0 };
                self.advance()?;
                Ok(Expr::Step(place, by, true))
            }
            (value, _) => Ok(value),
        }
    }

    fn primary(&mut self) -> Read<Expr> {
        match self.token.clone() {
            Token::Number(number) => {
                self.advance()?;
                Ok(Expr::Number(number))
            }
            Token::Text(text) => {
                self.advance()?;
                Ok(Expr::Text(text))
            }
            Token::Sign("/" | "/=") => self.regex(),
            Token::Sign("$") => {
                self.advance()?;
                let index = self.deeper(|parser| match parser.token {
                    Token::Sign("-" | "+" | "!") => parser.unary(),
                    Token::Sign("++" | "--") => parser.step(),
                    _ => parser.primary(),
                })?;
                Ok(Expr::Get(Place::Field(Rc::new(index))))
            }
            Token::Sign("(") => self.group(),
            Token::Sign("-" | "+" | "!") => self.deeper(Parser::unary),
            Token::Name(name, is_call) => self.name(&name, is_call),
            Token::Keyword(Keyword::GetLine) => self.get_line(),
            _ => self.unexpected(),
        }
    }

    fn regex(&mut self) -> Read<Expr> {
        self.lexer.at = self.start;
        while self.lexer.chars.get(self.lexer.at) != Some(&'/') {
            self.lexer.at += 1;
        }
        self.lexer.at += 1;
        let line = self.lexer.line();
        let text = self.lexer.regex().map_err(|what| Trouble::Syntax(what, line))?;
        self.advance()?;
        Ok(Expr::Regex(Rc::new(Pattern::new(&super::lexer::for_pattern(&text), true, false))))
    }

    /// `(…)`: a value, or the keys of `(a, b) in list`, or the list of `print (a, b)`.
    fn group(&mut self) -> Read<Expr> {
        self.advance()?;
        let mut all = self.list(")")?;
        match all.len() {
            0 => self.unexpected(),
            1 => Ok(Expr::Group(Rc::new(all.remove(0)))),
            _ => Ok(Expr::In(Rc::new(all), Name::Global("".into()))),
        }
    }

    fn name(&mut self, name: &Rc<str>, is_call: bool) -> Read<Expr> {
        self.advance()?;
        if let Some((_, builtin, least, most)) = BUILTINS.iter().find(|row| row.0 == &**name) {
            let arguments = match self.take("(")? {
                true => self.list(")")?,
                false if matches!(builtin, Builtin::Length) => Vec::new(),
                false => return self.unexpected(),
            };
            let is_right = (*least..=*most).contains(&arguments.len());
            // Some have a fourth argument for `split` and a third for `match`.
            return match is_right {
                true => Ok(Expr::Own(*builtin, Rc::new(arguments))),
                false if arguments.len() > *most => Err(Trouble::Unknown(name.to_string())),
                false => self.unexpected(),
            };
        }
        if is_call && STRANGERS.contains(&&**name) {
            return Err(Trouble::Unknown(name.to_string()));
        }
        if is_call {
            self.advance()?;
            self.note_call(name);
            return Ok(Expr::Call(Rc::clone(name), Rc::new(self.list(")")?)));
        }
        let variable = self.named(Rc::clone(name));
        if self.take("[")? {
            return Ok(Expr::Get(Place::Element(variable, Rc::new(self.list("]")?))));
        }
        Ok(Expr::Get(Place::Variable(variable)))
    }

    fn get_line(&mut self) -> Read<Expr> {
        self.advance()?;
        let into = self.place_to_read()?;
        let from = if self.take("<")? { Origin::File(Rc::new(self.primary()?)) } else { Origin::Own };
        Ok(Expr::GetLine(into, from))
    }

    /// Where `getline` puts what it reads, if that is said.
    fn place_to_read(&mut self) -> Read<Option<Place>> {
        if !matches!(&self.token, Token::Name(..) | Token::Sign("$")) {
            return Ok(None);
        }
        match self.primary()? {
            Expr::Get(place) => Ok(Some(place)),
            _ => self.unexpected(),
        }
    }
}
