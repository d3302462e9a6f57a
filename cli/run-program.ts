import { CommanderError } from 'commander';
import { BAD_USAGE, Failure, REFUSED } from './failure.ts';
import { say } from './output.ts';
import { createProgram } from './program.ts';

/** Why a connection could not be made, from what `fetch` throws. */
function connectionFault(error: unknown): string | undefined {
  const cause = error instanceof TypeError && error.message === 'fetch failed' ? error.cause : undefined;
  if (!(cause instanceof Error)) return undefined;
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}

/** Says what went wrong and returns the exit code. */
function fail(error: unknown, url: string): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_USAGE;
  if (error instanceof Failure) {
    say(error.message);
    return error.exitCode;
  }
  const fault = connectionFault(error);
  if (fault) {
    say(
      `${url} does not answer (${fault}). Start the embedded cloud with npm start, or choose a deployment with --url or SALLYPORT_URL.`,
    );
    return REFUSED;
  }
  say(`Unexpected: ${error instanceof Error ? error.message : String(error)}`);
  return REFUSED;
}

/** Runs one command; returns the exit code. The parameters are those after the command's own name. */
export async function runProgram(parameters: readonly string[]): Promise<number> {
  const program = createProgram();
  try {
    await program.parseAsync(parameters, { from: 'user' });
    return 0;
  } catch (error) {
    return fail(error, String(program.getOptionValue('url')));
  }
}
