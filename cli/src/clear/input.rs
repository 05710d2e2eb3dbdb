//! The file: what it says, checked, and turned from names into positions.
use busbar_clearing::mesh::Mesh;
use busbar_clearing::{MAX_ORDERS, MAX_PRICE, MAX_QUANTITY, NetworkError, Order, PriceBounds, Side};
use busbar_network::json::{Object, Value, document};
use busbar_network::{MeshError, Names, NetworkFile, NetworkFileError};
use busbar_units::{Price, Wh};

use super::error::InputError;

/// A market and the names of its parts, position by position.
#[derive(Debug)]
pub struct Market {
    pub mesh: Mesh,
    pub buses: Names,
    pub lines: Names,
    pub orders: Vec<Order>,
    pub ids: Names,
    pub bounds: PriceBounds,
}

/// Bus of a file that names none.
const ONLY_BUS: &str = "1";

/// Reads a file's text.
pub fn parse(text: &str) -> Result<Market, InputError> {
    let mut file = document(text)?.object()?;
    let entries = file.required("orders")?.list()?;
    at_most("orders", entries.len(), MAX_ORDERS)?;
    let grid = file
        .optional("network")
        .map(|network| grid(&NetworkFile::read(&network)?))
        .transpose()?;
    let bounds = file
        .optional("price_bounds")
        .map(|bounds| bounds.object())
        .transpose()?
        .map(bounds)
        .transpose()?;
    for (name, _) in file.others() {
        tracing::warn!("field {name:?} is not part of a market and is ignored");
    }

    let (mesh, mut buses, lines) = match grid {
        Some((mesh, buses, lines)) => (Some(mesh), buses, lines),
        None => (None, Names::at("orders", ".bus"), Names::default()),
    };
    let mut ids = Names::at("orders", ".id");
    let mut orders = Vec::with_capacity(entries.len());
    for entry in entries {
        let mut fields = entry.object()?;
        ids.add(fields.required("id")?.text()?)?;
        let side = side(&fields.required("side")?)?;
        let bus = match &mesh {
            Some(_) => bus(&fields.required("bus")?, &buses)?,
            None => fields
                .optional("bus")
                .map_or(Ok(0), |name| only_bus(&name, &mut buses))?,
        };
        let (floor, cap) = bounds.map_or(price_reach(), |bounds| (bounds.floor.get(), bounds.cap.get()));
        let price = Price::new(fields.required("price")?.whole(floor, cap)?);
        let quantity = Wh::new(fields.required("quantity")?.whole(1, MAX_QUANTITY.get())?);
        fields.finish()?;
        orders.push(Order {
            bus,
            side,
            price,
            quantity,
        });
    }
    if buses.all().is_empty() {
        buses.add(ONLY_BUS.to_owned())?;
    }
    let bounds = bounds.or_else(|| spanned(&orders)).ok_or(InputError::NoPrices)?;
    Ok(Market {
        mesh: mesh.map_or_else(single, Ok).map_err(MeshError::Network)?,
        buses,
        lines,
        orders,
        ids,
        bounds,
    })
}

fn at_most(field: &str, count: usize, max: usize) -> Result<(), InputError> {
    if count > max {
        Err(InputError::TooMany {
            field: field.to_owned(),
            count,
            max,
        })
    } else {
        Ok(())
    }
}

/// Lowest and highest price that anything may have.
fn price_reach() -> (i64, i64) {
    (MAX_PRICE.get().saturating_neg(), MAX_PRICE.get())
}

fn bounds(mut fields: Object<'_>) -> Result<PriceBounds, InputError> {
    let (lowest, highest) = price_reach();
    let min = fields.required("min")?.whole(lowest, highest)?;
    let max = fields.required("max")?.whole(lowest, highest)?;
    fields.finish()?;
    if min > max {
        return Err(InputError::FloorAboveCap { min, max });
    }
    Ok(PriceBounds {
        floor: Price::new(min),
        cap: Price::new(max),
    })
}

/// From the lowest to the highest limit price, if there is an order.
fn spanned(orders: &[Order]) -> Option<PriceBounds> {
    let prices = || orders.iter().map(|order| order.price);
    Some(PriceBounds {
        floor: prices().min()?,
        cap: prices().max()?,
    })
}

fn side(value: &Value<'_>) -> Result<Side, InputError> {
    match value.text()?.as_str() {
        "buy" => Ok(Side::Buy),
        "sell" => Ok(Side::Sell),
        text => Err(InputError::Side {
            field: value.path().to_owned(),
            text: text.to_owned(),
        }),
    }
}

/// The position of a bus of the network.
fn bus(value: &Value<'_>, buses: &Names) -> Result<usize, InputError> {
    let name = value.text()?;
    buses.find(&name).ok_or_else(|| {
        InputError::Network(NetworkFileError::UnknownBus {
            field: value.path().to_owned(),
            name,
            buses: "network.buses".to_owned(),
        })
    })
}

/// The position of the one bus of a file without network, which the first order that has one names.
fn only_bus(value: &Value<'_>, buses: &mut Names) -> Result<usize, InputError> {
    let name = value.text()?;
    match buses.all().first() {
        None => Ok(buses.add(name).map(|()| 0)?),
        Some(first) if *first == name => Ok(0),
        Some(first) => Err(InputError::SeveralBuses {
            field: value.path().to_owned(),
            name,
            first: first.clone(),
        }),
    }
}

/// One bus.
fn single() -> Result<Mesh, NetworkError> {
    Mesh::new(1, 0, Vec::new(), None)
}

/// The network with the names of its buses and lines.
fn grid(file: &NetworkFile) -> Result<(Mesh, Names, Names), InputError> {
    let mut buses = Names::at("network.buses", "");
    for name in &file.buses {
        buses.add(name.clone())?;
    }
    let mut lines = Names::at("network.lines", ".id");
    for line in &file.lines {
        lines.add(line.id.clone())?;
    }
    Ok((file.mesh()?, buses, lines))
}
