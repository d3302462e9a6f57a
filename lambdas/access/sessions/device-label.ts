import type { Device } from './person.ts';

/** The first that fits: browsers also name those that they want to be taken for. */
const BROWSERS: readonly [pattern: RegExp, name: string][] = [
  [/\bEdg(e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS)\//, 'Chrome'],
  [/\bVersion\/.*\bSafari\//, 'Safari'],
  [/^sallyport\//, 'Sallyport command line'],
];
const SYSTEMS: readonly [pattern: RegExp, name: string][] = [
  [/\biPad\b/, 'iPad'],
  [/\biPhone\b/, 'iPhone'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];
const LONGEST = 40;

const nameOf = (known: typeof BROWSERS, agent: string) => known.find(([pattern]) => pattern.test(agent))?.[1];

/** A device as people recognize theirs, such as `Firefox on macOS`; a program that is no browser by its own name. */
export function deviceLabel(device: Device | undefined): string {
  const agent = device?.userAgent ?? '';
  const [browser, system] = [nameOf(BROWSERS, agent), nameOf(SYSTEMS, agent)];
  if (browser && system) return `${browser} on ${system}`;
  const own = agent
    .split(/[/ ]/)[0]
    ?.replace(/[^\w.-]/g, '')
    .slice(0, LONGEST);
  return browser ?? system ?? (own || 'Unknown device');
}
