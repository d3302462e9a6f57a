/** A request for time off, as it stands; it lives as long as the process. */
export interface TimeOffRequest {
  id: string;
  employee: string;
  from: string;
  to: string;
  /** Working days, Monday to Friday. */
  days: number;
  status: 'pending';
}

const DAY = 86_400_000;

/** Working days from the first to the last day, both included; 0 when the last is before the first. */
export function workingDays(from: string, to: string): number {
  let days = 0;
  for (let day = Date.parse(from); day <= Date.parse(to); day += DAY) {
    const weekday = new Date(day).getUTCDay();
    if (weekday !== 0 && weekday !== 6) days += 1;
  }
  return days;
}

export class TimeOffBook {
  readonly #requests: TimeOffRequest[] = [];

  /** @throws RangeError when the range holds no working day. */
  request(employee: string, from: string, to: string): TimeOffRequest {
    const days = workingDays(from, to);
    if (days === 0) throw new RangeError(`There is no working day from ${from} to ${to}.`);
    const id = `t${String(this.#requests.length + 1).padStart(3, '0')}`;
    const request: TimeOffRequest = { id, employee, from, to, days, status: 'pending' };
    this.#requests.push(request);
    return request;
  }
}
