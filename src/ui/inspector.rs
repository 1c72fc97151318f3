//! The inspector: facts, reasons, events, timers, commands and YAML of what is selected; holds no truth.

pub mod causes;
mod commands;
mod facts;
mod sync_loop;

use super::drawing::labels;
use super::props::{Lab, PartProps, TimeListener};
use crate::cluster::Cluster;
use crate::controllers::{ControllerId, Decision};
use crate::explain::reasons::{self, About, Sentence};
use crate::i18n::Lang;
use crate::i18n::scene::{say, word};
use crate::manifest::to_yaml;
use crate::model::claim::volume_name;
use crate::model::pod::{REVISION_LABEL, node_name};
use crate::model::stateful_set::update_revision;
use crate::model::{Key, Kind, Millis, Object, Text};
use crate::ordering::Order;
use crate::playground::{Playground, Record};
use crate::scene::set_members::split_ordinal;
use crate::scene::style;
use crate::state::Action;
use crate::world::disk::DiskId;
use std::rc::Rc;
use yew::prelude::*;

/// The most reasons, events and timers that are shown.
const REASONS_MAX: usize = 3;
const REASONS_MORE: usize = 12;
const EVENTS_MAX: usize = 12;
const TIMERS_MAX: usize = 6;
/// How many records are looked through for reasons.
const RECORDS_MAX: usize = 5000;
const DECISIONS_MAX: usize = 300;

/// The inspector.
#[component]
pub fn Inspector(props: &PartProps) -> Html {
    let Some(key) = &props.selected else { return Html::default() };
    let playground = props.lab.read();
    let cluster = playground.cluster();
    let lang = props.lang;
    let close = props.act.reform(|_: MouseEvent| Action::Select(None));
    let object = cluster.get(key);
    html! {
        <div class="inspector">
            <div class="ins-head" tabindex="-1">
                <div>
                    <p class="ins-kind">{ key.kind.names().kind }</p>
                    <h2>{ &*key.name }</h2>
                </div>
                { object.map(|object| status_chip(cluster, object, lang)) }
                <button type="button" class="tool ins-close" aria-label={word(lang, "close")} onclick={close}>{ "×" }</button>
            </div>
            { match object {
                Some(object) => details(props, &playground, key, object),
                None => html! { <>
                    <p class="ins-gone">{ word(lang, "gone") }</p>
                    { causes::cause(&playground, key, lang, &props.act) }
                    { causes::came(&playground, key, lang) }
                    { section(lang, "why", reasons(&playground, key, lang)) }
                </> },
            } }
        </div>
    }
}

fn details(props: &PartProps, playground: &Playground, key: &Key, object: &Rc<Object>) -> Html {
    let lang = props.lang;
    let cluster = playground.cluster();
    html! { <>
        { causes::cause(playground, key, lang, &props.act) }
        { causes::came(playground, key, lang) }
        { section(lang, "why", reasons(playground, key, lang)) }
        { sync_loop::sync_loop(playground, key, lang) }
        { timers(props, playground, key) }
        { section(lang, "actions", commands(props, cluster, object)) }
        { section(lang, "facts", fact_list(cluster, object, lang)) }
        { revisions(props, cluster, object) }
        { budgets(props, cluster, object) }
        { stored(cluster, object, lang) }
        { section(lang, "events", events(cluster, object, lang)) }
        <details class="ins-section ins-yaml">
            <summary>{ word(lang, "yaml") }</summary>
            <pre tabindex="0">{ to_yaml(&object.to_value()) }</pre>
        </details>
    </> }
}

fn section(lang: Lang, key: &'static str, inner: Html) -> Html {
    html! { <section class="ins-section"><h3>{ word(lang, key) }</h3>{ inner }</section> }
}

