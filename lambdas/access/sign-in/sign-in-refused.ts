import { SallyportError } from '../../shared/errors.ts';

interface Detail {
  /** The identity provider that spoke of the person. */
  idp?: string | undefined;
  /** What only the record says: the application hears the message, and nobody has let it know who signs in. */
  recorded?: string | undefined;
}

/** A refusal of whom an identity provider sent. */
export class SignInRefused extends SallyportError {
  readonly idp: string | undefined;
  readonly recorded: string | undefined;

  constructor(message: string, { idp, recorded }: Detail = {}) {
    super('sign_in_refused', 403, message);
    this.name = 'SignInRefused';
    this.idp = idp;
    this.recorded = recorded;
  }
}
