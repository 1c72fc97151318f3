//! The rows of `kubectl get`: which columns a kind has under its flags; lays nothing out.

use crate::cluster::Cluster;
use crate::kubectl::columns::{self, label_cell, label_header, labels_text};
use crate::kubectl::flags::Args;
use crate::kubectl::kinds::{cells, columns_of};
use crate::kubectl::output_formats::Format;
use crate::kubectl::printer_columns;
use crate::kubectl::screen_text::Style;
use crate::kubectl::table::Cell;
use crate::model::{Kind, Object};

/// How rows of a table look.
#[derive(Clone, Debug, Default)]
pub(super) struct Look {
    is_wide: bool,
    has_namespace: bool,
    has_kind: bool,
    labels: Vec<String>,
    shows_labels: bool,
    /// Names and ages alone, as the client prints what it knows nothing of (`--server-print=false`).
    is_generic: bool,
    /// The columns of the scale.
    is_scale: bool,
}

impl Look {
    /// What the flags of `get` say; `has_kind` if several kinds are printed.
    pub(super) fn of(args: &Args, format: &Format, has_kind: bool) -> Look {
        Look {
            is_wide: *format == Format::Table(true),
            has_namespace: args.is("all-namespaces"),
            has_kind: has_kind || args.is("show-kind"),
            labels: args.list("label-columns").to_vec(),
            shows_labels: args.is("show-labels"),
            is_generic: !args.is_unless_false("server-print"),
            is_scale: args.text("subresource") == "scale",
        }
    }

    /// The header of a kind.
    pub(super) fn header(&self, kind: Kind, cluster: &Cluster) -> Vec<Cell> {
        let mut row = Vec::new();
        if self.has_namespace && kind.names().is_namespaced {
            row.push("NAMESPACE".to_string());
        }
        if self.is_scale {
            row.extend(["NAME", "DESIRED", "AVAILABLE", "AGE"].map(str::to_string));
        } else if self.is_generic {
            row.extend(["NAME", "AGE"].map(str::to_string));
        } else if kind.is_custom() {
            let all = printer_columns::headers(kind, cluster).into_iter();
            row.extend(all.filter(|(_, is_wide)| self.is_wide || !is_wide).map(|(name, _)| name));
        } else {
            let kubernetes = cluster.kubernetes();
            let all = columns_of(kind).into_iter().filter(|column| columns::is_printed(column, kubernetes));
            row.extend(all.filter(|(_, is_wide)| self.is_wide || !is_wide).map(|(name, _)| name.to_string()));
        }
        row.extend(self.labels.iter().map(|key| label_header(key)));
        if self.shows_labels {
            row.push("LABELS".into());
        }
        row.into_iter().map(|text| Cell::styled(text, Style::Header)).collect()
    }

    /// The row of an object.
    pub(super) fn row(&self, object: &Object, cluster: &Cluster) -> Vec<Cell> {
        let name = if self.has_kind {
            format!("{}/{}", object.kind.qualified_singular(), object.meta.name)
        } else {
            object.meta.name.to_string()
        };
        let mut row = Vec::new();
        if self.has_namespace && object.kind.names().is_namespaced {
            row.push(Cell::new(object.meta.namespace.as_str()));
        }
        let age = || Cell::new(columns::since(object.meta.created, cluster.now()));
        if self.is_scale {
            let (wanted, there) = cluster.replicas_of(object);
            row.extend([Cell::new(name), Cell::new(wanted.to_string()), Cell::new(there.to_string()), age()]);
        } else if self.is_generic {
            row.extend([Cell::new(name), age()]);
        } else if object.kind.is_custom() {
            let all = printer_columns::cells(object, columns::name_cell(object, &name), cluster).into_iter();
            row.extend(all.filter(|(_, is_wide)| self.is_wide || !is_wide).map(|(cell, _)| cell));
        } else {
            let all = columns_of(object.kind).into_iter().zip(cells(object, &name, cluster));
            let all = all.filter(|(column, _)| columns::is_printed(column, cluster.kubernetes()));
            row.extend(all.filter(|((_, is_wide), _)| self.is_wide || !is_wide).map(|(_, cell)| cell));
        }
        row.extend(self.labels.iter().map(|key| label_cell(object, key)));
        if self.shows_labels {
            row.push(Cell::new(labels_text(&object.meta.labels)));
        }
        row
    }
}
