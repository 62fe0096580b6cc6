"""The messages of Terraform's plugin protocol 6 that are used here, and those of go-plugin.

Written as a table of field numbers (source: docs/plugin-protocol/tfplugin6.proto of hashicorp/terraform) and made into
protobuf classes at import, so that there is no generated code that binds the project to one protobuf version. Names of
messages are not on the wire; an enumeration travels as an int32 does.
"""

from __future__ import annotations

import json
from typing import Any, Final

from google.protobuf import (  # type: ignore[import-untyped]  # ships no type information
    descriptor_pb2,
    descriptor_pool,
    message_factory,
)

from emulate.plugin.schema import Attribute, Block, Nested, Schema

Message = Any
"""An instance of a class that protobuf made; it has no static type."""

# name:type=number, with a star for a repeated field.
_TABLE: Final = {
    "Empty": "",
    "Value": "msgpack:bytes=1 json:bytes=2",
    "Step": "attribute_name:string=1",
    "Path": "steps:Step*=1",
    "Diagnostic": "severity:int32=1 summary:string=2 detail:string=3 attribute:Path=4",
    "Attribute": "name:string=1 type:bytes=2 description:string=3 required:bool=4 optional:bool=5 computed:bool=6 "
    "sensitive:bool=7 deprecated:bool=9 write_only:bool=11",
    "NestedBlock": "type_name:string=1 block:Block=2 nesting:int32=3 min_items:int64=4 max_items:int64=5",
    "Block": "version:int64=1 attributes:Attribute*=2 block_types:NestedBlock*=3 description:string=4 "
    "deprecated:bool=6",
    "Schema": "version:int64=1 block:Block=2",
    "SchemaEntry": "key:string=1 value:Schema=2",
    "Capabilities": "plan_destroy:bool=1 get_provider_schema_optional:bool=2",
    "GetProviderSchema": "provider:Schema=1 resource_schemas:SchemaEntry*=2 data_source_schemas:SchemaEntry*=3 "
    "diagnostics:Diagnostic*=4 server_capabilities:Capabilities=6",
    "ConfigRequest": "config:Value=1",
    "ValidateProviderConfig": "diagnostics:Diagnostic*=2",
    "TypedConfigRequest": "type_name:string=1 config:Value=2",
    "Diagnostics": "diagnostics:Diagnostic*=1",
    "ConfigureRequest": "terraform_version:string=1 config:Value=2",
    "RawState": "json:bytes=1",
    "UpgradeRequest": "type_name:string=1 version:int64=2 raw_state:RawState=3",
    "UpgradeResourceState": "upgraded_state:Value=1 diagnostics:Diagnostic*=2",
    "ReadRequest": "type_name:string=1 current_state:Value=2 private:bytes=3",
    "ReadResource": "new_state:Value=1 diagnostics:Diagnostic*=2 private:bytes=3",
    "PlanRequest": "type_name:string=1 prior_state:Value=2 proposed_new_state:Value=3 config:Value=4 "
    "prior_private:bytes=5",
    "PlanResourceChange": "planned_state:Value=1 requires_replace:Path*=2 planned_private:bytes=3 "
    "diagnostics:Diagnostic*=4 legacy_type_system:bool=5",
    "ApplyRequest": "type_name:string=1 prior_state:Value=2 planned_state:Value=3 config:Value=4 "
    "planned_private:bytes=5",
    "ApplyResourceChange": "new_state:Value=1 private:bytes=2 diagnostics:Diagnostic*=3 legacy_type_system:bool=4",
    "ImportRequest": "type_name:string=1 id:string=2",
    "Imported": "type_name:string=1 state:Value=2 private:bytes=3",
    "ImportResourceState": "imported_resources:Imported*=1 diagnostics:Diagnostic*=2",
    "ReadDataSource": "state:Value=1 diagnostics:Diagnostic*=2",
    "StopProvider": "error:string=1",
    "StdioData": "channel:int32=1 data:bytes=2",
}
_NESTING: Final = {"single": 1, "list": 2, "set": 3, "map": 4, "group": 5}
ERROR: Final = 1
"""The severity of a diagnostic that is no mere warning."""


def _classes() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(name="isthmus/tfplugin6.proto", package="isthmus", syntax="proto3")
    kinds = descriptor_pb2.FieldDescriptorProto
    for name, fields in _TABLE.items():
        message = file.message_type.add(name=name)
        for one in fields.split():
            label, number = one.split("=")
            attribute, type_ = label.rstrip("*").split(":")
            made = message.field.add(name=attribute, number=int(number))
            made.label = kinds.LABEL_REPEATED if label.endswith("*") else kinds.LABEL_OPTIONAL
            if type_ in _TABLE:
                made.type, made.type_name = kinds.TYPE_MESSAGE, f".isthmus.{type_}"
            else:
                made.type = kinds.Type.Value(f"TYPE_{type_.upper()}")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"isthmus.{name}")) for name in _TABLE}


MESSAGES: Final = _classes()


def make(name: str, /, **fields: Any) -> Message:
    """A message of the table, with its fields."""
    return MESSAGES[name](**fields)


def error(summary: str, detail: str = "", attribute: str | None = None) -> Message:
    """What Terraform shows as ``Error: summary``, at ``attribute`` of the block."""
    said = make("Diagnostic", severity=ERROR, summary=summary, detail=detail)
    if attribute:
        said.attribute.CopyFrom(path(attribute))
    return said


def path(attribute: str) -> Message:
    """The path of an attribute or block at the top of a resource."""
    return make("Path", steps=[make("Step", attribute_name=attribute)])


def schema(of: Schema, description: str = "") -> Message:
    """``of`` on the wire."""
    made = make("Schema", version=of.version, block=_block(of.block))
    made.block.description = description
    return made


def _block(block: Block) -> Message:
    return make(
        "Block",
        attributes=[attribute(one) for one in block.attributes.values()],
        block_types=[nested(one) for one in block.blocks.values()],
    )


def attribute(one: Attribute) -> Message:
    """``one`` on the wire."""
    return make(
        "Attribute",
        name=one.name,
        type=json.dumps(one.type).encode(),
        required=one.rules.required,
        optional=one.rules.optional,
        computed=one.rules.computed,
        sensitive=one.sensitive,
        deprecated=one.rules.deprecated,
        write_only=one.write_only,
    )


def nested(one: Nested) -> Message:
    """``one`` on the wire, with what is in it."""
    return make(
        "NestedBlock",
        type_name=one.name,
        block=_block(one.block),
        nesting=_NESTING[one.nesting],
        min_items=one.min_items,
        max_items=one.max_items,
    )
