//! A MariaDB or MySQL server as far as a tutorial needs it, and its client.

mod client;

pub use client::{Client, start};
