//! A program of `awk` as a tree.

use crate::regex::Pattern;
use std::rc::Rc;

/// A whole program.
#[derive(Debug, Default)]
pub struct Script {
    pub begin: Vec<Statement>,
    pub rules: Vec<Rule>,
    pub end: Vec<Statement>,
    /// Whether there is an `END`: then the input is read even without rules.
    pub has_end: bool,
    pub functions: Vec<Function>,
}

/// What is done with records.
#[derive(Debug)]
pub struct Rule {
    pub when: When,
    /// `None` prints the record.
    pub body: Option<Vec<Statement>>,
}

/// Which records a rule is for.
#[derive(Debug)]
pub enum When {
    Always,
    Fits(Expr),
    /// From one to another, the both included.
    Range(Expr, Expr),
}

#[derive(Debug)]
pub struct Function {
    pub name: String,
    pub parameters: usize,
    pub body: Vec<Statement>,
}

#[derive(Debug)]
pub enum Statement {
    Expr(Expr),
    Print(Vec<Expr>, Option<Redirect>),
    Printf(Vec<Expr>, Option<Redirect>),
    If(Expr, Box<Statement>, Option<Box<Statement>>),
    While(Expr, Box<Statement>),
    Do(Box<Statement>, Expr),
    For(Option<Box<Statement>>, Option<Expr>, Option<Box<Statement>>, Box<Statement>),
    ForIn(Place, Name, Box<Statement>),
    Block(Vec<Statement>),
    Next,
    NextFile,
    Exit(Option<Expr>),
    Return(Option<Expr>),
    Break,
    Continue,
    Delete(Name, Option<Vec<Expr>>),
}

/// Where `print` goes.
#[derive(Debug)]
pub struct Redirect {
    pub appends: bool,
    pub to: Expr,
}

/// A variable's name, resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    Global(Rc<str>),
    /// A parameter of the function around it.
    Local(usize),
}

/// What can be assigned to.
#[derive(Clone, Debug)]
pub enum Place {
    Variable(Name),
    Field(Rc<Expr>),
    Element(Name, Rc<Vec<Expr>>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Debug)]
pub enum Expr {
    Number(f64),
    Text(Rc<str>),
    /// A pattern: alone it asks the record.
    Regex(Rc<Pattern>),
    Get(Place),
    Assign(Place, Rc<Expr>),
    /// `+=` and the like.
    Change(Place, Binary, Rc<Expr>),
    /// `++` and `--`: by how much, and whether the value is the one before.
    Step(Place, f64, bool),
    Binary(Binary, Rc<Expr>, Rc<Expr>),
    Compare(Comparison, Rc<Expr>, Rc<Expr>),
    Concat(Rc<Expr>, Rc<Expr>),
    And(Rc<Expr>, Rc<Expr>),
    Or(Rc<Expr>, Rc<Expr>),
    Not(Rc<Expr>),
    Minus(Rc<Expr>),
    Plus(Rc<Expr>),
    If(Rc<Expr>, Rc<Expr>, Rc<Expr>),
    /// A text, what it is held against, and whether it must not fit.
    Match(Rc<Expr>, Rc<Expr>, bool),
    In(Rc<Vec<Expr>>, Name),
    /// In brackets: what stands there alone may be a list.
    Group(Rc<Expr>),
    Call(Rc<str>, Rc<Vec<Expr>>),
    Own(Builtin, Rc<Vec<Expr>>),
    /// `getline`, into a place, from a file.
    GetLine(Option<Place>, Option<Rc<Expr>>),
}

/// The functions that every `awk` has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Builtin {
    Length,
    Substr,
    Index,
    Split,
    Sub,
    Gsub,
    Match,
    Sprintf,
    ToLower,
    ToUpper,
    Int,
    Rand,
    Srand,
    Flush,
    Close,
}

/// A builtin's name, and how many arguments it takes.
pub const BUILTINS: &[(&str, Builtin, usize, usize)] = &[
    ("length", Builtin::Length, 0, 1),
    ("substr", Builtin::Substr, 2, 3),
    ("index", Builtin::Index, 2, 2),
    ("split", Builtin::Split, 2, 3),
    ("sub", Builtin::Sub, 2, 3),
    ("gsub", Builtin::Gsub, 2, 3),
    ("match", Builtin::Match, 2, 2),
    ("sprintf", Builtin::Sprintf, 1, usize::MAX),
    ("tolower", Builtin::ToLower, 1, 1),
    ("toupper", Builtin::ToUpper, 1, 1),
    ("int", Builtin::Int, 1, 1),
    ("rand", Builtin::Rand, 0, 0),
    ("srand", Builtin::Srand, 0, 1),
    ("fflush", Builtin::Flush, 0, 1),
    ("close", Builtin::Close, 1, 1),
];

/// Functions of some `awk`s that are not in this lab.
pub const STRANGERS: &[&str] = &[
    "system", "sqrt", "exp", "log", "sin", "cos", "atan2", "gensub", "strftime", "systime", "mktime", "asort",
    "asorti", "and", "or", "xor", "lshift", "rshift", "compl", "strtonum", "patsplit", "typeof", "isarray",
];
