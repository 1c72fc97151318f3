//! Tutorials that run: reads a page's code blocks as manifests and recorded sessions, plays them, and tells what the
//! author printed apart from what the cluster says.
//!
//! **Invariant:** nothing that an author wrote is refused; a block that is understood as neither stays text.

mod alignment;
mod answer;
mod block;
mod compare;
mod generated_names;
mod line;
mod line_look;
mod markdown;
mod mask;
mod moment;
mod output;
mod partial_manifest;
mod play;
mod prompt;
mod reader;
mod rollout_lines;
mod text_between;
mod turn;
mod unfinished_command;
mod watch;

pub use answer::Answer;
pub use block::{Block, Content};
pub use compare::{Difference, differences, is_said};
pub use line::applied;
pub use markdown::Page;
pub use play::{Finding, apply, check, play, wait_until_settled, watches};
pub use turn::Turn;
