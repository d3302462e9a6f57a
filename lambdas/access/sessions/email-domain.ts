/** ASCII on both sides: lower case then never makes another address of it. */
const ADDRESS = /^[\x21-\x3f\x41-\x7e]+@([a-z0-9-]+(?:\.[a-z0-9-]+)+)$/i;

/** The domain of an e-mail address in lower case; undefined for what is no plain ASCII address with one `@`. */
export const emailDomainOf = (email: string): string | undefined => ADDRESS.exec(email)?.[1]?.toLowerCase();
