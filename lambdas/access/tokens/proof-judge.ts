import { hash } from 'node:crypto';
import { SallyportError } from '../../shared/errors.ts';
import type { HttpRequest } from '../../shared/http.ts';
import type { Table } from '../../shared/table.ts';
import { nowSeconds } from '../lifetimes.ts';
import type { HolderToken } from '../sessions/holder.ts';
import { PROOF_WINDOW, type Proof, proofRefusal, readProof } from './dpop-proof.ts';
import type { PresentedToken } from './presented-token.ts';

export interface ProofJudge {
  /**
   * Whether whoever sent the request may use this token: anybody for a bearer token, the holder of its key for a
   * bound one, with a proof for this very request that was not used before.
   * @throws SallyportError `invalid_token` or `invalid_dpop_proof`, both 401.
   */
  judge(request: HttpRequest, presented: PresentedToken, token: HolderToken): Promise<void>;
}

/** @throws SallyportError `invalid_token` 401 for a bound token without a proof, and the other way round. */
export function checkScheme({ scheme }: PresentedToken, { jkt }: HolderToken): void {
  if ((scheme === 'DPoP') === (jkt !== undefined)) return;
  const message =
    jkt === undefined
      ? 'The access token is bound to no key: send it as `Authorization: Bearer`.'
      : 'The access token is bound to a key: send it as `Authorization: DPoP`, with a proof.';
  throw new SallyportError('invalid_token', 401, message, { at: 'header Authorization' });
}

/** False when the proof was used before. Afterwards it is too old, so that its item may vanish. */
const useOnce = (identity: Table, { jkt, jti, iat }: Proof): Promise<boolean> =>
  identity.putNew({
    pk: `DpopProof#${hash('sha256', `${jkt}\0${jti}`, 'base64url')}`,
    sk: 'current',
    ttl: Math.ceil(iat) + PROOF_WINDOW + 1,
  });

/** The judge of an endpoint under `origin`, or under the one that the front door says; never a host that the request itself names. */
export function createProofJudge(origin: string, identity: Table): ProofJudge {
  return {
    async judge(request, presented, token) {
      checkScheme(presented, token);
      if (token.jkt === undefined) return;
      const header = request.headers.dpop;
      if (header === undefined) throw proofRefusal('The request needs a DPoP proof in the header DPoP.');
      const { method, path, body } = request;
      const proven = { method, url: (request.origin ?? origin) + path, token: presented.token, body };
      const proof = await readProof(header, proven, nowSeconds());
      if (proof.jkt !== token.jkt)
        throw proofRefusal('The proof is signed with another key than the token is bound to.');
      if (!(await useOnce(identity, proof)))
        throw proofRefusal('The proof was used before: make one for each request.');
    },
  };
}
