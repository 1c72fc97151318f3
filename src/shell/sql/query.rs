//! Selects and expressions over the rows of one table; writes nothing.

use super::connection::{Connection, Heading, Reply, Server, unknown_column};
use super::error::SqlError;
use super::statement::{Expr, Item, Select};
use super::value::{Val, is_like, is_numeric};
use crate::model::{Millis, Text};
use crate::ordering::Order;
use crate::world::disk::{Column, Table};
use std::cmp::Ordering;

type Answer<T> = Result<T, SqlError>;
type Row = Vec<Option<Text>>;

/// The place of a column.
pub fn column_index(columns: &[Column], name: &str) -> Option<usize> {
    columns.iter().position(|column| column.name.eq_ignore_ascii_case(name))
}

/// `2026-01-01 00:00:05`.
pub fn timestamp(at: Millis) -> String {
    at.rfc3339().replace('T', " ").trim_end_matches('Z').to_string()
}

/// What an expression sees.
struct Scope<'a> {
    server: &'a Server<'a>,
    connection: &'a Connection,
    columns: &'a [Column],
    /// The rows that are put together; the first one gives the columns' values.
    rows: &'a [&'a Row],
    place: &'static str,
}

/// The value of an expression without a table.
///
/// # Errors
/// What the server says.
pub fn evaluate(server: &Server<'_>, expr: &Expr, connection: &Connection) -> Answer<Val> {
    value(expr, &Scope { server, connection, columns: &[], rows: &[], place: "VALUES" })
}

/// The value of an expression over a row.
///
/// # Errors
/// What the server says.
pub fn evaluate_row(
    server: &Server<'_>,
    expr: &Expr,
    columns: &[Column],
    row: &Row,
    connection: &Connection,
) -> Answer<Val> {
    value(expr, &Scope { server, connection, columns, rows: &[row], place: "SET" })
}

/// Whether a condition holds for a row.
///
/// # Errors
/// What the server says.
pub fn holds(
    server: &Server<'_>,
    filter: Option<&Expr>,
    columns: &[Column],
    row: &Row,
    connection: &Connection,
) -> Answer<bool> {
    let Some(filter) = filter else { return Ok(true) };
    let scope = Scope { server, connection, columns, rows: &[row], place: "WHERE" };
    Ok(value(filter, &scope)?.truth() == Some(true))
}

/// Runs a select.
///
/// # Errors
/// What the server says.
pub fn select(server: &mut Server<'_>, select: &Select, connection: &Connection) -> Answer<Reply> {
    let server: &Server<'_> = server;
    let table = match &select.from {
        None => Table { columns: Vec::new(), rows: vec![Vec::new()], next_id: 1 },
        Some(name) => match system_table(server, name, connection) {
            Some(table) => table,
            None => server.open(name, connection)?.1,
        },
    };
    if select.from.is_none() && select.items.contains(&Item::All) {
        return Err(SqlError::new(1096, "No tables used"));
    }
    let mut kept: Vec<&Row> = Vec::new();
    for row in &table.rows {
        if holds(server, select.filter.as_ref(), &table.columns, row, connection)? {
            kept.push(row);
        }
    }
    let mut items: Vec<(Expr, String)> = Vec::new();
    for item in &select.items {
        match item {
            Item::All => {
                items.extend(table.columns.iter().map(|c| (Expr::Column(c.name.to_string()), c.name.to_string())))
            }
            Item::Expr(expr, name) => items.push((expr.clone(), name.clone())),
        }
    }
    let key = |expr: &Expr, row: &Row| {
        value(expr, &Scope { server, connection, columns: &table.columns, rows: &[row], place: "GROUP BY" })
    };
    let is_aggregate = items.iter().any(|item| has_aggregate(&item.0));
    let groups = groups(select, &kept, is_aggregate, &key)?;
    let mut rows: Vec<(Vec<Val>, Vec<Val>)> = Vec::new();
    for group in &groups {
        let scope = |place| Scope { server, connection, columns: &table.columns, rows: group, place };
        let mut cells = Vec::new();
        for (expr, _) in &items {
            cells.push(value(expr, &scope("SELECT"))?);
        }
        let mut keys = Vec::new();
        for (expr, _) in &select.order {
            keys.push(match alias(expr, &items) {
                Some(at) => cells.get(at).cloned().unwrap_or(Val::Null),
                None => value(expr, &scope("ORDER BY"))?,
            });
        }
        rows.push((cells, keys));
    }
    rows.order_by(|left, right| order(&left.1, &right.1, &select.order));
    if select.is_distinct {
        let mut seen: Vec<Vec<Val>> = Vec::new();
        rows.retain(|row| {
            let is_new = !seen.contains(&row.0);
            if is_new {
                seen.push(row.0.clone());
            }
            is_new
        });
    }
    let (count, skipped) = select.limit.unwrap_or((usize::MAX, 0));
    let shown: Vec<Vec<Val>> = rows.into_iter().skip(skipped).take(count).map(|row| row.0).collect();
    let columns = items.iter().enumerate().map(|(at, (expr, name))| Heading {
        name: name.clone(),
        is_number: is_number(at, expr, &table, &shown),
        is_nullable: is_nullable(expr, &table),
    });
    Ok(Reply::Rows {
        columns: columns.collect(),
        rows: shown.iter().map(|row| row.iter().map(Val::text).collect()).collect(),
    })
}

