//! StatefulSet Lab: a Kubernetes cluster model and the exact StatefulSet algorithm.

pub mod api;
pub mod cluster;
pub mod controllers;
pub mod explain;
pub mod fnv;
pub mod i18n;
pub mod kubectl;
pub mod kubernetes;
pub mod manifest;
pub mod model;
pub mod ordering;
pub mod playground;
pub mod regex;
pub mod report;
pub mod scene;
pub mod schema;
pub mod shell;
pub mod sim;
pub mod sorted;
pub mod state;
pub mod tutorial;
pub mod world;

#[cfg(feature = "script")]
pub mod script;

#[cfg(any(feature = "web", feature = "render"))]
pub mod ui;
