import type { Host } from './host';

/**
 * A ServerDef of TensorFlow (tensorflow/core/protobuf/tensorflow_server.proto): all workers as tasks of one job, of which the
 * first leads, and gRPC between them.
 */
export function serverDefinition(hosts: readonly Host[], rank: number): Uint8Array {
  const tasks = hosts.map(({ text }, at) => message(2, number(1, at), message(2, text)));
  const job = message(1, message(1, jobName), ...tasks);
  const experimental = message(16, message(1, `/job:${jobName}/replica:0/task:0`)); // collective_group_leader
  return Buffer.concat([
    message(1, job),
    message(2, jobName),
    number(3, rank),
    message(4, experimental),
    message(5, 'grpc'),
  ]);
}

const jobName = 'worker';

function message(field: number, ...parts: readonly (string | Uint8Array)[]): Buffer {
  const content = Buffer.concat(parts.map(part => Buffer.from(part as string)));
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content]);
}

function number(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  return Buffer.from([...bytes, value]);
}
