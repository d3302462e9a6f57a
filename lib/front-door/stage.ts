/** The name of the only stage: whoever stands in front of it or asks about it has to know it before it exists. */
export const STAGE = 'main';
