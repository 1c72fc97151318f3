//! Paths as texts. Looks nothing up.

/// Makes a path absolute, seen from `directory`, without `.`, `..` and doubled slashes.
pub fn normalize(directory: &str, path: &str) -> String {
    let joined = if path.starts_with('/') { path.to_string() } else { format!("{directory}/{path}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// The directory that `path` stands in.
pub fn parent_of(path: &str) -> String {
    match path.rsplit_once('/') {
        None | Some(("", _)) => "/".to_string(),
        Some((parent, _)) => parent.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_made_normal() {
        assert_eq!(normalize("/a/b", "../c/./d//"), "/a/c/d");
        assert_eq!(normalize("/", "../.."), "/");
        assert_eq!(parent_of("/a"), "/");
    }
}
