import type { PutMetric } from './metric-data.ts';

/** A filter that makes a metric of an access log's lines (`AWS::Logs::MetricFilter`). */
export interface MetricFilterView {
  /** The line's status that is counted. */
  status: string;
  namespace: string;
  name: string;
  value: number;
}

/** Tells of an answer of the gateway by its status. */
export type Answered = (status: number) => void;

/** What API Gateway measures of each answer, and what the filters of its access log make of it. */
export function measureAnswers(
  apiName: string,
  filters: readonly MetricFilterView[],
  put: PutMetric,
): Answered {
  const dimensions = { ApiName: apiName };
  return (status) => {
    put({ namespace: 'AWS/ApiGateway', name: 'Count', dimensions, value: 1 });
    put({
      namespace: 'AWS/ApiGateway',
      name: '4XXError',
      dimensions,
      value: status >= 400 && status < 500 ? 1 : 0,
    });
    put({ namespace: 'AWS/ApiGateway', name: '5XXError', dimensions, value: status >= 500 ? 1 : 0 });
    for (const { namespace, name, value } of filters.filter((filter) => filter.status === String(status)))
      put({ namespace, name, dimensions: {}, value });
  };
}
