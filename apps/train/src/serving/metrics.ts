import { Counter, collectDefaultMetrics, Gauge, Histogram, register } from 'prom-client';

/** What `/metrics` tells, in the format of Prometheus; that of the process itself beside it. */
export interface ServingMetrics {
  readonly requests: Counter<'route' | 'status'>;
  readonly seconds: Histogram<'route'>;
  readonly images: Counter;
  readonly batches: Histogram;
}

/** @param waiting how many images wait now */
export function servingMetrics(waiting: () => number): ServingMetrics {
  collectDefaultMetrics();
  new Gauge({
    name: 'capsnet_images_waiting',
    help: 'Images that wait for a batch',
    collect() {
      this.set(waiting());
    },
  });
  return {
    requests: new Counter({
      name: 'capsnet_requests_total',
      help: 'Requests answered',
      labelNames: ['route', 'status'],
    }),
    seconds: new Histogram({
      name: 'capsnet_request_seconds',
      help: 'Time from a request to its answer',
      labelNames: ['route'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    }),
    images: new Counter({ name: 'capsnet_images_total', help: 'Images classified' }),
    batches: new Histogram({
      name: 'capsnet_batch_images',
      help: 'Images in a batch',
      buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    }),
  };
}

/** Of this process. */
export function metricsText(): Promise<string> {
  return register.metrics();
}

export const metricsType = register.contentType;
