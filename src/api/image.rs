//! Container image names, as far as the API server reads them; knows no registry.
//!
//! Follows distribution's reference/regexp.go.

/// The pull policy of a container that names none: `Always` for the tag `latest`, given or implied.
pub fn default_pull_policy(image: &str) -> &'static str {
    if tag(image) == Ok("latest") { "Always" } else { "IfNotPresent" }
}

/// Whether an image is named as a registry would name one.
pub fn is_image_name(image: &str) -> bool {
    tag(image).is_ok()
}

/// Why a text is no image's name, in the words of whoever reads it; `None` if it is one. Follows
/// `ParseNormalizedNamed` of github.com/distribution/reference.
pub fn image_name_error(image: &str) -> Option<String> {
    tag(image).err()
}

/// Says of every name that it is none that has no better reason.
const INVALID: &str = "invalid reference format";

/// The tag of an image's name: `latest` if it has neither tag nor digest, empty if it has only a digest.
fn tag(image: &str) -> Result<&str, String> {
    if image.len() == 64 && image.bytes().all(is_small_hex) {
        return Err(format!("invalid repository name ({image}), cannot specify 64-byte hexadecimal strings"));
    }
    let (domain, rest) = split_domain(image);
    // What stands in no registry and no folder is the library's.
    let library = if domain.is_none() && !rest.contains('/') { "library/" } else { "" };
    let remote = rest.split(':').next().unwrap_or(rest);
    if remote.to_lowercase() != remote {
        return Err(format!("{INVALID}: repository name ({library}{remote}) must be lowercase"));
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
        return Err(INVALID.to_string());
    }
    let implied = if domain.is_some() { 0 } else { "docker.io/".len() + library.len() };
    if path.len() + implied > 255 {
        return Err("repository name must not be more than 255 characters".to_string());
    }
    digest.map_or(Ok(()), check_digest)?;
    Ok(tag.unwrap_or(if digest.is_some() { "" } else { "latest" }))
}

/// The registry that a name begins with, if it does, and the rest.
fn split_domain(image: &str) -> (Option<&str>, &str) {
    match image.split_once('/') {
        Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" || first != first.to_lowercase() => {
            (Some(first), rest)
        }
        _ => (None, image),
    }
}

/// A digest is an algorithm's name and at least 32 hexadecimal digits; the known algorithms say how many.
fn check_digest(digest: &str) -> Result<(), String> {
    let Some((algorithm, digits)) = digest.split_once(':') else { return Err(INVALID.to_string()) };
    let is_part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    let is_long_enough = digits.len() >= 32 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    if !is_long_enough || !algorithm.split(['-', '_', '+', '.']).all(is_part) {
        return Err(INVALID.to_string());
    }
    let length = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => return Err("unsupported digest algorithm".to_string()),
    };
    if digits.len() != length {
        return Err("invalid checksum digest length".to_string());
    }
    if digits.bytes().all(is_small_hex) { Ok(()) } else { Err("invalid checksum digest format".to_string()) }
}

fn is_small_hex(byte: u8) -> bool {
    byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)
}

fn is_repository(path: &str) -> bool {
    let is_path = |path: &str| path.split('/').all(is_path_component);
    match split_domain(path) {
        (Some(domain), rest) if is_domain(domain) && is_path(rest) => true,
        // What is no registry's name may be a folder's.
        _ => is_path(path),
    }
}

fn is_domain(domain: &str) -> bool {
    let (host, port) = match domain.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, port)) if port.is_empty() || port.starts_with(':') => {
            let is_address = !address.is_empty() && address.bytes().all(|b| b.is_ascii_hexdigit() || b == b':');
            return is_address && port.strip_prefix(':').is_none_or(is_number);
        }
        _ => domain.split_once(':').map_or((domain, None), |(host, port)| (host, Some(port))),
    };
    let is_label = |label: &str| {
        let is_edge = |c: char| c.is_ascii_alphanumeric();
        label.starts_with(is_edge)
            && label.ends_with(is_edge)
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    port.is_none_or(is_number) && host.split('.').all(is_label)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
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
    use super::{default_pull_policy, image_name_error};

    #[test]
    fn the_latest_tag_is_always_pulled() {
        for image in ["nginx", "nginx:latest", "registry:5000/nginx", "foo/bar/baz", "localhost/a"] {
            assert_eq!(default_pull_policy(image), "Always", "{image}");
        }
        for image in ["nginx:1.27", "Nginx", "50%", "nginx@sha256:0123", "a b", "", "registry:5000/nginx:1"] {
            assert_eq!(default_pull_policy(image), "IfNotPresent", "{image}");
        }
    }

    #[test]
    fn names_are_read_as_registries_read_them() {
        let digits = "0123456789abcdef".repeat(4);
        let long = "a".repeat(250);
        let fine = [
            "nginx",
            "a__b/c-d---e/f.g_h:V1.2_x-",
            "my_reg.x/nginx",
            "REG/nginx:1",
            "[fd00::1]:5000/nginx",
            "reg.io:5000/a/b:1@sha256:DIGITS",
            "sha/512@sha512:DIGITSDIGITS",
        ];
        for name in fine {
            assert_eq!(image_name_error(&name.replace("DIGITS", &digits)), None, "{name}");
        }
        let bad = [
            ("nginx@sha256:abc", "invalid reference format"),
            ("nginx@md5:abc", "invalid reference format"),
            ("nginx@-:DIGITS", "invalid reference format"),
            ("nginx@md5:0123456789abcdef0123456789abcdef", "unsupported digest algorithm"),
            ("nginx@sha256:0123456789abcdef0123456789abcdef", "invalid checksum digest length"),
            ("nginx@sha256:0123456789ABCDEFDIGITS", "invalid checksum digest length"),
            ("user/img@tag", "invalid reference format"),
            ("a___b", "invalid reference format"),
            ("a..b", "invalid reference format"),
            ("a-", "invalid reference format"),
            ("my_reg:5000/nginx", "invalid reference format"),
            ("nginx:", "invalid reference format"),
            ("nginx: 1", "invalid reference format"),
            ("https://reg.io/nginx", "invalid reference format"),
            ("${REGISTRY}/app:1", "invalid reference format"),
            ("nginx:${TAG}", "invalid reference format"),
            ("NGINX", "invalid reference format: repository name (library/NGINX) must be lowercase"),
            ("${IMAGE}", "invalid reference format: repository name (library/${IMAGE}) must be lowercase"),
            ("reg.io/Team/App:v1", "invalid reference format: repository name (Team/App) must be lowercase"),
            ("team/App:v1", "invalid reference format: repository name (team/App) must be lowercase"),
            ("DIGITS", "invalid repository name (DIGITS), cannot specify 64-byte hexadecimal strings"),
            ("LONG", "repository name must not be more than 255 characters"),
        ];
        for (name, why) in bad {
            let [name, why] = [name, why].map(|text| text.replace("DIGITS", &digits).replace("LONG", &long));
            assert_eq!(image_name_error(&name), Some(why), "{name}");
        }
    }
}
