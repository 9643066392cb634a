"""The graph of graphs/small.graphql as composition of Cosmo writes it: an execution config."""

import json

SCHEMA = """
type Query { me: User users(first: Int = 10): [User!] slow: String echo(s: String, n: Int): String broken: User }
type Mutation { bump: Int }
enum Tier { GOLD SILVER }
type User { id: ID! name: String friend: User score: Int tier: Tier }
"""
SCHEMA_A = """
type Query { me: User users(first: Int = 10): [User!] slow: String echo(s: String, n: Int): String broken: User }
type Mutation { bump: Int }
type User @key(fields: "id") { id: ID! name: String friend: User }
"""
SCHEMA_B = 'enum Tier { GOLD SILVER } type User @key(fields: "id") { id: ID! score: Int tier: Tier }'


def source(number, url, nodes):
    return {"kind": "GRAPHQL", "id": str(number), "overrideFieldPathFromAlias": True, "requestTimeoutSeconds": "10",
            "rootNodes": [{"typeName": name, "fieldNames": fields} for name, fields in nodes.items()],
            "keys": [{"typeName": "User", "selectionSet": "id"}],
            "customGraphql": {
                "fetch": {"url": {"staticVariableContent": url}, "method": "POST", "body": {}, "baseUrl": {}, "path": {}},
                "subscription": {"enabled": True, "url": {"staticVariableContent": url.replace("http", "ws")},
                                 "protocol": "GRAPHQL_SUBSCRIPTION_PROTOCOL_WS"},
                "federation": {"enabled": True, "serviceSdl": ""}, "upstreamSchema": {"key": f"schema-{number}"}}}


def execution_config(shop):
    """A dictionary, to be changed and written."""
    urls = [f"http://127.0.0.1:{shop.a.port}/graphql", f"http://127.0.0.1:{shop.b.port}/graphql"]
    return {
        "engineConfig": {
            "defaultFlushInterval": "500",
            "datasourceConfigurations": [
                source(0, urls[0], {"Query": ["me", "users", "slow", "echo", "broken"], "Mutation": ["bump"],
                                    "User": ["id", "name", "friend"]}),
                source(1, urls[1], {"User": ["id", "score", "tier"]})],
            "fieldConfigurations": [{"typeName": "Query", "fieldName": "users",
                                     "argumentsConfiguration": [{"name": "first", "sourceType": "FIELD_ARGUMENT"}]}],
            "graphqlSchema": SCHEMA, "graphqlClientSchema": SCHEMA.replace(" tier: Tier", ""),
            "stringStorage": {"schema-0": SCHEMA_A, "schema-1": SCHEMA_B}},
        "version": "6b1ef2e4", "compatibilityVersion": "1:0.55.0",
        "subgraphs": [{"id": "0", "name": "a", "routingUrl": urls[0]}, {"id": "1", "name": "b", "routingUrl": urls[1]}]}


def write_config(shop, config):
    """In place of the shop's graph, not signed yet."""
    shop.graph_file.write_text(json.dumps(config))