fn status_chip(cluster: &Cluster, object: &Object, lang: Lang) -> Html {
    let (style, text) = match object.kind {
        Kind::Pod => {
            let status = style::pod_status(object);
            let node = node_name(object);
            let is_lost = style::lost_nodes(cluster).iter().any(|lost| *lost == node);
            (style::pod_style(object, &status, is_lost).name(), status.to_string())
        }
        Kind::PersistentVolumeClaim => {
            let (style, status) = style::claim_status(object);
            (style.name(), status.to_string())
        }
        Kind::Node => {
            let style = style::node_style(object).name();
            (style, word(lang, &format!("node-{style}")).to_string())
        }
        _ => return Html::default(),
    };
    html! { <span class={classes!("ins-chip", style)}>{ text }</span> }
}

fn fact_list(cluster: &Cluster, object: &Object, lang: Lang) -> Html {
    let facts = facts::facts(cluster, object).into_iter().map(|(key, text)| {
        html! { <><dt>{ word(lang, key) }</dt><dd>{ text }</dd></> }
    });
    html! { <dl class="ins-facts">{ for facts }</dl> }
}

/// The ordinal of a set that an object stands for, whether it exists or not.
fn ordinal_of(cluster: &Cluster, key: &Key) -> Option<(Key, i64)> {
    let (prefix, ordinal) = split_ordinal(&key.name)?;
    let mut sets = cluster.list_in(Kind::StatefulSet, &key.namespace);
    let is_own = |set: &Rc<Object>| match key.kind {
        Kind::Pod => prefix == set.meta.name.as_str(),
        // `data-web-0` belongs to the ordinal of the pod that it is named after.
        Kind::PersistentVolumeClaim => {
            prefix.strip_suffix(set.meta.name.as_str()).is_some_and(|rest| rest.ends_with('-'))
        }
        _ => false,
    };
    sets.find(|set| is_own(set)).map(|set| (set.key(), ordinal))
}

fn reasons(playground: &Playground, key: &Key, lang: Lang) -> Html {
    let identity = ordinal_of(playground.cluster(), key);
    let records = playground.records();
    let seen = records.get(..playground.record_count().min(records.len())).unwrap_or(&[]);
    let is_near = |decision: &Decision| {
        decision.key == *key
            || decision.key.name.ends_with(key.name.as_str())
            || identity.as_ref().is_some_and(|(set, _)| decision.key == *set)
    };
    let near = seen.iter().rev().take(RECORDS_MAX).filter_map(|record| match record {
        Record::Decision(decision) if is_near(decision) => Some(decision.clone()),
        _ => None,
    });
    let mut near: Vec<Decision> = near.take(DECISIONS_MAX).collect();
    near.reverse();
    let about = match identity {
        Some((set, ordinal)) => About::Ordinal { set, ordinal },
        None => About::Object(key.clone()),
    };
    let sentences = up_to_date(playground.cluster(), key, reasons::why(playground.sim(), &near, &about));
    if sentences.is_empty() {
        return html! { <p class="ins-none">{ word(lang, "why-none") }</p> };
    }
    let item = |sentence: &Sentence| {
        let at = sentence.at.map(|at| html! { <p class="ins-by">{ labels::moment(at) }</p> });
        html! { <li class={if sentence.is_wait { "wait" } else { "act" }}><p>{ reasons::say(lang, sentence) }</p>{ at }</li> }
    };
    let (first, rest) = sentences.split_at(sentences.len().min(REASONS_MAX));
    html! { <>
        <ul class="ins-why">{ for first.iter().map(item) }</ul>
        if !rest.is_empty() {
            <details class="ins-more">
                <summary>{ word(lang, "why-more") }</summary>
                <ul class="ins-why">{ for rest.iter().take(REASONS_MORE).map(item) }</ul>
            </details>
        }
    </> }
}

