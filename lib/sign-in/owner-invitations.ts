import { createHash } from 'node:crypto';
import { CfnUserPoolUser, type UserInvitationConfig, type UserPool } from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';

/** Days that the password of an invitation works. */
export const INVITATION_DAYS = 3;

/** What somebody reads whom an owner, or this stack, adds to the user pool. */
export const invitation = (deployment: string, origin: string): UserInvitationConfig => ({
  emailSubject: `Your invitation to ${deployment}`,
  emailBody: [
    `<p>You are invited to ${deployment}, through which AI clients reach the tools of your organisation.</p>`,
    `<p>Sign in at <a href="${origin}">${origin}</a><br>as {username}<br>with the password {####}</p>`,
    `<p>The password works for ${INVITATION_DAYS} days. You choose one of your own when you sign in.</p>`,
    `<p>If you do not know ${deployment}, ask your security team before you sign in.</p>`,
  ].join('\n'),
});

/**
 * Invites an owner to the pool. Who is no owner any more is removed from it with the next deployment; deploying again
 * neither invites again nor changes an account that is there.
 */
export function inviteOwner(scope: Construct, pool: UserPool, email: string): CfnUserPoolUser {
  // By the address, so that no other account is touched when the list changes; hashed, since ids show up everywhere.
  const id = createHash('sha256').update(email).digest('hex').slice(0, 8);
  return new CfnUserPoolUser(scope, id, {
    userPoolId: pool.userPoolId,
    username: email,
    desiredDeliveryMediums: ['EMAIL'],
    userAttributes: [
      { name: 'email', value: email },
      { name: 'email_verified', value: 'true' },
    ],
  });
}
