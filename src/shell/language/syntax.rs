//! The shell's language as a tree: words, redirections, commands, lists. Reads nothing and runs nothing.

use std::cell::OnceCell;
use std::rc::Rc;

/// A part of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Text as it stands; patterns in it count only outside quotes.
    Text(String),
    /// `$NAME`, `${NAME…}`.
    Parameter(Box<Parameter>),
    /// `$(…)` or backquotes.
    Command(Rc<List>),
    /// `$((…))`, as it stands.
    Sum(String),
    /// `<(…)`: what the commands say, as a file.
    Process(Rc<List>),
    /// `>(…)`.
    Outlet(Rc<List>),
}

/// A variable and what is made of its value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, or `?`, `$`, `#`, `@`, a number.
    pub name: String,
    /// What stands in `[…]`: a sum, a key, `@` or `*`.
    pub index: Option<Word>,
    /// Whether the length is wanted: `${#NAME}`.
    pub is_length: bool,
    /// Whether the value names the variable that is meant: `${!NAME}`.
    pub is_indirect: bool,
    /// What is done with the value.
    pub change: Change,
}

/// What is made of a variable's value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    #[default]
    None,
    /// `:-`, `:=`, `:+`, `:?`: the sign, whether an empty value counts as none, the word.
    Instead(char, bool, Word),
    /// `#`, `##`, `%`, `%%`: whether the end is cut, whether as much as possible, the pattern.
    Trim(bool, bool, Word),
    /// `/`, `//`, `/#`, `/%`: where (`1` once, `/` everywhere, `#`, `%`), the pattern, the new text.
    Replace(char, Word, Word),
    /// `:offset:length`, as sums.
    Slice(Word, Option<Word>),
    /// `^`, `^^`, `,`, `,,`: whether to upper case, whether everywhere, the pattern of the letters that are meant.
    Case(bool, bool, Word),
    /// `~`, `~~`: large letters for small ones and the other way round, whether everywhere.
    Swap(bool),
    /// What only other shells know.
    Bad,
    /// `@Q`, `@U`, …: the letter.
    Transform(char),
    /// `${!prefix*}`, `${!prefix@}`: the names of variables that begin so; whether they make up one text in quotes.
    NamesOf(bool),
}

/// A word: parts, each inside quotes or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word(pub Vec<(Part, bool)>);

impl Word {
    /// A word that is this text.
    pub fn quoted(text: impl Into<String>) -> Word {
        Word(vec![(Part::Text(text.into()), true)])
    }

    /// The text, if it is one unquoted literal.
    pub fn literal(&self) -> Option<&str> {
        match self.0.as_slice() {
            [(Part::Text(text), false)] => Some(text),
            _ => None,
        }
    }

    /// About how it was written, for `set -x`.
    pub fn source(&self) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Parameter(parameter) => match parameter.index.as_ref() {
                Some(index) => format!("${{{}[{}]}}", parameter.name, index.source()),
                None => format!("${}", parameter.name),
            },
            Part::Command(_) | Part::Process(_) | Part::Outlet(_) => "$(…)".to_string(),
            Part::Sum(source) => format!("$(({source}))"),
        };
        let mut out = String::new();
        for same in self.0.chunk_by(|left, right| left.1 == right.1) {
            let text: String = same.iter().map(|it| part(&it.0)).collect();
            let has_quotes = same.first().is_some_and(|it| it.1);
            out.push_str(&if has_quotes { format!("\"{text}\"") } else { text });
        }
        out
    }

    /// The text, if nothing in it depends on anything.
    pub fn constant(&self) -> Option<String> {
        let text = |part: &(Part, bool)| match &part.0 {
            Part::Text(text) => Some(text.clone()),
            _ => None,
        };
        self.0.iter().map(text).collect()
    }
}

/// Where input comes from or output goes to. The first number is the stream that is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redirect {
    /// `> file`, `>> file`; 255 stands for both outputs (`&>`).
    Out {
        /// The stream.
        stream: u8,
        /// Whether it adds to the end.
        appends: bool,
        /// Whether it may write over a file that `set -C` protects (`>|`).
        forces: bool,
        /// The file.
        file: Word,
    },
    /// `2>&1`, `<&3`; the word is a number or `-`.
    Join(u8, Word),
    /// `< file`.
    In(u8, Word),
    /// `<> file`.
    Both(u8, Word),
    /// `<<END … END`; the text is known when the line ends.
    Document(u8, Rc<OnceCell<Word>>),
    /// `<<< word`.
    Text(u8, Word),
}

/// The words of an array, each with its subscript if one is written before it.
pub type ArrayWords = Vec<(Option<Word>, Word)>;

/// What stands behind `NAME=`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assigned {
    /// A word.
    Word(Word),
    /// `( … )`: words, each perhaps with its index, and as they are written.
    Array(ArrayWords, Rc<str>),
}

/// `NAME=value`, `NAME[i]=value`, `NAME+=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The variable.
    pub name: String,
    /// The place in it.
    pub index: Option<Word>,
    /// Whether the value is added to the end.
    pub appends: bool,
    /// The value.
    pub value: Assigned,
}

