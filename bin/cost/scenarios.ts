/** How a deployment is used in a month. */
export interface Use {
  name: string;
  /** Who sign in by an identity provider. */
  people: number;
  /** Tool calls of each on a working day, of which a month has 22. */
  callsPerDay: number;
  /** Seconds that a tool takes: the relay waits, and Lambda counts it. */
  toolSeconds: number;
  /** KB of arguments and answer that the portal keeps of a call; 0 when it keeps none. */
  keptKb: number;
}

export const SCENARIOS: readonly Use[] = [
  { name: 'idle', people: 0, callsPerDay: 0, toolSeconds: 0, keptKb: 0 },
  { name: '3,000 people', people: 3000, callsPerDay: 40, toolSeconds: 0.5, keptKb: 0 },
  { name: 'heavy use', people: 10_000, callsPerDay: 100, toolSeconds: 1.5, keptKb: 8 },
];

/** What happens for one tool call, on average. */
export const PER_CALL = {
  /** Requests at the gateway: the call itself, and its share of lists, sign-ins and token refreshes. */
  requests: 1.3,
  /** Invocations of the authorizer, whose answer is kept for a minute. */
  authorizer: 0.3,
  /** Seconds that the relay itself takes, at 1 GB. */
  relaySeconds: 0.06,
  /** Intent and outcome, each an item of up to 1 KB with two index entries. */
  records: 2,
  writesPerRecord: 3,
  recordKb: 1.3,
  reads: 4,
  logKb: 1,
  egressKb: 10,
  /** One in twenty requests is traced. */
  traced: 0.05,
};

/** What happens in a month without anybody. */
export const STANDING = {
  /** One a minute; each asks what is due and says when it was there. */
  ticks: 43_800,
  readsPerTick: 4,
  writesPerTick: 2,
  tickSeconds: 0.1,
  tickGb: 0.5,
  /** Lambda asks each queue from five pollers, each for 20 seconds at a time. */
  pollsPerQueue: 657_000,
  /** Days that records and what was kept of calls are there. */
  retentionDays: 30,
};
