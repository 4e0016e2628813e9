//! What a rule is, and how it is held.

use std::any::type_name;

/// One rule over one kind of thing: a tree of files, or what cargo says of the packages.
pub struct Rule<T> {
    advice: &'static str,
    breaches: fn(&T) -> Vec<String>,
}

impl<T> Rule<T> {
    /// A rule from what to do about a breach and the function that finds breaches, each as `where: what`.
    pub fn new(advice: &'static str, breaches: fn(&T) -> Vec<String>) -> Self {
        Self { advice, breaches }
    }

    /// The rule must see that this breaks it.
    pub fn notices(self, broken: impl Into<T>) -> Self {
        assert!(!(self.breaches)(&broken.into()).is_empty(), "this rule is blind to a breach in {}", type_name::<T>());
        self
    }

    /// The rule must leave this alone.
    pub fn accepts(self, kept: impl Into<T>) -> Self {
        let breaches = (self.breaches)(&kept.into());
        assert!(breaches.is_empty(), "this rule objects to what it should accept: {}", breaches.join("\n"));
        self
    }

    /// What there really is must keep the rule.
    pub fn holds_for(&self, real: &T) {
        let breaches = (self.breaches)(real);
        assert!(breaches.is_empty(), "\n\n{}\n\n  {}\n", self.advice, breaches.join("\n  "));
    }
}
