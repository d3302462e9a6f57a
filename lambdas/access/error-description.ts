/** Text for `error_description`: printable ASCII without quotes and backslashes (RFC 6749 section 4.1.2.1). */
export const errorDescription = (text: string): string =>
  text.replaceAll('"', "'").replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '?');
