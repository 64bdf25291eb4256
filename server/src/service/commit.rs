//! Waits for the disk without a thread: as many batches as wait are written together, and none of them holds a core.
//!
//! In: a batch. Out: its receipts, once they are durable. Not here: what is in it (`recorder.rs`), how it is written (the store).

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use super::office::Office;
use crate::store::{Batch, Heard, Receipt, StoreError, Unasked};

/// How long a full queue is left alone before it is asked again.
const PAUSE: Duration = Duration::from_millis(5);

/// Writes a batch; when it returns, it is durable. Whoever stops waiting may find it written all the same.
pub(super) async fn written(office: &Office, batch: Batch) -> Result<Vec<Receipt>, StoreError> {
    let gone = || StoreError::Unavailable("the writer has stopped".to_owned());
    let (tell, answer) = oneshot::channel();
    let heard: Heard = Box::new(move |told| drop(tell.send(told)));
    let Some(patience) = office.store.patience() else {
        asked(office, batch, heard).await;
        return answer.await.unwrap_or_else(|_| Err(gone()));
    };
    if timeout(patience, asked(office, batch, heard)).await.is_err() {
        return Err(StoreError::Unavailable("too much waits to be written".to_owned()));
    }
    // What is dropped unheard waited longer than anybody does.
    match timeout(patience, answer).await {
        Ok(Ok(told)) => told,
        Ok(Err(_)) | Err(_) => Err(StoreError::InDoubt("it was not done in time".to_owned())),
    }
}

async fn asked(office: &Office, mut batch: Batch, mut heard: Heard) {
    while let Err(Unasked(back)) = office.store.submit(batch, heard) {
        (batch, heard) = *back;
        sleep(PAUSE).await;
    }
}
