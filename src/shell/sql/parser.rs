//! Reads the SQL of tutorials into statements; runs nothing.

mod expression;

use super::lexer::{Token, TokenKind, tokenize};
use crate::model::Text;
use crate::world::disk::Column;

/// A table's name, with its database if one is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableName {
    /// The database; `None` for the current one.
    pub database: Option<String>,
    /// The table.
    pub name: String,
}

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// `NULL`.
    Null,
    /// A whole number.
    Int(i64),
    /// Text, or a number with a fraction.
    Text(String),
    /// A column.
    Column(String),
    /// `@@hostname`.
    Variable(String),
    /// A function with its arguments; `count(*)` has none.
    Call(String, Vec<Expr>),
    /// `not x` and `-x`.
    Unary(&'static str, Box<Expr>),
    /// `x = y` and the like, in lower case.
    Binary(&'static str, Box<Expr>, Box<Expr>),
    /// `x in (…)`.
    In(Box<Expr>, Vec<Expr>),
    /// `x is null`.
    IsNull(Box<Expr>),
}

/// What a select shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// `*`.
    All,
    /// An expression under a name.
    Expr(Expr, String),
}

/// A `select`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Select {
    /// Whether equal rows are shown once.
    pub is_distinct: bool,
    /// What is shown.
    pub items: Vec<Item>,
    /// The table, if any.
    pub from: Option<TableName>,
    /// Which rows.
    pub filter: Option<Expr>,
    /// What rows are put together by.
    pub group: Vec<Expr>,
    /// The order, with whether it is descending.
    pub order: Vec<(Expr, bool)>,
    /// How many rows, and how many are skipped.
    pub limit: Option<(usize, usize)>,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are SQL's own")]
pub enum Statement {
    CreateDatabase {
        name: String,
        if_not_exists: bool,
    },
    DropDatabase {
        name: String,
        if_exists: bool,
    },
    Use(String),
    ShowDatabases(Option<String>),
    ShowTables {
        database: Option<String>,
        pattern: Option<String>,
    },
    ShowVariables(Option<String>),
    ShowCreateTable(TableName),
    ShowProcesses,
    ShowNothing,
    CreateTable {
        table: TableName,
        if_not_exists: bool,
        columns: Vec<Column>,
    },
    DropTable {
        tables: Vec<TableName>,
        if_exists: bool,
    },
    Describe(TableName),
    Insert {
        table: TableName,
        columns: Vec<String>,
        rows: Vec<Vec<Expr>>,
        ignores: bool,
    },
    Select(Select),
    Update {
        table: TableName,
        changes: Vec<(String, Expr)>,
        filter: Option<Expr>,
    },
    Delete {
        table: TableName,
        filter: Option<Expr>,
    },
    Truncate(TableName),
    Alter {
        table: TableName,
        changes: Vec<Alteration>,
    },
    User(UserChange),
    Begin,
    Commit,
    Rollback,
    ShowWarnings,
    ShowGrants,
    /// Accepted without an effect: rights, settings, locks.
    Accepted,
}

/// One change of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are SQL's own")]
pub enum Alteration {
    Add(Column),
    Change(String, Column),
    Drop(String),
    RenameColumn(String, String),
    Rename(String),
}

/// A change of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserChange {
    /// `CREATE`, `ALTER` or `DROP`.
    pub verb: &'static str,
    /// The user.
    pub name: String,
    /// From where: `%` for anywhere.
    pub host: String,
    /// The new password.
    pub password: String,
    /// Whether it is no error that the user exists or does not exist.
    pub is_lenient: bool,
}

