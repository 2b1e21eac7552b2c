//! One connection: requests through faults to handlers, and the ways a connection can break.

use std::convert::Infallible;
use std::os::fd::{AsFd, OwnedFd};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Channel, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::Notify;

use super::{Call, Reply, Stream, control};
use crate::api;
use crate::faults::{Action, Moment};
use crate::requests;
use crate::state::{Shared, lock};
use crate::status::ApiError;

/// What the API server takes at most.
const BODY_LIMIT: usize = 3 * 1024 * 1024;

type Body = BoxBody<Bytes, std::io::Error>;

/// A second handle on the socket, to end it from within a request.
struct Breaker {
    socket: Option<OwnedFd>,
    broken: Notify,
}

impl Breaker {
    /// Ends the connection; with `reset`, so that the peer sees a TCP reset instead of an end.
    fn snap(&self, reset: bool) {
        if let (true, Some(socket)) = (reset, &self.socket) {
            // A linger time of zero makes close() send RST.
            let _ = rustix::net::sockopt::set_socket_linger(socket, Some(Duration::ZERO));
        }
        self.broken.notify_one();
    }
}

/// Serves one connection until it ends or is broken on purpose.
pub async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let socket = stream.as_fd().try_clone_to_owned().ok();
    let breaker = Rc::new(Breaker { socket, broken: Notify::new() });
    let service = service_fn(|request| respond(request, shared.clone(), breaker.clone()));
    let connection =
        hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        _ = connection => {}
        () = breaker.broken.notified() => {}
    }
}

async fn respond(
    request: Request<Incoming>,
    shared: Arc<Shared>,
    breaker: Rc<Breaker>,
) -> Result<Response<Body>, Infallible> {
    let (head, body) = request.into_parts();
    let body = match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => {
            let message = format!("Request entity too large: limit is {BODY_LIMIT}");
            let error = ApiError::new(413, "RequestEntityTooLarge", message);
            return Ok(render(Reply::error(&error), None, &shared, &breaker));
        }
    };
    let raw_query = head.uri.query().unwrap_or_default();
    let call = Call::new(head.method.as_str(), head.uri.path(), raw_query, &head.headers, body);
    if call.path.starts_with("/_kubesim/") {
        return Ok(render(control::answer(&shared, &call), None, &shared, &breaker));
    }
    // Logged as it comes in: a client that gives up while it waits has asked all the same.
    let ticket = lock(&shared.requests).begin(requests::Request {
        method: call.method.clone(),
        path: call.target(),
        user_agent: call.user_agent.clone(),
        user: call.user.clone(),
        status: 0,
    });
    let (latency, action) = lock(&shared.faults).judge(&call.method, &call.target(), &call.user);
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let (reply, action) = carry_out(&shared, &call, action);
    let broken = matches!(action, Action::Reset(_) | Action::Close(_) | Action::Hang(_));
    if !broken {
        lock(&shared.requests).end(ticket, reply.status());
    }
    match action {
        Action::Reset(_) => breaker.snap(true),
        Action::Close(_) => breaker.snap(false),
        _ => {}
    }
    if broken {
        // The connection goes away under this future, or (hang) the client gives up.
        std::future::pending::<()>().await;
    }
    let drop_after = if let Action::DropWatch(events) = action { Some(events) } else { None };
    Ok(render(reply, drop_after, &shared, &breaker))
}

/// Does what the request asks, unless the fault comes first.
fn carry_out(shared: &Arc<Shared>, call: &Call, action: Action) -> (Reply, Action) {
    let reply = match &action {
        Action::Status(error) => Reply::error(error),
        Action::Body(code, body, retry_after) => {
            let reply = Reply::json(*code, body);
            match retry_after {
                Some(seconds) => reply.header("Retry-After", seconds.to_string()),
                None => reply,
            }
        }
        Action::Reset(Moment::Before) | Action::Close(Moment::Before) | Action::Hang(Moment::Before) => {
            Reply::text(500, "")
        }
        _ => api::handle(shared, call),
    };
    (reply, action)
}

fn render(
    reply: Reply,
    drop_after: Option<u64>,
    shared: &Arc<Shared>,
    breaker: &Rc<Breaker>,
) -> Response<Body> {
    let (status, content_type, headers, body) = match reply {
        Reply::Full { status, content_type, headers, body } => {
            (status, content_type, headers, Full::new(Bytes::from(body)).map_err(|e| match e {}).boxed())
        }
        Reply::Stream(stream) => {
            let (sender, channel) = Channel::new(64);
            let content_type = match stream {
                Stream::Watch(watch) => {
                    let content_type = watch.content_type();
                    tokio::task::spawn_local(feed(
                        *watch,
                        sender,
                        drop_after,
                        shared.clone(),
                        breaker.clone(),
                    ));
                    content_type
                }
                Stream::Logs(follow) => {
                    tokio::task::spawn_local(follow.run(sender, shared.clone()));
                    "text/plain"
                }
            };
            (200, content_type.to_owned(), Vec::new(), channel.boxed())
        }
    };
    let mut response = Response::builder().status(status).header("Cache-Control", "no-cache, private");
    if !content_type.is_empty() {
        response = response.header("Content-Type", content_type);
    }
    for (name, value) in headers {
        response = response.header(name, value);
    }
    response.body(body).unwrap_or_else(|_| Response::new(Full::default().map_err(|e| match e {}).boxed()))
}

async fn feed(
    watch: api::Watch,
    sender: http_body_util::channel::Sender<Bytes, std::io::Error>,
    drop_after: Option<u64>,
    shared: Arc<Shared>,
    breaker: Rc<Breaker>,
) {
    if watch.run(sender, drop_after, shared).await == api::WatchEnd::Dropped {
        breaker.snap(true);
    }
}
