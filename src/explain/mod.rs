//! Why, why not, what would happen, and what must always hold: read from a simulation.
//!
//! [`why()`] gathers what the controllers decided last about something, what its objects say, and which timers will end
//! the wait. [`plan()`] lets a copy of the world run with changed manifests and tells what happens, in order.
//! [`invariants`] are named properties of a cluster, with checkers that the tests run beside random operations.
//! [`cause`] follows a symptom to the cause at the end of its chain, with what helps; [`origin`] leads from a change back
//! to what the user did; [`lights`] watch what a StatefulSet promises. The words are in the catalogues: [`say`] finds them.
//!
//! # Differences from Kubernetes
//! A plan knows what the model knows: images that exist, programs that become ready. It proves nothing about a real
//! cluster's images or probes.

pub mod cause;
pub mod changed_fields;
pub mod invariants;
pub mod lights;
pub mod origin;
pub mod outcome;
pub mod plan;
pub mod plan_lanes;
pub mod plan_sentences;
pub mod reasons;
pub mod why_answer;

pub use cause::{Link, Remedy, answer};
pub use invariants::{Violation, check, check_change};
pub use lights::{Break, Lights, Promise};
pub use origin::{Deed, Origins};
pub use outcome::{Outcome, outcome};
pub use plan::{Ahead, Applied, Asked, End, Plan, PlanStep, Verdict, What, Worst, plan};
pub use plan_sentences::{say_briefly, say_outcome, say_plan};
pub use reasons::{About, Sentence, say, why};
pub use why_answer::{beside, came, is_known, remedies, restless, say_each, say_end, say_restless, say_why, stuck};
