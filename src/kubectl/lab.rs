//! `lab`: the console's own command, which breaks and mends things that kubectl cannot; nothing of it is Kubernetes'.

use super::host::Host;
use super::output::Output;
use crate::cluster::Fault;
use crate::model::{Key, Kind, Millis, Text};

/// What `lab` can do: the words and what they do, for help and completion.
pub const USES: &[(&str, &str)] = &[
    ("lab kill POD [-c CONTAINER]", "the container's process dies with exit code 137"),
    ("lab crash POD [off]", "every start of the pod's containers ends with exit code 1"),
    ("lab unready POD [off]", "the pod stops answering its readiness probe"),
    ("lab hang POD [off]", "the pod stops answering any probe"),
    ("lab bad-image STATEFULSET", "the next update asks for an image that does not exist"),
    ("lab stop NODE", "a machine stands still"),
    ("lab start NODE", "a machine comes back"),
    ("lab stop-zone ZONE", "all machines of a zone stand still"),
    ("lab start-zone ZONE", "all machines of a zone come back"),
    ("lab slow-storage SECONDS|off", "volumes take this long to be made"),
    ("lab no-storageclass", "all storage classes are deleted"),
    ("lab restore-storageclasses", "the storage classes are there again"),
];

/// Runs `lab words…` in a namespace; returns the exit status.
pub fn run(words: &[String], namespace: &Text, host: &mut dyn Host, out: &mut Output) -> i32 {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if matches!(words.as_slice(), [] | ["help" | "--help" | "-h"]) {
        help(out);
        return 0;
    }
    let fault = match read(&words, namespace) {
        Ok(fault) => fault,
        Err(message) => {
            out.err(format!("lab: {message}"));
            out.hint("hint: `lab help` lists what can be broken and mended");
            return 2;
        }
    };
    match host.fault(fault) {
        Ok(()) => {
            out.out(format!("lab: {} done", words.join(" ")));
            0
        }
        Err(message) => {
            out.err(format!("lab: {message}"));
            1
        }
    }
}

fn help(out: &mut Output) {
    out.out("lab breaks and mends what kubectl cannot:");
    let width = USES.iter().map(|(use_of, _)| use_of.len()).max().unwrap_or(0);
    for (use_of, text) in USES {
        out.out(format!("  {use_of:<width$}  {text}"));
    }
}

fn read(words: &[&str], namespace: &Text) -> Result<Fault, String> {
    let (verb, rest) = words.split_first().ok_or("nothing to do")?;
    let (rest, container) = take_container(rest)?;
    let named = |kinds: &[&str], what: &str| {
        let word = rest.first().ok_or_else(|| format!("{verb} needs the name of a {what}"))?;
        let name = match word.split_once('/') {
            Some((kind, name)) if kinds.contains(&kind) => name,
            Some((kind, _)) => return Err(format!("{verb} takes a {what}, not a {kind}")),
            None => word,
        };
        if name.is_empty() { Err(format!("{verb} needs the name of a {what}")) } else { Ok(Text::new(name)) }
    };
    let pod = || named(&["pod", "pods", "po"], "pod").map(|name| Key::new(Kind::Pod, namespace.clone(), name));
    let node = || named(&["node", "nodes", "no"], "node");
    let is_on = || match rest.get(1).copied() {
        None | Some("on") => Ok(true),
        Some("off") => Ok(false),
        Some(other) => Err(format!("{verb} takes on or off, not {other:?}")),
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
        "stop-zone" => Fault::StopZone(named(&["zone"], "zone")?),
        "start-zone" => Fault::StartZone(named(&["zone"], "zone")?),
        "slow-storage" => Fault::SlowProvisioner(match rest.first().copied() {
            Some("off") => None,
            Some(seconds) => match seconds.trim_end_matches('s').parse::<i64>() {
                Ok(seconds) if (0..=86_400).contains(&seconds) => Some(Millis::seconds(seconds)),
                _ => return Err(format!("slow-storage takes seconds or off, not {seconds:?}")),
            },
            None => return Err("slow-storage takes seconds or off".into()),
        }),
        "no-storageclass" => Fault::NoStorageClass,
        "restore-storageclasses" => Fault::RestoreStorageClasses,
        other => return Err(format!("unknown command {other:?}")),
    })
}

/// Takes `-c NAME` out of the words.
fn take_container<'a>(words: &[&'a str]) -> Result<(Vec<&'a str>, Text), String> {
    let (mut rest, mut container) = (Vec::new(), Text::default());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "-c" | "--container" => {
                container = Text::new(words.next().ok_or("-c needs the name of a container")?);
            }
            other => rest.push(other),
        }
    }
    Ok((rest, container))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(line: &str) -> Result<Fault, String> {
        read(&line.split_whitespace().collect::<Vec<_>>(), &"default".into())
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
        assert_eq!(fault("stop node/node-1"), Ok(Fault::StopNode("node-1".into())));
        for line in
            ["kill", "kill sts/web", "kill web-0 -c", "crash web-0 maybe", "slow-storage ever", "x", "stop node/"]
        {
            assert!(fault(line).is_err(), "{line}");
        }
    }
}
