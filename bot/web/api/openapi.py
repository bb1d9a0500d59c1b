"""The API's own description, OpenAPI 3.1, made from its routes and shapes: it cannot say anything else than they do."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, current_app, jsonify
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.web.api import shapes
from bot.web.api.entry import A_MINUTE, Told, blueprint, route, told_of

_REF = "#/components/schemas/{model}"
_OUTCOME = {"type": "object", "required": ["resourceType"], "properties": {"resourceType": {"type": "string"}}}


def description() -> dict[str, Any]:
    """The whole document."""
    routes = [
        (rule, method, told_of(current_app.view_functions[rule.endpoint]))
        for rule in sorted(current_app.url_map.iter_rules(), key=str)
        if rule.endpoint.startswith(f"{blueprint.name}.")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]
    paths: dict[str, dict[str, Any]] = {}
    for rule, method, told in routes:
        path = re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", str(rule))
        paths.setdefault(path, {})[method.lower()] = _operation(rule.endpoint, sorted(rule.arguments), told)
    models: set[type[BaseModel]] = {shapes.Problem}
    models.update(shape for _rule, _method, told in routes for shape in (told.takes, told.gives) if shape)
    _by, whole = models_json_schema(
        [(model, "serialization") for model in sorted(models, key=lambda one: one.__name__)],
        ref_template=_REF,
    )
    schemas = {**whole.get("$defs", {}), "FhirResource": _OUTCOME}
    key = {"type": "http", "scheme": "bearer", "description": "A key made by a manager of the hospital."}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Hearback", "version": "1",
            "description": f"Enrol families and read what they report. At most {A_MINUTE} requests a minute for a key.",
        },
        "security": [{"key": []}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"key": key}},
    }


def _operation(endpoint: str, arguments: list[str], told: Told) -> dict[str, Any]:
    kind = "application/fhir+json" if told.fhir else "application/json"
    gives: dict[str, Any] = {"type": "object"}
    if told.gives or told.fhir:
        gives = {"$ref": _REF.format(model=told.gives.__name__ if told.gives else "FhirResource")}
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in arguments
    ]
    parameters += [
        {"name": name, "in": "query", "description": about, "schema": {"type": "string"}}
        for name, about in told.query.items()
    ]
    wrong = "application/fhir+json" if told.fhir else "application/problem+json"
    shape = _REF.format(model="FhirResource" if told.fhir else "Problem")
    operation: dict[str, Any] = {
        "operationId": endpoint.partition(".")[2],
        "summary": told.summary,
        "responses": {
            str(told.status): {
                "description": "Done.", "content": {kind: {"schema": gives}},
            },
            "default": {
                "description": "What was wrong, and the mend.", "content": {wrong: {"schema": {"$ref": shape}}},
            },
        },
    }
    if told.scope is None:
        operation["security"] = []
    else:
        operation["description"] = f"Needs a key with the scope `{told.scope}`."
    takes = told.takes.__name__ if told.takes else "FhirResource" if told.scope == "enrol" else ""
    if takes:
        operation["requestBody"] = {
            "required": True, "content": {kind: {"schema": {"$ref": _REF.format(model=takes)}}},
        }
        parameters.append({
            "name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 255},
            "description": "The same request with the same key gets the same answer, and is done once.",
        })
    if parameters:
        operation["parameters"] = parameters
    return operation


def openapi() -> Response:
    """Where the description is read; it needs no key and says nothing of anybody."""
    return jsonify(description())


@blueprint.get("/openapi.json")
@route("This description.", scope=None)
def own_description() -> Response:
    return openapi()
