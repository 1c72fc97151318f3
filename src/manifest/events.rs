//! Tokens of YAML to events: which list or map begins, which scalar stands where.
//!
//! Follows the parser of the library that kubectl reads YAML with: go.yaml.in/yaml/v2, `parserc.go`. It reads the first
//! document of a text; what stands behind that is not looked at.

use super::cursor::{Fault, Mark};
use super::tokens::{Kind, Scanner, Style, Token};

/// What the parser tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// A scalar.
    Scalar {
        /// What it says.
        text: String,
        /// Its name for aliases.
        anchor: Option<String>,
        /// Its whole tag; empty for none.
        tag: String,
        /// Whether what it says tells its type: it stands without quotes.
        is_plain: bool,
    },
    /// What another value was named.
    Alias(String),
    /// A list begins, by its anchor.
    List(Option<String>),
    /// A map begins, by its anchor.
    Map(Option<String>),
    /// The list or map ends.
    Close,
    /// The first document is over.
    End,
}

/// An event, where it begins and where it ends.
pub(super) type Placed = (Event, Mark, Mark);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Begin,
    Content,
    BlockNode,
    BlockEntry { is_first: bool },
    IndentlessEntry,
    BlockKey { is_first: bool },
    BlockValue,
    FlowEntry { is_first: bool },
    PairKey,
    PairValue,
    PairEnd,
    FlowKey { is_first: bool },
    FlowValue { is_empty: bool },
    End,
}

/// Reads events one by one.
pub(super) struct Parser<'a> {
    scanner: Scanner<'a>,
    state: State,
    states: Vec<State>,
    /// Where the lists and maps that are open began.
    marks: Vec<Mark>,
    handles: Vec<(String, String)>,
}

