//! Kubernetes objects as plain data.
//!
//! An [`Object`] has typed metadata ([`Meta`]) and a body that is a tree of [`Value`]s.
//! The tree is shared between copies and separated on write, so a stored object, a controller's copy and a checkpoint
//! of the whole cluster cost pointers, not trees.
//! One form serves decoding, patching, `-o jsonpath`, `describe` and the controllers alike; typed readers for the
//! fields that controllers ask for stand beside it.

mod base64;
pub mod budget;
pub mod claim;
pub mod conditions;
pub mod container_status;
mod custom_kind;
pub mod duration;
pub mod field_managers;
pub mod int_or_percent;
pub mod json;
pub mod kind;
mod kind_info;
mod metric;
pub mod node;
pub mod object;
pub mod pod;
pub mod pod_ordinal;
pub mod pod_resources;
pub mod pod_status_word;
pub mod policy_rule;
pub mod quantity;
pub mod schedule;
pub mod selector;
pub mod stateful_set;
pub mod text;
pub mod time;
mod time_zone;
pub mod value;
mod value_index;
pub mod volume;
pub mod volume_attachment;
pub mod workload;

pub use base64::{decode_base64, encode_base64};
pub use custom_kind::{CustomKind, CustomNames};
pub use field_managers::Manager;
pub use json::{JsonStyle, go_source, parse_json, parse_json_at, to_json, to_json_styled};
pub use kind::Kind;
pub use kind_info::KindInfo;
pub use metric::MetricSource;
pub use object::{Key, Meta, Object, OwnerReference};
pub use policy_rule::{Attributes, PolicyRule};
pub use quantity::{Quantity, QuantityError, QuantityFormat};
pub use schedule::Schedule;
pub use selector::{expression_matches, map_matches, selector_matches};
pub use text::Text;
pub use time::Millis;
pub use time_zone::TimeZone;
pub use value::{Labels, Map, SortedMap, Value};
pub use value_index::ValueIndex;
