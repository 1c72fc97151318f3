//! What a running command has at hand, and how failures read; knows no verb.

mod cause;
mod impersonation;

use super::host::{Host, Pause};
use super::screen_text::{Output, Prompt};
use crate::cluster::{Answer, ApiError, Cluster, User};
use crate::i18n::{Lang, console, fill};
use crate::kubernetes::Difference;
use crate::model::{Kind, Millis, Object, Text};
use crate::shell::language::limits::LIMITS;
use crate::sorted::{SharedMap, SharedSet};
pub use cause::CHANGE_CAUSE;
pub use impersonation::in_the_name_of;
use std::rc::Rc;

/// What a console keeps between commands.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// The files of the working directory.
    pub files: Rc<SharedMap<String, String>>,
    /// The directories in it that were made.
    pub directories: Rc<SharedSet<String>>,
    /// The one of them in which commands look for files; empty for the working directory itself.
    pub directory: String,
    /// The namespace that commands mean; empty for `default`.
    pub namespace: String,
    /// Variables that were set.
    pub variables: Rc<SharedMap<String, String>>,
    /// The language of hints.
    pub lang: Lang,
    /// The object that `kubectl edit` opened, until it is saved: its file name and what was shown.
    pub edited: Option<(String, Rc<str>)>,
    /// The custom kinds that kubectl has learned of; it goes on knowing them when their definitions are gone.
    pub discovered: Rc<Vec<Kind>>,
}

/// What is done to one of several objects.
pub type Each<'e> = &'e mut dyn FnMut(&Rc<Object>, &mut Cx<'_>) -> Result<(), Failure>;

/// What a command works with.
pub struct Cx<'a> {
    /// The world around.
    pub host: &'a mut dyn Host,
    /// What the console keeps.
    pub state: &'a mut State,
    /// What it says.
    pub out: Output,
    /// What was piped into it.
    pub stdin: Option<String>,
    /// How much it may write, in bytes.
    pub room: usize,
    /// The name under which it owns the fields that it writes.
    pub manager: Text,
    /// In whose name it asks, if not in its own.
    pub user: Option<Rc<User>>,
    /// What it notes as the cause of a change (`--record`).
    pub cause: Option<Text>,
}

impl<'a> Cx<'a> {
    /// What a command has that said nothing and read nothing yet.
    pub fn new(host: &'a mut dyn Host, state: &'a mut State) -> Cx<'a> {
        let room = LIMITS.program_output;
        Cx {
            host,
            state,
            out: Output::default(),
            stdin: None,
            room,
            manager: "kubectl".into(),
            user: None,
            cause: None,
        }
    }
}

