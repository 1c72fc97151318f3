//! `lab`: the console's own command, which breaks and mends things that kubectl cannot, and looks ahead; nothing of it
//! is Kubernetes'.

use super::command::{Cx, Failure, Flow, OK};
use super::files::EDITOR_FILE;
use super::flags::{Args, Flag, Takes, long, short};
use super::manifests::sources;
use super::output_formats::text_lines;
use super::resources::namespace_of;
use crate::cluster::{Fault, Refusal};
use crate::i18n;
use crate::model::{Key, Kind, Millis, Text, Value};

/// What `lab` can do: the words, and the key of what they do in the catalogue `lab`.
pub const USES: &[(&str, &str)] = &[
    ("lab plan [-f FILE]", "use.plan"),
    ("lab versions", "use.versions"),
    ("lab kill POD [-c CONTAINER]", "use.kill"),
    ("lab crash POD [off]", "use.crash"),
    ("lab unready POD [off]", "use.unready"),
    ("lab hang POD [off]", "use.hang"),
    ("lab bad-image STATEFULSET", "use.bad-image"),
    ("lab add node [ZONE] [COUNT]", "use.add"),
    ("lab remove node NODE", "use.remove"),
    ("lab stop NODE", "use.stop"),
    ("lab start NODE", "use.start"),
    ("lab stop-kubelet NODE", "use.stop-kubelet"),
    ("lab start-kubelet NODE", "use.start-kubelet"),
    ("lab stop-zone ZONE", "use.stop-zone"),
    ("lab start-zone ZONE", "use.start-zone"),
    ("lab low-memory NODE [off]", "use.low-memory"),
    ("lab low-disk NODE [off]", "use.low-disk"),
    ("lab slow-storage SECONDS|off", "use.slow-storage"),
    ("lab load STATEFULSET PERCENT|off", "use.load"),
    ("lab no-storageclass", "use.no-storageclass"),
    ("lab restore-storageclasses", "use.restore-storageclasses"),
];

const PLAN_FLAGS: &[Flag] =
    &[short("filename", 'f', Takes::List), long("kubernetes-version", Takes::Text), long("feature-gates", Takes::Text)];

/// Runs `lab words…`.
///
/// # Errors
/// What `lab plan` cannot read.
pub fn run(all: &[String], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let words: Vec<&str> = all.iter().map(String::as_str).collect();
    let refusal = match words.as_slice() {
        [] | ["help" | "--help" | "-h"] => {
            help(cx);
            return OK;
        }
        ["help", "images"] => {
            let text = word(cx, "images", &[]);
            text_lines(&text, &mut cx.out);
            return OK;
        }
        ["help", topic, ..] => Refusal::Own("error.topic", vec![("word", Text::new(topic))]),
        ["plan", ..] => return plan(all.get(1..).unwrap_or(&[]), cx),
        ["versions"] => {
            super::lab_versions::versions(cx);
            return OK;
        }
        _ => match read(&words, &cx.default_namespace()) {
            Err(refusal) => refusal,
            Ok(fault) => match cx.host.fault(fault) {
                Ok(()) => {
                    let text = word(cx, "done", &[("what", &words.join(" "))]);
                    cx.out.out(text);
                    return OK;
                }
                Err(refusal) => {
                    say(cx, &refusal);
                    return Ok(Flow::Done(1));
                }
            },
        },
    };
    say(cx, &refusal);
    let hint = word(cx, "hint", &[]);
    cx.out.hint(format!("hint: {hint}"));
    Ok(Flow::Done(2))
}

/// A text of the catalogue.
fn word(cx: &Cx<'_>, key: &str, values: &[(&str, &str)]) -> String {
    i18n::fill(i18n::find(i18n::lab::ENTRIES, cx.state.lang, key).unwrap_or(key), values)
}

fn say(cx: &mut Cx<'_>, refusal: &Refusal) {
    let text = match refusal {
        Refusal::Api(error) => error.to_string(),
        Refusal::Own(key, facts) => {
            let facts: Vec<(&str, &str)> = facts.iter().map(|(name, value)| (*name, value.as_str())).collect();
            word(cx, key, &facts)
        }
    };
    cx.out.err(format!("lab: {text}"));
}

fn help(cx: &mut Cx<'_>) {
    let width = USES.iter().map(|(use_of, _)| use_of.len()).max().unwrap_or(0);
    let mut lines = vec![word(cx, "head", &[])];
    lines.extend(USES.iter().map(|(use_of, key)| format!("  {use_of:<width$}  {}", word(cx, key, &[]))));
    lines.push(word(cx, "more", &[]));
    lines.into_iter().for_each(|line| cx.out.out(line));
}

