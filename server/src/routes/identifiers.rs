//! What is told of a phone, an account, a handle, and the bills that lean on it.

use axum::Json;
use axum::extract::{Path, Request, State as Shared};

use super::{inside, off_the_reactor};
use crate::problem::Problem;
use crate::service::OfficeError;
use crate::service::identifiers::Linked;
use crate::state::State;
use crate::store::IdentifierKind;

/// `GET /v1/identifiers/{kind}/{value}`: records that name it, and bills that lean on those, as far as the caller may know.
pub async fn one(
    Shared(state): Shared<State>,
    Path((kind, value)): Path<(String, String)>,
    request: Request,
) -> Result<Json<Linked>, Problem> {
    let (office, caller) = inside(&state, &request)?;
    let linked = off_the_reactor(move || {
        let names = || IdentifierKind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ");
        let wrong = || OfficeError::Wrong(vec![format!("what identifies is one of {}", names())]);
        office.linked(&caller, IdentifierKind::read(&kind).ok_or_else(wrong)?, &value)
    });
    Ok(Json(linked.await?))
}
