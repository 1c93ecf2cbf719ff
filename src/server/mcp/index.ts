export { type McpConnection, type McpLimits, type ServeMcpOptions, serveMcp } from './stdio.ts';
