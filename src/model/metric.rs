//! The sorts of metrics that an autoscaler is given, and where its spec and its status keep what belongs to each.

use super::Value;

/// Where a metric comes from: its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricSource {
    /// What one container of each pod uses.
    ContainerResource,
    /// A metric of something outside of the cluster.
    External,
    /// A metric of one object.
    Object,
    /// A metric that each pod has.
    Pods,
    /// What each pod uses.
    Resource,
}

impl MetricSource {
    /// All of them, in the order of their names.
    pub const ALL: [MetricSource; 5] = [
        MetricSource::ContainerResource,
        MetricSource::External,
        MetricSource::Object,
        MetricSource::Pods,
        MetricSource::Resource,
    ];

    /// The type of a metric, in an autoscaler's spec or status; `None` for one that there is not.
    pub fn of(metric: &Value) -> Option<MetricSource> {
        MetricSource::ALL.into_iter().find(|source| source.name() == metric.str_at(&["type"]))
    }

    /// The API's name: `Resource`.
    pub fn name(self) -> &'static str {
        match self {
            MetricSource::ContainerResource => "ContainerResource",
            MetricSource::External => "External",
            MetricSource::Object => "Object",
            MetricSource::Pods => "Pods",
            MetricSource::Resource => "Resource",
        }
    }

    /// The field of the metric that says more: `resource`.
    pub fn field(self) -> &'static str {
        match self {
            MetricSource::ContainerResource => "containerResource",
            MetricSource::External => "external",
            MetricSource::Object => "object",
            MetricSource::Pods => "pods",
            MetricSource::Resource => "resource",
        }
    }
}
