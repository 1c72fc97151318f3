//! Compound commands: loops, branches, `case`, functions.

use super::expand::{Expander, Halt};
use super::state::{Shell, ShellKind, Task};
use super::syntax::{Arm, Command, Condition, List, Stage, Word};
use super::turn_io::Io;
use std::rc::Rc;

impl Shell {
    /// Begins a compound command.
    pub(super) fn enter(&mut self, stage: &Rc<Stage>, captured: Vec<(String, i64)>, io: &mut Io<'_>) {
        match &stage.command {
            Command::Simple { .. } => {}
            Command::For { name, values, body } => {
                self.start_for(stage, captured, name, values.as_deref(), body, io);
            }
            Command::Count { sums, body } if self.options.xtrace || sums.iter().any(|sum| has_commands(sum)) => {
                self.start_count(stage, sums, body);
            }
            Command::Count { sums, body } => {
                let Some(_) = self.expanding(stage, captured, io, |expander| expander.sum(&sums[0])) else { return };
                let rest = [String::new(), sums[1].clone(), sums[2].clone()];
                self.tasks.push(Task::Count { sums: Rc::new(rest), body: Rc::clone(body) });
            }
            Command::While { is_until, condition, body } => {
                self.test_loop(*is_until, Rc::clone(condition), Rc::clone(body), 0);
            }
            Command::If { branches, otherwise } => {
                if let Some((condition, _)) = branches.first() {
                    let condition = Rc::clone(condition);
                    let otherwise = otherwise.clone();
                    self.tasks.push(Task::IfTest { branches: Rc::clone(branches), at: 0, otherwise });
                    self.guard(condition);
                }
            }
            Command::Case { word, arms } => self.case(stage, captured, word, arms, io),
            Command::Group { body, is_subshell: false } => self.tasks.push(Task::List(Rc::clone(body), 0)),
            Command::Group { body, is_subshell: true } => self.start_subshell(body, io),
            Command::Function { name, body, text } => {
                self.functions.insert(name.clone(), Rc::clone(body));
                self.function_texts.insert(name.clone(), Rc::clone(text));
                if let Some(exported) = self.exported_functions.get_mut(name) {
                    *exported = Rc::clone(body);
                }
                if self.kind == ShellKind::Bash {
                    let source = self.source_now().unwrap_or_else(|| "environment".to_string());
                    self.sources.insert(name.clone(), source);
                }
                self.status = 0;
            }
            Command::Beside { name, body } => self.start_coproc(name, body, io),
            Command::Test(condition) => self.test_condition(stage, captured, condition, io),
            Command::Sum(source) => self.test_sum(stage, captured, source, io),
        }
    }

