//! The screens' types are made from the views here; a test holds the generated file against them.
