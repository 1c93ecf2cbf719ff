/** `finetooth/mcp`: what `finetooth mcp` does, over any two streams. */

export { type McpConnection, type McpLimits, type ServeMcpOptions, serveMcp } from './stdio.ts';