/// Whether an expression may come to `NULL`.
fn is_nullable(expr: &Expr, table: &Table) -> bool {
    let column = |name: &str| column_index(&table.columns, name).and_then(|at| table.columns.get(at));
    match expr {
        Expr::Null | Expr::Variable(_) => true,
        Expr::Int(_) | Expr::Text(_) | Expr::IsNull(_) => false,
        Expr::Column(name) => column(name).is_some_and(|column| column.is_nullable),
        Expr::Call(name, _) if matches!(name.as_str(), "max" | "min" | "sum" | "avg") => true,
        Expr::Call(_, parts) => parts.iter().any(|part| is_nullable(part, table)),
        Expr::Unary(_, part) | Expr::In(part, _) => is_nullable(part, table),
        Expr::Binary(sign, left, right) => {
            matches!(*sign, "/" | "%") || is_nullable(left, table) || is_nullable(right, table)
        }
    }
}

fn is_number(at: usize, expr: &Expr, table: &Table, rows: &[Vec<Val>]) -> bool {
    if let Expr::Column(name) = expr {
        let kind = column_index(&table.columns, name).and_then(|at| table.columns.get(at)).map(|column| &column.kind);
        return kind.is_some_and(|kind| is_numeric(kind));
    }
    let is_computed = matches!(expr, Expr::Binary("+" | "-" | "*" | "/" | "%", ..));
    let is_sum = matches!(expr, Expr::Call(name, _) if matches!(name.as_str(), "count" | "sum" | "avg"));
    is_computed || is_sum || rows.iter().any(|row| matches!(row.get(at), Some(Val::Int(_))))
}

fn order(left: &[Val], right: &[Val], by: &[(Expr, bool)]) -> Ordering {
    for ((left, right), (_, is_descending)) in left.iter().zip(right).zip(by) {
        let order = left.sort_order(right);
        if order != Ordering::Equal {
            return if *is_descending { order.reverse() } else { order };
        }
    }
    Ordering::Equal
}

/// The item that an expression in `order by` names, by number or alias.
fn alias(expr: &Expr, items: &[(Expr, String)]) -> Option<usize> {
    match expr {
        Expr::Int(number) => usize::try_from(*number).ok()?.checked_sub(1).filter(|at| *at < items.len()),
        Expr::Column(name) => items.iter().position(|item| item.1.eq_ignore_ascii_case(name)),
        _ => None,
    }
}

fn groups<'a>(
    select: &Select,
    rows: &[&'a Row],
    is_aggregate: bool,
    key: &dyn Fn(&Expr, &Row) -> Answer<Val>,
) -> Answer<Vec<Vec<&'a Row>>> {
    if select.group.is_empty() {
        return Ok(if is_aggregate { vec![rows.to_vec()] } else { rows.iter().map(|row| vec![*row]).collect() });
    }
    let mut found: Vec<(Vec<Val>, Vec<&'a Row>)> = Vec::new();
    for row in rows {
        let keys = select.group.iter().map(|expr| key(expr, row)).collect::<Answer<Vec<Val>>>()?;
        match found.iter_mut().find(|group| group.0 == keys) {
            Some(group) => group.1.push(row),
            None => found.push((keys, vec![row])),
        }
    }
    found.order_by(|left, right| {
        let orders = left.0.iter().zip(&right.0).map(|(left, right)| left.sort_order(right));
        orders.fold(Ordering::Equal, Ordering::then)
    });
    Ok(found.into_iter().map(|group| group.1).collect())
}

