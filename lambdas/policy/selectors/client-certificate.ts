import { selectorKind } from './selector-kind.ts';

/** The client certificate of the request, by its common name, its fingerprint or both. */
export const clientCertificate = selectorKind({
  name: 'clientCertificate',
  attribute: 'client certificate',
  continuous: true,
  judge:
    (wanted) =>
    ({ certificate }) => {
      if (!certificate) return certificate === null ? false : undefined;
      const { commonName = certificate.commonName, fingerprint = certificate.fingerprint } = wanted;
      return certificate.commonName === commonName && certificate.fingerprint === fingerprint;
    },
  actual: ({ certificate }) => certificate,
});
