//! HTTP/1.1 on loopback: accepts connections, reads whole requests, carries faults out, writes replies.
//!
//! What a request means is `api`'s business.

mod call;
mod connection;
mod control;
mod reply;

use std::sync::Arc;

use tokio::net::TcpListener;

pub use call::{Call, percent_decode};
pub use reply::{Reply, Stream};

use crate::state::Shared;

/// Serves until dropped.
pub async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Answers are small and wait for nobody.
                let _ = stream.set_nodelay(true);
                tokio::task::spawn_local(connection::serve(stream, shared.clone()));
            }
            // Out of file descriptors, most likely: the next ones may be luckier.
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(10)).await,
        }
    }
}