fn has_aggregate(expr: &Expr) -> bool {
    match expr {
        Expr::Call(name, arguments) => is_aggregate(name) || arguments.iter().any(has_aggregate),
        Expr::Unary(_, inner) | Expr::IsNull(inner) => has_aggregate(inner),
        Expr::Binary(_, left, right) => has_aggregate(left) || has_aggregate(right),
        Expr::In(inner, list) => has_aggregate(inner) || list.iter().any(has_aggregate),
        _ => false,
    }
}

fn is_aggregate(name: &str) -> bool {
    matches!(name, "count" | "sum" | "min" | "max" | "avg" | "group_concat")
}

/// `mysql.user`, which is not a file here.
fn system_table(server: &Server<'_>, name: &super::statement::TableName, connection: &Connection) -> Option<Table> {
    let database = name.database.as_ref().or(connection.database.as_ref())?;
    if database != "mysql" || name.name != "user" {
        return None;
    }
    let column = |name: &'static str| Column {
        name: name.into(),
        kind: "char(128)".into(),
        is_nullable: false,
        is_primary: false,
        is_auto_increment: false,
        default: None,
    };
    let mut rows: Vec<Row> = server.users().into_iter().map(|user| vec![Some("%".into()), Some(user.into())]).collect();
    rows.push(vec![Some("localhost".into()), Some("mariadb.sys".into())]);
    rows.push(vec![Some("localhost".into()), Some("root".into())]);
    Some(Table { columns: vec![column("Host"), column("User")], rows, next_id: 1 })
}

fn value(expr: &Expr, scope: &Scope<'_>) -> Answer<Val> {
    Ok(match expr {
        Expr::Null => Val::Null,
        Expr::Int(number) => Val::Int(*number),
        Expr::Text(text) => Val::Text(text.clone()),
        Expr::Column(name) => column(name, scope)?,
        Expr::Variable(name) => variable(name, scope)?,
        Expr::Call(name, arguments) if is_aggregate(name) => aggregate(name, arguments, scope)?,
        Expr::Call(name, arguments) => call(name, arguments, scope)?,
        Expr::Unary("-", inner) => Val::calculate("-", &Val::Int(0), &value(inner, scope)?),
        Expr::Unary(_, inner) => value(inner, scope)?.truth().map_or(Val::Null, |flag| Val::of_bool(!flag)),
        Expr::IsNull(inner) => Val::of_bool(value(inner, scope)? == Val::Null),
        Expr::In(inner, list) => {
            let left = value(inner, scope)?;
            let mut found = false;
            for expr in list {
                found |= left.compare(&value(expr, scope)?) == Some(Ordering::Equal);
            }
            if left == Val::Null { Val::Null } else { Val::of_bool(found) }
        }
        Expr::Binary(operator, left, right) => binary(operator, &value(left, scope)?, &value(right, scope)?),
    })
}

fn binary(operator: &str, left: &Val, right: &Val) -> Val {
    let known = |holds: &dyn Fn(Ordering) -> bool| left.compare(right).map_or(Val::Null, |o| Val::of_bool(holds(o)));
    match operator {
        "and" => match (left.truth(), right.truth()) {
            (Some(false), _) | (_, Some(false)) => Val::Int(0),
            (Some(true), Some(true)) => Val::Int(1),
            _ => Val::Null,
        },
        "or" => match (left.truth(), right.truth()) {
            (Some(true), _) | (_, Some(true)) => Val::Int(1),
            (Some(false), Some(false)) => Val::Int(0),
            _ => Val::Null,
        },
        "=" => known(&Ordering::is_eq),
        "<>" => known(&Ordering::is_ne),
        "<" => known(&Ordering::is_lt),
        "<=" => known(&Ordering::is_le),
        ">" => known(&Ordering::is_gt),
        ">=" => known(&Ordering::is_ge),
        "like" => match (left.text(), right.text()) {
            (Some(text), Some(pattern)) => Val::of_bool(is_like(&text, &pattern)),
            _ => Val::Null,
        },
        operator => Val::calculate(operator, left, right),
    }
}

fn column(name: &str, scope: &Scope<'_>) -> Answer<Val> {
    let at = column_index(scope.columns, name).ok_or_else(|| unknown_column(name, scope.place))?;
    let is_number = scope.columns.get(at).is_some_and(|column| is_numeric(&column.kind));
    let cell = scope.rows.first().and_then(|row| row.get(at)).cloned().flatten();
    Ok(match cell {
        None => Val::Null,
        Some(text) => match text.parse::<i64>() {
            Ok(number) if is_number => Val::Int(number),
            _ => Val::Text(text.to_string()),
        },
    })
}

