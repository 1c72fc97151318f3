//! How the native program is called: its commands, and what is said of them; does nothing.

use statefulset_lab::kubernetes::Version;

/// The commands: name and usage, in the order of the overview.
const COMMANDS: &[(&str, &str)] = &[
    (
        "run",
        "\
lab run FILE... [--environment NAME] [--version VERSION] [--gates NAME=true,...] [--seed NUMBER]
        [--lang en|ja] [--trace]
    Types the lines of a file, or of standard input where it is `-`, and prints what is seen. A line
    `wait 30s` lets virtual time go by. With --trace, prints lines of JSON instead: what was typed and
    said, and every change and decision with its moment in milliseconds.
",
    ),
    (
        "check",
        "\
lab check PAGE.md... [--environment NAME] [--version VERSION] [--gates NAME=true,...]
        [--seed NUMBER] [--lang en|ja]
    Plays the code blocks of Markdown pages from top to bottom, and names each line that is printed
    there and that the cluster does not say. Ages, addresses and generated names are no difference.
    A file with goals is a lesson: it says itself what it begins with, and its own solution is played.
    Says which step that does not solve, or what is wrong with the text.
",
    ),
    (
        "svg",
        "\
lab svg [--scenario ID | --manifest FILE | --session FILE] [--at SECONDS] [--run LINE]...
        [--view identity|node|owner] [--size WIDTHxHEIGHT] [--lang en|ja] [--output FILE]
    Writes the picture at a moment as an SVG file that needs nothing else. The session is a text
    that the page has stored. Lines are typed one after the other at the start.
",
    ),
    (
        "page",
        "\
lab page FOLDER
    Puts the first pictures into the index.html of a built page, and the names of its files into its
    lab.js. The build calls it.
",
    ),
    ("help", "lab help [COMMAND], lab COMMAND --help\n    Says this, or how one command is called.\n"),
    ("version", "lab version, lab --version\n    Says which lab it is, and which versions of Kubernetes it knows.\n"),
];

const RULES: &str = "
Environments are minikube, zones and recorder. Versions of Kubernetes are 1.34 to 1.37, also with a
patch; gates are feature gates. A value may follow its option as a word of its own or behind `=`.
The exit status is 0 if that was done; 1 if a page says something else than the cluster, if the last
line of a run failed, or if a file cannot be read, written or understood; 2 if the command line is not
understood.
";

/// `--name=value` as two words.
pub fn parted(word: &str) -> Vec<String> {
    match word.split_once('=').filter(|(name, _)| name.starts_with("--")) {
        Some((name, value)) => vec![name.to_string(), value.to_string()],
        None => vec![word.to_string()],
    }
}

/// The command of this name.
pub fn known(name: &str) -> Option<&'static (&'static str, &'static str)> {
    COMMANDS.iter().find(|(known, _)| *known == name)
}

/// How one command is called, or all of them.
pub fn usage(command: Option<&(&str, &str)>) -> String {
    let all: String = COMMANDS.iter().map(|(_, text)| *text).collect();
    command.map_or(all, |(_, text)| (*text).to_string()) + RULES
}

/// What is said to a command that is not there.
pub fn no_command(name: &str) -> String {
    let names: Vec<&str> = COMMANDS.iter().map(|(name, _)| *name).collect();
    let names = names.join(", ");
    format!("there is no command {name:?}: there are {names}")
}

/// Which lab it is, and which versions of Kubernetes it knows.
pub fn version() -> String {
    let known: Vec<String> = Version::all().map(Version::short).collect();
    format!("lab {} (Kubernetes {})\n", env!("CARGO_PKG_VERSION"), known.join(", "))
}
