import cf from 'cloudfront';

/* oxlint-disable no-unused-vars */

/**
 * Runs at the edge before each request goes on: the viewer's address is the one that CloudFront saw, whatever the
 * request says. The secret is the distribution's to send. The API is asked under its own name, since it knows no other.
 */
// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it by this name
function handler(event) {
  const { request, viewer } = event;
  delete request.headers['x-sallyport-origin-secret'];
  request.headers['x-sallyport-viewer-address'] = { value: viewer.ip };
  cf.updateRequestOrigin({ hostHeader: 'ORIGIN_HOST', sni: 'ORIGIN_HOST' });
  return request;
}
