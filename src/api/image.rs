//! Container image names, as far as the API server reads them; knows no registry.

/// The pull policy of a container that names none: `Always` for the tag `latest`, given or implied.
pub fn default_pull_policy(image: &str) -> &'static str {
    if tag(image) == Some("latest") { "Always" } else { "IfNotPresent" }
}

/// Whether an image is named as a registry would name one.
pub fn is_image_name(image: &str) -> bool {
    tag(image).is_some()
}

/// The tag of a well-formed image name; `latest` if it has neither tag nor digest.
fn tag(image: &str) -> Option<&str> {
    if image.len() == 64 && image.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
        return None;
    }
    let (name, digest) = image.split_once('@').map_or((image, None), |(name, digest)| (name, Some(digest)));
    let (path, tag) = match name.rsplit_once(':') {
        Some((path, tag)) if !tag.contains('/') => (path, Some(tag)),
        _ => (name, None),
    };
    let is_tag = |tag: &str| {
        tag.len() <= 128
            && tag.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
            && tag.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
    };
    if !is_repository(path) || tag.is_some_and(|tag| !is_tag(tag)) {
        return None;
    }
    match (tag, digest) {
        (Some(tag), _) => Some(tag),
        (None, Some(_)) => Some(""),
        (None, None) => Some("latest"),
    }
}

fn is_repository(path: &str) -> bool {
    let (domain, rest) = match path.split_once('/') {
        Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" || first != first.to_lowercase() => {
            (Some(first), rest)
        }
        _ => (None, path),
    };
    let is_domain = |domain: &str| {
        let (host, port) = domain.split_once(':').map_or((domain, None), |(host, port)| (host, Some(port)));
        port.is_none_or(|port| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()))
            && host.split('.').all(|label| {
                !label.is_empty()
                    && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                    && !label.starts_with('-')
                    && !label.ends_with('-')
            })
    };
    // With the implied `docker.io/library/` in front a name may have at most 255 characters.
    let implied = match domain {
        Some(_) => 0,
        None if rest.contains('/') => "docker.io/".len(),
        None => "docker.io/library/".len(),
    };
    domain.is_none_or(is_domain) && rest.split('/').all(is_path_component) && path.len() + implied <= 255
}

/// Lower-case letters and digits, joined by `.`, `_`, `__` or any number of `-`.
fn is_path_component(text: &str) -> bool {
    let is_word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = text.as_bytes();
    let ends_well = bytes.first().copied().is_some_and(is_word) && bytes.last().copied().is_some_and(is_word);
    ends_well
        && text
            .split(|c: char| is_word(u8::try_from(c).unwrap_or(0)))
            .all(|joint| matches!(joint, "" | "." | "_" | "__") || joint.bytes().all(|b| b == b'-'))
}

#[cfg(test)]
mod tests {
    use super::default_pull_policy;

    #[test]
    fn the_latest_tag_is_always_pulled() {
        for image in ["nginx", "nginx:latest", "registry:5000/nginx", "foo/bar/baz", "localhost/a"] {
            assert_eq!(default_pull_policy(image), "Always", "{image}");
        }
        for image in ["nginx:1.27", "Nginx", "50%", "nginx@sha256:0123", "a b", "", "registry:5000/nginx:1"] {
            assert_eq!(default_pull_policy(image), "IfNotPresent", "{image}");
        }
    }
}
