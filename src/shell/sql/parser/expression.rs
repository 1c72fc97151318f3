//! Reads SQL expressions; runs nothing.

use super::super::lexer::{Token, TokenKind};
use super::{DEPTH_MAX, Expr, OPERATORS_MAX, Parsed, Parser};

impl Parser<'_> {
    /// Counts an operator, so that a chain of them stays short enough to be walked.
    fn chain(&mut self) -> Parsed<()> {
        self.operators += 1;
        if self.operators > OPERATORS_MAX { Err(self.error()) } else { Ok(()) }
    }

    pub(super) fn expressions(&mut self) -> Parsed<Vec<Expr>> {
        let mut all = vec![self.expression()?];
        while self.accept_symbol(",") {
            all.push(self.expression()?);
        }
        Ok(all)
    }

    pub(super) fn expression(&mut self) -> Parsed<Expr> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.error());
        }
        let mut left = self.conjunction()?;
        while self.accept("or") || self.accept_symbol("||") {
            self.chain()?;
            left = Expr::Binary("or", Box::new(left), Box::new(self.conjunction()?));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn conjunction(&mut self) -> Parsed<Expr> {
        let mut left = self.negation()?;
        while self.accept("and") || self.accept_symbol("&&") {
            self.chain()?;
            left = Expr::Binary("and", Box::new(left), Box::new(self.negation()?));
        }
        Ok(left)
    }

    fn negation(&mut self) -> Parsed<Expr> {
        let mut count = 0;
        while self.accept("not") || self.accept_symbol("!") {
            count += 1;
        }
        let inner = self.comparison()?;
        Ok(match count % 2 {
            0 => inner,
            _ => Expr::Unary("not", Box::new(inner)),
        })
    }

    fn comparison(&mut self) -> Parsed<Expr> {
        let left = self.sum()?;
        if self.accept("is") {
            let is_negated = self.accept("not");
            self.expect("null")?;
            return Ok(negate(Expr::IsNull(Box::new(left)), is_negated));
        }
        let is_negated = self.accept("not");
        if self.accept("in") {
            self.expect_symbol("(")?;
            let list = self.expressions()?;
            self.expect_symbol(")")?;
            return Ok(negate(Expr::In(Box::new(left), list), is_negated));
        }
        if self.accept("like") {
            let right = self.sum()?;
            return Ok(negate(Expr::Binary("like", Box::new(left), Box::new(right)), is_negated));
        }
        if self.accept("between") {
            let low = self.sum()?;
            self.expect("and")?;
            let high = self.sum()?;
            let from = Expr::Binary(">=", Box::new(left.clone()), Box::new(low));
            let to = Expr::Binary("<=", Box::new(left), Box::new(high));
            return Ok(negate(Expr::Binary("and", Box::new(from), Box::new(to)), is_negated));
        }
        if is_negated {
            return Err(self.error());
        }
        for (symbol, operator) in
            [("=", "="), ("<>", "<>"), ("!=", "<>"), ("<=", "<="), (">=", ">="), ("<", "<"), (">", ">")]
        {
            if self.accept_symbol(symbol) {
                return Ok(Expr::Binary(operator, Box::new(left), Box::new(self.sum()?)));
            }
        }
        Ok(left)
    }

    fn sum(&mut self) -> Parsed<Expr> {
        let mut left = self.product()?;
        loop {
            let operator = match () {
                () if self.accept_symbol("+") => "+",
                () if self.accept_symbol("-") => "-",
                () => return Ok(left),
            };
            self.chain()?;
            left = Expr::Binary(operator, Box::new(left), Box::new(self.product()?));
        }
    }

    fn product(&mut self) -> Parsed<Expr> {
        let mut left = self.factor()?;
        loop {
            let operator = match () {
                () if self.accept_symbol("*") => "*",
                () if self.accept_symbol("/") => "/",
                () if self.accept_symbol("%") || self.accept("mod") => "%",
                () => return Ok(left),
            };
            self.chain()?;
            left = Expr::Binary(operator, Box::new(left), Box::new(self.factor()?));
        }
    }

    fn factor(&mut self) -> Parsed<Expr> {
        let Some(token) = self.peek().cloned() else { return Err(self.error()) };
        match token.kind {
            TokenKind::Number => {
                self.at += 1;
                Ok(token.text.parse::<i64>().map_or(Expr::Text(token.text), Expr::Int))
            }
            TokenKind::Text => {
                self.at += 1;
                Ok(Expr::Text(token.text))
            }
            TokenKind::Variable => {
                self.at += 1;
                Ok(Expr::Variable(token.text.to_ascii_lowercase()))
            }
            TokenKind::Symbol if token.text == "(" => {
                self.at += 1;
                let inner = self.expression()?;
                self.expect_symbol(")")?;
                Ok(inner)
            }
            TokenKind::Symbol if token.text == "-" => {
                self.at += 1;
                let inner = self.deeper(Self::factor)?;
                Ok(Expr::Unary("-", Box::new(inner)))
            }
            TokenKind::Symbol => Err(self.error()),
            TokenKind::Word | TokenKind::Name => self.word(&token),
        }
    }

    fn deeper(&mut self, read: impl FnOnce(&mut Self) -> Parsed<Expr>) -> Parsed<Expr> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.error());
        }
        let inner = read(self);
        self.depth -= 1;
        inner
    }

    fn word(&mut self, token: &Token) -> Parsed<Expr> {
        let lower = token.text.to_ascii_lowercase();
        let literal = match lower.as_str() {
            "null" => Some(Expr::Null),
            "true" => Some(Expr::Int(1)),
            "false" => Some(Expr::Int(0)),
            "default" => Some(Expr::Call("default".to_string(), Vec::new())),
            "current_timestamp" | "current_date" | "current_user" => Some(Expr::Call(lower.clone(), Vec::new())),
            _ => None,
        };
        if let Some(literal) = literal.filter(|_| token.kind == TokenKind::Word) {
            self.at += 1;
            if self.accept_symbol("(") {
                self.expect_symbol(")")?;
            }
            return Ok(literal);
        }
        let is_call =
            self.tokens.get(self.at + 1).is_some_and(|next| next.kind == TokenKind::Symbol && next.text == "(");
        if is_call && token.kind == TokenKind::Word {
            self.at += 2;
            if self.accept_symbol("*") {
                self.expect_symbol(")")?;
                return Ok(Expr::Call(lower, Vec::new()));
            }
            self.accept("distinct");
            let arguments = if self.is_symbol(")") { Vec::new() } else { self.expressions()? };
            self.expect_symbol(")")?;
            return Ok(Expr::Call(lower, arguments));
        }
        let mut name = self.name()?;
        while self.accept_symbol(".") {
            name = self.name()?;
        }
        Ok(Expr::Column(name))
    }
}

fn negate(expr: Expr, is_negated: bool) -> Expr {
    if is_negated { Expr::Unary("not", Box::new(expr)) } else { expr }
}
