import { createHmac, timingSafeEqual } from 'node:crypto';

/** Forms of one interaction carry this token; it is of no use on another one. */
export function formToken(key: string, interaction: string): string {
  return createHmac('sha256', key).update(`form\0${interaction}`).digest('base64url');
}

export function isFormToken(key: string, interaction: string, given: string | null): boolean {
  const [expected, actual] = [Buffer.from(formToken(key, interaction)), Buffer.from(given ?? '')];
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}
