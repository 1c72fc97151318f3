//! Which rows a table refuses because of its primary key: `Duplicate entry`.

use super::connection::Answer;
use super::error::SqlError;
use crate::model::Text;
use crate::world::disk::Table;

/// Whether a row may stand in a table; `own` is the place of the row that it replaces.
///
/// # Errors
/// 1062 if another row has its primary key.
pub(super) fn check_unique(data: &Table, row: &[Option<Text>], own: Option<usize>) -> Answer<()> {
    let keys: Vec<usize> =
        (0..data.columns.len()).filter(|at| data.columns.get(*at).is_some_and(|c| c.is_primary)).collect();
    if keys.is_empty() {
        return Ok(());
    }
    let key_of = |row: &[Option<Text>]| -> Vec<String> {
        keys.iter().map(|at| row.get(*at).cloned().flatten().map(|t| t.to_string()).unwrap_or_default()).collect()
    };
    let key = key_of(row);
    let is_taken = data.rows.iter().enumerate().any(|(at, other)| Some(at) != own && key_of(other) == key);
    if is_taken {
        return Err(SqlError::new(1062, format!("Duplicate entry '{}' for key 'PRIMARY'", key.join("-"))));
    }
    Ok(())
}
