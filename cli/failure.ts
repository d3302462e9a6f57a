/** Exit codes of the command (0 is done). */
export const REFUSED = 1;
export const BAD_USAGE = 2;

/** Something the person should read; the message is the whole output. */
export class Failure extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = REFUSED) {
    super(message);
    this.name = 'Failure';
    this.exitCode = exitCode;
  }
}