/// Why a statement cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyntaxError {
    /// The rest of the statement from the word that does not fit, and its line.
    Near(String, usize),
    /// Something that this server does not do.
    Unsupported(&'static str),
    /// Nothing but blanks and comments.
    Empty,
}

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

    fn create(&mut self) -> Parsed<Statement> {
        self.at += 1;
        if self.accept("database") || self.accept("schema") {
            let if_not_exists = self.accept("if not exists");
            let name = self.name()?;
            if self.is_word("character")
                || self.is_word("default")
                || self.is_word("collate")
                || self.is_word("charset")
            {
                self.skip_rest();
            }
            return Ok(Statement::CreateDatabase { name, if_not_exists });
        }
        if self.accept("user") {
            let is_lenient = self.accept("if not exists");
            return self.user("CREATE", is_lenient);
        }
        for word in ["index", "view", "unique", "trigger", "procedure", "function"] {
            if self.is_word(word) {
                return Err(SyntaxError::Unsupported("CREATE of anything but a database, a table or a user"));
            }
        }
        self.accept("temporary");
        self.expect("table")?;
        let if_not_exists = self.accept("if not exists");
        let table = self.table_name()?;
        self.expect_symbol("(")?;
        let mut columns: Vec<Column> = Vec::new();
        loop {
            self.table_part(&mut columns)?;
            if !self.accept_symbol(",") {
                break;
            }
        }
        self.expect_symbol(")")?;
        // The engine, the character set and so on change nothing here.
        self.skip_rest();
        Ok(Statement::CreateTable { table, if_not_exists, columns })
    }

    fn table_part(&mut self, columns: &mut Vec<Column>) -> Parsed<()> {
        if self.accept("constraint") && !self.is_word("primary") && !self.is_word("unique") {
            self.name()?;
        }
        if self.accept("primary key") {
            self.expect_symbol("(")?;
            loop {
                let name = self.name()?;
                for column in columns.iter_mut().filter(|column| column.name.eq_ignore_ascii_case(&name)) {
                    column.is_primary = true;
                    column.is_nullable = false;
                }
                if !self.accept_symbol(",") {
                    break;
                }
            }
            return self.expect_symbol(")");
        }
        let is_key = ["key", "index", "unique", "foreign", "fulltext", "check"].iter().any(|word| self.is_word(word));
        if is_key {
            return self.skip_part();
        }
        columns.push(self.column()?);
        Ok(())
    }

    /// Skips to the comma or the parenthesis that ends a part.
    fn skip_part(&mut self) -> Parsed<()> {
        let mut depth = 0;
        while let Some(token) = self.peek() {
            match token.text.as_str() {
                "(" if token.kind == TokenKind::Symbol => depth += 1,
                ")" if token.kind == TokenKind::Symbol && depth == 0 => return Ok(()),
                ")" if token.kind == TokenKind::Symbol => depth -= 1,
                "," if token.kind == TokenKind::Symbol && depth == 0 => return Ok(()),
                _ => {}
            }
            self.at += 1;
        }
        Err(self.error())
    }

    fn column(&mut self) -> Parsed<Column> {
        let name = self.name()?;
        let Some(token) = self.peek().filter(|token| token.kind == TokenKind::Word) else { return Err(self.error()) };
        let mut kind = token.text.to_ascii_lowercase();
        self.at += 1;
        let mut size = String::new();
        if self.accept_symbol("(") {
            while let Some(token) = self.peek().filter(|token| token.text != ")") {
                size.push_str(&if token.kind == TokenKind::Text {
                    format!("'{}'", token.text)
                } else {
                    token.text.clone()
                });
                self.at += 1;
            }
            self.expect_symbol(")")?;
        }
        if matches!(kind.as_str(), "integer" | "int4") {
            kind = "int".to_string();
        }
        if matches!(kind.as_str(), "bool" | "boolean") {
            (kind, size) = ("tinyint".to_string(), "1".to_string());
        }
        if kind == "serial" {
            kind = "bigint".to_string();
        }
        let default_size = match kind.as_str() {
            "int" => "11",
            "bigint" => "20",
            "smallint" => "6",
            "tinyint" => "4",
            "mediumint" => "9",
            "char" => "1",
            "decimal" => "10,0",
            _ => "",
        };
        if size.is_empty() {
            size = default_size.to_string();
        }
        let mut shown = if size.is_empty() { kind } else { format!("{kind}({size})") };
        if self.accept("unsigned") {
            shown.push_str(" unsigned");
        }
        let mut column = Column {
            name: name.into(),
            kind: shown.into(),
            is_nullable: true,
            is_primary: false,
            is_auto_increment: false,
            default: None,
        };
        self.column_options(&mut column)?;
        Ok(column)
    }

    fn column_options(&mut self, column: &mut Column) -> Parsed<()> {
        loop {
            if self.accept("not null") {
                column.is_nullable = false;
            } else if self.accept("primary key") {
                column.is_primary = true;
                column.is_nullable = false;
            } else if self.accept("auto_increment") {
                column.is_auto_increment = true;
            } else if self.accept("default") {
                let is_negative = self.accept_symbol("-");
                let Some(token) = self.peek().cloned() else { return Err(self.error()) };
                self.at += 1;
                if self.accept_symbol("(") {
                    self.expect_symbol(")")?;
                }
                let is_null = token.kind == TokenKind::Word && token.text.eq_ignore_ascii_case("null");
                let text = if is_negative { format!("-{}", token.text) } else { token.text };
                let text = if token.kind == TokenKind::Word { text.to_ascii_lowercase() } else { text };
                column.default = if is_null { None } else { Some(Text::from(text)) };
            } else if self.accept("on update") {
                self.at += 1;
                if self.accept_symbol("(") {
                    self.expect_symbol(")")?;
                }
            } else if self.accept("comment") {
                self.text()?;
            } else if !(self.accept("null") || self.accept("unique key") || self.accept("unique") || self.accept("key"))
            {
                return Ok(());
            }
        }
    }

    fn drop(&mut self) -> Parsed<Statement> {
        self.at += 1;
        if self.accept("database") || self.accept("schema") {
            let if_exists = self.accept("if exists");
            return Ok(Statement::DropDatabase { name: self.name()?, if_exists });
        }
        if self.accept("user") {
            let is_lenient = self.accept("if exists");
            return self.user("DROP", is_lenient);
        }
        self.expect("table")?;
        let if_exists = self.accept("if exists");
        let mut tables = vec![self.table_name()?];
        while self.accept_symbol(",") {
            tables.push(self.table_name()?);
        }
        Ok(Statement::DropTable { tables, if_exists })
    }

    /// A user's name, from where, and the password.
    fn user(&mut self, verb: &'static str, is_lenient: bool) -> Parsed<Statement> {
        let name = self.text().or_else(|_| self.name())?;
        // The lexer takes `@` for the begin of a variable.
        let mark = self.peek().filter(|token| token.kind == TokenKind::Variable).map(|token| token.text.clone());
        self.at += usize::from(mark.is_some());
        let host = match mark.as_deref().map(|mark| mark.trim_start_matches('@')) {
            None => "%".to_string(),
            Some("") => self.text().or_else(|_| self.name())?,
            Some(host) => host.to_string(),
        };
        let password = if self.accept("identified by") { self.text()? } else { String::new() };
        Ok(Statement::User(UserChange { verb, name, host, password, is_lenient }))
    }

    fn alter(&mut self) -> Parsed<Statement> {
        self.at += 1;
        if self.accept("user") {
            let is_lenient = self.accept("if exists");
            return self.user("ALTER", is_lenient);
        }
        self.expect("table")?;
        let table = self.table_name()?;
        let mut changes = Vec::new();
        loop {
            if self.accept("add") {
                if ["primary", "constraint", "index", "key", "unique", "foreign"].iter().any(|word| self.is_word(word))
                {
                    return Err(SyntaxError::Unsupported("ALTER TABLE … ADD of anything but a column"));
                }
                self.accept("column");
                changes.push(Alteration::Add(self.column()?));
                // New columns stand at the end here.
                if self.accept("after") {
                    self.name()?;
                } else {
                    self.accept("first");
                }
            } else if self.accept("drop") {
                self.accept("column");
                changes.push(Alteration::Drop(self.name()?));
            } else if self.accept("modify") {
                self.accept("column");
                let column = self.column()?;
                changes.push(Alteration::Change(column.name.to_string(), column));
            } else if self.accept("change") {
                self.accept("column");
                let name = self.name()?;
                changes.push(Alteration::Change(name, self.column()?));
            } else if self.accept("rename column") {
                let from = self.name()?;
                self.expect("to")?;
                changes.push(Alteration::RenameColumn(from, self.name()?));
            } else if self.accept("rename") {
                self.accept("to");
                changes.push(Alteration::Rename(self.name()?));
            } else {
                return Err(self.error());
            }
            if !self.accept_symbol(",") {
                return Ok(Statement::Alter { table, changes });
            }
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
        if is_known.iter().any(|word| self.is_word(word)) {
            self.skip_rest();
            return Ok(Statement::ShowNothing);
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
