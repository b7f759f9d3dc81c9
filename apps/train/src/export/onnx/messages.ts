/**
 * The messages of onnx.proto that a model needs, as protocol buffers: each field is its number and the kind of its value, then
 * the value. https://github.com/onnx/onnx/blob/main/onnx/onnx.proto has the numbers.
 */

/** A field, or several: messages are put together by concatenation. */
export type Message = Uint8Array;

/** An attribute of a node: a whole number, several, or a fraction. */
export type Attribute = number | readonly number[] | { readonly fraction: number };

/** A size along an axis, or the name of one that is not known before the model runs. */
export type Dimension = number | string;

/** `TensorProto.DataType` */
const dataTypes = { float32: 1, int64: 7 } as const;

export function model(content: {
  readonly irVersion: number;
  readonly opset: number;
  readonly producer: string;
  readonly description: string;
  readonly graph: Message;
  readonly metadata: Readonly<Record<string, string>>;
}): Message {
  return joined(
    integer(1, content.irVersion),
    text(2, content.producer),
    text(6, content.description),
    message(7, content.graph),
    message(8, integer(2, content.opset)),
    ...Object.entries(content.metadata).map(([key, value]) => message(14, text(1, key), text(2, value))),
  );
}

export function graph(content: {
  readonly name: string;
  readonly nodes: readonly Message[];
  readonly initializers: readonly Message[];
  readonly inputs: readonly Message[];
  readonly outputs: readonly Message[];
}): Message {
  return joined(
    ...content.nodes.map(node => message(1, node)),
    text(2, content.name),
    ...content.initializers.map(initializer => message(5, initializer)),
    ...content.inputs.map(input => message(11, input)),
    ...content.outputs.map(output => message(12, output)),
  );
}

export function node(
  type: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, Attribute>>,
): Message {
  return joined(
    ...inputs.map(input => text(1, input)),
    text(2, output),
    text(3, output),
    text(4, type),
    ...Object.entries(attributes).map(([name, value]) => message(5, attribute(name, value))),
  );
}

/** A float32 tensor whose first axis may have a name for its size. */
export function valueInfo(name: string, shape: readonly Dimension[]): Message {
  const dimensions = shape.map(size =>
    message(1, typeof size === 'string' ? text(2, size) : integer(1, size)),
  );
  return joined(
    text(1, name),
    message(2, message(1, integer(1, dataTypes.float32), message(2, ...dimensions))),
  );
}

/** A tensor of constants. */
export function tensor(
  name: string,
  shape: readonly number[],
  values: Float32Array | BigInt64Array,
): Message {
  const type = values instanceof Float32Array ? dataTypes.float32 : dataTypes.int64;
  return joined(
    ...shape.map(size => integer(1, size)),
    integer(2, type),
    text(8, name),
    message(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  );
}

/** The number that `AttributeProto.type` has for a kind stands in field 20. */
function attribute(name: string, value: Attribute): Message {
  if (typeof value === 'number') return joined(text(1, name), integer(3, value), integer(20, 2));
  if ('fraction' in value) return joined(text(1, name), float(2, value.fraction), integer(20, 1));
  return joined(text(1, name), ...value.map(each => integer(8, each)), integer(20, 7));
}

const [varint, withLength, fourBytes] = [0, 2, 5] as const;

function integer(field: number, value: number): Message {
  return joined(digits((field << 3) | varint), digits(value));
}

function float(field: number, value: number): Message {
  const four = Buffer.alloc(4);
  four.writeFloatLE(value);
  return joined(digits((field << 3) | fourBytes), four);
}

function text(field: number, value: string): Message {
  return message(field, Buffer.from(value));
}

function message(field: number, ...content: readonly Message[]): Message {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  return joined(digits((field << 3) | withLength), digits(length), ...content);
}

/** Seven bits in a byte, the lowest first; the eighth says that more follow. Ours are all 0 or more. */
function digits(value: number): Message {
  const found: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) found.push((rest % 128) | 128);
  return Uint8Array.of(...found, rest);
}

function joined(...parts: readonly Message[]): Message {
  return Buffer.concat(parts);
}
