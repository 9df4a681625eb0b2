//! The description of the API (OpenAPI 3.1), made from the handlers' own annotations.

use actix_web::{HttpResponse, web::Data};
use utoipa::openapi::{
    Content, ContentBuilder, InfoBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder,
    path::{Operation, PathItem},
    schema::{AdditionalProperties, ComponentsBuilder, Schema},
    security::{Flow, OAuth2, Password, Scopes, SecurityRequirement, SecurityScheme},
};

use super::{
    problem::{FieldError, ProblemDocument},
    row::{Guard, Row},
};

/// What the scheme is called in the document.
const SCHEME: &str = "account";

const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";

/// The document as JSON. It is made once and lives as long as the process.
#[derive(Debug, Clone, Copy)]
pub struct Description(pub &'static str);

/// `GET /openapi.json`: the description of this API.
#[utoipa::path(get, path = "/openapi.json", responses(
    (status = 200, description = "This document.", content_type = "application/json", body = Object),
))]
pub async fn handle(description: Data<Description>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(description.0)
}

/// Completes what the handlers' annotations say with what all operations have in common.
pub fn document(annotations: OpenApi, rows: &[Row]) -> OpenApi {
    let mut document = annotations;
    document.info = InfoBuilder::new()
        .title("Thunderbird")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Accounts of hikers' companions, and the hiker's own data. Every error is a problem document (RFC 9457).",
        ))
        .build();
    let flow = Flow::Password(Password::new("/auth/token", Scopes::new()));
    let known = document.components.take().unwrap_or_default();
    document.components = Some(
        ComponentsBuilder::from(known)
            .schema_from::<ProblemDocument>()
            .schema_from::<FieldError>()
            .security_scheme(SCHEME, SecurityScheme::OAuth2(OAuth2::new([flow])))
            .build(),
    );
    let mut bodies = Vec::new();
    for row in rows.iter().filter(|row| row.documented) {
        if let Some(operation) = document
            .paths
            .paths
            .get_mut(row.path)
            .and_then(|item| operation_of(item, row))
        {
            finish(operation, row);
            bodies.extend(body_schema(operation));
        }
    }
    for body in bodies {
        close(&mut document, &body);
    }
    document
}

/// The name of the schema of an operation's JSON body.
fn body_schema(operation: &Operation) -> Option<String> {
    let RefOr::T(body) = operation.request_body.as_ref()? else {
        return None;
    };
    let Some(RefOr::T(content)) = body.content.get(JSON) else {
        return None;
    };
    let Some(RefOr::Ref(schema)) = &content.schema else {
        return None;
    };
    schema.ref_location.rsplit('/').next().map(str::to_owned)
}

/// A request's document has no members but those described: the extractor refuses all others.
fn close(document: &mut OpenApi, schema: &str) {
    let schemas = document
        .components
        .as_mut()
        .map(|components| &mut components.schemas);
    if let Some(RefOr::T(Schema::Object(object))) = schemas.and_then(|schemas| schemas.get_mut(schema)) {
        object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
    }
}

fn operation_of<'a>(item: &'a mut PathItem, row: &Row) -> Option<&'a mut Operation> {
    match row.method.as_str() {
        "GET" => item.get.as_mut(),
        "POST" => item.post.as_mut(),
        "PUT" => item.put.as_mut(),
        "PATCH" => item.patch.as_mut(),
        "DELETE" => item.delete.as_mut(),
        _ => None,
    }
}

/// What every operation has in common stands here and not in its annotation.
fn finish(operation: &mut Operation, row: &Row) {
    let mut segments = row.module.split("::").map(str::trim);
    operation.tags = segments.next().map(|context| vec![context.to_owned()]);
    operation.description = operation.description.as_deref().and_then(without_errors);
    operation.responses.responses.iter_mut().for_each(as_problem);
    operation.operation_id = Some(row.module.replace("::", "_").replace(' ', ""));
    if row.guard == Guard::Bearer {
        operation.security = Some(vec![SecurityRequirement::new(SCHEME, Vec::<String>::new())]);
        add(operation, "401", "No access token was sent, or it is not good.");
    }
    if operation.request_body.is_some() {
        add(operation, "400", "The body is malformed.");
        add(operation, "408", "The body did not arrive in time.");
        add(operation, "413", "The body is too large.");
        add(operation, "415", "The body is of the wrong type.");
        if body_schema(operation).is_some() {
            add(
                operation,
                "422",
                "Members are unknown, missing or wrong; `errors` names them.",
            );
        }
    }
    add(operation, "500", "Something went wrong on our side.");
    add(
        operation,
        "503",
        "This cannot be done right now; `Retry-After` says when to ask again.",
    );
}

/// The handler's documentation up to its `# Errors`, which the responses tell better.
fn without_errors(description: &str) -> Option<String> {
    let kept = description.split("# Errors").next().unwrap_or_default().trim();
    (!kept.is_empty()).then(|| kept.to_owned())
}

/// A refusal's document has a media type of its own.
fn as_problem((_, response): (&String, &mut RefOr<Response>)) {
    let RefOr::T(response) = response else {
        return;
    };
    let is_problem = |content: &RefOr<Content>| {
        let RefOr::T(content) = content else {
            return false;
        };
        matches!(&content.schema, Some(RefOr::Ref(schema)) if schema.ref_location.ends_with("/Problem"))
    };
    if response.content.get(JSON).is_some_and(is_problem)
        && let Some(content) = response.content.shift_remove(JSON)
    {
        response.content.insert(PROBLEM.to_owned(), content);
    }
}

fn add(operation: &mut Operation, status: &str, description: &str) {
    let problem = ContentBuilder::new()
        .schema(Some(RefOr::Ref(Ref::from_schema_name("Problem"))))
        .build();
    let response = ResponseBuilder::new()
        .description(description)
        .content(PROBLEM, problem)
        .build();
    operation
        .responses
        .responses
        .entry(status.to_owned())
        .or_insert(RefOr::T(response));
}
