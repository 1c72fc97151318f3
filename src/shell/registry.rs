//! Which images cannot be pulled: what a registry would say about a name; pulls nothing.
//!
//! The lab knows no registry. An image is taken to be there unless its name says that it is not (`app:does-not-exist`),
//! its version is far from any that its makers have published (`nginx:1.161`), or it is one letter away from an image
//! that everybody knows (`ngnix`).

use super::images::{OfficialVersion, official_names, official_version, published};

/// Why an image cannot be pulled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The registry knows the repository, and not this tag.
    Tag,
    /// The registry knows no such repository, or does not show it.
    Repository,
}

/// Words that people write where an image is to be missing.
const WORDS: &[&str] = &[
    "absent",
    "bad",
    "broken",
    "doesnotexist",
    "fake",
    "invalid",
    "missing",
    "nonexistent",
    "nonexisting",
    "nope",
    "nosuch",
    "notexist",
    "notfound",
    "sometag",
    "typo",
    "unknown",
    "wrong",
];

/// The same in several words, as they are found anywhere in a name.
const PHRASES: &[&str] = &[
    "does-not-exist",
    "doesnotexist",
    "doesnt-exist",
    "no-such",
    "non-existent",
    "non-existing",
    "nonexistent",
    "not-existing",
    "not-found",
];

/// The names of ordinary images have more letters than this: shorter ones are near too many words.
const SHORT: usize = 4;

/// What a registry says of an image that is not there; `None` if it is taken to be.
pub fn missing(image: &str) -> Option<Missing> {
    let name = image.split('@').next().unwrap_or(image);
    let (path, last) = name.rsplit_once('/').map_or(("", name), |(path, last)| (path, last));
    let (repository, tag) = last.split_once(':').unwrap_or((last, "latest"));
    let says_so = |text: &str| PHRASES.iter().any(|phrase| text.contains(phrase));
    let is_word = |part: &str| WORDS.contains(&part);
    let of_image = |rest: Option<&str>| rest.is_some_and(is_word);
    if says_so(repository)
        || of_image(repository.strip_suffix("-image"))
        || of_image(repository.strip_prefix("image-"))
        || is_word(repository)
    {
        return Some(Missing::Repository);
    }
    if has_word(tag, WORDS) || says_so(tag) {
        return Some(Missing::Tag);
    }
    let all = published(repository);
    if !all.is_empty() {
        return (!all.contains(&tag)).then_some(Missing::Tag);
    }
    let is_official = matches!(path, "" | "library" | "docker.io" | "docker.io/library");
    if !is_official {
        return None;
    }
    match official_version(repository) {
        Some(newest) => is_beyond(tag, newest).then_some(Missing::Tag),
        None => {
            let is_typo = |known: &str| known.len() > SHORT && is_one_letter_off(repository, known);
            official_names().any(is_typo).then_some(Missing::Repository)
        }
    }
}

/// Whether a tag is one of the words, or begins or ends with it: `bad`, `1.27-bad`, `oom-2`; never a part of a word.
pub fn has_word(tag: &str, words: &[&str]) -> bool {
    let mut parts = tag.split(['-', '_', '.']).filter(|part| !part.is_empty());
    let first = parts.next().unwrap_or("");
    words.contains(&first) || parts.next_back().is_some_and(|last| words.contains(&last))
}

/// Whether a version is further than years of releases from the newest that is known: a guard against numbers that
/// nobody has published, and generous, so that what comes after this table still runs.
fn is_beyond(tag: &str, newest: OfficialVersion) -> bool {
    let tag = tag.strip_prefix('v').unwrap_or(tag);
    let mut numbers = tag.split(['.', '-']).map_while(|part| part.parse::<u64>().ok());
    let Some(major) = numbers.next() else { return false };
    let minor = numbers.next().unwrap_or(0);
    major > 2 * newest.0 + 10 || major == newest.0 && minor > 3 * newest.1.max(10)
}

/// Whether one letter too many, too few, another one or two in the wrong order make one word the other.
pub(super) fn is_one_letter_off(word: &str, known: &str) -> bool {
    let (a, b) = (word.as_bytes(), known.as_bytes());
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[same..], &b[same..]);
    match (a, b) {
        ([_, x @ ..], [_, y @ ..]) if x == y => true,
        ([x, y, rest @ ..], [u, v, others @ ..]) if x == v && y == u && rest == others => true,
        ([_, x @ ..], _) if x == b => true,
        (_, [_, y @ ..]) => a == y,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_missing_where_its_name_says_so() {
        for name in [
            "nginx:1.161",
            "nginx:bad",
            "registry.k8s.io/nginx-slim:bad",
            "busybox:non-existent",
            "app/x:does-not-exist",
            "redis:99",
            "nginx:v999",
            "mycorp/app:wrong",
            "gcr.io/google-samples/kubernetes-bootcamp:v10",
        ] {
            assert_eq!(missing(name), Some(Missing::Tag), "{name}");
        }
        for name in ["ngnix", "postgress:16", "thisimagedoesnotexist", "invalid-image:latest", "mongoo", "busybx:1.36"]
        {
            assert_eq!(missing(name), Some(Missing::Repository), "{name}");
        }
    }

    #[test]
    fn ordinary_images_are_there() {
        let all = [
            "nginx",
            "nginx:1.29.1-alpine",
            "nginx:1.40",
            "redis:8",
            "postgres:24",
            "node:30",
            "mycorp/app:change-42",
            "app:exchange-1.0",
            "app:zoom-2",
            "app:badge",
            "app:baden-1",
            "my-app:1.0",
            "mycorp/broken-link-checker:2",
            "registry.k8s.io/nginx-slim:0.27",
            "mysqld-exporter",
            "minio:RELEASE.2025-04-22",
            "localhost:5000/redi:1",
            "app:fix-bad-12",
            "ubuntu:26.04",
            "python:3.15-slim",
            "nginx@sha256:0000",
            "docker.io/jocatalin/kubernetes-bootcamp:v2",
        ];
        for name in all {
            assert_eq!(missing(name), None, "{name}");
        }
    }
}
