import {
  type AnyToolHandler,
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  createRequestStateCodec,
  inputRequired,
  inputResponse,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';

export const stateCodec = createRequestStateCodec({ key: 'a key for tests, which protects nothing at all' });

const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });
const ask = (message: string, property: string) =>
  inputRequired.elicit({
    message,
    requestedSchema: { type: 'object', properties: { [property]: { type: 'string' } }, required: [property] },
  });
const confirm = () =>
  inputRequired.elicit({
    message: 'Please confirm',
    requestedSchema: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
  });
const sample = (question: string, maxTokens: number) =>
  inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text: question } }],
    maxTokens,
  });
const declaredBy = (envelope: object = {}) =>
  new Map<string, Record<string, unknown>>(Object.entries(envelope)).get(CLIENT_CAPABILITIES_META_KEY) ?? {};
const accepted = ({ mcpReq }: ServerContext, key: string) => acceptedContent(mcpReq.inputResponses, key);
const kindOf = ({ mcpReq }: ServerContext, key: string) => inputResponse(mcpReq.inputResponses, key).kind;

function registerSingleRound(server: McpServer): void {
  const tool = (name: string, run: AnyToolHandler) =>
    server.registerTool(name, { description: 'Needs input.' }, run);
  for (const name of ['test_input_required_result_elicitation', 'test_streaming_elicitation'])
    tool(name, (context) => {
      const answer = accepted(context, 'user_name');
      if (typeof answer?.name === 'string') return text(`Hello, ${answer.name}!`);
      return inputRequired({ inputRequests: { user_name: ask('What is your name?', 'name') } });
    });
  for (const name of ['test_input_required_result_sampling', 'test_missing_capability'])
    tool(name, (context) =>
      kindOf(context, 'capital_question') === 'sampling'
        ? text(JSON.stringify(context.mcpReq.inputResponses))
        : inputRequired({
            inputRequests: { capital_question: sample('What is the capital of France?', 100) },
          }),
    );
  tool('test_input_required_result_list_roots', (context) =>
    kindOf(context, 'client_roots') === 'roots'
      ? text(JSON.stringify(context.mcpReq.inputResponses))
      : inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } }),
  );
  tool('test_input_required_result_capabilities', ({ mcpReq }) => {
    const { sampling, elicitation } = declaredBy(mcpReq.envelope);
    if (mcpReq.inputResponses || !(sampling || elicitation)) return text('done');
    return inputRequired({
      inputRequests: {
        ...(sampling ? { question: sample('What is the capital of France?', 100) } : {}),
        ...(elicitation ? { user_name: ask('What is your name?', 'name') } : {}),
      },
    });
  });
}

function registerStateful(server: McpServer): void {
  const tool = (name: string, run: AnyToolHandler) =>
    server.registerTool(name, { description: 'Needs input and state.' }, run);
  for (const name of [
    'test_input_required_result_request_state',
    'test_input_required_result_tampered_state',
  ])
    tool(name, async (context) =>
      context.mcpReq.requestState() !== undefined && accepted(context, 'confirm')
        ? text('state-ok')
        : inputRequired({
            inputRequests: { confirm: confirm() },
            requestState: await stateCodec.mint({ step: 1 }, context),
          }),
    );
  tool('test_input_required_result_multiple_inputs', async (context) => {
    const kinds = ['user_name', 'greeting', 'client_roots'].map((key) => kindOf(context, key));
    if (!kinds.includes('missing')) return text(JSON.stringify(context.mcpReq.inputResponses));
    return inputRequired({
      inputRequests: {
        user_name: ask('What is your name?', 'name'),
        greeting: sample('Generate a greeting', 50),
        client_roots: inputRequired.listRoots(),
      },
      requestState: await stateCodec.mint({ step: 1 }, context),
    });
  });
  tool('test_input_required_result_multi_round', async (context) => {
    const state = context.mcpReq.requestState<{ step: number }>();
    if (state?.step === 2 && accepted(context, 'step2')) return text('Both steps are done.');
    if (state?.step === 1 && accepted(context, 'step1'))
      return inputRequired({
        inputRequests: { step2: ask('Step 2: What is your favorite color?', 'color') },
        requestState: await stateCodec.mint({ step: 2 }, context),
      });
    return inputRequired({
      inputRequests: { step1: ask('Step 1: What is your name?', 'name') },
      requestState: await stateCodec.mint({ step: 1 }, context),
    });
  });
}

/** Tools and a prompt that ask for input in several rounds (2026-07-28). */
export function registerInputRequired(server: McpServer): void {
  registerSingleRound(server);
  registerStateful(server);
  server.registerPrompt('test_input_required_result_prompt', { description: 'Needs input.' }, (context) => {
    const answer = accepted(context, 'user_context');
    if (!answer)
      return inputRequired({
        inputRequests: { user_context: ask('What context should the prompt use?', 'context') },
      });
    return {
      messages: [{ role: 'user', content: { type: 'text', text: `Context: ${JSON.stringify(answer)}` } }],
    };
  });
}
