import { Logger } from '@aws-lambda-powertools/logger';

/** The structured logger of this function. Never pass it tokens, credentials, arguments or answers. */
export const logger = new Logger();
