//! The data of Kubernetes objects as a tree that is shared, not copied; knows nothing of kinds or of text formats.

use super::text::Text;
use std::rc::Rc;

/// A map from text keys, kept in byte order of the keys as Go's JSON writer prints them.
///
/// Invariants:
/// - Keys are unique and sorted.
/// - A copy shares the entries; the first write to a shared copy separates it.
#[derive(Debug)]
pub struct SortedMap<V>(Rc<Vec<(Text, V)>>);

impl<V> Clone for SortedMap<V> {
    fn clone(&self) -> SortedMap<V> {
        SortedMap(Rc::clone(&self.0))
    }
}

impl<V> Default for SortedMap<V> {
    fn default() -> SortedMap<V> {
        SortedMap(Rc::new(Vec::new()))
    }
}

impl<V: PartialEq> PartialEq for SortedMap<V> {
    fn eq(&self, other: &SortedMap<V>) -> bool {
        Rc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl<V> SortedMap<V> {
    /// An empty map.
    pub fn new() -> SortedMap<V> {
        SortedMap::default()
    }

    /// An empty map with room for `count` entries.
    pub fn with_capacity(count: usize) -> SortedMap<V> {
        SortedMap(Rc::new(Vec::with_capacity(count)))
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn find(&self, key: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(k, _)| k.as_str().cmp(key))
    }

    /// The value under `key`.
    pub fn get(&self, key: &str) -> Option<&V> {
        self.find(key).ok().map(|at| &self.0[at].1)
    }

    /// Whether `key` is present.
    pub fn contains_key(&self, key: &str) -> bool {
        self.find(key).is_ok()
    }

    /// The entries in key order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Text, &V)> + ExactSizeIterator {
        self.0.iter().map(|(k, v)| (k, v))
    }

    /// The keys in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Text> {
        self.0.iter().map(|(k, _)| k)
    }

    /// Whether both are the same allocation, hence equal without looking.
    pub fn is_same(&self, other: &SortedMap<V>) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<V: Clone> SortedMap<V> {
    /// Puts `value` under `key` and returns what was there.
    pub fn insert(&mut self, key: impl Into<Text>, value: V) -> Option<V> {
        let key = key.into();
        match self.find(&key) {
            Ok(at) => Some(std::mem::replace(&mut Rc::make_mut(&mut self.0)[at].1, value)),
            Err(at) => {
                Rc::make_mut(&mut self.0).insert(at, (key, value));
                None
            }
        }
    }

    /// Takes the entry under `key` out.
    pub fn remove(&mut self, key: &str) -> Option<V> {
        self.find(key).ok().map(|at| Rc::make_mut(&mut self.0).remove(at).1)
    }

    /// The value under `key`, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.find(key).ok().map(|at| &mut Rc::make_mut(&mut self.0)[at].1)
    }

    /// The value under `key`, put there by `make` if absent.
    pub fn get_or_insert_with(&mut self, key: impl Into<Text>, make: impl FnOnce() -> V) -> &mut V {
        let key = key.into();
        let at = match self.find(&key) {
            Ok(at) => at,
            Err(at) => {
                Rc::make_mut(&mut self.0).insert(at, (key, make()));
                at
            }
        };
        &mut Rc::make_mut(&mut self.0)[at].1
    }

    /// Keeps the entries for which `keep` holds.
    pub fn retain(&mut self, mut keep: impl FnMut(&Text, &V) -> bool) {
        if self.0.iter().any(|(k, v)| !keep(k, v)) {
            Rc::make_mut(&mut self.0).retain(|(k, v)| keep(k, v));
        }
    }
}

impl<K: Into<Text>, V: Clone> FromIterator<(K, V)> for SortedMap<V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> SortedMap<V> {
        let entries = entries.into_iter();
        let mut map = SortedMap::with_capacity(entries.size_hint().0);
        for (key, value) in entries {
            map.insert(key, value);
        }
        map
    }
}

/// A JSON object.
pub type Map = SortedMap<Value>;

/// Labels, annotations and the like.
pub type Labels = SortedMap<Text>;

/// A JSON value. Copies share lists and maps.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// `null`.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number without fraction.
    Int(i64),
    /// Any other number. Kubernetes objects have none; manifests may.
    Float(f64),
    /// A string.
    Str(Text),
    /// An array.
    List(Rc<Vec<Value>>),
    /// An object.
    Map(Map),
}

impl Value {
    /// A string value made at run time.
    pub fn text(text: &str) -> Value {
        Value::Str(Text::new(text))
    }

