//! The contracts' Wasm.
use std::path::{Path, PathBuf};

use cosmwasm_std::Checksum;
use thiserror::Error;

/// The region's contracts in the order in which they are founded: each asks those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Parameters, roles, network.
    Grid,
    /// Devices.
    Registry,
    /// Readings.
    Oracle,
    /// Orders and money.
    Market,
    /// The CW20.
    EnergyToken,
    /// Certificates.
    Certificates,
}

impl Part {
    /// All of them, in order.
    pub const ALL: [Self; 6] = [
        Self::Grid,
        Self::Registry,
        Self::Oracle,
        Self::Market,
        Self::EnergyToken,
        Self::Certificates,
    ];

    /// Its name in files, labels and salts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Grid => "grid",
            Self::Registry => "registry",
            Self::Oracle => "oracle",
            Self::Market => "market",
            Self::EnergyToken => "energy_token",
            Self::Certificates => "certificates",
        }
    }
}

/// A contract's Wasm cannot be used.
#[derive(Debug, Error)]
pub enum ArtifactError {
    /// It cannot be read.
    #[error("{}: {source}; scripts/build-contracts writes it", file.display())]
    Read {
        /// Its file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is another file than the list of checksums says.
    #[error("{} is not what checksums.txt beside it lists: run scripts/build-contracts", file.display())]
    Checksum {
        /// Its file.
        file: PathBuf,
    },
}

/// The Wasm of every contract.
pub struct Artifacts(Vec<(Part, Vec<u8>)>);

impl Artifacts {
    /// Reads them all, and compares them with `checksums.txt`.
    pub fn read(folder: &Path) -> Result<Self, ArtifactError> {
        let read = |file: &Path| {
            std::fs::read(file).map_err(|source| ArtifactError::Read {
                file: file.to_owned(),
                source,
            })
        };
        let listed = read(&folder.join("checksums.txt"))?;
        let listed = String::from_utf8_lossy(&listed);
        let mut parts = Vec::new();
        for part in Part::ALL {
            let name = format!("busbar_{}.wasm", part.name());
            let file = folder.join(&name);
            let wasm = read(&file)?;
            let line = format!("{}  {name}", Checksum::generate(&wasm).to_hex());
            if !listed.lines().any(|listed| listed == line) {
                return Err(ArtifactError::Checksum { file });
            }
            parts.push((part, wasm));
        }
        Ok(Self(parts))
    }

    /// The Wasm of a contract.
    pub fn wasm(&self, part: Part) -> &[u8] {
        let found = self.0.iter().find(|(of, _)| *of == part);
        found.map_or(&[], |(_, wasm)| wasm.as_slice())
    }

    /// SHA-256 of a contract's Wasm.
    pub fn checksum(&self, part: Part) -> Checksum {
        Checksum::generate(self.wasm(part))
    }
}
