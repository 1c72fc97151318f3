//! Statements of SQL as they are understood.

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
    /// Something to be shown of which nothing is known here, by its word.
    ShowNothing(String),
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
