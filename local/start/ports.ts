import { listenOnLoopback } from '../services/loopback.ts';

/** The ports of one embedded cloud. */
export interface Ports {
  gateway: number;
  services: number;
  cognito: number;
  store: number;
  everything: number;
  hr: number;
  certificates: number;
}

const NAMES: Readonly<Record<keyof Ports, string>> = {
  gateway: 'the public origin',
  services: 'S3, KMS, EventBridge and SQS',
  cognito: 'the user pool',
  store: 'the tables',
  everything: 'the sample server "everything"',
  hr: 'the sample server "HR directory"',
  certificates: 'the hostname for client certificates',
};

export const portsFrom = (first: number): Ports => ({
  gateway: first,
  services: first + 1,
  cognito: first + 2,
  store: first + 3,
  everything: first + 4,
  hr: first + 5,
  certificates: first + 6,
});

/** @throws Error naming the port that is taken, what it is for and what to do. */
export async function requireFreePorts(ports: Ports): Promise<void> {
  const all: [keyof Ports, string][] = Object.entries(NAMES).map(([name, purpose]) => [
    name as keyof Ports,
    purpose,
  ]);
  await Promise.all(
    all.map(async ([name, purpose]) => {
      try {
        await (await listenOnLoopback(ports[name], () => {})).close();
      } catch (cause) {
        throw new Error(
          `Port ${ports[name]}, for ${purpose}, is taken or may not be used: end the program that listens there or choose other ports with --port.`,
          { cause },
        );
      }
    }),
  );
}
