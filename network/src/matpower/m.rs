//! MATPOWER's own case files, `.m`: tables of `mpc` and the unit conversions that its distribution cases carry out
//! while they load. Nothing else is executed; what is not understood is refused.
use super::statements::{Statement, matrix, number, statements};
use super::tables::{BRANCH, BUS, GENERATOR, Row, Tables, branch, bus};
use crate::case::{Case, CaseError, Form};

/// Tables that the power flow and the market have no use for.
const UNUSED: [&str; 9] = [
    "gencost",
    "bus_name",
    "gentype",
    "genfuel",
    "areas",
    "zones",
    "gen_name",
    "branch_name",
    "userdata",
];

/// Reads a case.
///
/// # Errors
/// [`CaseError`] names the line of the file or the table, row and column.
pub fn read(text: &str) -> Result<Case, CaseError> {
    let mut reader = Reader::default();
    for statement in statements(text)? {
        reader.take(&statement)?;
    }
    reader.tables.case(Form::MatpowerM)
}

/// The tables so far and the variables that conversions use.
#[derive(Default)]
struct Reader {
    tables: Tables,
    base_volt: Option<f64>,
    base_va: Option<f64>,
    power_factor: Option<f64>,
}

impl Reader {
    fn take(&mut self, statement: &Statement) -> Result<(), CaseError> {
        let text = statement.text.as_str();
        if let Some(header) = text.strip_prefix("function") {
            let name = header.split('=').next_back().unwrap_or("").trim();
            self.tables.name = name.split('(').next().unwrap_or("").to_owned();
            return Ok(());
        }
        let assigned = text
            .strip_prefix("mpc.")
            .and_then(|rest| rest.split_once('='))
            .map(|(name, value)| (name.trim(), value.trim()))
            .filter(|(name, _)| {
                name.chars()
                    .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
            });
        match assigned {
            Some((name, value)) => self.assign(statement, name, value),
            None => self.convert(statement),
        }
    }

    fn assign(&mut self, statement: &Statement, name: &str, value: &str) -> Result<(), CaseError> {
        let refused = || CaseError::Statement {
            line: statement.line,
            text: shown(&statement.text),
        };
        let rows = || -> Result<Vec<Row>, CaseError> {
            let inside = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            matrix(statement, inside.ok_or_else(refused)?)
        };
        match name {
            "version" if value.trim_matches('\'') == "2" => {}
            "version" => {
                return Err(CaseError::Version {
                    line: statement.line,
                    version: value.to_owned(),
                });
            }
            "baseMVA" => self.tables.base_mva = Some(number(value).ok_or_else(refused)?),
            BUS => self.tables.bus = Some(rows()?),
            GENERATOR => self.tables.generator = Some(rows()?),
            BRANCH => self.tables.branch = Some(rows()?),
            name if UNUSED.contains(&name) => {}
            // A direct-current line, an interface limit, a reserve: the case would be another one without it.
            _ => return Err(refused()),
        }
        Ok(())
    }

    /// Carries out a conversion of the forms that MATPOWER's own cases use.
    fn convert(&mut self, statement: &Statement) -> Result<(), CaseError> {
        let squeezed: String = statement
            .text
            .chars()
            .filter(|letter| !letter.is_whitespace() && *letter != ',')
            .collect();
        let done = match squeezed.as_str() {
            "return" | "end" | "define_constants" => Some(()),
            names if names.starts_with('[') && (names.ends_with("=idx_bus") || names.ends_with("=idx_brch")) => {
                Some(())
            }
            "Vbase=mpc.bus(1BASE_KV)*1e3" => self.first_base_kv().map(|kv| self.base_volt = Some(kv * 1e3)),
            "Sbase=mpc.baseMVA*1e6" => self.tables.base_mva.map(|mva| self.base_va = Some(mva * 1e6)),
            "mpc.branch(:[BR_RBR_X])=mpc.branch(:[BR_RBR_X])/(Vbase^2/Sbase)" => self.ohm_to_pu(),
            "mpc.bus(:[PDQD])=mpc.bus(:[PDQD])/1e3" => {
                self.loads("Pd, Qd from kW, kvar to MW, Mvar", |pd, qd| (pd / 1e3, qd / 1e3))
            }
            "mpc.bus(:QD)=mpc.bus(:PD)*sin(acos(pf))" => self.power_factor.and_then(|pf| {
                self.loads("Qd from apparent power and power factor", |pd, _| {
                    (pd, pd * pf.acos().sin())
                })
            }),
            "mpc.bus(:PD)=mpc.bus(:PD)*pf" => self
                .power_factor
                .and_then(|pf| self.loads("Pd from apparent power and power factor", |pd, qd| (pd * pf, qd))),
            other => other
                .strip_prefix("pf=")
                .and_then(number)
                .filter(|pf| (0.0..=1.0).contains(pf))
                .map(|pf| self.power_factor = Some(pf)),
        };
        done.ok_or_else(|| CaseError::Statement {
            line: statement.line,
            text: shown(&statement.text),
        })
    }

    fn first_base_kv(&self) -> Option<f64> {
        self.tables.bus.as_ref()?.first()?.get(bus::BASE_KV.0).copied()
    }

    fn ohm_to_pu(&mut self) -> Option<()> {
        let ohm = self.base_volt?.powi(2) / self.base_va?;
        for row in self.tables.branch.as_mut()? {
            for place in [branch::R.0, branch::X.0] {
                *row.get_mut(place)? /= ohm;
            }
        }
        self.note("r, x from ohm to p.u.")
    }

    fn loads(&mut self, note: &str, convert: impl Fn(f64, f64) -> (f64, f64)) -> Option<()> {
        for row in self.tables.bus.as_mut()? {
            let (pd, qd) = convert(*row.get(bus::PD.0)?, *row.get(bus::QD.0)?);
            *row.get_mut(bus::PD.0)? = pd;
            *row.get_mut(bus::QD.0)? = qd;
        }
        self.note(note)
    }

    fn note(&mut self, conversion: &str) -> Option<()> {
        self.tables.conversions.push(conversion.to_owned());
        Some(())
    }
}

/// The beginning of a statement, enough to find it.
fn shown(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(60)
        .collect()
}
