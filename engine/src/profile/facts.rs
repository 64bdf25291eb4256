//! The facts of one consignment as values of the view, ready for tests.
//!
//! In: values, each put by the slot of its field (`view.rs`), so that a value of another kind, or of another view, does not
//! compile. Out: [`Facts`], read by the native form and by the interpreter alike. Not here: where the values come from
//! (`gathered/`).

use std::marker::PhantomData;
use std::sync::Arc;

use super::field::kinds::{Bool, Maybe, Number, Text, Texts};
use super::symbol::Symbol;
use super::value::Value;
use super::view::{NOT_GATHERED, Seen, Slot, View};
use super::wanted::Wanted;
use crate::codes::CountryCode;

/// Values of one subject in the order of its view's fields.
pub type Values = Arc<Vec<Value>>;

/// A subject's values while they are being filled. What is left unset is a gap.
#[derive(Debug)]
pub struct Filling {
    view: View,
    values: Vec<Value>,
}

impl Filling {
    /// Every field unknown, with the reason that its row of the table states.
    pub fn of(view: View) -> Self {
        let value = |field: &super::field::Field| {
            if field.may_be_unknown() { Value::gap(NOT_GATHERED) } else { Value::Bool(false) }
        };
        Self { view, values: view.fields().iter().map(value).collect() }
    }

    /// Sets field number `field` of the view.
    #[inline]
    pub fn set(&mut self, field: usize, value: Value) -> &mut Self {
        if let Some(slot) = self.values.get_mut(field) {
            *slot = value;
        }
        self
    }

    /// The view whose fields are held.
    pub fn view(&self) -> View {
        self.view
    }

    /// The values, in the order of the view's fields.
    pub fn done(self) -> Values {
        Arc::new(self.values)
    }
}

/// Values of a subject of view `V` while they are put, field by field. What is not wanted stays a gap.
#[derive(Debug)]
pub struct Fill<V> {
    filling: Filling,
    wanted: u128,
    of: PhantomData<V>,
}

impl<V: Seen> Fill<V> {
    /// Every field unknown, with the reason that its row of the table states.
    pub fn new(wanted: &Wanted) -> Self {
        let filling = Filling { view: V::VIEW, values: V::unset().into_vec() };
        Self { filling, wanted: wanted.of(V::VIEW), of: PhantomData }
    }

    /// Puts a field.
    #[inline]
    pub fn put<K>(&mut self, slot: Slot<V, K>, value: impl Given<K>) -> &mut Self {
        self.put_with(slot, || value)
    }

    /// Puts a field whose value is worked out only where it is wanted.
    #[inline]
    pub fn put_with<K, G: Given<K>>(&mut self, slot: Slot<V, K>, value: impl FnOnce() -> G) -> &mut Self {
        if self.wanted & (1 << slot.n) != 0 {
            self.filling.set(slot.n, value().value(slot.gap));
        }
        self
    }

    /// The values, in the order of the view's fields.
    pub fn done(self) -> Values {
        self.filling.done()
    }
}

/// What may be put into a field of kind `K`. A field that may be unknown takes an option, whose `None` has the reason that
/// the view gives, or a result with a reason of its own.
pub trait Given<K> {
    /// As a value; `gap` is the view's reason.
    fn value(self, gap: &'static str) -> Value;
}

impl Given<Bool> for bool {
    fn value(self, _: &'static str) -> Value {
        Value::Bool(self)
    }
}

impl Given<Number> for f64 {
    fn value(self, _: &'static str) -> Value {
        Value::Number(self)
    }
}

impl Given<Number> for usize {
    fn value(self, _: &'static str) -> Value {
        Value::Number(self as f64)
    }
}

/// A word of the program: of an enumeration, a country's code. It costs nothing to hold.
#[derive(Debug, Clone, Copy)]
pub struct Word(pub &'static str);

impl From<Word> for Symbol {
    fn from(Word(text): Word) -> Self {
        Self::fixed(text)
    }
}

impl Given<Text> for Word {
    fn value(self, _: &'static str) -> Value {
        Value::Text(self.into())
    }
}

impl Given<Maybe<Text>> for Option<Word> {
    fn value(self, gap: &'static str) -> Value {
        self.map_or(Value::gap(gap), |word| Value::Text(word.into()))
    }
}

impl<E: AsRef<str>> Given<Maybe<Text>> for Result<Word, E> {
    fn value(self, _: &'static str) -> Value {
        self.map_or_else(|why| Value::unknown(why.as_ref()), |word| Value::Text(word.into()))
    }
}

/// A sentence that was made for the field.
#[derive(Debug, Clone)]
pub struct Said(pub String);

impl Given<Text> for Said {
    fn value(self, _: &'static str) -> Value {
        Value::text(&self.0)
    }
}

impl Given<Maybe<Text>> for Option<Said> {
    fn value(self, gap: &'static str) -> Value {
        self.map_or(Value::gap(gap), |said| said.value(gap))
    }
}

impl Given<Text> for &str {
    fn value(self, _: &'static str) -> Value {
        Value::text(self)
    }
}

impl Given<Text> for &String {
    fn value(self, _: &'static str) -> Value {
        Value::text(self)
    }
}

impl<I: IntoIterator<Item: Into<Symbol>>> Given<Texts> for I {
    fn value(self, _: &'static str) -> Value {
        Value::texts(self)
    }
}

impl Given<Maybe<Number>> for Option<f64> {
    fn value(self, gap: &'static str) -> Value {
        Value::number_or(self, gap)
    }
}

impl<E: AsRef<str>> Given<Maybe<Number>> for Result<f64, E> {
    fn value(self, _: &'static str) -> Value {
        self.map_or_else(|why| Value::unknown(why.as_ref()), Value::Number)
    }
}

impl Given<Maybe<Bool>> for Option<bool> {
    fn value(self, gap: &'static str) -> Value {
        Value::bool_or(self, gap)
    }
}

impl<E: AsRef<str>> Given<Maybe<Bool>> for Result<bool, E> {
    fn value(self, _: &'static str) -> Value {
        self.map_or_else(|why| Value::unknown(why.as_ref()), Value::Bool)
    }
}

impl Given<Maybe<Text>> for Option<&str> {
    fn value(self, gap: &'static str) -> Value {
        Value::text_or(self, gap)
    }
}

impl<E: AsRef<str>> Given<Maybe<Text>> for Result<&str, E> {
    fn value(self, _: &'static str) -> Value {
        self.map_or_else(|why| Value::unknown(why.as_ref()), Value::text)
    }
}

impl Given<Maybe<Text>> for Option<CountryCode> {
    fn value(self, gap: &'static str) -> Value {
        self.map_or(Value::gap(gap), |country| Value::Text(Symbol::fixed(country.as_str())))
    }
}

/// One subject with its place among the others.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Which item it belongs to, where it belongs to one.
    pub item: Option<usize>,
    /// Its number among those of its kind in the evidence.
    pub n: usize,
    pub values: Values,
}

/// All subjects of one consignment.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The consignment's own values.
    pub consignment: Values,
    /// Subjects by view, in the order of [`View::ALL`]; the consignment itself is the first.
    pub subjects: [Vec<Subject>; View::COUNT],
}

