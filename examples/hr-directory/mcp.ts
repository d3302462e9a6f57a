import { McpServer, ResourceNotFoundError, ResourceTemplate } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { byId, chart, employees, find, handbook, teams } from './directory.ts';
import type { TimeOffBook } from './time-off.ts';

const employeeId = z.string().describe('An employee id such as e05');
const employeeShape = z.object({
  id: z.string(),
  name: z.string(),
  title: z.string(),
  team: z.string(),
  location: z.string(),
  email: z.string(),
  manager: z.string().nullable(),
});

const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });
const failure = (value: string) => ({ ...text(value), isError: true });
const structured = (value: Record<string, unknown>) => ({
  ...text(JSON.stringify(value, null, 2)),
  structuredContent: value,
});

function registerReadOnlyTools(server: McpServer): void {
  const annotations = { readOnlyHint: true, openWorldHint: false };
  server.registerTool(
    'find_employee',
    {
      title: 'Find an employee',
      description: 'Finds employees by name, job title or e-mail address.',
      inputSchema: z.object({
        query: z.string().min(1).describe('Words to look for, for example "engineer"'),
      }),
      outputSchema: z.object({ employees: z.array(employeeShape) }),
      annotations,
    },
    ({ query }) => structured({ employees: find(query) }),
  );
  server.registerTool(
    'list_team',
    {
      title: 'List a team',
      description: `Lists the members of one team: ${teams.join(', ')}.`,
      inputSchema: z.object({ team: z.string().describe('A team name') }),
      outputSchema: z.object({ employees: z.array(employeeShape) }),
      annotations,
    },
    ({ team }) => structured({ employees: employees.filter((each) => each.team === team.toLowerCase()) }),
  );
  server.registerTool(
    'org_chart',
    {
      title: 'Show the organisation chart',
      description: 'Shows who reports to whom, from one person downwards.',
      inputSchema: z.object({ root: employeeId.default('e01') }),
      annotations,
    },
    ({ root }) => {
      const person = byId(root);
      return person ? text(chart(person).join('\n')) : failure(`There is no employee with the id ${root}.`);
    },
  );
}

function registerTimeOff(server: McpServer, book: TimeOffBook): void {
  server.registerTool(
    'request_time_off',
    {
      title: 'Request time off',
      description: 'Files a request for time off for an employee. Their manager decides.',
      inputSchema: z.object({ employee: employeeId, from: z.iso.date(), to: z.iso.date() }),
      outputSchema: z.object({
        id: z.string(),
        employee: z.string(),
        from: z.string(),
        to: z.string(),
        days: z.number(),
        status: z.string(),
      }),
      annotations: {
        readOnlyHint: false,
        destructiveHint: false,
        idempotentHint: false,
        openWorldHint: false,
      },
    },
    ({ employee, from, to }) => {
      if (!byId(employee)) return failure(`There is no employee with the id ${employee}.`);
      try {
        return structured({ ...book.request(employee, from, to) });
      } catch (error) {
        if (error instanceof RangeError) return failure(error.message);
        throw error;
      }
    },
  );
}

function registerPromptAndResources(server: McpServer): void {
  server.registerPrompt(
    'introduce_colleague',
    {
      title: 'Introduce a colleague',
      description: 'Writes a short introduction of a colleague.',
      argsSchema: z.object({ employee: employeeId }),
    },
    ({ employee }) => {
      const person = byId(employee);
      const ask = person
        ? `Introduce ${person.name}, ${person.title} in the ${person.team} team in ${person.location}, in two sentences.`
        : `There is no employee with the id ${employee}. Ask which colleague is meant.`;
      return { messages: [{ role: 'user', content: { type: 'text', text: ask } }] };
    },
  );
  server.registerResource(
    'handbook',
    'hr://handbook',
    { title: 'Handbook', description: 'Rules for time off and working hours.', mimeType: 'text/markdown' },
    (uri) => ({ contents: [{ uri: uri.href, mimeType: 'text/markdown', text: handbook }] }),
  );
  server.registerResource(
    'employee',
    new ResourceTemplate('hr://employees/{id}', {
      list: undefined,
      complete: { id: (value) => employees.map((each) => each.id).filter((id) => id.startsWith(value)) },
    }),
    { title: 'Employee', description: 'One employee as JSON.', mimeType: 'application/json' },
    (uri, { id }) => {
      const person = byId(String(id));
      if (!person) throw new ResourceNotFoundError(uri.href);
      return { contents: [{ uri: uri.href, mimeType: 'application/json', text: JSON.stringify(person) }] };
    },
  );
}

/** One MCP server over the directory; a new one serves every request, the book is shared. */
export function createHrDirectory(book: TimeOffBook): McpServer {
  const server = new McpServer(
    { name: 'hr-directory', title: 'HR directory', version: '1.0.0' },
    { instructions: 'Look people up before you file requests for them; ids look like e05.' },
  );
  registerReadOnlyTools(server);
  registerTimeOff(server, book);
  registerPromptAndResources(server);
  return server;
}
