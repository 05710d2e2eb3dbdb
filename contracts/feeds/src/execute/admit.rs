use busbar_api::feeds::bounds;
use busbar_api::registry::Key;
use cosmwasm_std::{DepsMut, MessageInfo, Response};

use super::owner_only;
use crate::state::{number_of, Reporter};
use crate::{events, ContractError};

/// Admits a reporter, or takes a removed one back.
pub fn admit(
    deps: DepsMut<'_>,
    info: &MessageInfo,
    account: &str,
    name: String,
    key: &Key,
) -> Result<Response, ContractError> {
    owner_only(deps.as_ref(), info)?;
    let account = deps.api.addr_validate(account)?;
    let key = key.check()?;
    if !bounds::REPORTER_NAME.contains(&name.len()) || name.chars().any(char::is_control) {
        return Err(ContractError::Text {
            field: "name",
            length: name.len(),
            max: *bounds::REPORTER_NAME.end(),
        });
    }
    let mut reporter = match number_of(deps.storage, &account)? {
        Some(number) => Reporter::load(deps.storage, number)?,
        None => Reporter::new(deps.storage, account.clone(), name.clone(), key)?,
    };
    let known = !reporter.removed && Reporter::find(deps.storage, reporter.number)?.is_some();
    if known {
        return Err(ContractError::AccountTaken {
            account,
            reporter: reporter.number,
        });
    }
    reporter.take_key(deps.storage, key)?;
    reporter.removed = false;
    reporter.name = name;
    reporter.save(deps.storage);
    Ok(Response::new().add_event(events::reporter("admit", reporter.number)))
}
