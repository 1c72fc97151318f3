//! Where values stand in a list, found without walking the list for each of them.

use super::value::Value;
use crate::sorted::SharedMap;

/// The places of values, each at its first one. A value that is absent counts as `null`.
#[derive(Clone, Debug, Default)]
pub struct ValueIndex<'v> {
    scalars: SharedMap<Scalar<'v>, usize>,
    /// Maps, lists and numbers with a fraction, which nobody uses as a key.
    others: Vec<(&'v Value, usize)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Scalar<'v> {
    Null,
    Bool(bool),
    Int(i64),
    Text(&'v str),
}

impl<'v> Scalar<'v> {
    fn of(value: &'v Value) -> Option<Scalar<'v>> {
        match value {
            Value::Null => Some(Scalar::Null),
            Value::Bool(flag) => Some(Scalar::Bool(*flag)),
            Value::Int(number) => Some(Scalar::Int(*number)),
            Value::Str(text) => Some(Scalar::Text(text)),
            Value::Float(_) | Value::List(_) | Value::Map(_) => None,
        }
    }
}

impl<'v> ValueIndex<'v> {
    /// The places of all values of a list.
    pub fn of(values: impl IntoIterator<Item = &'v Value>) -> ValueIndex<'v> {
        let mut index = ValueIndex::default();
        for (at, value) in values.into_iter().enumerate() {
            index.put(value, at);
        }
        index
    }

    /// The places of a list's elements by one of their fields.
    pub fn by_field(list: &'v [Value], field: &str) -> ValueIndex<'v> {
        ValueIndex::of(list.iter().map(|element| element.get(field).unwrap_or(&Value::Null)))
    }

    /// Notes that a value stands at a place, unless it has one; says whether it is new.
    pub fn put(&mut self, value: &'v Value, at: usize) -> bool {
        let is_new = self.at(value).is_none();
        match Scalar::of(value) {
            _ if !is_new => {}
            Some(scalar) => _ = self.scalars.insert(scalar, at),
            None => self.others.push((value, at)),
        }
        is_new
    }

    /// The first place of a value.
    pub fn at(&self, value: &Value) -> Option<usize> {
        match Scalar::of(value) {
            Some(scalar) => self.scalars.get(&scalar).copied(),
            None => self.others.iter().find(|(other, _)| *other == value).map(|(_, at)| *at),
        }
    }

    /// Whether a value has a place.
    pub fn has(&self, value: &Value) -> bool {
        self.at(value).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_json;

    #[test]
    fn a_value_is_found_at_its_first_place() {
        let list = parse_json(r#"["a",1,"a",null,{"x":1},1.5,{"x":1},true]"#).unwrap();
        let list = list.as_list().unwrap();
        let index = ValueIndex::of(list);
        assert_eq!(list.iter().map(|value| index.at(value).unwrap()).collect::<Vec<_>>(), [0, 1, 0, 3, 4, 5, 4, 7]);
        assert!(!index.has(&Value::text("b")) && !index.has(&Value::from(2)) && !index.has(&Value::from(false)));
        let named = parse_json(r#"[{"name":"a"},{"other":"b"}]"#).unwrap();
        let index = ValueIndex::by_field(named.as_list().unwrap(), "name");
        assert_eq!((index.at(&Value::text("a")), index.at(&Value::Null)), (Some(0), Some(1)));
    }
}
