import { CfnOutput } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Alarms } from './alarms.ts';
import type { FrontDoor } from './front-door.ts';
import type { SignIn } from './sign-in.ts';

interface Told {
  frontDoor: FrontDoor;
  signIn: SignIn;
  alarms: Alarms;
}

/** What people need to know of a deployment. Ids are the CDK's, so that one stack may hold several. */
export function addOutputs(scope: Construct, { frontDoor, signIn, alarms }: Told): CfnOutput[] {
  const { origin } = frontDoor;
  const said: Record<string, { description: string; value: string }> = {
    McpUrl: { description: 'What MCP clients connect to', value: `${origin}/mcp` },
    Issuer: { description: 'The OAuth issuer', value: origin },
    ConsoleUrl: { description: 'The page for people', value: `${origin}/` },
    ApiHost: { description: 'The host behind the public origin', value: frontDoor.host },
    UserPoolId: { description: 'Where people sign in', value: signIn.pool.userPoolId },
    OidcCallbackUrl: { description: 'For an OpenID provider: redirect URI', value: signIn.oidcCallbackUrl },
    SamlAcsUrl: { description: 'For a SAML provider: reply URL (ACS)', value: signIn.samlAcsUrl },
    SamlEntityId: { description: 'For a SAML provider: identifier (audience)', value: signIn.samlEntityId },
    WebAclArn: { description: 'The web firewall', value: frontDoor.firewall.acl.attrArn },
    AlarmTopicArn: { description: 'Where alarms are told', value: alarms.topic.topicArn },
    DoctorCommand: { description: 'Checks the deployment', value: `npx sallyport doctor --url ${origin}` },
  };
  if (frontDoor.certificateDomain)
    said.CertificateMcpUrl = {
      description: 'What MCP clients with a certificate connect to',
      value: `${frontDoor.certificateDomain.origin}/mcp`,
    };
  return Object.entries(said).map(([id, output]) => new CfnOutput(scope, id, output));
}
