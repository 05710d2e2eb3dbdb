//! Keys of people: one file each, in a folder that only its owner may read.
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use busbar_chain::grpc::{Key, KeyError};
use cosmwasm_std::Addr;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Longest name of a key.
const NAME: usize = 64;

/// Why there is no key.
#[derive(Debug, Error)]
pub enum KeyringError {
    /// Neither an option nor the environment says where keys are.
    #[error("there is no home folder: name the folder of the keys with --home")]
    NoHome,
    /// A file of the keyring cannot be read or written.
    #[error("cannot use {}: {source}", file.display())]
    File { file: PathBuf, source: std::io::Error },
    /// A file of the keyring holds something else.
    #[error("{} is no key file: {error}", file.display())]
    Malformed { file: PathBuf, error: serde_json::Error },
    /// The file's key cannot be used.
    #[error("{}: {error}", file.display())]
    Key { file: PathBuf, error: KeyError },
    /// Nobody has this name.
    #[error("there is no key {name:?} in {}: {}", folder.display(), known(names))]
    Unknown {
        name: String,
        folder: PathBuf,
        names: Vec<String>,
    },
    /// A name is taken.
    #[error("there is a key {name:?} already; take another name, or delete it with `busbar keys delete {name}`")]
    Taken { name: String },
    /// A name that is no file name everywhere, or could be an address.
    #[error("name {name:?} must be 1 to {NAME} of a-z, A-Z, 0-9, '-', '_' and begin with a letter, and be no address")]
    Name { name: String },
    /// Nobody said which account.
    #[error(
        "no account is named: add --from with the name of a key or an address; {}",
        known(names)
    )]
    NoAccount { names: Vec<String> },
}

fn known(names: &[String]) -> String {
    match names {
        [] => "there are no keys yet, `busbar keys add NAME` makes one".to_owned(),
        names => format!("the keys are {}", names.join(", ")),
    }
}

/// What a key file holds.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    /// A mnemonic or 64 hex digits.
    secret: String,
    /// Derivation path of the mnemonic's key.
    path: String,
}

/// The folder of the keys.
#[derive(Debug, Clone)]
pub struct Keyring(PathBuf);

