//! What each request means: from a path and a verb to a reply.
//!
//! Runs under the state lock, so every request is atomic; only watches and followed logs outlive it.

mod delete;
mod discovery;
mod logs;
mod openapi;
mod patch;
mod read;
mod reviews;
mod route;
mod scale;
mod watch;

use std::sync::Arc;

use serde_json::Value;

use crate::http::{Call, Reply};
use crate::proto;
use crate::resources::Resource;
use crate::state::{Shared, State};
use crate::status::{ApiError, ApiResult};
use crate::store::Key;
use crate::users::Ask;
use crate::write::{self, Options};

pub use logs::Follow;
pub use watch::{Watch, WatchEnd};

use route::Route;

/// A request for objects, with its kind looked up.
struct Target {
    resource: Arc<Resource>,
    namespace: String,
    name: String,
    subresource: String,
}

impl Target {
    fn key(&self) -> Key {
        Key::new(&self.resource.group, &self.resource.plural, &self.namespace, &self.name)
    }

    fn verb(&self, call: &Call) -> &'static str {
        match (call.method.as_str(), self.name.is_empty()) {
            ("GET", true) if call.flag("watch") => "watch",
            ("GET", true) => "list",
            ("GET", false) => "get",
            ("POST", _) => "create",
            ("PUT", _) => "update",
            ("PATCH", _) => "patch",
            ("DELETE", true) => "deletecollection",
            ("DELETE", false) => "delete",
            _ => "",
        }
    }
}

/// Answers a request.
pub fn handle(shared: &Arc<Shared>, call: &Call) -> Reply {
    answer(shared, call).unwrap_or_else(|error| Reply::error(&error))
}

fn answer(shared: &Arc<Shared>, call: &Call) -> ApiResult<Reply> {
    match route::parse(&call.path) {
        Route::Root => Ok(discovery::paths(&shared.state())),
        Route::Version => Ok(discovery::version(&shared.state())),
        Route::Health => Ok(Reply::text(200, "ok")),
        Route::CoreVersions => Ok(discovery::core_versions(&shared.state(), call)),
        Route::Groups => Ok(discovery::groups(&shared.state(), call)),
        Route::Group(group) => discovery::group(&shared.state(), &group),
        Route::GroupVersion(group, version) => discovery::group_version(&shared.state(), &group, &version),
        Route::OpenApiV2 => Ok(openapi::v2(call)),
        Route::OpenApiV3Index => Ok(openapi::index(&shared.state())),
        Route::OpenApiV3(group, version) => openapi::document(&mut shared.state(), &group, &version),
        Route::Objects { group, version, plural, namespace, name, subresource } => {
            let mut state = shared.state();
            let resource = state.resource(&group, &version, &plural);
            // The mux of the real server answers unknown paths in plain text.
            let Some(resource) = resource else { return Ok(Reply::text(404, "404 page not found\n")) };
            let target = Target { resource, namespace, name, subresource };
            objects(&mut state, call, &target)
        }
        Route::Unknown => Ok(Reply::text(404, "404 page not found\n")),
    }
}

fn objects(state: &mut State, call: &Call, target: &Target) -> ApiResult<Reply> {
    let resource = &target.resource;
    if target.namespace.is_empty() && resource.namespaced && !(call.method == "GET" && target.name.is_empty())
    {
        return Err(ApiError::method_not_allowed());
    }
    if !target.namespace.is_empty() && !resource.namespaced {
        return Ok(Reply::text(404, "404 page not found\n"));
    }
    if !target.subresource.is_empty() && !resource.has(&target.subresource) {
        return Err(ApiError::no_such_path());
    }
    let verb = target.verb(call);
    let place = if resource.is("", "namespaces") { &target.name } else { &target.namespace };
    let ask = Ask {
        user: &call.user,
        verb,
        group: &resource.group,
        plural: &resource.plural,
        subresource: &target.subresource,
        namespace: place,
        name: &target.name,
    };
    // Everyone may ask what they may do.
    if !resource.create_only {
        state.users.check(&ask, resource)?;
    }
    if resource.create_only {
        return match verb {
            "create" => reviews::create(state, call, target),
            _ => Err(ApiError::method_not_allowed()),
        };
    }
    match (verb, target.subresource.as_str()) {
        ("get", "log") => logs::get(state, call, target),
        (_, "log") => Err(ApiError::method_not_allowed()),
        (_, "scale") => scale::answer(state, call, target, verb),
        ("get", _) => read::get(state, call, target),
        ("list", _) => read::list(state, call, target),
        ("watch", _) => watch::start(state, call, target),
        ("create", _) => create(state, call, target),
        ("update", _) => update(state, call, target),
        ("patch", _) => patch::patch(state, call, target),
        ("delete", _) => delete::delete(state, call, target),
        ("deletecollection", _) => delete::collection(state, call, target),
        _ => Err(ApiError::method_not_allowed()),
    }
}

fn create(state: &mut State, call: &Call, target: &Target) -> ApiResult<Reply> {
    if !target.name.is_empty() {
        return Err(ApiError::method_not_allowed());
    }
    let options = Options::of(call, "");
    let (object, warnings) = write::read(&target.resource, parse_body(call)?, &options)?;
    let stored = write::create(state, &target.resource, &target.namespace, object, &options)?;
    Ok(reply(call, target, 201, &stored, &warnings))
}

fn update(state: &mut State, call: &Call, target: &Target) -> ApiResult<Reply> {
    let options = Options::of(call, &target.subresource);
    let (object, warnings) = write::read(&target.resource, parse_body(call)?, &options)?;
    let key = target.key();
    if state.get(&key).is_none() {
        return Err(ApiError::not_found(&target.resource, &target.name));
    }
    let stored = write::update(state, &target.resource, &key, object, &options)?;
    Ok(reply(call, target, 200, &stored, &warnings))
}

/// The body as JSON.
fn parse_body(call: &Call) -> ApiResult<Value> {
    if call.content_type == "application/vnd.kubernetes.protobuf" {
        let message = "the body of the request was in an unknown format - accepted media types include: \
                       application/json, application/yaml";
        return proto::decode(&call.body).ok_or_else(|| ApiError::new(415, "UnsupportedMediaType", message));
    }
    serde_json::from_slice(&call.body).map_err(|e| {
        ApiError::bad_request(format!("the object provided is unrecognized (must be of type Object): {e}"))
    })
}

/// One object as a reply, as a table if that was asked for, with warnings as headers.
fn reply(call: &Call, target: &Target, status: u16, object: &Value, warnings: &[String]) -> Reply {
    let object = read::versioned(&target.resource, object);
    let reply = Reply::json(status, &read::negotiated(call, &target.resource, object));
    warnings.iter().fold(reply, |reply, warning| {
        let escaped = warning.replace('\\', "\\\\").replace('"', "\\\"");
        reply.header("Warning", format!("299 - \"{escaped}\""))
    })
}
