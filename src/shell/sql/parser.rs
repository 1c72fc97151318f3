//! Reads the SQL of tutorials into statements; runs nothing.

mod definitions;
mod expression;

use super::lexer::{Token, TokenKind, tokenize};
use super::statement::{Expr, Item, Select, Statement, SyntaxError, TableName};

/// The most operators in one statement.
const OPERATORS_MAX: u32 = 300;
/// How deep expressions may stand inside each other.
const DEPTH_MAX: u32 = 40;

/// Reads one statement, without its end.
///
/// # Errors
/// When it is not in the language.
pub fn parse(sql: &str) -> Result<Statement, SyntaxError> {
    let tokens = tokenize(sql);
    if tokens.is_empty() {
        return Err(SyntaxError::Empty);
    }
    let mut parser = Parser { sql, tokens, at: 0, depth: 0, operators: 0 };
    let statement = parser.statement()?;
    match parser.peek() {
        None => Ok(statement),
        Some(_) => Err(parser.error()),
    }
}

struct Parser<'a> {
    sql: &'a str,
    tokens: Vec<Token>,
    at: usize,
    depth: u32,
    operators: u32,
}

type Parsed<T> = Result<T, SyntaxError>;

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn error(&self) -> SyntaxError {
        let start = self.peek().map_or(self.sql.len(), |token| token.start);
        let line = self.sql.get(..start).unwrap_or("").matches('\n').count() + 1;
        SyntaxError::Near(self.sql.get(start..).unwrap_or("").trim_end().chars().take(80).collect(), line)
    }

    fn is_word(&self, word: &str) -> bool {
        self.is_word_at(0, word)
    }

    fn is_word_at(&self, offset: usize, word: &str) -> bool {
        let token = self.tokens.get(self.at + offset);
        token.is_some_and(|token| token.kind == TokenKind::Word && token.text.eq_ignore_ascii_case(word))
    }

    fn is_symbol(&self, symbol: &str) -> bool {
        self.peek().is_some_and(|token| token.kind == TokenKind::Symbol && token.text == symbol)
    }

    /// Takes the words if they stand here.
    fn accept(&mut self, words: &str) -> bool {
        let words: Vec<&str> = words.split(' ').collect();
        let is_here = words.iter().enumerate().all(|(offset, word)| self.is_word_at(offset, word));
        if is_here {
            self.at += words.len();
        }
        is_here
    }

    fn accept_symbol(&mut self, symbol: &str) -> bool {
        let is_here = self.is_symbol(symbol);
        self.at += usize::from(is_here);
        is_here
    }

    fn expect(&mut self, words: &str) -> Parsed<()> {
        if self.accept(words) { Ok(()) } else { Err(self.error()) }
    }

    fn expect_symbol(&mut self, symbol: &str) -> Parsed<()> {
        if self.accept_symbol(symbol) { Ok(()) } else { Err(self.error()) }
    }

    fn name(&mut self) -> Parsed<String> {
        match self.peek() {
            Some(token) if token.kind == TokenKind::Name => {}
            Some(token) if token.kind == TokenKind::Word && !is_reserved(&token.text) => {}
            _ => return Err(self.error()),
        }
        let name = self.peek().map(|token| token.text.clone()).unwrap_or_default();
        self.at += 1;
        Ok(name)
    }

    fn table_name(&mut self) -> Parsed<TableName> {
        let first = self.name()?;
        if self.accept_symbol(".") {
            return Ok(TableName { database: Some(first), name: self.name()? });
        }
        Ok(TableName { database: None, name: first })
    }

    fn text(&mut self) -> Parsed<String> {
        match self.peek() {
            Some(token) if token.kind == TokenKind::Text => {
                let text = token.text.clone();
                self.at += 1;
                Ok(text)
            }
            _ => Err(self.error()),
        }
    }

    fn skip_rest(&mut self) {
        self.at = self.tokens.len();
    }

    fn pattern(&mut self) -> Parsed<Option<String>> {
        if self.accept("like") { self.text().map(Some) } else { Ok(None) }
    }

    fn statement(&mut self) -> Parsed<Statement> {
        let Some(word) = self.peek().filter(|token| token.kind == TokenKind::Word) else { return Err(self.error()) };
        let word = word.text.to_ascii_lowercase();
        match word.as_str() {
            "create" => self.create(),
            "drop" => self.drop(),
            "use" => {
                self.at += 1;
                Ok(Statement::Use(self.name()?))
            }
            "show" => self.show(),
            "describe" | "desc" | "explain" => {
                self.at += 1;
                if self.is_word("select") {
                    return Err(SyntaxError::Unsupported("EXPLAIN"));
                }
                Ok(Statement::Describe(self.table_name()?))
            }
            "insert" | "replace" => self.insert(),
            "select" => self.select(),
            "update" => self.update(),
            "delete" => {
                self.at += 1;
                self.expect("from")?;
                Ok(Statement::Delete { table: self.table_name()?, filter: self.filter()? })
            }
            "truncate" => {
                self.at += 1;
                self.accept("table");
                Ok(Statement::Truncate(self.table_name()?))
            }
            "alter" => self.alter(),
            "begin" | "start" | "commit" | "rollback" => {
                self.skip_rest();
                Ok(match word.as_str() {
                    "commit" => Statement::Commit,
                    "rollback" => Statement::Rollback,
                    _ => Statement::Begin,
                })
            }
            "set" | "grant" | "revoke" | "flush" | "lock" | "unlock" | "analyze" | "optimize" => {
                self.skip_rest();
                Ok(Statement::Accepted)
            }
            _ => Err(self.error()),
        }
    }

    fn show(&mut self) -> Parsed<Statement> {
        self.at += 1;
        self.accept("full");
        if self.accept("databases") || self.accept("schemas") {
            return Ok(Statement::ShowDatabases(self.pattern()?));
        }
        if self.accept("tables") {
            let database = if self.accept("from") || self.accept("in") { Some(self.name()?) } else { None };
            return Ok(Statement::ShowTables { database, pattern: self.pattern()? });
        }
        if self.accept("columns") || self.accept("fields") {
            if !(self.accept("from") || self.accept("in")) {
                return Err(self.error());
            }
            return Ok(Statement::Describe(self.table_name()?));
        }
        if self.accept("create table") {
            return Ok(Statement::ShowCreateTable(self.table_name()?));
        }
        if self.accept("processlist") {
            return Ok(Statement::ShowProcesses);
        }
        let has_scope = self.accept("global") || self.accept("session");
        if self.accept("variables") {
            return Ok(Statement::ShowVariables(self.pattern()?));
        }
        if self.accept("warnings") {
            return Ok(Statement::ShowWarnings);
        }
        if self.accept("grants") {
            self.skip_rest();
            return Ok(Statement::ShowGrants);
        }
        let is_known = ["errors", "status", "master", "slave", "replica", "binary", "engines", "plugins"];
        if let Some(word) = is_known.iter().find(|word| self.is_word(word)) {
            self.skip_rest();
            return Ok(Statement::ShowNothing(format!("SHOW {}", word.to_ascii_uppercase())));
        }
        if has_scope {
            self.at -= 1;
        }
        Err(self.error())
    }

    fn insert(&mut self) -> Parsed<Statement> {
        self.at += 1;
        let ignores = self.accept("ignore");
        self.accept("into");
        let table = self.table_name()?;
        let mut columns = Vec::new();
        if self.accept("set") {
            let changes = self.changes()?;
            let (columns, row) = changes.into_iter().unzip();
            return Ok(Statement::Insert { table, columns, rows: vec![row], ignores });
        }
        if self.accept_symbol("(") {
            while !self.is_symbol(")") {
                columns.push(self.name()?);
                if !self.accept_symbol(",") {
                    break;
                }
            }
            self.expect_symbol(")")?;
        }
        if self.is_word("select") {
            return Err(SyntaxError::Unsupported("INSERT … SELECT"));
        }
        if !(self.accept("values") || self.accept("value")) {
            return Err(self.error());
        }
        let mut rows = Vec::new();
        loop {
            self.expect_symbol("(")?;
            rows.push(if self.is_symbol(")") { Vec::new() } else { self.expressions()? });
            self.expect_symbol(")")?;
            if !self.accept_symbol(",") {
                break;
            }
        }
        Ok(Statement::Insert { table, columns, rows, ignores })
    }

    fn changes(&mut self) -> Parsed<Vec<(String, Expr)>> {
        let mut changes = Vec::new();
        loop {
            let name = self.name()?;
            self.expect_symbol("=")?;
            changes.push((name, self.expression()?));
            if !self.accept_symbol(",") {
                return Ok(changes);
            }
        }
    }

    fn update(&mut self) -> Parsed<Statement> {
        self.at += 1;
        let table = self.table_name()?;
        self.expect("set")?;
        let changes = self.changes()?;
        Ok(Statement::Update { table, changes, filter: self.filter()? })
    }

    fn filter(&mut self) -> Parsed<Option<Expr>> {
        if self.accept("where") { self.expression().map(Some) } else { Ok(None) }
    }

    fn select(&mut self) -> Parsed<Statement> {
        self.at += 1;
        let mut select = Select { is_distinct: self.accept("distinct"), ..Select::default() };
        loop {
            if self.accept_symbol("*") {
                select.items.push(Item::All);
            } else {
                let start = self.peek().map_or(self.sql.len(), |token| token.start);
                let expr = self.expression()?;
                let end = self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(start, |token| token.end);
                let source = self.sql.get(start..end).unwrap_or("");
                let mut name = match &expr {
                    Expr::Column(column) => column.clone(),
                    Expr::Text(text) => text.clone(),
                    _ => source.to_string(),
                };
                if self.accept("as") {
                    name = self.text().or_else(|_| self.name())?;
                } else if let Ok(alias) = self.name() {
                    name = alias;
                }
                select.items.push(Item::Expr(expr, name));
            }
            if !self.accept_symbol(",") {
                break;
            }
        }
        if self.accept("from") && !self.accept("dual") {
            select.from = Some(self.table_name()?);
            let is_alias = self.accept("as")
                || self.peek().is_some_and(|token| token.kind == TokenKind::Word && !is_reserved(&token.text));
            if is_alias {
                self.name()?;
            }
            if self.is_symbol(",") || ["join", "inner", "left", "right", "cross"].iter().any(|word| self.is_word(word))
            {
                return Err(SyntaxError::Unsupported("JOIN"));
            }
        }
        select.filter = self.filter()?;
        if self.accept("group by") {
            select.group = self.expressions()?;
        }
        if self.accept("order by") {
            loop {
                let expr = self.expression()?;
                let is_descending = self.accept("desc");
                if !is_descending {
                    self.accept("asc");
                }
                select.order.push((expr, is_descending));
                if !self.accept_symbol(",") {
                    break;
                }
            }
        }
        if self.accept("limit") {
            let first = self.count()?;
            select.limit = Some(if self.accept_symbol(",") {
                (self.count()?, first)
            } else if self.accept("offset") {
                (first, self.count()?)
            } else {
                (first, 0)
            });
        }
        for word in ["having", "union"] {
            if self.is_word(word) {
                return Err(SyntaxError::Unsupported("HAVING and UNION"));
            }
        }
        Ok(Statement::Select(select))
    }

    fn count(&mut self) -> Parsed<usize> {
        let number =
            self.peek().filter(|token| token.kind == TokenKind::Number).and_then(|token| token.text.parse().ok());
        let Some(number) = number else { return Err(self.error()) };
        self.at += 1;
        Ok(number)
    }
}

fn is_reserved(word: &str) -> bool {
    const RESERVED: &[&str] = &[
        "alter", "and", "as", "asc", "between", "by", "create", "cross", "delete", "desc", "distinct", "drop",
        "exists", "from", "group", "having", "if", "in", "inner", "insert", "into", "is", "join", "key", "left",
        "like", "limit", "not", "null", "on", "or", "order", "primary", "right", "select", "set", "show", "table",
        "union", "unique", "update", "use", "values", "where",
    ];
    RESERVED.contains(&word.to_ascii_lowercase().as_str())
}