impl Keyring {
    /// The keyring `test` of a home: `--home`, `$BUSBAR_HOME` or `~/.busbar`.
    pub fn of(home: Option<&Path>) -> Result<Self, KeyringError> {
        let home = home.map(Path::to_owned);
        let home = home.or_else(|| std::env::var_os("BUSBAR_HOME").map(PathBuf::from));
        let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".busbar")));
        Ok(Self(home.ok_or(KeyringError::NoHome)?.join("keyring-test")))
    }

    /// Names in alphabetical order.
    pub fn names(&self) -> Result<Vec<String>, KeyringError> {
        let entries = match std::fs::read_dir(&self.0) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(self.failed(&self.0, source)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|source| self.failed(&self.0, source))?;
            let name = entry.file_name();
            let name = name.to_str().and_then(|name| name.strip_suffix(".json"));
            names.extend(name.map(str::to_owned));
        }
        names.sort();
        Ok(names)
    }

    /// The key of a name.
    pub fn key(&self, name: &str) -> Result<Key, KeyringError> {
        let place = self.place(name)?;
        let text = match std::fs::read(&place) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(self.unknown(name)?),
            Err(source) => return Err(self.failed(&place, source)),
        };
        let file: KeyFile = serde_json::from_slice(&text).map_err(|error| KeyringError::Malformed {
            file: place.clone(),
            error,
        })?;
        Key::parse(&file.secret, &file.path).map_err(|error| KeyringError::Key { file: place, error })
    }

    /// The name and key of an address, if it is here.
    pub fn holding(&self, address: &Addr, prefix: &str) -> Result<Option<(String, Key)>, KeyringError> {
        for name in self.names()? {
            let key = self.key(&name)?;
            if key.address(prefix) == *address {
                return Ok(Some((name, key)));
            }
        }
        Ok(None)
    }

    /// Keeps a key, which has to be usable. Its file is whole or absent.
    pub fn add(&self, name: &str, secret: &str, path: &str) -> Result<Key, KeyringError> {
        let place = self.place(name)?;
        let secret = secret.split_whitespace().collect::<Vec<_>>().join(" ");
        let key = Key::parse(&secret, path).map_err(|error| KeyringError::Key {
            file: place.clone(),
            error,
        })?;
        let file = KeyFile {
            secret,
            path: path.to_owned(),
        };
        let write = || -> std::io::Result<()> {
            DirBuilder::new().recursive(true).mode(0o700).create(&self.0)?;
            let unfinished = place.with_extension("new");
            let mut options = OpenOptions::new();
            let mut out: File = options
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&unfinished)?;
            serde_json::to_writer_pretty(&mut out, &file)?;
            out.write_all(b"\n")?;
            out.sync_all()?;
            // A link, unlike a renaming, never takes the place of a key that is there.
            let linked = std::fs::hard_link(&unfinished, &place);
            std::fs::remove_file(&unfinished)?;
            linked
        };
        match write() {
            Ok(()) => Ok(key),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                Err(KeyringError::Taken { name: name.to_owned() })
            }
            Err(source) => Err(self.failed(&place, source)),
        }
    }

    /// Deletes a key for good.
    pub fn delete(&self, name: &str) -> Result<(), KeyringError> {
        let place = self.place(name)?;
        match std::fs::remove_file(&place) {
            Err(error) if error.kind() == ErrorKind::NotFound => Err(self.unknown(name)?),
            Err(source) => Err(self.failed(&place, source)),
            Ok(()) => Ok(()),
        }
    }

    fn place(&self, name: &str) -> Result<PathBuf, KeyringError> {
        let usable = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        let begins = name.starts_with(|c: char| c.is_ascii_alphabetic());
        if !begins || name.len() > NAME || !name.chars().all(usable) || bech32::decode(name).is_ok() {
            return Err(KeyringError::Name { name: name.to_owned() });
        }
        Ok(self.0.join(name).with_extension("json"))
    }

    fn unknown(&self, name: &str) -> Result<KeyringError, KeyringError> {
        Ok(KeyringError::Unknown {
            name: name.to_owned(),
            folder: self.0.clone(),
            names: self.names()?,
        })
    }

    fn failed(&self, file: &Path, source: std::io::Error) -> KeyringError {
        KeyringError::File {
            file: file.to_owned(),
            source,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    const WORDS: &str = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
    const PATH: &str = "m/44'/118'/0'/0/0";

    #[test]
    fn a_key_is_kept_from_others_found_by_name_and_address_and_deleted() {
        let home = tempfile::tempdir().unwrap();
        let keyring = Keyring::of(Some(home.path())).unwrap();
        assert_eq!(keyring.names().unwrap(), Vec::<String>::new());
        let added = keyring
            .add("anna", &format!("  {}\n", WORDS.replace(' ', "\n")), PATH)
            .unwrap();
        keyring.add("bob", &format!("{:064x}", 1), PATH).unwrap();
        assert_eq!(keyring.names().unwrap(), ["anna", "bob"]);
        let place = home.path().join("keyring-test/anna.json");
        assert_eq!(std::fs::metadata(&place).unwrap().permissions().mode() & 0o777, 0o600);
        let folder = std::fs::metadata(home.path().join("keyring-test")).unwrap();
        assert_eq!(folder.permissions().mode() & 0o777, 0o700);
        assert_eq!(keyring.key("anna").unwrap().public(), added.public());
        let address = added.address("cosmos");
        assert_eq!(address.as_str(), "cosmos19rl4cm2hmr8afy4kldpxz3fka4jguq0auqdal4");
        let (name, _) = keyring.holding(&address, "cosmos").unwrap().unwrap();
        assert_eq!(name, "anna");
        assert!(keyring.holding(&address, "wasm").unwrap().is_none());
        keyring.delete("anna").unwrap();
        assert_eq!(keyring.names().unwrap(), ["bob"]);
    }

    #[test]
    fn a_name_that_is_taken_unknown_or_unusable_is_refused_and_nothing_changes() {
        let home = tempfile::tempdir().unwrap();
        let keyring = Keyring::of(Some(home.path())).unwrap();
        let first = keyring.add("anna", WORDS, PATH).unwrap();
        let taken = keyring.add("anna", &format!("{:064x}", 1), PATH).unwrap_err();
        assert!(matches!(taken, KeyringError::Taken { .. }), "{taken}");
        assert_eq!(keyring.key("anna").unwrap().public(), first.public());
        let unknown = keyring.key("ana").unwrap_err().to_string();
        assert!(unknown.ends_with("the keys are anna"), "{unknown}");
        assert!(matches!(keyring.delete("ana"), Err(KeyringError::Unknown { .. })));
        let long = "a".repeat(65);
        for name in [
            "",
            "../anna",
            "a b",
            "1st",
            "-a",
            "cosmos19rl4cm2hmr8afy4kldpxz3fka4jguq0auqdal4",
            &long,
        ] {
            let refused = keyring.add(name, WORDS, PATH).unwrap_err();
            assert!(matches!(refused, KeyringError::Name { .. }), "{name}");
        }
        let wrong = keyring.add("carl", "about abandon", PATH).unwrap_err();
        assert!(matches!(wrong, KeyringError::Key { .. }) && !wrong.to_string().contains("abandon"));
        assert_eq!(keyring.names().unwrap(), ["anna"]);
    }

    #[test]
    fn a_file_that_is_no_key_is_named() {
        let home = tempfile::tempdir().unwrap();
        let keyring = Keyring::of(Some(home.path())).unwrap();
        keyring.add("anna", WORDS, PATH).unwrap();
        std::fs::write(home.path().join("keyring-test/anna.json"), "{}").unwrap();
        let refused = keyring.key("anna").unwrap_err();
        assert!(matches!(&refused, KeyringError::Malformed { .. }) && refused.to_string().contains("anna.json"));
    }
}
