//! What one turn of a shell works with: its world, its fuel, and the pieces of text that it has written, by stream.

use super::limits::LIMITS;
use super::state::Event;
use super::world::World;

/// The streams of pipes, by how deep their shell stands.
pub(super) const PIPES: u8 = 16;

/// What runs need: the world, where text goes, how much may still be done.
pub struct Io<'w> {
    /// What is around.
    pub world: &'w mut dyn World,
    /// How many commands may still run before time has to pass.
    pub fuel: u32,
    /// Whether something around may have changed that a program of the world waits for.
    pub has_news: bool,
    /// Whether the shell stopped because its turn was over, and waits for nothing else.
    pub has_more: bool,
    /// Pieces of text as they were written, oldest first.
    written: Vec<Piece>,
    size: usize,
}

/// A piece of text on its way to the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// 1, 2, or [`super::world::ASIDE`].
    pub stream: u8,
    /// The number of the job behind the prompt that wrote it; 0 for what stands in front.
    pub job: u32,
    /// The text.
    pub text: String,
}

impl<'w> Io<'w> {
    /// Everything that may be done in one turn.
    pub fn new(world: &'w mut dyn World) -> Io<'w> {
        Io { world, fuel: LIMITS.steps, has_news: false, has_more: false, written: Vec::new(), size: 0 }
    }

    /// The same world and what is left to be done, with text of its own.
    pub(super) fn inner(&mut self) -> Io<'_> {
        let (fuel, has_news, size) = (self.fuel, self.has_news, self.size);
        Io { world: &mut *self.world, fuel, has_news, has_more: false, written: Vec::new(), size }
    }

    /// Writes to a stream.
    pub fn push(&mut self, stream: u8, text: &str) {
        self.push_piece(Piece { stream, job: 0, text: text.to_string() });
    }

    /// Passes on what something inside wrote.
    pub(super) fn push_piece(&mut self, piece: Piece) {
        self.size += piece.text.len();
        match self.written.last_mut() {
            Some(last) if last.stream == piece.stream && last.job == piece.job => last.text.push_str(&piece.text),
            _ => self.written.push(piece),
        }
    }

    /// Whether no more may be done before time has passed.
    pub fn is_spent(&self) -> bool {
        self.fuel == 0 || self.size > LIMITS.output
    }

    /// The end of a turn that is spent: what is left to be done goes on then.
    pub(super) fn end_turn(&mut self) -> Event {
        self.has_more = true;
        Event::Sleep(self.world.now() + LIMITS.busy)
    }

    /// Takes what was written.
    pub fn take(&mut self) -> Vec<Piece> {
        std::mem::take(&mut self.written)
    }

    /// What is left of the turn: commands, and the text that was written.
    pub fn left(&self) -> (u32, usize) {
        (self.fuel, self.size)
    }

    /// Goes on with what was left of the turn.
    pub fn set_left(&mut self, (fuel, size): (u32, usize)) {
        (self.fuel, self.size) = (fuel, size);
    }

    /// Takes what was written as one text.
    pub fn take_text(&mut self) -> String {
        self.take().into_iter().map(|piece| piece.text).collect()
    }
}
