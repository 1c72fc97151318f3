//! The users and groups of a container by name and number, as its `/etc/passwd` and `/etc/group` have them.

use super::container::Container;
use super::ownership::{User, name_of, number_of};
use crate::cluster::Cluster;

/// The list of users.
pub const USERS: &str = "/etc/passwd";
/// The list of groups.
pub const GROUPS: &str = "/etc/group";

/// A user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The name.
    pub name: String,
    /// The number.
    pub id: i64,
    /// The number of the first group.
    pub group: i64,
    /// Where the user is at home.
    pub home: String,
    /// The shell that a login starts.
    pub shell: String,
}

/// The part of a line at a place, between colons.
fn part(line: &str, at: usize) -> &str {
    line.split(':').nth(at).unwrap_or("")
}

fn number(line: &str, at: usize) -> i64 {
    part(line, at).parse().unwrap_or(0)
}

impl Container {
    /// The text of one of the two lists.
    pub fn account_list(&self, cluster: &Cluster, path: &str) -> String {
        self.trusted().read(cluster, path).map_or_else(|_| String::new(), |text| text.to_string())
    }

    /// The user of this name, or with this number.
    pub fn account(&self, cluster: &Cluster, who: &str) -> Option<Account> {
        let list = self.account_list(cluster, USERS);
        let named = list.lines().find(|line| part(line, 0) == who);
        let line = named.or_else(|| list.lines().find(|line| part(line, 2) == who))?;
        Some(Account {
            name: part(line, 0).to_string(),
            id: number(line, 2),
            group: number(line, 3),
            home: part(line, 5).to_string(),
            shell: part(line, 6).to_string(),
        })
    }

    /// The line of a group in the list, by its name or its number.
    fn group_line(&self, cluster: &Cluster, who: &str) -> Option<String> {
        let list = self.account_list(cluster, GROUPS);
        let named = list.lines().find(|line| part(line, 0) == who);
        named.or_else(|| list.lines().find(|line| part(line, 2) == who)).map(str::to_string)
    }

    /// The name of a user, or the number.
    pub fn user_name(&self, cluster: &Cluster, number: i64) -> String {
        self.account(cluster, &number.to_string()).map_or_else(|| name_of(number, false), |account| account.name)
    }

    /// The name of a group, or the number.
    pub fn group_name(&self, cluster: &Cluster, number: i64) -> String {
        let line = self.group_line(cluster, &number.to_string());
        line.map_or_else(|| name_of(number, true), |line| part(&line, 0).to_string())
    }

    /// The number of a user that is named or numbered. `None` if it is certain that there is none.
    pub fn user_number(&self, cluster: &Cluster, who: &str) -> Option<i64> {
        let found = self.account(cluster, who).map(|account| account.id).or_else(|| who.parse().ok());
        found.or_else(|| self.may_have_more_users().then(|| number_of(who)))
    }

    /// The same of a group.
    pub fn group_number(&self, cluster: &Cluster, who: &str) -> Option<i64> {
        let found = self.group_line(cluster, who).map(|line| number(&line, 2)).or_else(|| who.parse().ok());
        found.or_else(|| self.may_have_more_users().then(|| number_of(who)))
    }

    /// The numbers of the groups that name a user among their members.
    pub fn groups_with(&self, cluster: &Cluster, name: &str) -> Vec<i64> {
        let list = self.account_list(cluster, GROUPS);
        let has = |line: &&str| part(line, 3).split(',').any(|member| member == name);
        list.lines().filter(has).map(|line| number(line, 2)).collect()
    }

    /// Whether its image may have users that this lab does not know.
    pub fn may_have_more_users(&self) -> bool {
        !self.image.is_makers_own() || !self.image.is_plain()
    }

    /// Somebody of its list of users, with all groups.
    pub fn as_account(&self, cluster: &Cluster, account: &Account) -> User {
        let mut more = self.groups_with(cluster, &account.name);
        more.retain(|group| *group != account.group);
        User { id: account.id, group: account.group, more, umask: None, ..self.user().clone() }
    }

    /// The same container as a program of another user sees it.
    pub fn as_user(&self, user: &User) -> Container {
        Container { user: user.clone(), ..self.clone() }
    }
}