/// What `[[ … ]]` asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// A word that must not be empty.
    Word(Word),
    /// `-f word`.
    Unary(String, Word),
    /// `word = word`.
    Binary(Word, String, Word),
    /// `! …`.
    Not(Box<Condition>),
    /// `… && …`.
    And(Box<Condition>, Box<Condition>),
    /// `… || …`.
    Or(Box<Condition>, Box<Condition>),
}

/// One branch of a `case`: its patterns, what is done, and how it ends (`;;`, `;&`, `;;&`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arm {
    /// The patterns.
    pub patterns: Vec<Word>,
    /// What is done.
    pub body: Rc<List>,
    /// Its end.
    pub end: &'static str,
}

/// A command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Words with assignments before them; arrays behind `declare` and the like stand in `arrays`.
    Simple {
        /// `NAME=value` before the first word.
        assignments: Vec<Assignment>,
        /// The program and its arguments.
        words: Vec<Word>,
        /// `NAME=( … )` behind `declare`, `local`, `export`, `readonly`.
        arrays: Vec<Assignment>,
    },
    /// `for name in words; do body; done`; no words stand for the arguments.
    For {
        /// The variable.
        name: String,
        /// Its values.
        values: Option<Vec<Word>>,
        /// What is done for each.
        body: Rc<List>,
    },
    /// `coproc NAME COMMAND`.
    Beside {
        /// The array that gets the streams.
        name: String,
        /// What runs.
        body: Rc<Stage>,
    },
    /// `for ((start; condition; step)); do body; done`.
    Count {
        /// The three sums.
        sums: [String; 3],
        /// What is done each time.
        body: Rc<List>,
    },
    /// `while condition; do body; done`, or `until`.
    While {
        /// Whether it stops when the condition holds (`until`).
        is_until: bool,
        /// The condition.
        condition: Rc<List>,
        /// What is done.
        body: Rc<List>,
    },
    /// `if condition; then …; elif …; else …; fi`.
    If {
        /// Conditions and what is done when one holds.
        branches: Rc<Vec<(Rc<List>, Rc<List>)>>,
        /// What is done when none holds.
        otherwise: Option<Rc<List>>,
    },
    /// `case word in … esac`.
    Case {
        /// What is compared.
        word: Word,
        /// The branches.
        arms: Rc<Vec<Arm>>,
    },
    /// `{ …; }`, or `( … )` when it has its own variables.
    Group {
        /// What is inside.
        body: Rc<List>,
        /// Whether it is `( … )`.
        is_subshell: bool,
    },
    /// `name() { …; }`.
    Function {
        /// Its name.
        name: String,
        /// What it does.
        body: Rc<Stage>,
        /// The same as it is written.
        text: Rc<str>,
    },
    /// `[[ … ]]`.
    Test(Rc<Condition>),
    /// `(( … ))`.
    Sum(String),
}

/// A command with its redirections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// What runs.
    pub command: Command,
    /// Where its streams go.
    pub redirects: Vec<Redirect>,
    /// The line of the script that it begins on, from 1.
    pub line: u32,
}

/// How `time` tells how long a command took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    /// As bash does by itself.
    Usual,
    /// `time -p`: as POSIX wants it.
    Portable,
    /// As BusyBox's program does.
    OfBusybox,
}

/// Commands joined by `|`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    /// Whether `!` stands before it.
    pub is_negated: bool,
    /// Whether `time` stands before it, and how it tells the time.
    pub timing: Option<Timing>,
    /// The commands from left to right.
    pub stages: Vec<Rc<Stage>>,
    /// Whether what comes after it does not wait for it (`&`).
    pub is_background: bool,
}

/// When a pipeline runs, seen from the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joint {
    /// Always (`;`, `&`, a new line).
    Always,
    /// When the one before succeeded (`&&`).
    And,
    /// When the one before failed (`||`).
    Or,
}

/// Pipelines in order.
pub type List = Vec<(Joint, Rc<Pipeline>)>;

/// Why a text cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParseError {
    /// More lines are needed.
    Incomplete,
    /// More lines are needed, up to one that is this word: a here-document is open.
    InHere(String),
    /// More lines are needed: this sign was opened on this line.
    Open(char, u32),
    /// Something stands where it cannot, on this line.
    Unexpected(String, u32),
    /// The same where only this word can stand; nothing stands there at the end of the text.
    Missing(&'static str, String, u32),
    /// Correct, but nothing that is known here: what it is.
    Unknown(String),
}

impl ParseError {
    /// Whether more lines may make it right.
    pub fn is_incomplete(&self) -> bool {
        match self {
            ParseError::Incomplete | ParseError::InHere(_) | ParseError::Open(..) => true,
            ParseError::Missing(_, found, _) => found.is_empty(),
            ParseError::Unexpected(..) | ParseError::Unknown(_) => false,
        }
    }
}

/// What the dialects of the language have that others do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// `[[`, `$'…'`, `${x/a/b}`, `${x:1:2}`, `&>`: bash and BusyBox.
    pub has_extras: bool,
    /// Arrays, `((`, `{1..3}`, `<<<`, `<(…)`, `function`: bash alone.
    pub is_bash: bool,
}

/// The commands whose words may be assignments.
pub(super) const DECLARING: &[&str] = &["declare", "typeset", "local", "export", "readonly"];

/// Whether a variable can be called so.
pub fn is_name(text: &str) -> bool {
    let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && text.chars().all(is_inner)
}
