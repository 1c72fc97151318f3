//! StatefulSet Lab: a Kubernetes cluster model and the exact StatefulSet algorithm.

pub mod model;
