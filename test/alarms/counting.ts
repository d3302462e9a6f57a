/** Imported first: handlers read it when they are loaded. */
process.env.DEPLOYMENT_NAME = 'Sallyport-Embedded';
delete process.env.POWERTOOLS_METRICS_DISABLED;