/// `lab plan`: what applying a file, or else the text in the editor, would lead to.
fn plan(words: &[String], cx: &mut Cx<'_>) -> Result<Flow, Failure> {
    let mut words = words.to_vec();
    let names_file = |word: &String| word == "-f" || word.starts_with("-f") || word.starts_with("--filename");
    if !words.iter().any(names_file) {
        words.extend(["-f".to_string(), EDITOR_FILE.to_string()]);
    }
    let args = Args::parse(&words, &[PLAN_FLAGS]).map_err(|error| Failure::client(error.message))?;
    let here = cx.cluster().kubernetes();
    let flag = |name| Some(args.text(name)).filter(|text| !text.is_empty());
    let kubernetes = match super::minikube::choose(flag("kubernetes-version"), flag("feature-gates"), here) {
        Ok(kubernetes) => kubernetes,
        Err(wrong) => {
            super::minikube::refuse(&wrong, cx);
            return Ok(Flow::Done(1));
        }
    };
    let (sources, failures) = sources(&args, cx)?;
    if let Some(failure) = failures.first() {
        return Ok(Flow::Done(cx.fail(failure)));
    }
    let namespace = namespace_of(&args, cx);
    let manifests: Vec<Value> = sources.into_iter().map(|source| source.value).collect();
    for line in cx.host.plan(&manifests, &namespace, kubernetes, cx.state.lang) {
        cx.out.out(line);
    }
    OK
}

fn read(words: &[&str], namespace: &Text) -> Result<Fault, Refusal> {
    let own = |key, facts: &[(&'static str, &str)]| {
        Refusal::Own(key, facts.iter().map(|(name, value)| (*name, Text::new(value))).collect())
    };
    let Some((verb, rest)) = words.split_first() else { return Err(own("error.unknown", &[("word", "")])) };
    let (rest, container) = take_container(rest)?;
    let named = |kinds: &[&str], what: &'static str| {
        let missing = || own("error.name", &[("verb", verb), ("what", what)]);
        let word = rest.first().ok_or_else(missing)?;
        let name = match word.split_once('/') {
            Some((kind, name)) if kinds.contains(&kind) => name,
            Some((kind, _)) => return Err(own("error.kind", &[("verb", verb), ("what", what), ("word", kind)])),
            None => word,
        };
        if name.is_empty() { Err(missing()) } else { Ok(Text::new(name)) }
    };
    let pod = || named(&["pod", "pods", "po"], "pod").map(|name| Key::new(Kind::Pod, namespace.clone(), name));
    if *verb == "add" {
        return added_nodes(&rest);
    }
    if *verb == "remove" {
        return removed_node(&rest);
    }
    let node = || named(&["node", "nodes", "no"], "node");
    let zone = || named(&["zone"], "zone");
    let is_on = || match rest.get(1).copied() {
        None | Some("on") => Ok(true),
        Some("off") => Ok(false),
        Some(other) => Err(own("error.on-off", &[("verb", verb), ("word", other)])),
    };
    Ok(match *verb {
        "kill" => Fault::KillContainer { pod: pod()?, container },
        "crash" => Fault::CrashLoop { pod: pod()?, is_on: is_on()? },
        "unready" => Fault::FailReadiness { pod: pod()?, is_on: is_on()? },
        "hang" => Fault::Hang { pod: pod()?, is_on: is_on()? },
        "bad-image" => {
            let name = named(&["sts", "statefulset", "statefulsets", "statefulset.apps"], "StatefulSet")?;
            Fault::BadImage { set: Key::new(Kind::StatefulSet, namespace.clone(), name) }
        }
        "stop" => Fault::StopNode(node()?),
        "start" => Fault::StartNode(node()?),
        "stop-kubelet" => Fault::StopKubelet(node()?),
        "start-kubelet" => Fault::StartKubelet(node()?),
        "stop-zone" => Fault::StopZone(zone()?),
        "start-zone" => Fault::StartZone(zone()?),
        "low-memory" => Fault::LowMemory { node: node()?, is_on: is_on()? },
        "low-disk" => Fault::LowDisk { node: node()?, is_on: is_on()? },
        "slow-storage" => Fault::SlowProvisioner(match rest.first().copied().unwrap_or("") {
            "off" => None,
            given => match given.trim_end_matches('s').parse::<i64>() {
                Ok(seconds) if (0..=86_400).contains(&seconds) => Some(Millis::seconds(seconds)),
                _ => return Err(own("error.seconds", &[("verb", verb), ("word", given)])),
            },
        }),
        "load" => {
            let kind = match rest.first().and_then(|word| word.split_once('/')) {
                Some((kind, _)) => Kind::from_resource(kind).filter(|kind| kind.info().is_scalable),
                None => Some(Kind::StatefulSet),
            };
            let word = rest.first().map_or("", |word| word.split_once('/').map_or(word, |(_, name)| name));
            let missing = || own("error.name", &[("verb", verb), ("what", "StatefulSet")]);
            let kind = kind.filter(|_| !word.is_empty()).ok_or_else(missing)?;
            let percent = match rest.get(1).copied().unwrap_or("") {
                "off" => None,
                given => match given.trim_end_matches('%').parse::<i64>() {
                    Ok(percent) if (0..=100_000).contains(&percent) => Some(percent),
                    _ => return Err(own("error.percent", &[("verb", verb), ("word", given)])),
                },
            };
            Fault::Load { target: Key::new(kind, namespace.clone(), Text::new(word)), percent }
        }
        "no-storageclass" => Fault::NoStorageClass,
        "restore-storageclasses" => Fault::RestoreStorageClasses,
        other => return Err(own("error.unknown", &[("word", other)])),
    })
}

