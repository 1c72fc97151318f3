//! Versions that the API serves beside the one it keeps: trees of the older one become trees of the kept one.

use crate::model::{Kind, Value};
use crate::{list, obj};

/// The tree in the version that is kept, if it is of an older one that is served: an autoscaler of `autoscaling/v1`.
///
/// Follows `Convert_v1_HorizontalPodAutoscaler_To_autoscaling_HorizontalPodAutoscaler` in pkg/apis/autoscaling/v1.
pub fn kept_version(value: &Value) -> Option<Value> {
    let kind = Kind::HorizontalPodAutoscaler;
    if value.str_at(&["apiVersion"]) != "autoscaling/v1" || value.str_at(&["kind"]) != kind.names().kind {
        return None;
    }
    let mut kept = value.clone();
    kept.set_at(&["apiVersion"], kind.api_version());
    if let Some(percent) = kept.remove_at(&["spec", OLD_TARGET]) {
        let target = obj! { "averageUtilization" => percent, "type" => "Utilization" };
        let metric = obj! { "resource" => obj! { "name" => "cpu", "target" => target }, "type" => "Resource" };
        kept.set_at(&["spec", "metrics"], list![metric]);
    }
    Some(kept)
}

const OLD_TARGET: &str = "targetCPUUtilizationPercentage";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{parse_json, to_json};

    #[test]
    fn an_old_autoscaler_becomes_a_new_one() {
        let old = r#"{"apiVersion":"autoscaling/v1","kind":"HorizontalPodAutoscaler","metadata":{"name":"web"},"spec":{"maxReplicas":4,"targetCPUUtilizationPercentage":70}}"#;
        let kept = kept_version(&parse_json(old).unwrap()).unwrap();
        let metrics = r#"[{"resource":{"name":"cpu","target":{"averageUtilization":70,"type":"Utilization"}},"type":"Resource"}]"#;
        assert_eq!(kept.str_at(&["apiVersion"]), "autoscaling/v2");
        assert_eq!(to_json(kept.at(&["spec", "metrics"]).unwrap()), metrics);
        assert!(kept_version(&kept).is_none());
    }
}
