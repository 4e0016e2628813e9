//! Where things lie in this checkout.

use crate::{Result, call};
use serde_json::Value;
use std::env::consts::EXE_SUFFIX;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The checkout and the folder cargo builds into.
pub struct House {
    root: PathBuf,
    built: PathBuf,
}

impl House {
    /// Asks cargo, which alone knows what `CARGO_TARGET_DIR` and its settings make of the build folder.
    pub fn find() -> Result<Self> {
        let metadata = call::read(call::cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
        let metadata: Value = serde_json::from_str(&metadata)?;
        let folder = |key: &str| {
            let path = metadata.get(key).and_then(Value::as_str).map(PathBuf::from);
            path.ok_or_else(|| format!("cargo metadata says nothing of {key}"))
        };
        Ok(Self { root: folder("workspace_root")?, built: folder("target_directory")? })
    }

    /// Cargo at the top of the checkout, wherever the person stands.
    pub fn cargo(&self) -> Command {
        let mut cargo = call::cargo();
        cargo.current_dir(&self.root);
        cargo
    }

    /// The top of the checkout.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The screens' folder.
    pub fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// A program of ours as a development build leaves it.
    pub fn program(&self, name: &str) -> PathBuf {
        self.built.join("debug").join(format!("{name}{EXE_SUFFIX}"))
    }

    /// The same as it ships.
    pub fn release_program(&self, name: &str) -> PathBuf {
        self.built.join("release").join(format!("{name}{EXE_SUFFIX}"))
    }

    /// What the tasks themselves write: practice communes, figures, packages on their way. Always in this checkout, so that
    /// two checkouts which share a build folder do not share a practice commune.
    pub fn output(&self, name: &str) -> PathBuf {
        self.root.join("target").join(name)
    }
}