fn variable(name: &str, scope: &Scope<'_>) -> Answer<Val> {
    let Some(system) = name.strip_prefix("@@") else { return Ok(Val::Null) };
    let system = system.trim_start_matches("global.").trim_start_matches("session.");
    match scope.server.variable(system) {
        Some(text) => Ok(text.parse::<i64>().map_or(Val::Text(text), Val::Int)),
        None => Err(SqlError { number: 1193, state: "HY000", text: format!("Unknown system variable '{system}'") }),
    }
}

fn aggregate(name: &str, arguments: &[Expr], scope: &Scope<'_>) -> Answer<Val> {
    let Some(argument) = arguments.first() else {
        return Ok(Val::Int(i64::try_from(scope.rows.len()).unwrap_or(i64::MAX)));
    };
    let mut values = Vec::new();
    for row in scope.rows {
        let rows: &[&Row] = &[row];
        let inner = Scope {
            server: scope.server,
            connection: scope.connection,
            columns: scope.columns,
            rows,
            place: scope.place,
        };
        values.push(value(argument, &inner)?);
    }
    values.retain(|value| *value != Val::Null);
    let count = i64::try_from(values.len()).unwrap_or(i64::MAX);
    let sum = || values.iter().fold(Val::Int(0), |sum, value| Val::calculate("+", &sum, value));
    Ok(match name {
        "count" => Val::Int(count),
        "sum" if count == 0 => Val::Null,
        "sum" => sum(),
        "avg" => Val::mean(&sum(), count),
        "group_concat" => {
            let texts: Vec<String> = values.iter().filter_map(Val::text).collect();
            if texts.is_empty() { Val::Null } else { Val::Text(texts.join(",")) }
        }
        "min" => values.into_iter().min_by(Val::sort_order).unwrap_or(Val::Null),
        _ => values.into_iter().max_by(Val::sort_order).unwrap_or(Val::Null),
    })
}

fn call(name: &str, arguments: &[Expr], scope: &Scope<'_>) -> Answer<Val> {
    let mut values = Vec::new();
    for argument in arguments {
        values.push(value(argument, scope)?);
    }
    let text = |at: usize| values.get(at).and_then(Val::text);
    let first = |act: &dyn Fn(String) -> Val| text(0).map_or(Val::Null, act);
    let now = scope.server_now();
    Ok(match name {
        "version" => Val::Text(scope.server.version()),
        "now" | "current_timestamp" | "sysdate" | "localtime" => Val::Text(now),
        "curdate" | "current_date" => Val::Text(now.chars().take(10).collect()),
        "curtime" => Val::Text(now.chars().skip(11).collect()),
        "database" | "schema" => scope.connection.database.clone().map_or(Val::Null, Val::Text),
        "user" | "session_user" => Val::Text(format!("{}@{}", scope.connection.user, scope.connection.from)),
        "current_user" => Val::Text(format!("{}@%", scope.connection.user)),
        "connection_id" => Val::Int(scope.connection.id),
        "last_insert_id" => Val::Int(0),
        "uuid" => Val::Text(scope.server.container.pod.meta.uid.to_string()),
        "upper" | "ucase" => first(&|text| Val::Text(text.to_uppercase())),
        "lower" | "lcase" => first(&|text| Val::Text(text.to_lowercase())),
        "length" => first(&|text| Val::Int(i64::try_from(text.len()).unwrap_or(0))),
        "char_length" => first(&|text| Val::Int(i64::try_from(text.chars().count()).unwrap_or(0))),
        "concat" => match values.iter().map(Val::text).collect::<Option<Vec<String>>>() {
            Some(texts) => Val::Text(texts.concat()),
            None => Val::Null,
        },
        "ifnull" | "coalesce" => values.into_iter().find(|value| *value != Val::Null).unwrap_or(Val::Null),
        "if" => match values.first().and_then(Val::truth) {
            Some(true) => values.get(1).cloned().unwrap_or(Val::Null),
            _ => values.get(2).cloned().unwrap_or(Val::Null),
        },
        "abs" => values.first().map_or(Val::Null, |value| match value {
            Val::Int(number) => Val::Int(number.saturating_abs()),
            other => Val::Text(other.text().unwrap_or_default().trim_start_matches('-').to_string()),
        }),
        "sleep" => Val::Int(0),
        _ => {
            let database = scope.connection.database.clone().map(|name| format!("{name}.")).unwrap_or_default();
            return Err(SqlError::new(1305, format!("FUNCTION {database}{name} does not exist")));
        }
    })
}

impl Scope<'_> {
    fn server_now(&self) -> String {
        timestamp(self.server.cluster.now())
    }
}