impl<'a> Parser<'a> {
    /// At the beginning of a text without characters that the library refuses.
    pub fn new(text: &'a str) -> Parser<'a> {
        Parser {
            scanner: Scanner::new(text),
            state: State::Begin,
            states: Vec::new(),
            marks: Vec::new(),
            handles: Vec::new(),
        }
    }

    /// The next event; [`Event::End`] once and for ever behind the first document.
    pub fn next(&mut self) -> Result<Placed, Fault> {
        match self.state {
            State::Begin => self.document(),
            State::Content => match self.kind()? {
                Kind::VersionDirective { .. }
                | Kind::TagDirective
                | Kind::DocumentStart
                | Kind::DocumentEnd
                | Kind::End => {
                    let mark = self.start()?;
                    self.pop_state();
                    Ok(empty(mark))
                }
                _ => self.node(true, false),
            },
            State::BlockNode => self.node(true, false),
            State::BlockEntry { is_first } => self.block_entry(is_first),
            State::IndentlessEntry => self.indentless_entry(),
            State::BlockKey { is_first } => self.block_key(is_first),
            State::BlockValue => self.block_value(),
            State::FlowEntry { is_first } => self.flow_entry(is_first),
            State::PairKey => self.pair_key(),
            State::PairValue => self.pair_value(),
            State::PairEnd => {
                let mark = self.start()?;
                self.state = State::FlowEntry { is_first: false };
                Ok((Event::Close, mark, mark))
            }
            State::FlowKey { is_first } => self.flow_key(is_first),
            State::FlowValue { is_empty } => self.flow_value(is_empty),
            State::End => {
                // The library looks at the token behind a document before it says that it is over.
                let mark = self.start()?;
                Ok((Event::End, mark, mark))
            }
        }
    }

    /// What the next token is.
    fn kind(&mut self) -> Result<Kind, Fault> {
        Ok(self.scanner.peek()?.kind)
    }

    /// Where the next token begins.
    fn start(&mut self) -> Result<Mark, Fault> {
        Ok(self.scanner.peek()?.start)
    }

    /// What the next token is, and where it ends.
    fn kind_and_end(&mut self) -> Result<(Kind, Mark), Fault> {
        let token = self.scanner.peek()?;
        Ok((token.kind, token.end))
    }

    /// Takes the next token.
    fn take(&mut self) -> Result<Token, Fault> {
        self.scanner.take()
    }

    fn pop_state(&mut self) {
        self.state = self.states.pop().unwrap_or(State::End);
    }

    fn document(&mut self) -> Result<Placed, Fault> {
        while self.kind()? == Kind::DocumentEnd {
            self.take()?;
        }
        let is_implicit = !matches!(
            self.kind()?,
            Kind::VersionDirective { .. } | Kind::TagDirective | Kind::DocumentStart | Kind::End
        );
        if self.kind()? == Kind::End {
            self.state = State::End;
            return self.next();
        }
        self.directives()?;
        self.states.push(State::End);
        if is_implicit {
            self.state = State::BlockNode;
            return self.next();
        }
        if self.kind()? != Kind::DocumentStart {
            return Err(Fault::parser("did not find expected <document start>", self.start()?, Mark::default()));
        }
        self.take()?;
        self.state = State::Content;
        self.next()
    }

    fn directives(&mut self) -> Result<(), Fault> {
        let mut has_version = false;
        loop {
            let start = self.start()?;
            let fault = |problem: &str| Err(Fault::parser(problem, start, Mark::default()));
            match self.kind()? {
                Kind::VersionDirective { .. } if has_version => return fault("found duplicate %YAML directive"),
                Kind::VersionDirective { is_known: false } => return fault("found incompatible YAML document"),
                Kind::VersionDirective { .. } => {
                    has_version = true;
                    self.take()?;
                }
                Kind::TagDirective => {
                    let Token { handle, text: prefix, .. } = self.take()?;
                    if self.handles.iter().any(|(known, _)| *known == handle) {
                        return fault("found duplicate %TAG directive");
                    }
                    self.handles.push((handle, prefix));
                }
                _ => return Ok(()),
            }
        }
    }

    /// A value with its anchor and tag. A list as a map's value need not stand deeper than its key.
    fn node(&mut self, is_block: bool, may_be_indentless: bool) -> Result<Placed, Fault> {
        let start = self.start()?;
        if self.kind()? == Kind::Alias {
            self.pop_state();
            let alias = self.take()?;
            return Ok((Event::Alias(alias.text), start, alias.end));
        }
        let (anchor, tag, end_of_properties) = self.properties(start)?;
        let has_properties = anchor.is_some() || !tag.is_empty();
        let (kind, end) = self.kind_and_end()?;
        let (state, event) = match kind {
            Kind::Entry if may_be_indentless => (State::IndentlessEntry, Event::List(anchor)),
            Kind::Scalar(style) => {
                self.pop_state();
                let is_plain = (tag.is_empty() && style == Style::Plain) || tag == "!";
                return Ok((Event::Scalar { text: self.take()?.text, anchor, tag, is_plain }, start, end));
            }
            Kind::FlowList => (State::FlowEntry { is_first: true }, Event::List(anchor)),
            Kind::FlowMap => (State::FlowKey { is_first: true }, Event::Map(anchor)),
            Kind::BlockList if is_block => (State::BlockEntry { is_first: true }, Event::List(anchor)),
            Kind::BlockMap if is_block => (State::BlockKey { is_first: true }, Event::Map(anchor)),
            _ if has_properties => {
                self.pop_state();
                let is_plain = tag.is_empty() || tag == "!";
                return Ok((Event::Scalar { text: String::new(), anchor, tag, is_plain }, start, end_of_properties));
            }
            _ => return Err(Fault::parser("did not find expected node content", self.start()?, start)),
        };
        self.state = state;
        Ok((event, start, end))
    }

    /// Reads anchor and tag, in either order.
    fn properties(&mut self, start: Mark) -> Result<(Option<String>, String, Mark), Fault> {
        let (mut anchor, mut tag, mut end) = (None, None, start);
        loop {
            match self.kind()? {
                Kind::Anchor if anchor.is_none() => {
                    let token = self.take()?;
                    anchor = Some(token.text);
                    end = token.end;
                }
                Kind::Tag if tag.is_none() => {
                    let token = self.take()?;
                    end = token.end;
                    tag = Some(self.whole_tag(token)?);
                }
                _ => return Ok((anchor, tag.unwrap_or_default(), end)),
            }
        }
    }

    fn whole_tag(&self, tag: Token) -> Result<String, Fault> {
        let Token { handle, text: suffix, start: mark, .. } = tag;
        if handle.is_empty() {
            return Ok(suffix);
        }
        let own = self.handles.iter().find(|(known, _)| *known == handle).map(|(_, prefix)| prefix.as_str());
        let prefix = match (own, handle.as_str()) {
            (Some(prefix), _) => prefix,
            (None, "!") => "!",
            (None, "!!") => "tag:yaml.org,2002:",
            _ => return Err(Fault::parser("found undefined tag handle", mark, mark)),
        };
        Ok(format!("{prefix}{suffix}"))
    }

    /// Keeps where a list or map began, at its first entry.
    fn enter(&mut self, is_first: bool) -> Result<(), Fault> {
        if is_first {
            let mark = self.start()?;
            self.marks.push(mark);
            self.take()?;
        }
        Ok(())
    }

    /// Ends a list or map with the token that stands here.
    fn leave(&mut self) -> Result<Placed, Fault> {
        let closing = self.take()?;
        self.pop_state();
        self.marks.pop();
        Ok((Event::Close, closing.start, closing.end))
    }

    fn fault(&mut self, problem: &str) -> Result<Placed, Fault> {
        let mark = self.start()?;
        let context = self.marks.pop().unwrap_or_default();
        Err(Fault::parser(problem, mark, context))
    }

    /// Reads a value and goes on with `then`; an empty one if a token of `ends` stands here.
    fn value_or_empty(
        &mut self,
        then: State,
        is_empty: impl Fn(Kind) -> bool,
        node: (bool, bool),
        mark: Mark,
    ) -> Result<Placed, Fault> {
        if is_empty(self.kind()?) {
            self.state = then;
            return Ok(empty(mark));
        }
        self.states.push(then);
        self.node(node.0, node.1)
    }

    fn block_entry(&mut self, is_first: bool) -> Result<Placed, Fault> {
        self.enter(is_first)?;
        let (kind, end) = self.kind_and_end()?;
        match kind {
            Kind::Entry => {
                self.take()?;
                let is_empty = |kind: Kind| matches!(kind, Kind::Entry | Kind::BlockEnd);
                self.value_or_empty(State::BlockEntry { is_first: false }, is_empty, (true, false), end)
            }
            Kind::BlockEnd => self.leave(),
            _ => self.fault("did not find expected '-' indicator"),
        }
    }

    fn indentless_entry(&mut self) -> Result<Placed, Fault> {
        if self.kind()? != Kind::Entry {
            self.pop_state();
            let mark = self.start()?;
            return Ok((Event::Close, mark, mark));
        }
        let end = self.take()?.end;
        let is_empty = |kind: Kind| matches!(kind, Kind::Entry | Kind::Key | Kind::Value | Kind::BlockEnd);
        self.value_or_empty(State::IndentlessEntry, is_empty, (true, false), end)
    }

    fn block_key(&mut self, is_first: bool) -> Result<Placed, Fault> {
        self.enter(is_first)?;
        let (kind, end) = self.kind_and_end()?;
        match kind {
            Kind::Key => {
                self.take()?;
                let is_empty = |kind: Kind| matches!(kind, Kind::Key | Kind::Value | Kind::BlockEnd);
                self.value_or_empty(State::BlockValue, is_empty, (true, true), end)
            }
            Kind::BlockEnd => self.leave(),
            _ => self.fault("did not find expected key"),
        }
    }

    fn block_value(&mut self) -> Result<Placed, Fault> {
        let then = State::BlockKey { is_first: false };
        if self.kind()? != Kind::Value {
            self.state = then;
            return Ok(empty(self.start()?));
        }
        let end = self.take()?.end;
        let is_empty = |kind: Kind| matches!(kind, Kind::Key | Kind::Value | Kind::BlockEnd);
        self.value_or_empty(then, is_empty, (true, true), end)
    }

    /// Steps over the comma between two entries; `closing` may stand in its place.
    fn comma(&mut self, is_first: bool, closing: Kind, problem: &str) -> Result<(), Fault> {
        self.enter(is_first)?;
        if is_first || self.kind()? == closing {
            return Ok(());
        }
        if self.kind()? != Kind::Comma {
            return self.fault(problem).map(|_| ());
        }
        self.take()?;
        Ok(())
    }

    fn flow_entry(&mut self, is_first: bool) -> Result<Placed, Fault> {
        self.comma(is_first, Kind::FlowListEnd, "did not find expected ',' or ']'")?;
        match self.kind()? {
            Kind::FlowListEnd => self.leave(),
            Kind::Key => {
                let key = self.take()?;
                self.state = State::PairKey;
                Ok((Event::Map(None), key.start, key.end))
            }
            _ => {
                self.states.push(State::FlowEntry { is_first: false });
                self.node(false, false)
            }
        }
    }

    /// The key of a pair that stands in a list: `[a: b]`.
    fn pair_key(&mut self) -> Result<Placed, Fault> {
        let (kind, end) = self.kind_and_end()?;
        if matches!(kind, Kind::Value | Kind::Comma | Kind::FlowListEnd) {
            self.take()?;
            self.state = State::PairValue;
            return Ok(empty(end));
        }
        self.states.push(State::PairValue);
        self.node(false, false)
    }

    fn pair_value(&mut self) -> Result<Placed, Fault> {
        if self.kind()? != Kind::Value {
            self.state = State::PairEnd;
            return Ok(empty(self.start()?));
        }
        self.take()?;
        let is_empty = |kind: Kind| matches!(kind, Kind::Comma | Kind::FlowListEnd);
        let mark = self.start()?;
        self.value_or_empty(State::PairEnd, is_empty, (false, false), mark)
    }

    fn flow_key(&mut self, is_first: bool) -> Result<Placed, Fault> {
        self.comma(is_first, Kind::FlowMapEnd, "did not find expected ',' or '}'")?;
        match self.kind()? {
            Kind::FlowMapEnd => self.leave(),
            Kind::Key => {
                self.take()?;
                let is_empty = |kind: Kind| matches!(kind, Kind::Value | Kind::Comma | Kind::FlowMapEnd);
                let mark = self.start()?;
                self.value_or_empty(State::FlowValue { is_empty: false }, is_empty, (false, false), mark)
            }
            _ => {
                self.states.push(State::FlowValue { is_empty: true });
                self.node(false, false)
            }
        }
    }

    fn flow_value(&mut self, is_empty: bool) -> Result<Placed, Fault> {
        let then = State::FlowKey { is_first: false };
        if is_empty || self.kind()? != Kind::Value {
            self.state = then;
            return Ok(empty(self.start()?));
        }
        self.take()?;
        let is_empty = |kind: Kind| matches!(kind, Kind::Comma | Kind::FlowMapEnd);
        let mark = self.start()?;
        self.value_or_empty(then, is_empty, (false, false), mark)
    }
}

/// A value that nobody wrote.
fn empty(mark: Mark) -> Placed {
    let event = Event::Scalar { text: String::new(), anchor: None, tag: String::new(), is_plain: true };
    (event, mark, mark)
}
