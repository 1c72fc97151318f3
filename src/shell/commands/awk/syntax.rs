//! A program of `awk` as a tree.

use super::math;
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
    /// A function that it calls and nobody has, and the line behind the last.
    pub missing: Option<(String, usize)>,
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

/// A function that the program defines.
#[derive(Debug)]
pub struct Function {
    pub name: String,
    pub parameters: usize,
    pub body: Vec<Statement>,
}

/// A statement.
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
    pub way: Way,
    pub to: Expr,
}

/// How text goes out of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Into a file that begins anew.
    File,
    /// To the end of a file.
    Append,
    /// To a command.
    Command,
}

/// What `getline` reads.
#[derive(Clone, Debug)]
pub enum Origin {
    /// What the program reads.
    Own,
    /// A file.
    File(Rc<Expr>),
    /// What a command says.
    Command(Rc<Expr>),
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

/// What is done with two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
}

/// An expression.
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
    /// `getline`, into a place.
    GetLine(Option<Place>, Origin),
}

/// The functions that every `awk` has.
#[derive(Clone, Copy, Debug)]
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
    System,
    /// A function of one number.
    Math(fn(f64) -> f64),
    Atan2,
    /// A function of bits.
    Bits(fn(u64, u64) -> u64),
    Now,
    TimeText,
    TimeOf,
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
    ("system", Builtin::System, 1, 1),
    ("sqrt", Builtin::Math(f64::sqrt), 1, 1),
    ("exp", Builtin::Math(math::exp), 1, 1),
    ("log", Builtin::Math(math::log), 1, 1),
    ("sin", Builtin::Math(math::sin), 1, 1),
    ("cos", Builtin::Math(math::cos), 1, 1),
    ("atan2", Builtin::Atan2, 2, 2),
    ("and", Builtin::Bits(|one, other| one & other), 2, 2),
    ("or", Builtin::Bits(|one, other| one | other), 2, 2),
    ("xor", Builtin::Bits(|one, other| one ^ other), 2, 2),
    ("lshift", Builtin::Bits(|one, by| if by < 64 { one << by } else { 0 }), 2, 2),
    ("rshift", Builtin::Bits(|one, by| if by < 64 { one >> by } else { 0 }), 2, 2),
    ("systime", Builtin::Now, 0, 0),
    ("strftime", Builtin::TimeText, 0, 3),
    ("mktime", Builtin::TimeOf, 1, 2),
];

/// Functions of some `awk`s that are not in this lab.
pub const STRANGERS: &[&str] = &[
    "gensub",
    "asort",
    "asorti",
    "compl",
    "strtonum",
    "patsplit",
    "typeof",
    "isarray",
    "mkbool",
    "dcgettext",
    "dcngettext",
    "bindtextdomain",
];
