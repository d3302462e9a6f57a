import { CfnManagedLoginBranding } from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';
import type { Branding } from '../configuration/branding.ts';
import { configuredFile } from './configured-file.ts';

const LOGO_LIMIT = 100_000;
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

interface LoginBrandingProps {
  userPoolId: string;
  clientId: string;
  branding: Branding;
  /** Where the logo's path begins. */
  folder: string;
}

/** The look of the sign-in page. Without this resource Cognito shows no managed login at all. */
export function addLoginBranding(scope: Construct, id: string, props: LoginBrandingProps) {
  const { userPoolId, clientId, branding } = props;
  const { color, logo } = branding;
  if (!color && !logo)
    return new CfnManagedLoginBranding(scope, id, { userPoolId, clientId, useCognitoProvidedValues: true });
  return new CfnManagedLoginBranding(scope, id, {
    userPoolId,
    clientId,
    settings: {
      ...(color ? { componentClasses: { link: { lightMode: linkColors(color) } } } : {}),
      components: {
        ...(color ? { primaryButton: { lightMode: buttonColors(color) } } : {}),
        ...(logo ? { form: { logo: LOGO_ON_TOP } } : {}),
      },
    },
    ...(logo ? { assets: [logoAsset(props.folder, logo)] } : {}),
  });
}

const LOGO_ON_TOP = { enabled: true, location: 'CENTER', position: 'TOP', formInclusion: 'IN' };

function logoAsset(folder: string, path: string): CfnManagedLoginBranding.AssetTypeProperty {
  const content = configuredFile(folder, path, 'branding.logo', LOGO_LIMIT);
  const extension = path.toLowerCase().endsWith('.png') ? 'PNG' : 'SVG';
  if (!(extension === 'PNG' ? content.subarray(0, PNG.length).equals(PNG) : isPicture(content)))
    throw new Error(`branding.logo: ${path} is not a picture of the type ${extension}.`);
  return { category: 'FORM_LOGO', colorMode: 'LIGHT', extension, bytes: content.toString('base64') };
}

/** Scripts, what starts them and what holds other pages, under any namespace prefix. */
const ACTIVE =
  /<(?:[\w.-]+:)?(?:script|foreignObject|handler|listener|iframe|set|animate)|<!ENTITY|[\s"'/]on\w+\s*=|javascript:/i;
const CHARACTER = /&#(?:x([\da-f]{1,6})|(\d{1,7}));/gi;

/** An SVG that draws and does nothing else: the page it is shown on takes passwords. */
function isPicture(content: Buffer): boolean {
  const text = content.toString('utf8').replace(CHARACTER, (_, hex?: string, decimal?: string) => {
    const point = hex ? Number.parseInt(hex, 16) : Number(decimal);
    return point <= 0x10ffff ? String.fromCodePoint(point) : '';
  });
  return /<svg[\s/>]/i.test(text) && !ACTIVE.test(text);
}

/** Cognito writes colours as RRGGBBAA. */
const opaque = (color: string): string => `${color.slice(1).toLowerCase()}ff`;

function linkColors(color: string) {
  const textColor = opaque(color);
  return { defaults: { textColor }, hover: { textColor } };
}

function buttonColors(color: string) {
  const colors = { backgroundColor: opaque(color), textColor: opaque(readableOn(color)) };
  return { defaults: colors, hover: colors, active: colors };
}

/** Black or white, whichever contrasts more (WCAG 2.2, relative luminance). */
function readableOn(color: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return luminance > 0.179 ? '#000000' : '#ffffff';
}
