//! YAML text to objects and back: documents with spans, decoding, defaults, validation; knows no cluster.