    /// An empty object.
    pub fn map() -> Value {
        Value::Map(Map::new())
    }

    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(text) => Some(text.as_str()),
            _ => None,
        }
    }

    /// The shared string, if it is one.
    pub fn as_text(&self) -> Option<&Text> {
        match self {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The integer, if it is one.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The boolean, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The elements of a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Value::List(list) => Some(list),
            _ => None,
        }
    }

    /// The object, if it is one.
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// What Go's JSON decoder calls its type.
    pub fn json_type(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::Int(_) | Value::Float(_) => "number",
            Value::Str(_) => "string",
            Value::List(_) => "array",
            Value::Map(_) => "object",
        }
    }

    /// What Go calls its type where anything may stand.
    pub fn go_type(&self) -> &'static str {
        match self {
            Value::Null => "<nil>",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int64",
            Value::Float(_) => "float64",
            Value::Str(_) => "string",
            Value::List(_) => "[]interface {}",
            Value::Map(_) => "map[string]interface {}",
        }
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// The field `key` of an object.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_map().and_then(|map| map.get(key))
    }

    /// The value at a path of field names: `value.at(&["spec", "replicas"])`.
    pub fn at(&self, path: &[&str]) -> Option<&Value> {
        path.iter().try_fold(self, |value, key| value.get(key))
    }

    /// The string at `path`, or the empty string.
    pub fn str_at(&self, path: &[&str]) -> &str {
        self.at(path).and_then(Value::as_str).unwrap_or("")
    }

    /// The integer at `path`.
    pub fn i64_at(&self, path: &[&str]) -> Option<i64> {
        self.at(path).and_then(Value::as_i64)
    }

    /// The list at `path`, or an empty one.
    pub fn list_at(&self, path: &[&str]) -> &[Value] {
        self.at(path).and_then(Value::as_list).unwrap_or(&[])
    }

    /// The object to be changed; anything else becomes an empty object first.
    pub fn map_mut(&mut self) -> &mut Map {
        if !matches!(self, Value::Map(_)) {
            *self = Value::map();
        }
        match self {
            Value::Map(map) => map,
            _ => unreachable!("made a map above"),
        }
    }

    /// The list to be changed; anything else becomes an empty list first.
    pub fn list_mut(&mut self) -> &mut Vec<Value> {
        if !matches!(self, Value::List(_)) {
            *self = Value::List(Rc::new(Vec::new()));
        }
        match self {
            Value::List(list) => Rc::make_mut(list),
            _ => unreachable!("made a list above"),
        }
    }

    /// The place at `path`, made of objects as far as it is missing.
    pub fn at_mut(&mut self, path: &[&'static str]) -> &mut Value {
        path.iter().fold(self, |value, key| value.map_mut().get_or_insert_with(*key, || Value::Null))
    }

    /// Writes `value` at `path`.
    pub fn set_at(&mut self, path: &[&'static str], value: impl Into<Value>) {
        *self.at_mut(path) = value.into();
    }

    /// Takes out the value at `path`, if there is one.
    pub fn remove_at(&mut self, path: &[&str]) -> Option<Value> {
        let (last, parents) = path.split_last()?;
        self.at(path)?;
        let mut place = self;
        for key in parents {
            place = place.map_mut().get_mut(key)?;
        }
        place.map_mut().remove(last)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Value {
        Value::Bool(flag)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Int(number)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Value {
        Value::Int(i64::from(number))
    }
}

impl From<&'static str> for Value {
    fn from(text: &'static str) -> Value {
        Value::Str(Text::Static(text))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Str(text.into())
    }
}

impl From<Text> for Value {
    fn from(text: Text) -> Value {
        Value::Str(text)
    }
}

impl From<&Text> for Value {
    fn from(text: &Text) -> Value {
        Value::Str(text.clone())
    }
}

impl From<Vec<Value>> for Value {
    fn from(list: Vec<Value>) -> Value {
        Value::List(Rc::new(list))
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Value {
        Value::Map(map)
    }
}

impl From<&Labels> for Value {
    fn from(labels: &Labels) -> Value {
        Value::Map(labels.iter().map(|(key, value)| (key.clone(), Value::Str(value.clone()))).collect())
    }
}

/// Builds an object value: `obj! { "phase" => "Running", "ready" => true }`.
#[macro_export]
macro_rules! obj {
    (@one $key:expr) => { () };
    ($($key:expr => $value:expr),* $(,)?) => {{
        #[allow(unused_mut)]
        let mut map = $crate::model::Map::with_capacity(<[()]>::len(&[$($crate::obj!(@one $key)),*]));
        $( map.insert($key, $crate::model::Value::from($value)); )*
        $crate::model::Value::Map(map)
    }};
}

/// Builds a list value: `list!["ReadWriteOnce"]`.
#[macro_export]
macro_rules! list {
    ($($value:expr),* $(,)?) => {
        $crate::model::Value::from(vec![$( $crate::model::Value::from($value) ),*])
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_shared_until_it_is_written() {
        let mut a = obj! { "spec" => obj! { "replicas" => 3 }, "kind" => "StatefulSet" };
        let b = a.clone();
        a.set_at(&["spec", "replicas"], 5);
        assert_eq!(b.i64_at(&["spec", "replicas"]), Some(3));
        assert_eq!(a.i64_at(&["spec", "replicas"]), Some(5));
        assert_eq!(a.remove_at(&["spec", "replicas"]), Some(Value::Int(5)));
        assert_eq!(a.remove_at(&["status", "replicas"]), None);
        assert_eq!(a.get("status"), None, "removing from nowhere makes nothing");
    }
}
