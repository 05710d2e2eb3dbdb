//! What bare verification of a run's signatures costs: the yardstick for everything else that the run does.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::time::{Duration, Instant};

use busbar_attestation::{
    DomainId, HostCrypto, PublicKey, RECORD_LENGTH, Reading, SIGNATURE_LENGTH, SignedReading, Verifier, page_of,
};
use busbar_units::Interval;

/// Records of a run with their signatures, kept in a temporary file so that memory does not grow with the run.
pub struct Records {
    file: BufWriter<File>,
    domain: DomainId,
    keys: Vec<PublicKey>,
}

/// Record, signature, device.
const LENGTH: usize = RECORD_LENGTH + SIGNATURE_LENGTH + 4;

impl Records {
    /// No records yet; `keys` by device number.
    pub fn new(domain: DomainId, keys: Vec<PublicKey>) -> io::Result<Self> {
        Ok(Self {
            file: BufWriter::new(tempfile::tempfile()?),
            domain,
            keys,
        })
    }

    /// Keeps one.
    pub fn push(&mut self, signed: &SignedReading) -> io::Result<()> {
        self.file.write_all(&signed.reading.record(&self.domain))?;
        self.file.write_all(&signed.signature)?;
        self.file.write_all(&signed.reading.device().to_be_bytes())
    }

    /// The records of an interval and a page of devices, by device.
    pub fn page(&mut self, interval: Interval, page: u32) -> io::Result<Vec<SignedReading>> {
        self.file.flush()?;
        let mut file = self.file.get_ref().try_clone()?;
        file.rewind()?;
        let mut file = BufReader::new(file);
        let mut found = Vec::new();
        while let Some(bytes) = next(&mut file)? {
            let (record, rest) = bytes.split_at(RECORD_LENGTH);
            let (signature, _) = rest.split_at(SIGNATURE_LENGTH);
            let (_, reading) = Reading::from_record(record).map_err(io::Error::other)?;
            if reading.interval() == interval && page_of(reading.device()) == page {
                let signature = signature.try_into().map_err(io::Error::other)?;
                found.push(SignedReading { reading, signature });
            }
        }
        // Both handles share one position in the file.
        self.file.seek(io::SeekFrom::End(0))?;
        found.sort_by_key(|signed| signed.reading.device());
        Ok(found)
    }

    /// Verifies each record once, on this thread, with the function that the chain itself calls.
    pub fn verify(self) -> io::Result<Checked> {
        let mut file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        let mut file = BufReader::new(file);
        let (mut checked, started) = (Checked::default(), Instant::now());
        while let Some(bytes) = next(&mut file)? {
            let (record, rest) = bytes.split_at(RECORD_LENGTH);
            let (signature, device) = rest.split_at(SIGNATURE_LENGTH);
            let device = device
                .try_into()
                .map(u32::from_be_bytes)
                .ok()
                .and_then(|device| usize::try_from(device).ok());
            let key = device.and_then(|device| self.keys.get(device));
            let genuine = key.is_some_and(|key| HostCrypto.verify(record, signature, key).unwrap_or(false));
            checked.count = checked.count.saturating_add(1);
            checked.genuine = checked.genuine.saturating_add(u64::from(genuine));
        }
        checked.took = started.elapsed();
        Ok(checked)
    }
}

/// The next record of the file.
fn next(file: &mut impl Read) -> io::Result<Option<[u8; LENGTH]>> {
    let mut bytes = [0; LENGTH];
    match file.read_exact(&mut bytes) {
        Ok(()) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

/// What the verification found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Checked {
    /// Records verified.
    pub count: u64,
    /// Of them genuine.
    pub genuine: u64,
    /// Time that it took.
    pub took: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;
    use busbar_attestation::{Curve, Domain, SigningKey};
    use busbar_units::Wh;

    #[test]
    fn genuine_records_are_told_from_forged_ones() {
        let key = |seed: &[u8]| SigningKey::generate(Curve::Secp256r1, seed).unwrap();
        let (domain, keys) = (Domain::new("test-records").unwrap().id(), [key(b"a"), key(b"b")]);
        let mut records = Records::new(domain, keys.iter().map(SigningKey::public_key).collect()).unwrap();
        for (device, signer) in [(0, 0), (1, 1), (1, 0), (2, 0)] {
            let reading = Reading::new(device, Interval::new(7), 0, Wh::new(5), Wh::new(0)).unwrap();
            let signature = keys[signer].sign(&reading.record(&domain));
            records.push(&SignedReading { reading, signature }).unwrap();
        }
        let page = records.page(Interval::new(7), 0).unwrap();
        assert_eq!(page.len(), 4);
        assert!(page.is_sorted_by_key(|signed| signed.reading.device()));
        assert_eq!(records.page(Interval::new(8), 0).unwrap().len(), 0);
        assert_eq!(records.page(Interval::new(7), 1).unwrap().len(), 0);
        let checked = records.verify().unwrap();
        assert_eq!((checked.count, checked.genuine), (4, 2));
    }
}
