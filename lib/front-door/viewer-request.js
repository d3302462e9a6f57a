import cf from 'cloudfront';

/* oxlint-disable no-unused-vars */
// CloudFront's runtime knows ECMAScript 5.1 and little else: const, but neither patterns nor spreads.

/** What one household or office has: an IPv4 address, or the /64 of an IPv6 address. */
function networkOf(ip) {
  if (ip.indexOf(':') < 0 || ip.indexOf('.') >= 0) return ip;
  const halves = ip.split('::');
  const groups = halves[0] ? halves[0].split(':') : [];
  const last = halves[1] ? halves[1].split(':') : [];
  while (groups.length + last.length < 8) groups.push('0');
  const first = groups.concat(last).slice(0, 4);
  return first.map((group) => parseInt(group, 16).toString(16)).join(':');
}

/**
 * Runs at the edge before each request goes on: the viewer's address is the one that CloudFront saw, whatever the
 * request says. The secret is the distribution's to send. The API is asked under its own name, since it knows no other.
 */
// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it by this name
function handler(event) {
  const request = event.request;
  delete request.headers['x-sallyport-origin-secret'];
  request.headers['x-sallyport-viewer-address'] = { value: event.viewer.ip };
  request.headers['x-sallyport-viewer-network'] = { value: networkOf(event.viewer.ip) };
  cf.updateRequestOrigin({ hostHeader: 'ORIGIN_HOST', sni: 'ORIGIN_HOST' });
  return request;
}
