import { selectorKind } from './selector-kind.ts';

/** Whatever client certificate the gateway verified. */
export const anyClientCertificate = selectorKind({
  name: 'anyClientCertificate',
  attribute: 'client certificate',
  continuous: true,
  judge:
    () =>
    ({ certificate }) =>
      certificate === undefined ? undefined : certificate !== null,
  actual: ({ certificate }) => certificate,
});
