//! Tutorials that run: reads a page's code blocks as manifests and recorded sessions, plays them, and tells what the
//! author printed apart from what the cluster says.
//!
//! **Invariant:** nothing that an author wrote is refused; a block that is understood as neither stays text.

mod alignment;
mod answer;
mod block;
mod compare;
mod excerpt;
mod line;
mod line_look;
mod mask;
mod moment;
mod names;
mod output;
mod page;
mod play;
mod prompt;
mod reader;
mod rollout;
mod text_between;
mod turn;
mod typing;
mod watch;

pub use answer::Answer;
pub use block::{Block, Content};
pub use compare::{Difference, differences, is_said};
pub use line::applied;
pub use page::Page;
pub use play::{Finding, apply, check, play, wait_until_settled, watches};
pub use turn::Turn;
