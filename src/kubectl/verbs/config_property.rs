//! `kubectl config set` and `unset`: one property of the configuration by its path.
//!
//! Follows `set.go` and `navigation_step_parser.go` of kubectl's `cmd/config`.

use crate::api::base64_fault;
use crate::kubectl::command::{Cx, Failure};
use crate::kubectl::flags::{Args, parse_bool};
use crate::kubectl::kubeconfig::{KubeConfig, Part};
use crate::model::{Text, Value, encode_base64};

/// What a property holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    Text,
    Flag,
    /// Bytes, written as base64.
    Data,
    /// Several texts, which cannot be set this way.
    List,
    /// Further properties, which cannot be set this way either.
    More,
}

/// The properties of an entry: how they are called, how the file calls them, and what they hold.
fn properties(part: Part) -> &'static [(&'static str, &'static str, Holds)] {
    match part {
        Part::Clusters => &[
            ("server", "server", Holds::Text),
            ("tls-server-name", "tls-server-name", Holds::Text),
            ("insecure-skip-tls-verify", "insecure-skip-tls-verify", Holds::Flag),
            ("certificate-authority", "certificate-authority", Holds::Text),
            ("certificate-authority-data", "certificate-authority-data", Holds::Data),
            ("proxy-url", "proxy-url", Holds::Text),
            ("disable-compression", "disable-compression", Holds::Flag),
        ],
        Part::Contexts => &[
            ("cluster", "cluster", Holds::Text),
            ("user", "user", Holds::Text),
            ("namespace", "namespace", Holds::Text),
        ],
        Part::Users => &[
            ("client-certificate", "client-certificate", Holds::Text),
            ("client-certificate-data", "client-certificate-data", Holds::Data),
            ("client-key", "client-key", Holds::Text),
            ("client-key-data", "client-key-data", Holds::Data),
            ("token", "token", Holds::Text),
            ("tokenFile", "tokenFile", Holds::Text),
            ("act-as", "as", Holds::Text),
            ("act-as-uid", "as-uid", Holds::Text),
            ("act-as-groups", "as-groups", Holds::List),
            ("act-as-user-extra", "as-user-extra", Holds::More),
            ("username", "username", Holds::Text),
            ("password", "password", Holds::Text),
            ("auth-provider", "auth-provider", Holds::More),
            ("exec", "exec", Holds::More),
        ],
    }
}

/// Where a path leads within a part: to an entry, or to a property of it.
struct Place {
    name: String,
    property: Option<(&'static str, Holds)>,
}

/// Names may have dots in them: the first part behind that is a property's name ends them.
fn place(part: Part, path: &str, rest: &[&str]) -> Result<Place, Failure> {
    let known = |word: &str| properties(part).iter().find(|row| row.0 == word);
    let end = rest.iter().skip(1).position(|word| known(word).is_some()).map(|at| at + 1);
    let (name, behind) = rest.split_at(end.unwrap_or(rest.len()));
    let property = behind.first().and_then(|word| known(word)).map(|row| (row.1, row.2));
    if behind.len() > 1 {
        return Err(Failure::client(format!("unable to parse one or more field values of {path}")));
    }
    Ok(Place { name: name.join("."), property })
}

/// What a text means for a property.
fn value_of(text: &str, holds: Holds, is_raw: bool) -> Result<Value, Failure> {
    match holds {
        Holds::Text => Ok(Value::text(text)),
        Holds::Flag => match parse_bool(text) {
            Some(flag) => Ok(flag.into()),
            None => Err(Failure::client(format!("strconv.ParseBool: parsing {text:?}: invalid syntax"))),
        },
        Holds::Data if is_raw => Ok(encode_base64(text.as_bytes()).into()),
        Holds::Data => match base64_fault(text) {
            None => Ok(Value::text(text)),
            Some(at) => {
                Err(Failure::client(format!("error decoding input value: illegal base64 data at input byte {at}")))
            }
        },
        Holds::List => Err(Failure::client("unrecognized slice type. string")),
        Holds::More => Err(Failure::client(format!("unable to set more than one value to {text:?}"))),
    }
}

/// Sets a property, or takes it away without a value.
///
/// # Errors
/// kubectl's words for a path that leads nowhere and a value that does not fit.
pub(super) fn change(args: &Args, path: &str, value: Option<&str>, cx: &mut Cx<'_>) -> Result<(), Failure> {
    let mut config = KubeConfig::load(args, cx);
    let parts: Vec<&str> = path.split('.').collect();
    let part = parts.first().and_then(|first| Part::of(first));
    match (parts.as_slice(), part, value) {
        (["current-context"], ..) => config.set_current(value.unwrap_or("")),
        // These say what the file is, which stays.
        (["kind" | "apiVersion"], ..) => {}
        ([_], Some(part), Some(_)) => return Err(no_map(&config, part)),
        ([_], Some(part), None) => config.names(part).iter().for_each(|name| _ = config.remove(part, name)),
        ([_, rest @ ..], Some(part), value) => {
            let place = place(part, path, rest)?;
            change_entry(&mut config, part, &place, value, args)?;
        }
        _ => return Err(Failure::client(format!("unable to parse {path} after [] at api.Config"))),
    }
    config.store(cx);
    Ok(())
}

fn change_entry(
    config: &mut KubeConfig,
    part: Part,
    place: &Place,
    value: Option<&str>,
    args: &Args,
) -> Result<(), Failure> {
    let name = place.name.as_str();
    match (place.property, value, config.entry(part, name)) {
        (None, Some(_), _) => return Err(no_map(config, part)),
        (None, None, _) => _ = config.remove(part, name),
        (Some(_), None, None) => return Err(Failure::client(format!("current map key `{name}` is invalid"))),
        (Some((field, _)), None, Some(mut body)) => {
            body.map_mut().remove(field);
            config.put(part, name, body);
        }
        (Some((field, holds)), Some(text), known) => {
            let value = value_of(text, holds, args.is("set-raw-bytes"))?;
            let mut body = known.unwrap_or_else(Value::map);
            body.map_mut().insert(Text::new(field), value);
            config.put(part, name, body);
        }
    }
    Ok(())
}

/// What kubectl says of a value for a whole part: it prints where its entries lie in its memory.
fn no_map(config: &KubeConfig, part: Part) -> Failure {
    let entry = |(number, name): (usize, &String)| format!("{name}:{:#x}", 0xc0_0012_3400_u64 + 0x80 * number as u64);
    let entries: Vec<String> = config.names(part).iter().enumerate().map(entry).collect();
    Failure::client(format!("can't set a map to a value: map[{}]", entries.join(" ")))
}