/// The reasons without those of an earlier object of the name, and without waits that are over: what is as asked waits for
/// nothing.
fn up_to_date(cluster: &Cluster, key: &Key, mut sentences: Vec<Sentence>) -> Vec<Sentence> {
    let created = cluster.get(key).map_or(Millis::ZERO, |object| object.meta.created);
    let is_fine = cluster.get(key).is_some() && crate::explain::answer(cluster, key).is_empty();
    sentences.retain(|sentence| sentence.at.is_none_or(|at| at >= created && !(is_fine && sentence.is_wait)));
    sentences
}

fn timers(props: &PartProps, playground: &Playground, key: &Key) -> Html {
    let now = playground.now();
    let work = playground.sim().timers.iter().filter(|(at, work)| work.key == *key && *at > now);
    let shown: Vec<(Millis, ControllerId)> = work.map(|(at, work)| (at, work.controller)).take(TIMERS_MAX).collect();
    if shown.is_empty() {
        return Html::default();
    }
    let items = shown.into_iter().map(|(at, controller)| {
        let controller = format!("{controller:?}");
        html! { <li><Remaining until={at} {controller} lang={props.lang} lab={props.lab.clone()} /></li> }
    });
    section(props.lang, "timers", html! { <ul class="ins-timers">{ for items }</ul> })
}

#[derive(Clone, PartialEq, Properties)]
struct RemainingProps {
    until: Millis,
    controller: String,
    lang: Lang,
    lab: Lab,
}

/// What comes by itself, with a countdown that writes its own text.
#[component]
fn Remaining(props: &RemainingProps) -> Html {
    let node = use_node_ref();
    let deps = (props.until, props.controller.clone(), props.lang);
    let (lab, span) = (props.lab.clone(), node.clone());
    use_effect_with(deps, move |(until, controller, lang)| {
        let (until, controller, lang) = (*until, controller.clone(), *lang);
        let write = move |now: Millis| {
            if let Some(span) = span.get() {
                let time = labels::seconds(lang, until - now);
                span.set_text_content(Some(&say(lang, "timer", &[("controller", &controller), ("time", &time)])));
            }
        };
        write(lab.read().now());
        let listener: TimeListener = lab.on_time(write);
        move || drop(listener)
    });
    html! { <span ref={node}></span> }
}

fn commands(props: &PartProps, cluster: &Cluster, object: &Object) -> Html {
    let lang = props.lang;
    let buttons = commands::commands(cluster, object).into_iter().map(|(key, line)| {
        let run = line.clone();
        let onclick = props.act.reform(move |_: MouseEvent| Action::Run(run.clone()));
        html! {
            <button type="button" class="ins-command" {onclick}>
                <span>{ word(lang, key) }</span><code>{ line }</code>
            </button>
        }
    });
    html! { <div class="ins-commands">{ for buttons }</div> }
}

/// The revisions of a set, latest first; a click goes back to one.
fn revisions(props: &PartProps, cluster: &Cluster, set: &Object) -> Html {
    let lang = props.lang;
    let is_own = |it: &&Rc<Object>| it.meta.is_controlled_by(set);
    let of_set = cluster.list_in(Kind::ControllerRevision, &set.meta.namespace);
    let mut found: Vec<&Rc<Object>> = of_set.filter(|_| set.kind == Kind::StatefulSet).filter(is_own).collect();
    if found.is_empty() {
        return Html::default();
    }
    let number = |it: &Object| it.i64_at(&["revision"]).unwrap_or(0);
    found.order_by_key(|it| std::cmp::Reverse(number(it)));
    let items = found.into_iter().map(|revision| {
        let is_update = update_revision(set) == revision.meta.name.as_str();
        let n = number(revision);
        let hash = style::short_revision(&revision.meta.name, &set.meta.name).to_string();
        let pods = cluster.list_in(Kind::Pod, &set.meta.namespace);
        let pods = pods.filter(|pod| pod.meta.label(REVISION_LABEL) == revision.meta.name.as_str());
        let pods = match pods.count() {
            1 => word(lang, "pods-one").to_string(),
            count => say(lang, "pods", &[("n", &count.to_string())]),
        };
        let line = format!("kubectl rollout undo sts {} --to-revision={n} -n {}", set.meta.name, set.meta.namespace);
        let line = line.trim_end_matches(" -n default").to_string();
        let run = line.clone();
        let onclick = props.act.reform(move |_: MouseEvent| Action::Run(run.clone()));
        html! {
            <button type="button" class="ins-command" {onclick} disabled={is_update}>
                <span>{ format!("{n} · {hash}") }{ if is_update { format!(" · {}", word(lang, "revision-here")) } else { String::new() } }</span>
                <code title={line.clone()}>{ pods }</code>
            </button>
        }
    });
    section(lang, "revisions", html! { <div class="ins-commands">{ for items }</div> })
}