/// `lab add node zone-a 10`: zone and count may be left out.
fn added_nodes(words: &[&str]) -> Result<Fault, Refusal> {
    let wrong = |word: &str| Refusal::Own("error.add", vec![("word", Text::new(word))]);
    let (zone, count) = match words {
        ["node" | "nodes"] => ("", "1"),
        ["node" | "nodes", word] if word.starts_with(|first: char| first.is_ascii_digit()) => ("", *word),
        ["node" | "nodes", zone] => (*zone, "1"),
        ["node" | "nodes", zone, count] => (*zone, *count),
        _ => return Err(wrong(words.first().copied().unwrap_or(""))),
    };
    let count = count.parse::<usize>().ok().filter(|count| (1..=1000).contains(count)).ok_or_else(|| wrong(count))?;
    Ok(Fault::AddNodes { zone: Text::new(zone), count })
}

/// `lab remove node node-a`.
fn removed_node(words: &[&str]) -> Result<Fault, Refusal> {
    match words {
        ["node" | "nodes" | "no", name] => Ok(Fault::RemoveNode(Text::new(name))),
        [name] if name.starts_with("node/") => Ok(Fault::RemoveNode(Text::new(name.trim_start_matches("node/")))),
        _ => Err(Refusal::Own("error.name", vec![("verb", "remove node".into()), ("what", "node".into())])),
    }
}

/// Takes `-c NAME` out of the words.
fn take_container<'a>(words: &[&'a str]) -> Result<(Vec<&'a str>, Text), Refusal> {
    let (mut rest, mut container) = (Vec::new(), Text::default());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "-c" | "--container" => {
                let name = words.next().ok_or_else(|| Refusal::Own("error.container", Vec::new()))?;
                container = Text::new(name);
            }
            other => rest.push(other),
        }
    }
    Ok((rest, container))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(line: &str) -> Result<Fault, Refusal> {
        read(&line.split_whitespace().collect::<Vec<_>>(), &"default".into())
    }

    #[test]
    fn every_use_has_words() {
        for (use_of, key) in USES {
            assert!(i18n::find(i18n::lab::ENTRIES, i18n::Lang::Ja, key).is_some(), "{use_of}");
        }
    }

    #[test]
    fn words_become_faults() {
        let pod = Key::new(Kind::Pod, "default", "web-0");
        assert_eq!(
            fault("kill pod/web-0 -c nginx"),
            Ok(Fault::KillContainer { pod: pod.clone(), container: "nginx".into() })
        );
        assert_eq!(fault("unready web-0 off"), Ok(Fault::FailReadiness { pod, is_on: false }));
        assert_eq!(fault("slow-storage 30s"), Ok(Fault::SlowProvisioner(Some(Millis::seconds(30)))));
        let target = Key::new(Kind::Deployment, "default", "shop");
        assert_eq!(fault("load deploy/shop 90%"), Ok(Fault::Load { target, percent: Some(90) }));
        assert_eq!(fault("add node zone-a 10"), Ok(Fault::AddNodes { zone: "zone-a".into(), count: 10 }));
        assert_eq!(fault("add node 3"), Ok(Fault::AddNodes { zone: "".into(), count: 3 }));
        assert_eq!(fault("remove node node-1"), Ok(Fault::RemoveNode("node-1".into())));
        assert_eq!(fault("stop node/node-1"), Ok(Fault::StopNode("node-1".into())));
        assert_eq!(fault("low-disk node-1 off"), Ok(Fault::LowDisk { node: "node-1".into(), is_on: false }));
        for line in [
            "kill",
            "kill sts/web",
            "kill web-0 -c",
            "crash web-0 maybe",
            "slow-storage ever",
            "load web",
            "load pod/web-0 9%",
            "x",
            "add pod",
            "add node zone-a many",
            "remove node",
            "stop node/",
        ] {
            assert!(fault(line).is_err(), "{line}");
        }
    }
}
