import { addTool } from './add-tool.ts';
import { explainTool } from './explain-tool.ts';
import { getTool } from './get-tool.ts';
import { listTool } from './list-tool.ts';
import { rerankTool } from './rerank-tool.ts';
import { searchTool } from './search-tool.ts';
import type { McpApi, Tool } from './tool.ts';

/** Every tool, in the order in which a model reads them. */
export const tools: readonly Tool[] = [searchTool, getTool, listTool, explainTool, rerankTool, addTool];

/** Those that a server has. */
export const toolsOf = ({ writable }: Pick<McpApi, 'writable'>): readonly Tool[] =>
  tools.filter(({ writes = false }) => writable || !writes);