/// The disruption budgets that hold for the pods of a set.
fn budgets(props: &PartProps, cluster: &Cluster, set: &Object) -> Html {
    if set.kind != Kind::StatefulSet {
        return Html::default();
    }
    let items: Vec<Html> = cluster
        .budgets_of_workload(set)
        .map(|budget| {
            let n = budget.i64_at(&["status", "disruptionsAllowed"]).unwrap_or(0).to_string();
            let onclick = {
                let key = budget.key();
                props.act.reform(move |_: MouseEvent| Action::Select(Some(key.clone())))
            };
            let text = say(props.lang, "budget", &[("name", &budget.meta.name), ("n", &n)]);
            html! { <button type="button" class="ins-command" {onclick}><span>{ text }</span></button> }
        })
        .collect();
    if items.is_empty() {
        Html::default()
    } else {
        section(props.lang, "budgets", html! { <div class="ins-commands">{ for items }</div> })
    }
}

/// What is on the volume behind a claim.
fn stored(cluster: &Cluster, object: &Object, lang: Lang) -> Html {
    let volume = volume_name(object);
    if object.kind != Kind::PersistentVolumeClaim || volume.is_empty() {
        return Html::default();
    }
    let Some(tree) = cluster.disks().tree(&DiskId::Volume(Text::new(volume))) else { return Html::default() };
    let files = tree.iter().take(40).map(|(path, node)| {
        html! { <li><code>{ &**path }</code><span>{ node.modified.to_string() }</span></li> }
    });
    section(lang, "stored", html! { <ul class="ins-files">{ for files }</ul> })
}

fn events(cluster: &Cluster, object: &Object, lang: Lang) -> Html {
    let is_about = |event: &&Rc<Object>| {
        event.str_at(&["involvedObject", "uid"]) == object.meta.uid.as_str()
            || (event.str_at(&["involvedObject", "name"]) == object.meta.name.as_str()
                && event.str_at(&["involvedObject", "kind"]) == object.kind.names().kind
                && event.str_at(&["involvedObject", "uid"]).is_empty())
    };
    let mut found: Vec<&Rc<Object>> = cluster.list(Kind::Event).filter(is_about).collect();
    found.order_by_key(|event| {
        std::cmp::Reverse((event.str_at(&["lastTimestamp"]).to_string(), event.meta.resource_version))
    });
    if found.is_empty() {
        return html! { <p class="ins-none">{ word(lang, "events-none") }</p> };
    }
    let items = found.into_iter().take(EVENTS_MAX).map(|event| {
        let warning = event.str_at(&["type"]) == "Warning";
        let at = Millis::parse_rfc3339(event.str_at(&["lastTimestamp"])).unwrap_or(event.meta.created);
        let count = event.i64_at(&["count"]).filter(|n| *n > 1).map(|n| say(lang, "times", &[("n", &n.to_string())]));
        html! {
            <li class={warning.then_some("is-warning")}>
                <p><b>{ event.str_at(&["reason"]) }</b><span>{ labels::moment(at) }{ " " }{ count }</span></p>
                <p>{ event.str_at(&["message"]) }</p>
            </li>
        }
    });
    html! { <ul class="ins-events">{ for items }</ul> }
}