impl Facts {
    /// Facts that hold only the consignment.
    pub fn new(consignment: Values) -> Self {
        let mut subjects: [Vec<Subject>; View::COUNT] = Default::default();
        if let Some(first) = subjects.first_mut() {
            first.push(Subject { item: None, n: 0, values: Arc::clone(&consignment) });
        }
        Self { consignment, subjects }
    }

    /// Adds a subject.
    pub fn push(&mut self, view: View, item: Option<usize>, n: usize, values: Values) {
        if let Some(list) = self.subjects.get_mut(view as usize) {
            list.push(Subject { item, n, values });
        }
    }

    /// Subjects of one view.
    pub fn of(&self, view: View) -> &[Subject] {
        self.subjects.get(view as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// The same with another value of one field of subject `n` of a view: to ask what would be if it were so.
    pub fn with(&self, view: View, n: usize, field: usize, value: Value) -> Self {
        let mut other = self.clone();
        let subject = other.subjects.get_mut(view as usize).and_then(|subjects| subjects.get_mut(n));
        if let Some(subject) = subject {
            let mut values = subject.values.to_vec();
            if let Some(slot) = values.get_mut(field) {
                *slot = value;
            }
            subject.values = values.into();
            if view == View::Consignment {
                other.consignment = Arc::clone(&subject.values);
            }
        }
        other
    }

    /// Number of the subject of `view` that an indicator over subject `n` of `each` sees; `None` = none.
    pub fn seen(&self, each: View, n: usize, view: View) -> Option<usize> {
        match view {
            _ if view == each => Some(n),
            View::Consignment => Some(0),
            View::Item => self.of(each).get(n)?.item,
            _ => None,
        }
    }

    /// What an indicator over `subject` of `view` may look at.
    pub fn frame<'f>(&'f self, view: View, subject: &'f Subject) -> Frame<'f> {
        // Items stand in the order of the manifest, each at its own number.
        let item = subject.item.and_then(|n| self.of(View::Item).get(n).filter(|item| item.n == n));
        let seen = [
            (View::Consignment, Some(&self.consignment)),
            (View::Item, item.map(|item| &item.values)),
            (view, Some(&subject.values)),
        ];
        let mut slots = [None; View::COUNT];
        for (view, values) in seen {
            if let Some(slot) = slots.get_mut(view as usize) {
                *slot = values;
            }
        }
        Frame { slots }
    }
}

/// The subject of a test and the wholes it belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'f> {
    slots: [Option<&'f Values>; View::COUNT],
}

impl<'f> Frame<'f> {
    /// Only the values of one view.
    pub fn of(view: View, values: &'f Values) -> Self {
        let mut slots = [None; View::COUNT];
        if let Some(slot) = slots.get_mut(view as usize) {
            *slot = Some(values);
        }
        Self { slots }
    }

    /// A field's value. A part that is not there, such as the item of a document of the whole consignment, is a gap.
    pub fn value(&self, view: View, field: usize) -> Value {
        let values = self.slots.get(view as usize).copied().flatten();
        values.and_then(|values| values.get(field)).cloned().unwrap_or(Value::gap(NO_ITEM))
    }

    /// The same without a copy.
    pub fn get(&self, view: View, field: usize) -> Option<&'f Value> {
        self.slots.get(view as usize).copied().flatten()?.get(field)
    }

    /// All values of one view.
    pub fn values(&self, view: View) -> Option<&'f Values> {
        self.slots.get(view as usize).copied().flatten()
    }
}

/// Why a field of an absent item is a gap.
pub const NO_ITEM: &str = "it belongs to no single goods item";
