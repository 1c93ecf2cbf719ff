import type { McpRequestContext, Server, Tool as WireTool } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { nearestName } from '../../wording/nearest-name.ts';
import { callTool } from './call.ts';
import { addResources } from './resources.ts';
import type { Sdk } from './sdk.ts';
import type { McpApi, Tool } from './tool.ts';
import { toolsOf } from './tools.ts';

/** Makes what answers one connection, or one request over HTTP: little more than the tables of handlers, so that it costs nothing. */
export function createProtocol(sdk: Sdk, api: McpApi): (context: McpRequestContext) => Promise<Server> {
  return async ({ requestInfo }) => {
    const gone = requestInfo?.signal;
    const server = new sdk.Server(
      { name: 'finetooth', title: 'Finetooth search', version: api.version },
      { capabilities: { tools: {}, resources: {} }, instructions: instructionsFor(await api.indexes.names()) },
    );
    const offered = toolsOf(api);
    server.setRequestHandler('tools/list', async () => {
      const names = await api.indexes.names();
      return { tools: offered.map((tool) => describe(tool, names)) };
    });
    server.setRequestHandler('tools/call', async ({ params }, context) => {
      const tool = offered.find(({ name }) => name === params.name);
      if (tool === undefined) throw unknownTool(sdk, params.name, offered);
      return callTool(tool, params.arguments, context, { api, gone });
    });
    addResources(server, sdk, api);
    return server;
  };
}

/** What a client may put before its model. */
function instructionsFor(names: readonly string[]): string {
  const which = names.length === 0 ? 'There is no index yet.' : `Indexes: ${names.slice(0, 50).join(', ')}.`;
  return `Search over the documents of this machine, by meaning and by words. ${which} Use "search" with a full phrase, then "get" for whole documents; results say how likely they are relevant.`;
}

function describe({ name, title, description, input, output, annotations }: Tool, names: readonly string[]): WireTool {
  return {
    name,
    title,
    description,
    inputSchema: schemaOf(input(names), 'input') as WireTool['inputSchema'],
    outputSchema: schemaOf(output, 'output') as WireTool['outputSchema'],
    annotations: { title, ...annotations },
  };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Readonly<Record<string, unknown>> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Record<string, unknown>;
  return rest;
}

function unknownTool({ ProtocolError, ProtocolErrorCode }: Sdk, name: string, offered: readonly Tool[]): Error {
  const known = offered.map((tool) => tool.name);
  const near = nearestName(name, known);
  const meant = near === undefined ? '' : `, did you mean "${near}"`;
  return new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    `there is no tool ${JSON.stringify(name.slice(0, 60))}${meant}; there are ${known.join(', ')}`,
  );
}
