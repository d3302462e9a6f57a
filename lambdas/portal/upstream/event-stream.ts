/**
 * Reads `text/event-stream` piece by piece (HTML Living Standard section 9.2.6): data of message events, in
 * order. Ids and retry times are not used: an answer is read on the connection that asked.
 */
export class EventStreamParser {
  #partial: string[] = [];
  #data: string[] = [];
  #event = '';
  #atStart = true;
  #heldReturn = false;

  /** Takes decoded text and returns the data of every event that is now complete. */
  push(chunk: string): string[] {
    let text = this.#heldReturn ? `\r${chunk}` : chunk;
    this.#heldReturn = text.endsWith('\r');
    if (this.#heldReturn) text = text.slice(0, -1);
    if (this.#atStart && text !== '') {
      this.#atStart = false;
      if (text.startsWith('\uFEFF')) text = text.slice(1);
    }
    const lines = text.split(/\r\n|\n|\r/);
    const rest = lines.pop() ?? '';
    const events: string[] = [];
    for (const line of lines) {
      const whole = this.#partial.length > 0 ? this.#partial.join('') + line : line;
      this.#partial = [];
      const data = this.#line(whole);
      if (data !== undefined) events.push(data);
    }
    if (rest !== '') this.#partial.push(rest);
    return events;
  }

  #line(line: string): string | undefined {
    if (line === '') {
      const data = this.#data.length > 0 && isMessage(this.#event) ? this.#data.join('\n') : undefined;
      this.#data = [];
      this.#event = '';
      return data;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') this.#data.push(value);
    else if (field === 'event') this.#event = value;
    return undefined;
  }
}

const isMessage = (event: string): boolean => event === '' || event === 'message';