impl Cx<'_> {
    /// The API server, to read.
    pub fn cluster(&self) -> &Cluster {
        self.host.cluster()
    }

    /// The custom kinds that kubectl knows: those of the API server, and those it learned of before.
    pub fn custom_kinds(&self) -> Vec<Kind> {
        let served = self.cluster().custom_kinds();
        let gone = self.state.discovered.iter().filter(|kind| !served.contains(kind));
        served.iter().chain(gone).copied().collect()
    }

    /// Learns of the API server's custom kinds, as kubectl does with its first question about one.
    pub fn discover(&mut self) {
        let kinds = self.custom_kinds();
        if kinds != *self.state.discovered {
            self.state.discovered = Rc::new(kinds);
        }
    }

    /// The API server, to write.
    pub fn cluster_mut(&mut self) -> &mut Cluster {
        self.host.cluster_mut()
    }

    /// Sends a write to the API server, or to a copy of it that is thrown away; `write` also gets the field manager.
    ///
    /// # Errors
    /// What the API server refuses.
    pub fn send(
        &mut self,
        is_dry: bool,
        write: &mut dyn FnMut(&mut Cluster, &str) -> Result<Answer, ApiError>,
    ) -> Result<Answer, ApiError> {
        let manager = self.manager.clone();
        let mut answered = self.request_or_try(is_dry, |cluster| write(cluster, &manager))?;
        if is_dry {
            // What was not stored has the version that it had, or none.
            let stored = self.cluster().get(&answered.object.key()).map_or(0, |old| old.meta.resource_version);
            Rc::make_mut(&mut answered.object).meta.resource_version = stored;
        }
        Ok(answered)
    }

    /// Sends a write of another sort to the API server, in the name of whoever asks.
    ///
    /// # Errors
    /// What the API server refuses.
    pub fn request<T>(&mut self, write: impl FnOnce(&mut Cluster) -> Result<T, ApiError>) -> Result<T, ApiError> {
        self.request_or_try(false, write)
    }

    /// The same, or where `is_dry` asks a copy of the API server that is thrown away.
    ///
    /// # Errors
    /// What the API server refuses.
    pub fn request_or_try<T>(
        &mut self,
        is_dry: bool,
        write: impl FnOnce(&mut Cluster) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let user = self.user.clone();
        match is_dry {
            true => self.cluster().clone().acting_as(user.as_ref(), write),
            false => self.cluster_mut().acting_as(user.as_ref(), write),
        }
    }

    /// Refuses what whoever asks may not do; `namespace` is empty for all of them, `name` for many objects.
    ///
    /// # Errors
    /// `Forbidden`.
    pub fn check_access(
        &self,
        verb: &str,
        kind: Kind,
        subresource: &str,
        namespace: &str,
        name: &str,
    ) -> Result<(), ApiError> {
        match &self.user {
            Some(user) => self.cluster().check_access(user, kind, verb, subresource, namespace, name),
            None => Ok(()),
        }
    }

    /// Does `each` to the objects, one request after the other: between two of them the control plane goes on, and
    /// each is taken as it is by then. Failures are collected.
    pub fn one_by_one(&mut self, objects: &[Rc<Object>], failures: &mut Vec<Failure>, each: Each<'_>) {
        for (number, object) in objects.iter().enumerate() {
            if number > 0 {
                self.host.pause(Pause::Request);
            }
            let latest = self.cluster().get(&object.key()).filter(|latest| latest.meta.uid == object.meta.uid);
            let object = latest.unwrap_or(object).clone();
            failures.extend(each(&object, self).err());
        }
    }

    /// Whether kubectl, which goes with the cluster, is of this minor version or a later one.
    pub fn is_kubectl(&self, minor: u8) -> bool {
        self.cluster().kubernetes().version().minor >= minor
    }

    /// The virtual time.
    pub fn now(&self) -> Millis {
        self.host.cluster().now()
    }

    /// The namespace that commands mean without `-n`.
    pub fn default_namespace(&self) -> Text {
        if self.state.namespace.is_empty() { "default".into() } else { Text::new(&self.state.namespace) }
    }

    /// How a line of kubectl's own log begins: level, day, time and process.
    pub fn log_lead(&self, level: char) -> String {
        let at = self.now().rfc3339_micro();
        let part = |from: usize, to: usize| at.get(from..to).unwrap_or_default().to_string();
        format!("{level}{}{} {}   27182", part(5, 7), part(8, 10), part(11, 26))
    }

    /// Says something of our own: the text under `key` of the catalogue, with values in its places.
    pub fn hint(&mut self, key: &str, values: &[(&str, &str)]) {
        if let Some(text) = console::find(self.state.lang, key) {
            self.out.hint(format!("hint: {}", fill(text, values)));
        }
    }

    /// A hint that this command has not given yet.
    pub fn hint_once(&mut self, key: &str, values: &[(&str, &str)]) {
        let Some(text) = console::find(self.state.lang, key) else { return };
        let text = format!("hint: {}", fill(text, values));
        if !self.out.lines.iter().any(|line| line.text() == text) {
            self.out.hint(text);
        }
    }

    /// Says everything that went wrong and returns the exit status: kubectl leads in one error, and lists several.
    pub fn fail_all(&mut self, failures: &[Failure]) -> i32 {
        match failures {
            [only] => self.fail(only),
            several => self.fail_listed(several),
        }
    }

    /// Says everything that went wrong as kubectl does in a list, without a lead, and returns the exit status.
    ///
    /// Follows `MultipleErrors` in kubectl's `cmd/util`.
    pub fn fail_listed(&mut self, failures: &[Failure]) -> i32 {
        for failure in failures.iter().filter(|failure| **failure != Failure::Said) {
            for line in failure.listed().split('\n') {
                self.out.err(line);
            }
        }
        if failures.iter().any(Failure::is_of_recreate) && !self.cluster().kubernetes().has(Difference::Recreate) {
            self.hint_once("recreate_off", &[]);
        }
        i32::from(!failures.is_empty())
    }

    /// Says what went wrong and returns the exit status for it.
    pub fn fail(&mut self, failure: &Failure) -> i32 {
        for line in failure.to_string().split('\n') {
            self.out.err(line);
        }
        if failure.is_of_recreate() && !self.cluster().kubernetes().has(Difference::Recreate) {
            self.hint_once("recreate_off", &[]);
        }
        1
    }
}

