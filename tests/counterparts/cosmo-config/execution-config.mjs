// Subgraphs to an execution config, by the packages that Cosmo's own tools compose with.

import composition from '@wundergraph/composition';
import { buildRouterConfig, SubgraphKind } from '@wundergraph/cosmo-shared';
import { parse, printSchema } from 'graphql';

/** What Cosmo's composition says against a graph. */
export class Refused extends Error {}

/** The JSON of a RouterConfig; `subgraphs` have name, url and sdl. */
export function executionConfig(subgraphs) {
  const result = composition.federateSubgraphs({
    subgraphs: subgraphs.map(({ name, url, sdl }) => ({ name, url, definitions: parse(sdl) })),
    version: composition.LATEST_ROUTER_COMPATIBILITY_VERSION,
  });
  if (!result.success) throw new Refused(result.errors.map((error) => error.message).join('\n'));
  const config = buildRouterConfig({
    federatedClientSDL: printSchema(result.federatedGraphClientSchema),
    federatedSDL: printSchema(result.federatedGraphSchema),
    fieldConfigurations: result.fieldConfigurations,
    routerCompatibilityVersion: composition.LATEST_ROUTER_COMPATIBILITY_VERSION,
    schemaVersionId: '3f0b36c1-6d2f-4f5c-8d62-c20f0de0f2a4',
    subgraphs: subgraphs.map(({ name, url, sdl }, index) => {
      const { schema, configurationDataByTypeName, costs } = result.subgraphConfigBySubgraphName.get(name);
      return {
        kind: SubgraphKind.Standard,
        id: String(index),
        name,
        sdl,
        url,
        subscriptionUrl: '',
        subscriptionProtocol: 'ws',
        websocketSubprotocol: 'auto',
        schema,
        configurationDataByTypeName,
        costs,
      };
    }),
  });
  return config.toJsonString();
}
