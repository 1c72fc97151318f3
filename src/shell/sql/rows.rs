//! What statements do to the rows of a table.

use super::connection::{Answer, Connection, Reply, Server, unknown_column};
use super::error::SqlError;
use super::query;
use super::statement::{Expr, TableName};
use super::unique_keys::check_unique;
use super::value::{Val, fit};
use crate::model::Text;
use crate::world::disk::{Column, Table};

/// The most rows of a table.
const ROWS_MAX: usize = 5000;

impl Server<'_> {
    pub(super) fn insert(
        &mut self,
        table: &TableName,
        columns: &[String],
        rows: &[Vec<Expr>],
        ignores: bool,
        connection: &Connection,
    ) -> Answer<Reply> {
        let (path, mut data) = self.open(table, connection)?;
        let mut places = Vec::new();
        for name in columns {
            places.push(query::column_index(&data.columns, name).ok_or_else(|| unknown_column(name, "INSERT INTO"))?);
        }
        if columns.is_empty() {
            places.extend(0..data.columns.len());
        }
        let mut count = 0;
        for (at, values) in rows.iter().enumerate() {
            let is_empty = values.is_empty() && columns.is_empty();
            if values.len() != places.len() && !is_empty {
                return Err(SqlError::new(1136, format!("Column count doesn't match value count at row {}", at + 1)));
            }
            let mut given: Vec<Option<Val>> = vec![None; data.columns.len()];
            for (place, expr) in places.iter().zip(values) {
                if *expr == Expr::Call("default".to_string(), Vec::new()) {
                    continue;
                }
                let value = query::evaluate(self, expr, connection)?;
                if let Some(cell) = given.get_mut(*place) {
                    *cell = Some(value);
                }
            }
            let row = self.complete_row(table, &mut data, given, at + 1)?;
            match check_unique(&data, &row, None) {
                Err(_) if ignores => continue,
                result => result?,
            }
            if data.rows.len() >= ROWS_MAX {
                return Err(SqlError::new(1114, format!("The table '{}' is full", table.name)));
            }
            data.rows.push(row);
            count += 1;
        }
        self.store(&path, data)?;
        let note = match rows.len() {
            0 | 1 => String::new(),
            all => format!("Records: {all}  Duplicates: {}  Warnings: 0", all - count),
        };
        Ok(Reply::Done { affected: count, note, warning: None })
    }

    /// Puts defaults and numbers where a row brings nothing, and makes values fit their columns.
    fn complete_row(
        &mut self,
        table: &TableName,
        data: &mut Table,
        given: Vec<Option<Val>>,
        row: usize,
    ) -> Answer<Vec<Option<Text>>> {
        let now = query::timestamp(self.cluster.now());
        let mut cells = Vec::new();
        for (column, value) in data.columns.iter().zip(given) {
            let is_absent = matches!(value, None | Some(Val::Null));
            let text = match value {
                _ if column.is_auto_increment && is_absent => {
                    data.next_id = data.next_id.max(1);
                    let id = data.next_id;
                    data.next_id = data.next_id.saturating_add(1);
                    Some(id.to_string())
                }
                Some(value) => value.text(),
                None => match column.default.as_deref() {
                    Some("current_timestamp" | "now") => Some(now.clone()),
                    Some(text) => Some(text.to_string()),
                    None if column.is_nullable => None,
                    None => {
                        return Err(SqlError::new(
                            1364,
                            format!("Field '{}' doesn't have a default value", column.name),
                        ));
                    }
                },
            };
            let cell = fit_cell(table, column, text, row)?;
            if let (true, Some(number)) = (column.is_auto_increment, cell.as_ref().and_then(|t| t.parse::<i64>().ok()))
            {
                data.next_id = data.next_id.max(number.saturating_add(1));
            }
            cells.push(cell);
        }
        Ok(cells)
    }

    pub(super) fn update(
        &mut self,
        table: &TableName,
        changes: &[(String, Expr)],
        filter: Option<&Expr>,
        connection: &Connection,
    ) -> Answer<Reply> {
        let (path, mut data) = self.open(table, connection)?;
        let (mut matched, mut changed) = (0, 0);
        for at in 0..data.rows.len() {
            let Some(row) = data.rows.get(at).cloned() else { continue };
            if !query::holds(self, filter, &data.columns, &row, connection)? {
                continue;
            }
            matched += 1;
            let mut next = row.clone();
            for (name, expr) in changes {
                let place = query::column_index(&data.columns, name).ok_or_else(|| unknown_column(name, "SET"))?;
                let value = query::evaluate_row(self, expr, &data.columns, &row, connection)?;
                if let (Some(column), Some(cell)) = (data.columns.get(place), next.get_mut(place)) {
                    *cell = fit_cell(table, column, value.text(), matched)?;
                }
            }
            if next != row {
                check_unique(&data, &next, Some(at))?;
                changed += 1;
                if let Some(place) = data.rows.get_mut(at) {
                    *place = next;
                }
            }
        }
        self.store(&path, data)?;
        let note = format!("Rows matched: {matched}  Changed: {changed}  Warnings: 0");
        Ok(Reply::Done { affected: changed, note, warning: None })
    }

    pub(super) fn delete(
        &mut self,
        table: &TableName,
        filter: Option<&Expr>,
        connection: &Connection,
    ) -> Answer<Reply> {
        let (path, mut data) = self.open(table, connection)?;
        let rows = std::mem::take(&mut data.rows);
        let before = rows.len();
        for row in rows {
            if !query::holds(self, filter, &data.columns, &row, connection)? {
                data.rows.push(row);
            }
        }
        let count = before - data.rows.len();
        self.store(&path, data)?;
        Ok(Reply::done(count))
    }
}

fn fit_cell(table: &TableName, column: &Column, text: Option<String>, row: usize) -> Answer<Option<Text>> {
    let Some(text) = text else {
        if column.is_nullable {
            return Ok(None);
        }
        return Err(SqlError::new(1048, format!("Column '{}' cannot be null", column.name)));
    };
    match fit(&column.kind, &text) {
        Ok(text) => Ok(Some(text.into())),
        Err(1406) => Err(SqlError::new(1406, format!("Data too long for column '{}' at row {row}", column.name))),
        Err(number) => {
            let kind = if column.kind.starts_with("decimal") { "decimal" } else { "integer" };
            let database = table.database.clone().map(|name| format!("`{name}`.")).unwrap_or_default();
            let place = format!("{database}`{}`.`{}`", table.name, column.name);
            Err(SqlError::new(number, format!("Incorrect {kind} value: '{text}' for column {place} at row {row}")))
        }
    }
}