/// How a command goes on.
#[derive(Debug)]
pub enum Flow {
    /// It has ended with this exit status.
    Done(i32),
    /// It waits for something.
    Wait(Box<dyn Job>),
}

/// A command that waits: a state machine that is polled while virtual time goes on; knows no clock.
pub trait Job: std::fmt::Debug {
    /// Looks at the cluster again.
    fn poll(self: Box<Self>, cx: &mut Cx<'_>) -> Flow;

    /// A copy of it.
    fn copied(&self) -> Box<dyn Job>;

    /// When it wants to be polled even if nothing changes.
    fn wakes_at(&self) -> Option<Millis> {
        None
    }

    /// What stands before the cursor while it takes lines.
    fn prompt(&self) -> Option<Prompt> {
        None
    }

    /// Sends it a line; only what has a prompt is asked.
    fn line(self: Box<Self>, _text: &str, cx: &mut Cx<'_>) -> Flow {
        self.poll(cx)
    }

    /// Ctrl-C; what has no answer to it ends.
    fn interrupt(self: Box<Self>, _cx: &mut Cx<'_>) -> Option<Flow> {
        None
    }

    /// Ctrl-D.
    fn end_of_input(self: Box<Self>, cx: &mut Cx<'_>) -> Flow {
        self.poll(cx)
    }

    /// Whether it goes on until somebody ends it.
    fn is_endless(&self) -> bool {
        false
    }

    /// Whether it waits for nothing and has only not come to its end.
    fn is_at_work(&self) -> bool {
        false
    }

    /// Whether somebody talks to it, or will: what the page asks for meanwhile leaves it alone.
    fn is_session(&self) -> bool {
        self.prompt().is_some() || self.is_editing()
    }

    /// Whether it waits for a text from the page's editor.
    fn is_editing(&self) -> bool {
        false
    }

    /// The door to a pod that it holds open.
    fn door(&self) -> Option<&Door> {
        None
    }

    /// Gives it that text; `None` if the editor was closed without saving.
    fn answer(self: Box<Self>, _text: Option<&str>, cx: &mut Cx<'_>) -> Flow {
        self.poll(cx)
    }
}

impl Clone for Box<dyn Job> {
    fn clone(&self) -> Box<dyn Job> {
        self.copied()
    }
}

/// Ports of this machine that lead to ports of a pod.
#[derive(Clone, Debug)]
pub struct Door {
    /// The pod; empty for the API server.
    pub uid: Text,
    /// Pairs of a local port and the pod's.
    pub ports: Vec<(i64, i64)>,
    /// In whose name it asks the API server; `None` for whoever types.
    pub user: Option<Rc<User>>,
}

impl Door {
    /// The pod's port behind a local one.
    pub fn remote_port(&self, local: i64) -> Option<i64> {
        self.ports.iter().find(|pair| pair.0 == local).map(|pair| pair.1)
    }
}

/// Waits until a moment.
#[derive(Clone, Copy, Debug)]
pub struct Sleep(pub Millis);

impl Job for Sleep {
    fn poll(self: Box<Self>, cx: &mut Cx<'_>) -> Flow {
        if cx.now() >= self.0 { Flow::Done(0) } else { Flow::Wait(self) }
    }

    fn copied(&self) -> Box<dyn Job> {
        Box::new(*self)
    }

