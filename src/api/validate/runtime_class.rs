//! The rules for RuntimeClasses.

use super::super::field_error::{Errors, Path};
use super::super::names;
use super::meta::check_labels;
use super::placing::check_tolerations;
use super::pod_resources::check_name;
use super::{check_amount, entries};
use crate::model::Object;

/// Follows `ValidateRuntimeClass` in pkg/apis/node/validation.
pub(in crate::api) fn check_runtime_class(errors: &mut Errors, object: &Object) {
    let handler = object.str_at(&["handler"]);
    errors.check_text(&Path::new("handler"), handler, names::dns_label(handler));
    let overhead = Path::new("overhead").child("podFixed").child("limits");
    for (name, amount) in entries(object.at(&["overhead", "podFixed"])) {
        check_name(errors, &overhead.key(name), name);
        check_amount(errors, &overhead.key(name), amount);
    }
    let path = Path::new("scheduling");
    check_labels(errors, &path.child("nodeSelector"), object.at(&["scheduling", "nodeSelector"]));
    check_tolerations(errors, &path.child("tolerations"), object.list_at(&["scheduling", "tolerations"]));
}
