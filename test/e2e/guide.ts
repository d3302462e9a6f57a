/** One command of a guide, with the output that the guide shows for it. */
export interface GuideStep {
  /** Line of the command's block in the guide. */
  line: number;
  command: string;
  /** Whether the guide says that the command is refused. */
  fails: boolean;
  /** For so many seconds the command may be tried again until it does what the guide says. */
  patience: number;
  /** Lines that must appear in this order; `…` stands for any text. */
  output: string[];
}

/**
 * Reads the steps of a guide: fenced blocks marked `sh` (also `sh fails`, `sh within-N-seconds`), each with the `text` block that follows
 * it before the next command. Blocks marked otherwise are not run.
 */
export function readSteps(markdown: string): GuideStep[] {
  const steps: GuideStep[] = [];
  const block = /^```(\S+)([^\n]*)\n([\s\S]*?)^```$/gm;
  for (const { 1: language, 2: flags = '', 3: content = '', index } of markdown.matchAll(block)) {
    if (language === 'sh' && !flags.includes('not-run')) {
      const line = markdown.slice(0, index).split('\n').length;
      steps.push({
        line,
        command: content.trim(),
        fails: flags.includes('fails'),
        patience: Number(/within-(\d+)-seconds/.exec(flags)?.[1] ?? 0),
        output: [],
      });
    } else if (language === 'text') {
      steps.at(-1)?.output.push(...content.trimEnd().split('\n'));
    }
  }
  return steps;
}

const escapePattern = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The lines that the guide shows and the output lacks, each looked for after the one before it. */
export function missingLines(shown: readonly string[], output: string): string[] {
  const lines = output.split('\n').map((line) => line.trimEnd());
  let from = 0;
  return shown.filter((expected) => {
    if (expected.trim() === '' || expected.trim() === '…') return false;
    const words = expected.trim().split(/(…|\s+)/);
    const pattern = words.map((part) =>
      part === '…' ? '.*' : /^\s+$/.test(part) ? '\\s+' : escapePattern(part),
    );
    const wanted = new RegExp(`^\\s*${pattern.join('')}$`);
    const at = lines.findIndex((line, index) => index >= from && wanted.test(line));
    if (at < 0) return true;
    from = at + 1;
    return false;
  });
}
