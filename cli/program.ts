import { Command, Option } from 'commander';
import { urlArgument } from './arguments.ts';
import { addApply } from './commands/apply.ts';
import { addApproval } from './commands/approval.ts';
import { addAudit } from './commands/audit.ts';
import { addClient } from './commands/client.ts';
import { addDelete } from './commands/delete.ts';
import { addDevice } from './commands/device.ts';
import { addDoctor } from './commands/doctor.ts';
import { addGet } from './commands/get.ts';
import { addLogin } from './commands/login.ts';
import { addLogout } from './commands/logout.ts';
import { addPerson } from './commands/person.ts';
import { addPolicy } from './commands/policy.ts';
import { addServiceToken } from './commands/service-token.ts';
import { addSession } from './commands/session.ts';
import { addSync } from './commands/sync.ts';
import { addToken } from './commands/token.ts';
import { addWhoami } from './commands/whoami.ts';
import { FORMATS } from './output.ts';
import { VERSION } from './version.ts';

const EXAMPLES = `
Examples:
  sallyport login
  sallyport apply -f team.yaml
  sallyport get servers
  sallyport audit list --since 1h --person alice@example.com -o json

Exit codes: 0 done, 1 refused or failed, 2 bad usage, 3 not allowed (policy test --exit-code).`;

/** The `sallyport` command with all its subcommands. */
export function createProgram(): Command {
  const program = new Command('sallyport')
    .description('Administer a Sallyport deployment.')
    .version(VERSION)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(add --help to see how)')
    .addHelpText('after', EXAMPLES);
  program.addOption(
    new Option('--url <url>', 'the deployment')
      .env('SALLYPORT_URL')
      .default('http://127.0.0.1:8787')
      .argParser(urlArgument),
  );
  program.addOption(new Option('-o, --output <format>', 'how to print').choices(FORMATS).default('table'));
  const parts = [
    addLogin,
    addLogout,
    addWhoami,
    addToken,
    addDoctor,
    addApply,
    addGet,
    addDelete,
    addSync,
    addAudit,
    addSession,
    addClient,
    addServiceToken,
    addPolicy,
    addPerson,
    addApproval,
    addDevice,
  ];
  for (const add of parts) add(program);
  return program;
}
