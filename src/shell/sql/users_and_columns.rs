//! What changes more than rows: users, transactions, and the columns of a table. Reads no SQL.

use super::DATA;
use super::connection::{Answer, Connection, Reply, Server, USERS, is_file_name, no_database, unknown_column};
use super::error::SqlError;
use super::statement::{Alteration, TableName, UserChange};
use crate::world::disk::Table;

impl Server<'_> {
    /// Keeps what all tables hold, to go back to.
    pub(super) fn begin(&mut self, connection: &mut Connection) -> Answer<Reply> {
        let mut tables = Vec::new();
        for database in self.databases() {
            for name in self.tables(&database) {
                let path = format!("{DATA}/{database}/{name}.ibd");
                tables.extend(self.container.table(self.cluster, &path).map(|table| (path, table)));
            }
        }
        connection.undo = Some(tables);
        Ok(Reply::done(0))
    }

    /// Goes back to what was kept. Numbers that were given stay given.
    pub(super) fn roll_back(&mut self, connection: &mut Connection) -> Answer<Reply> {
        for (path, old) in connection.undo.take().unwrap_or_default() {
            let Some(now) = self.container.table(self.cluster, &path) else { continue };
            if now.rows != old.rows {
                self.store(&path, Table { next_id: now.next_id, ..Table::clone(&old) })?;
            }
        }
        Ok(Reply::done(0))
    }

    /// Makes, changes or drops a user.
    pub(super) fn change_user(&mut self, change: &UserChange) -> Answer<Reply> {
        let UserChange { verb, name, host, password, is_lenient } = change;
        let users = self.container.read(self.cluster, USERS).unwrap_or_default();
        let mut lines: Vec<String> = users.lines().map(str::to_string).collect();
        let own = format!("{name}:");
        let is_there = lines.iter().any(|line| line.starts_with(&own));
        if is_there == (*verb == "CREATE") {
            if *is_lenient {
                return Ok(Reply::noted(format!("1396 Operation {verb} USER failed for '{name}'@'{host}'")));
            }
            return Err(SqlError::new(1396, format!("Operation {verb} USER failed for '{name}'@'{host}'")));
        }
        lines.retain(|line| !line.starts_with(&own));
        if *verb != "DROP" {
            lines.push(format!("{name}:{password}"));
        }
        let text = lines.join("\n") + "\n";
        self.container
            .write(self.cluster, USERS, &text, false)
            .map_err(|error| super::connection::disk_error(USERS, error))?;
        Ok(Reply::done(0))
    }

    /// Adds, drops or renames columns, or renames the table.
    pub(super) fn alter(
        &mut self,
        table: &TableName,
        changes: Vec<Alteration>,
        connection: &Connection,
    ) -> Answer<Reply> {
        let (mut path, mut data) = self.open(table, connection)?;
        let database = table.database.clone().or_else(|| connection.database.clone()).ok_or_else(no_database)?;
        for change in changes {
            match change {
                Alteration::Add(column) => {
                    if super::query::column_index(&data.columns, &column.name).is_some() {
                        return Err(SqlError::new(1060, format!("Duplicate column name '{}'", column.name)));
                    }
                    let blank = if column.kind.contains("int") { "0" } else { "" };
                    let fill = match (&column.default, column.is_nullable) {
                        (Some(text), _) => Some(text.clone()),
                        (None, true) => None,
                        (None, false) => Some(blank.into()),
                    };
                    data.rows.iter_mut().for_each(|row| row.push(fill.clone()));
                    data.columns.push(column);
                }
                Alteration::Change(name, column) => {
                    let at = column_of(&data, &name, table)?;
                    if let Some(place) = data.columns.get_mut(at) {
                        let is_primary = place.is_primary || column.is_primary;
                        *place = column;
                        place.is_primary = is_primary;
                    }
                }
                Alteration::Drop(name) => {
                    let missing = || SqlError::new(1091, format!("Can't DROP COLUMN `{name}`; check that it exists"));
                    let at = super::query::column_index(&data.columns, &name).ok_or_else(missing)?;
                    data.columns.remove(at);
                    data.rows.iter_mut().filter(|row| at < row.len()).for_each(|row| _ = row.remove(at));
                }
                Alteration::RenameColumn(from, to) => {
                    let at = column_of(&data, &from, table)?;
                    if let Some(column) = data.columns.get_mut(at) {
                        column.name = to.into();
                    }
                }
                Alteration::Rename(to) => {
                    let next = format!("{DATA}/{database}/{to}.ibd");
                    if !is_file_name(&to) || self.container.table(self.cluster, &next).is_some() {
                        return Err(SqlError::new(1050, format!("Table '{to}' already exists")));
                    }
                    _ = self.container.remove(self.cluster, &path, false);
                    path = next;
                }
            }
        }
        self.store(&path, data)?;
        Ok(Reply::Done { affected: 0, note: "Records: 0  Duplicates: 0  Warnings: 0".to_string(), warning: None })
    }

    /// What a user may do.
    pub(super) fn show_grants(&self, connection: &Connection) -> Reply {
        let Connection { user, from, .. } = connection;
        let host = if from == "localhost" { "localhost" } else { "%" };
        let grant = if user == "root" { "ALL PRIVILEGES ON *.*" } else { "USAGE ON *.*" };
        let option = if user == "root" { " WITH GRANT OPTION" } else { "" };
        Reply::list(&format!("Grants for {user}@{host}"), [format!("GRANT {grant} TO `{user}`@`{host}`{option}")])
    }
}

fn column_of(data: &Table, name: &str, table: &TableName) -> Answer<usize> {
    super::query::column_index(&data.columns, name).ok_or_else(|| unknown_column(name, &table.name))
}
