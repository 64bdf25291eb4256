//! The facts of one consignment as values of the view, ready for tests.
//!
//! Filled by `engine/src/evidence/facts.rs`' caller; read by the native form and by the interpreter alike.

use std::sync::{Arc, LazyLock};

use super::value::Value;
use super::view::View;

/// Values of one subject in the order of its view's fields.
pub type Values = Arc<[Value]>;

/// A subject's values while they are being filled. What is left unset is a gap.
#[derive(Debug)]
pub struct Filling {
    view: View,
    values: Vec<Value>,
}

impl Filling {
    /// All gaps.
    pub fn of(view: View) -> Self {
        static GAP: LazyLock<Arc<str>> = LazyLock::new(|| Arc::from("not gathered"));
        let gap = &*GAP;
        let value = |field: &super::view::Field| {
            if field.may_be_unknown { Value::Unknown(Arc::clone(gap)) } else { Value::Bool(false) }
        };
        Self { view, values: view.fields().iter().map(value).collect() }
    }

    /// Sets field number `field` of the view.
    pub fn set(&mut self, field: usize, value: Value) -> &mut Self {
        if let Some(slot) = self.values.get_mut(field) {
            *slot = value;
        }
        self
    }

    /// The view.
    pub fn view(&self) -> View {
        self.view
    }

    /// Done.
    pub fn done(self) -> Values {
        self.values.into()
    }
}

/// One subject with its place among the others.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Which item it belongs to, where it belongs to one.
    pub item: Option<usize>,
    /// Its number among those of its kind in the evidence.
    pub n: usize,
    /// Its values.
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

    /// What an indicator over `subject` of `view` may look at.
    pub fn frame<'f>(&'f self, view: View, subject: &'f Subject) -> Frame<'f> {
        let item = subject.item.and_then(|n| self.of(View::Item).iter().find(|item| item.n == n));
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
        values.and_then(|values| values.get(field)).cloned().unwrap_or_else(|| Value::unknown(NO_ITEM))
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
