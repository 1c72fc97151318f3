//! Deletion at a path: of one object, or of all that selectors take, as the sent options say.
//!
//! Follows `DeleteResource` and `DeleteCollection` in apiserver's `pkg/endpoints/handlers/delete.go`.

use super::raw::{answer, body, check_path, list_of, sent_object, success};
use super::raw_options::Deletion;
use super::raw_url::{Place, Url, not_allowed};
use crate::cluster::{ApiError, Cluster};
use crate::kubectl::command::{Cx, Failure, Flow};
use crate::kubectl::flags::Args;
use crate::kubectl::json_in_order::{self, text};
use crate::kubectl::output_formats;
use crate::kubectl::resources::Resource;
use crate::model::Object;
use crate::obj;
use std::rc::Rc;

/// `delete --raw`: deletes what is at a path, as the file's options say.
///
/// # Errors
/// What the API server refuses.
pub(super) fn delete(args: &Args, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    check_delete(args)?;
    let text = match args.list("filename").first() {
        Some(file) => body(file, cx)?,
        None => String::new(),
    };
    delete_text(args.text("raw"), &text, cx)
}

/// Deletes what is at a path, as the text's options say.
///
/// # Errors
/// What the API server refuses.
pub fn delete_text(path: &str, sent: &str, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let url = Url::of(path);
    let place = url.place(cx)?;
    if !place.part.is_empty() {
        return Err(not_allowed());
    }
    let sent = if sent.trim().is_empty() { None } else { Some(sent_object(sent, place.kind)?) };
    let deletion = Deletion::of(&url, sent)?;
    let Some(name) = &place.name else { return delete_all(&place, &url, &deletion, cx) };
    let key = place.key(name);
    let (object, is_gone) = cx.request_or_try(deletion.is_dry, |cluster| {
        let object = cluster.delete(&key, &deletion.options)?;
        Ok((object, cluster.get(&key).is_none()))
    })?;
    if !is_gone {
        return answer(&output_formats::value_of(&object, true), cx);
    }
    let mut members = vec![("name", text(&object.meta.name))];
    if !place.kind.names().group.is_empty() {
        members.push(("group", text(place.kind.names().group)));
    }
    members.extend([("kind", text(place.kind.names().plural)), ("uid", text(&object.meta.uid))]);
    success(("details", json_in_order::object(&members)), cx)
}

/// Deletes all objects of a kind that the selectors take; the answer lists them.
fn delete_all(place: &Place, url: &Url, deletion: &Deletion, cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let namespace = place.namespace.clone().unwrap_or_default();
    if place.kind.names().is_namespaced && place.namespace.is_none() {
        // All namespaces are read at once and written one by one.
        return Err(not_allowed());
    }
    cx.check_access("deletecollection", place.kind, "", &namespace, "")?;
    let scope = place.scope(url);
    if let Some(why) = scope.fault(place.kind, cx) {
        return Err(ApiError::BadRequest(why).into());
    }
    let asking = cx.user.take();
    let objects = scope.list(Resource::Kept(place.kind), cx);
    let deleted = objects.and_then(|objects| {
        let each = |cluster: &mut Cluster| -> Result<Vec<Rc<Object>>, ApiError> {
            objects.iter().map(|object| cluster.delete(&object.key(), &deletion.options)).collect()
        };
        Ok(cx.request_or_try(deletion.is_dry, each)?)
    });
    cx.user = asking;
    let metadata = obj! { "resourceVersion" => cx.cluster().resource_version().to_string() };
    answer(&list_of(place.kind, &deleted?, metadata), cx)
}

/// What `delete --raw` may not stand beside.
fn check_delete(args: &Args) -> Result<(), Failure> {
    let (path, files) = (args.text("raw"), args.list("filename"));
    let is_remote = |file: &String| file.starts_with("http://") || file.starts_with("https://");
    Err(Failure::client(match () {
        () if args.is("interactive") => "--interactive can not be used with --raw",
        () if files.len() > 1 => "--raw can only use a single local file or stdin",
        () if files.iter().any(is_remote) => "--raw cannot read from a url",
        () if args.is("recursive") => "--raw and --recursive are mutually exclusive",
        () if !args.text("output").is_empty() => "--raw and --output are mutually exclusive",
        () => return check_path(path),
    }))
}
