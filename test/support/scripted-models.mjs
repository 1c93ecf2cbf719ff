/**
 * A model of the AI SDK and one of the OpenAI Agents SDK without a network: asks the tool first, and answers with the first film that it found. Loaded before an
 * example with `--import`.
 */
const usage = { inputTokens: { total: 1 }, outputTokens: { total: 1 } };
const question = { query: 'a hero in disguise protects a town', since: 2000 };

const languageModel = {
  specificationVersion: 'v4',
  provider: 'scripted',
  modelId: 'scripted',
  supportedUrls: {},
  doGenerate: async ({ prompt, tools }) => {
    const last = prompt.at(-1);
    if (last.role !== 'tool') {
      const content = [{ type: 'tool-call', toolCallId: 'call-1', toolName: tools[0].name, input: JSON.stringify(question) }];
      return { content, finishReason: { unified: 'tool-calls' }, usage, warnings: [] };
    }
    const [best] = last.content[0].output.value;
    return {
      content: [{ type: 'text', text: `It is ${best.title}, of ${best.year}.` }],
      finishReason: { unified: 'stop' },
      usage,
      warnings: [],
    };
  },
};
globalThis.AI_SDK_DEFAULT_PROVIDER = { specificationVersion: 'v4', languageModel: () => languageModel };

const agents = await import('@openai/agents').catch(() => undefined);
agents?.setTracingDisabled(true);
agents?.setDefaultModelProvider({
  getModel: () => ({
    getResponse: async ({ input, tools }) => {
      const last = Array.isArray(input) ? input.at(-1) : undefined;
      if (last?.type !== 'function_call_result') {
        const call = {
          type: 'function_call',
          callId: 'call-1',
          name: tools[0].name,
          status: 'completed',
          arguments: JSON.stringify(question),
        };
        return { usage: new agents.Usage(), output: [call] };
      }
      const found = typeof last.output === 'string' ? last.output : last.output.text;
      const [best] = JSON.parse(found);
      const content = [{ type: 'output_text', text: `It is ${best.title}, of ${best.year}.` }];
      return { usage: new agents.Usage(), output: [{ type: 'message', role: 'assistant', status: 'completed', content }] };
    },
    getStreamedResponse: () => {
      throw new Error('nothing streams here');
    },
  }),
});