    /// `for`: expands the values first.
    fn start_for(
        &mut self,
        stage: &Rc<Stage>,
        captured: Vec<(String, i64)>,
        name: &str,
        values: Option<&[Word]>,
        body: &Rc<List>,
        io: &mut Io<'_>,
    ) {
        let own = self.arguments.get(1..).unwrap_or(&[]).to_vec();
        let expand = |expander: &mut Expander<'_>| match values {
            Some(values) => expander.words(values),
            None => Ok(own),
        };
        let Some(mut values) = self.expanding(stage, captured, io, expand) else { return };
        if values.is_empty() {
            self.status = 0;
        }
        let heading: Rc<str> = format!("for {name} in {}", values.join(" ")).into();
        values.reverse();
        self.tasks.push(Task::For { name: name.to_string(), values, body: Rc::clone(body), heading });
    }

    /// `[[ … ]]`.
    fn test_condition(
        &mut self,
        stage: &Rc<Stage>,
        captured: Vec<(String, i64)>,
        condition: &Condition,
        io: &mut Io<'_>,
    ) {
        self.line = stage.line;
        let trace = self.options.xtrace;
        let test = |expander: &mut Expander<'_>| {
            let mut shown = trace.then(Vec::new);
            let result = expander.test(condition, "", &mut shown)?;
            Ok((result, shown))
        };
        let Some((result, shown)) = self.expanding(stage, captured, io, test) else { return };
        for part in shown.iter().flatten() {
            self.trace(&format!("[[ {part} ]]"), io);
        }
        match result {
            Ok(holds) => self.status = i64::from(!holds),
            Err(message) => {
                self.status = if message.starts_with("[[: ") { 1 } else { 2 };
                let message = self.complain(&message);
                self.emit(2, &message, io);
            }
        }
    }

    /// `(( … ))`.
    fn test_sum(&mut self, stage: &Rc<Stage>, captured: Vec<(String, i64)>, source: &str, io: &mut Io<'_>) {
        self.line = stage.line;
        if self.options.xtrace {
            self.trace(&format!("(( {source} ))"), io);
        }
        let sum = |expander: &mut Expander<'_>| match expander.sum(source) {
            Err(Halt::Fail(message)) => Ok(Err(message)),
            result => result.map(Ok),
        };
        match self.expanding(stage, captured, io, sum) {
            Some(Ok(value)) => self.status = i64::from(value == 0),
            Some(Err(message)) => {
                let message = self.complain(&format!("((: {message}"));
                self.emit(2, &message, io);
                self.status = 1;
                if let Some(Task::CountTest { last, .. }) = self.tasks.last_mut() {
                    *last = 1;
                }
            }
            None => {}
        }
    }

    /// Runs commands whose failing ends nothing.
    pub(super) fn guard(&mut self, list: Rc<List>) {
        self.unchecked += 1;
        self.tasks.push(Task::Unguard);
        self.tasks.push(Task::List(list, 0));
    }

    pub(super) fn test_loop(&mut self, is_until: bool, condition: Rc<List>, body: Rc<List>, last: i64) {
        let granted = self.granted;
        self.tasks.push(Task::WhileTest { is_until, condition: Rc::clone(&condition), body, last, granted });
        self.guard(condition);
    }

    pub(super) fn branch(&mut self, branches: Rc<Vec<(Rc<List>, Rc<List>)>>, at: usize, otherwise: Option<Rc<List>>) {
        if self.status == 0 {
            self.tasks.extend(branches.get(at).map(|branch| Task::List(Rc::clone(&branch.1), 0)));
            return;
        }
        // What comes next may ask why the condition failed.
        if let Some((condition, _)) = branches.get(at + 1) {
            let condition = Rc::clone(condition);
            self.tasks.push(Task::IfTest { branches, at: at + 1, otherwise });
            self.guard(condition);
        } else {
            match otherwise {
                Some(list) => self.tasks.push(Task::List(list, 0)),
                None => self.status = 0,
            }
        }
    }

    pub(super) fn next_value(
        &mut self,
        name: String,
        mut values: Vec<String>,
        body: Rc<List>,
        heading: Rc<str>,
        io: &mut Io<'_>,
    ) {
        let Some(value) = values.pop() else { return };
        if self.options.xtrace && self.kind == ShellKind::Bash {
            self.trace(&heading, io);
        }
        if let Err(error) = self.try_set(&name, value) {
            let text = self.refused(&name, error);
            return match self.kind {
                ShellKind::Bash => self.object(&text, 1, io),
                _ => self.fail(&text, 2, io),
            };
        }
        self.tasks.push(Task::For { name, values, body: Rc::clone(&body), heading });
        self.tasks.push(Task::List(body, 0));
    }

    pub(super) fn count(&mut self, sums: Rc<[String; 3]>, body: Rc<List>, io: &mut Io<'_>) {
        let mut expander = Expander { shell: self, world: &mut *io.world, captured: &[], used: 0 };
        let holds = expander.sum(&sums[0]).and_then(|_| match sums[1].trim() {
            "" => Ok(1),
            condition => expander.sum(condition),
        });
        match holds {
            Ok(0) => {}
            Ok(_) => {
                // From the second round on the step comes first.
                let rest = Rc::new([sums[2].clone(), sums[1].clone(), sums[2].clone()]);
                self.tasks.push(Task::Count { sums: rest, body: Rc::clone(&body) });
                self.tasks.push(Task::List(body, 0));
            }
            Err(Halt::Fail(message)) if self.kind == ShellKind::Bash => {
                let message = self.complain(&format!("((: {message}"));
                self.emit(2, &message, io);
                self.status = 1;
            }
            Err(Halt::Fail(message) | Halt::Unset(message) | Halt::NoMatch(message)) => self.fail(&message, 1, io),
            Err(Halt::Capture(..)) => debug_assert!(false, "such a loop has commands for sums"),
        }
    }

    /// Begins a loop whose sums are commands of their own: they are traced, or run others.
    fn start_count(&mut self, stage: &Rc<Stage>, sums: &[String; 3], body: &Rc<List>) {
        let one = |source: &String| {
            let command = Command::Sum(source.clone());
            Rc::new(Stage { command, redirects: Vec::new(), line: stage.line })
        };
        let parts = Rc::new(sums.each_ref().map(one));
        self.tasks.push(Task::CountTest { parts: Rc::clone(&parts), body: Rc::clone(body), last: 0 });
        self.push_sums(&parts, 0);
    }

    /// The sum before a round, and the condition.
    fn push_sums(&mut self, parts: &Rc<[Rc<Stage>; 3]>, first: usize) {
        for at in [1, first] {
            let part = parts.get(at).filter(|part| !is_empty_sum(part));
            // Nothing holds.
            self.tasks.extend(part.map(|part| Task::Stage(Rc::clone(part), Vec::new())));
        }
        self.status = 0;
    }

    /// The next round of such a loop, behind its condition.
    pub(super) fn count_test(&mut self, parts: Rc<[Rc<Stage>; 3]>, body: Rc<List>, last: i64) {
        let is_endless = is_empty_sum(&parts[1]);
        if self.status != 0 && !is_endless {
            self.status = last;
            return;
        }
        self.tasks.push(Task::CountStep { parts, body: Rc::clone(&body) });
        self.tasks.push(Task::List(body, 0));
    }

    /// A round of such a loop is over.
    pub(super) fn count_step(&mut self, parts: Rc<[Rc<Stage>; 3]>, body: Rc<List>) {
        self.tasks.push(Task::CountTest { parts: Rc::clone(&parts), body, last: self.status });
        self.push_sums(&parts, 2);
    }

    pub(super) fn case(
        &mut self,
        stage: &Rc<Stage>,
        captured: Vec<(String, i64)>,
        word: &Word,
        arms: &Rc<Vec<Arm>>,
        io: &mut Io<'_>,
    ) {
        let find = |expander: &mut Expander<'_>| {
            let text = expander.text(word)?;
            let mut bodies = Vec::new();
            let mut falls = false;
            for arm in arms.iter() {
                let mut fits = falls;
                for pattern in arm.patterns.iter().take_while(|_| !falls) {
                    let pattern = expander.pattern(pattern)?;
                    fits = fits || expander.fits(&pattern, &text);
                }
                if !fits {
                    continue;
                }
                bodies.push(Rc::clone(&arm.body));
                falls = arm.end == ";&";
                if arm.end != ";&" && arm.end != ";;&" {
                    break;
                }
            }
            Ok(bodies)
        };
        let Some(bodies) = self.expanding(stage, captured, io, find) else { return };
        if self.options.xtrace && self.kind == ShellKind::Bash {
            self.trace(&format!("case {} in", word.source()), io);
        }
        if bodies.iter().all(|body| body.is_empty()) {
            self.status = 0;
        }
        self.tasks.extend(bodies.into_iter().rev().map(|body| Task::List(body, 0)));
    }

    /// Leaves loops (`break`) or goes on with the next round of one (`continue`).
    /// Returns whether there is one.
    pub(super) fn leave_loop(&mut self, is_break: bool, levels: usize) -> bool {
        let is_loop = |task: &Task| {
            let counts = matches!(task, Task::Count { .. } | Task::CountStep { .. } | Task::CountTest { .. });
            counts || matches!(task, Task::For { .. } | Task::While { .. } | Task::WhileTest { .. })
        };
        // In BusyBox a function leaves the loops around its call.
        let is_ash = self.kind == ShellKind::Ash;
        let is_bound = |task: &Task| !is_ash && matches!(task, Task::Call(_) | Task::Sourced(_));
        let inside = self.tasks.iter().rev().take_while(|task| !is_bound(task)).filter(|task| is_loop(task)).count();
        for level in 0..levels.min(inside) {
            self.unwind(is_loop);
            if is_break || level + 1 < levels.min(inside) {
                self.tasks.pop();
            }
        }
        self.status = 0;
        inside > 0
    }
}

/// Whether a sum runs commands.
fn has_commands(sum: &str) -> bool {
    sum.contains('`') || sum.contains("$(") && sum.replace("$((", "").contains("$(")
}

/// A command in which others failed already.
pub(super) fn is_compound(command: &Command) -> bool {
    !matches!(
        command,
        Command::Simple { .. } | Command::Test(_) | Command::Sum(_) | Command::Group { is_subshell: true, .. }
    )
}

/// Whether one of the three sums of a counting loop is left out.
fn is_empty_sum(stage: &Stage) -> bool {
    matches!(&stage.command, Command::Sum(source) if source.trim().is_empty())
}
