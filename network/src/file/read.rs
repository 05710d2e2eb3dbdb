use super::{Line, NetworkFile, NetworkFileError, Voltage, VoltageLimit, bounds};
use crate::json::{JsonError, Value, document};

impl NetworkFile {
    /// Reads a network file and checks it.
    ///
    /// # Errors
    /// [`NetworkFileError`] names the field, the value and the bound.
    pub fn parse(text: &str) -> Result<Self, NetworkFileError> {
        Self::read(&document(text)?)
    }

    /// Reads a network that is part of a larger file and checks it; errors name fields by their path in that file.
    ///
    /// # Errors
    /// [`NetworkFileError`] names the field, the value and the bound.
    pub fn read(value: &Value<'_>) -> Result<Self, NetworkFileError> {
        let mut fields = value.object()?;
        let root = fields.required("root")?.text()?;
        let buses = fields.required("buses")?.list()?;
        let buses = buses.iter().map(Value::text).collect::<Result<_, _>>()?;
        let lines = fields.optional("lines").map_or(Ok(Vec::new()), |lines| lines.list())?;
        let lines = lines.iter().map(line).collect::<Result<_, _>>()?;
        let voltage = fields.optional("voltage").map(|limits| voltage(&limits)).transpose()?;
        fields.finish()?;
        let network = Self {
            root,
            buses,
            lines,
            voltage,
        };
        network.validate_at(value.path())?;
        Ok(network)
    }
}

fn line(value: &Value<'_>) -> Result<Line, JsonError> {
    let mut fields = value.object()?;
    let wh = |value: Value<'_>| value.whole(*bounds::CAPACITY_WH.start(), *bounds::CAPACITY_WH.end());
    let impedance = |value: Value<'_>| value.whole(*bounds::IMPEDANCE.start(), *bounds::IMPEDANCE.end());
    let line = Line {
        id: fields.required("id")?.text()?,
        from: fields.required("from")?.text()?,
        to: fields.required("to")?.text()?,
        capacity_wh: wh(fields.required("capacity_wh")?)?,
        capacity_back_wh: fields.optional("capacity_back_wh").map(wh).transpose()?,
        reactance: fields.optional("reactance").map(impedance).transpose()?,
        resistance: fields.optional("resistance").map(impedance).transpose()?,
        derated_wh: fields.optional("derated_wh").map(wh).transpose()?,
    };
    fields.finish()?;
    Ok(line)
}

fn voltage(value: &Value<'_>) -> Result<Voltage, JsonError> {
    let mut fields = value.object()?;
    let base = fields.required("base_wh")?;
    let tan_phi = fields.required("tan_phi_ppm")?;
    let root = fields.required("root_ppm")?;
    let limits = fields.required("limits")?.object()?.others();
    fields.finish()?;
    Ok(Voltage {
        base_wh: base.whole(*bounds::BASE_WH.start(), *bounds::BASE_WH.end())?,
        tan_phi_ppm: tan_phi.whole(*bounds::TAN_PHI_PPM.start(), *bounds::TAN_PHI_PPM.end())?,
        root_ppm: root.whole(*bounds::ROOT_PPM.start(), *bounds::ROOT_PPM.end())?,
        limits: limits
            .into_iter()
            .map(|(bus, value)| Ok((bus, limit(&value)?)))
            .collect::<Result<_, JsonError>>()?,
    })
}

fn limit(value: &Value<'_>) -> Result<VoltageLimit, JsonError> {
    let mut fields = value.object()?;
    let min = fields.required("min_ppm")?;
    let max = fields.required("max_ppm")?;
    fields.finish()?;
    Ok(VoltageLimit {
        min_ppm: min.whole(*bounds::MIN_PPM.start(), *bounds::MIN_PPM.end())?,
        max_ppm: max.whole(*bounds::MAX_PPM.start(), *bounds::MAX_PPM.end())?,
    })
}