    fn wakes_at(&self) -> Option<Millis> {
        Some(self.0)
    }
}

/// The usual end.
pub const OK: Result<Flow, Failure> = Ok(Flow::Done(0));

/// Why a command failed; `Display` is what kubectl says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// kubectl itself refuses: `error: …`.
    Client(String),
    /// The same, followed by where help is: the verb.
    Usage(String, String),
    /// The API server refuses.
    Server(ApiError),
    /// The API server refuses something out of a file: what kubectl was at (`error when creating "web.yaml"`).
    ServerAt(String, ApiError),
    /// An object of a kind that is not kept is missing, in the API's words.
    NotFound(String),
    /// The text as it stands.
    Raw(String),
    /// Said already, one by one.
    Said,
}

impl Failure {
    /// `error: …`.
    pub fn client(text: impl Into<String>) -> Failure {
        Failure::Client(text.into())
    }

    /// The same, with what kubectl was at.
    #[must_use]
    pub fn at(self, at: &str) -> Failure {
        match self {
            Failure::Server(error) => Failure::ServerAt(at.to_string(), error),
            Failure::NotFound(text) => Failure::NotFound(format!("{at}: {text}")),
            failure => failure,
        }
    }

    /// What the API server refused, as something of kubectl's own behind `lead`.
    #[must_use]
    pub fn told_behind(self, lead: &str) -> Failure {
        match self {
            Failure::Server(error) | Failure::ServerAt(_, error) => Failure::client(format!("{lead} {error}")),
            failure => failure,
        }
    }

    /// Whether an object is missing.
    pub fn is_not_found(&self) -> bool {
        match self {
            Failure::Server(error) | Failure::ServerAt(_, error) => error.is_not_found(),
            failure => matches!(failure, Failure::NotFound(_)),
        }
    }
}

impl Failure {
    /// Whether a set is refused that asks to be recreated.
    fn is_of_recreate(&self) -> bool {
        let (Failure::Server(error) | Failure::ServerAt(_, error)) = self else { return false };
        let ApiError::Invalid { kind: Kind::StatefulSet, causes, .. } = error else { return false };
        causes.iter().any(|cause| cause.contains("spec.updateStrategy") && cause.contains("\"Type\":\"Recreate\""))
    }

    /// Its text among others.
    fn listed(&self) -> String {
        match self {
            Failure::Client(text) | Failure::Usage(text, _) => text.clone(),
            Failure::Server(error) => listed_text(error, ""),
            Failure::ServerAt(at, error) => listed_text(error, at),
            failure => failure.to_string(),
        }
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Failure {
        Failure::Server(error)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::Client(text) if text.starts_with("error: ") => f.write_str(text),
            Failure::Client(text) => write!(f, "error: {text}"),
            Failure::Usage(text, verb) => {
                write!(f, "error: {text}\nSee 'kubectl {verb} -h' for help and examples")
            }
            Failure::Server(error) => f.write_str(&server_text(error, "")),
            Failure::ServerAt(at, error) => f.write_str(&server_text(error, at)),
            Failure::NotFound(text) => write!(f, "Error from server (NotFound): {text}"),
            Failure::Raw(text) => f.write_str(text),
            Failure::Said => Ok(()),
        }
    }
}

/// How kubectl shows a refusal of the API server.
///
/// Follows `checkErr` and `StandardErrorMessage` in kubectl's `cmd/util`.
fn server_text(error: &ApiError, at: &str) -> String {
    if let ApiError::Invalid { kind, name, causes } = error {
        let mut seen: Vec<&String> = Vec::new();
        for cause in causes {
            if !seen.contains(&cause) {
                seen.push(cause);
            }
        }
        let head = format!("The {} \"{name}\" is invalid: ", kind.names().kind);
        return match seen.as_slice() {
            [only] => format!("{head}{only}"),
            several => several.iter().fold(head, |text, cause| format!("{text}\n* {cause}")),
        };
    }
    if let ApiError::InvalidRequest(text) = error {
        return format!("The request is invalid: {text}");
    }
    listed_text(error, at)
}

/// The same among other errors.
fn listed_text(error: &ApiError, at: &str) -> String {
    let message = if at.is_empty() { error.to_string() } else { format!("{at}: {error}") };
    match error.reason() {
        "" => format!("Error from server: {message}"),
        reason => format!("Error from server ({reason}): {message}"),
    }
}
