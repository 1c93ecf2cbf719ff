import type { Precision } from '../catalog/model-entry.ts';

/** Field numbers and types of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */
const types = { float: 1, uint8: 2, int8: 3, float16: 10 } as const;
type Kind = keyof typeof types;

const IR_VERSION = 8;
const OPERATORS = 17;
/** Weights of four bits that share a scale, as transformers.js's conversions have them. */
const BLOCK = 32;

/**
 * An ONNX graph with the work of one feed-forward layer, of which most of an encoder's time is: [tokens × width] through `width` × 4 and back, with
 * weights of a form. Input `x` and output `y` are float32; the numbers mean nothing.
 */
export function probeGraph(precision: Precision, tokens: number, width: number): Uint8Array {
  const wide = width * 4;
  const first = layer(precision, 'a', 'x', 'h', width, wide);
  const second = layer(precision, 'b', 'h', 'y', wide, width);
  const graph = message(
    ...[...first.nodes, ...second.nodes].map((node) => bytes(1, node)),
    text(2, 'probe'),
    ...[...first.weights, ...second.weights].map((weight) => bytes(5, weight)),
    bytes(11, value('x', [tokens, width])),
    bytes(12, value('y', [tokens, width])),
  );
  const opsets = [message(text(1, ''), number(2, OPERATORS)), message(text(1, 'com.microsoft'), number(2, 1))];
  return message(number(1, IR_VERSION), ...opsets.map((opset) => bytes(8, opset)), bytes(7, graph));
}

interface Layer {
  readonly nodes: readonly Uint8Array[];
  readonly weights: readonly Uint8Array[];
}

/** `input` times weights of [from × to]. */
function layer(precision: Precision, name: string, input: string, output: string, from: number, to: number): Layer {
  const own = (part: string): string => `${name}_${part}`;
  if (precision === 'fp32')
    return {
      nodes: [node('MatMul', [input, own('w')], [output])],
      weights: [tensor(own('w'), 'float', [from, to], filled(from * to * 4, FLOAT))],
    };
  if (precision === 'int8')
    return {
      nodes: [
        node('DynamicQuantizeLinear', [input], [own('q'), own('s'), own('z')]),
        node('MatMulInteger', [own('q'), own('w'), own('z'), own('wz')], [own('i')]),
        node('Cast', [own('i')], [own('f')], [['to', types.float]]),
        node('Mul', [own('s'), own('ws')], [own('ss')]),
        node('Mul', [own('f'), own('ss')], [output]),
      ],
      weights: [
        tensor(own('w'), 'int8', [from, to], filled(from * to, Uint8Array.of(3))),
        tensor(own('wz'), 'int8', [], new Uint8Array(1)),
        tensor(own('ws'), 'float', [], FLOAT),
      ],
    };
  const isHalf = precision !== 'q4' && precision !== 'bnb4';
  const [given, made] = isHalf ? [own('h'), own('o')] : [input, output];
  const inner = precision === 'fp16' ? half(own, given, made, from, to) : fourBits(precision, own, given, made, from, to);
  if (!isHalf) return inner;
  const nodes = [
    node('Cast', [input], [given], [['to', types.float16]]),
    ...inner.nodes,
    node('Cast', [made], [output], [['to', types.float]]),
  ];
  return { nodes, weights: inner.weights };
}

const half = (own: (part: string) => string, input: string, output: string, from: number, to: number): Layer => ({
  nodes: [node('MatMul', [input, own('w')], [output])],
  weights: [tensor(own('w'), 'float16', [from, to], filled(from * to * 2, HALF))],
});

/** Operators of onnxruntime's own (docs/ContribOperators.md): weights of [to × from], packed two to a byte. */
function fourBits(precision: Precision, own: (part: string) => string, input: string, output: string, from: number, to: number): Layer {
  const sizes = [
    ['K', from],
    ['N', to],
  ] as const;
  if (precision === 'bnb4') {
    const more = [...sizes, ['block_size', 64], ['quant_type', 1]] as const;
    return {
      nodes: [node('MatMulBnb4', [input, own('w'), own('m')], [output], more, 'com.microsoft')],
      weights: [
        tensor(own('w'), 'uint8', [(from * to) / 2], filled((from * to) / 2, Uint8Array.of(0x79))),
        tensor(own('m'), 'float', [(from * to) / 64], filled((from * to) / 16, FLOAT)),
      ],
    };
  }
  const [kind, one] = precision === 'q4f16' ? (['float16', HALF] as const) : (['float', FLOAT] as const);
  const blocks = from / BLOCK;
  return {
    nodes: [node('MatMulNBits', [input, own('w'), own('m')], [output], [...sizes, ['bits', 4], ['block_size', BLOCK]], 'com.microsoft')],
    weights: [
      tensor(own('w'), 'uint8', [to, blocks, BLOCK / 2], filled((from * to) / 2, Uint8Array.of(0x79))),
      tensor(own('m'), kind, [to * blocks], filled(to * blocks * one.length, one)),
    ],
  };
}

/** Small numbers, so that none becomes infinite: .01 in single precision, and in half. */
const FLOAT = new Uint8Array(Float32Array.of(0.01).buffer);
const HALF = Uint8Array.of(0x1f, 0x21);

const filled = (length: number, with_: Uint8Array): Uint8Array => Buffer.alloc(length, with_);

function node(
  type: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: readonly (readonly [string, number])[] = [],
  domain = '',
): Uint8Array {
  return message(
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, type),
    ...attributes.map(([name, i]) => bytes(5, message(text(1, name), number(3, i), number(20, 2)))),
    text(7, domain),
  );
}

const tensor = (name: string, kind: Kind, shape: readonly number[], data: Uint8Array): Uint8Array =>
  message(...shape.map((size) => number(1, size)), number(2, types[kind]), text(8, name), bytes(9, data));

function value(name: string, shape: readonly number[]): Uint8Array {
  const axes = message(...shape.map((size) => bytes(1, message(number(1, size)))));
  return message(text(1, name), bytes(2, message(bytes(1, message(number(1, types.float), bytes(2, axes))))));
}

/** A protobuf message of its fields (https://protobuf.dev/programming-guides/encoding). */
const message = (...fields: readonly Uint8Array[]): Uint8Array => Buffer.concat(fields);
const number = (field: number, value: number): Uint8Array => Buffer.from([...varint(field * 8), ...varint(value)]);
const bytes = (field: number, content: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from([...varint(field * 8 + 2), ...varint(content.length)]), content]);
const text = (field: number, content: string): Uint8Array => bytes(field, Buffer.from(content));

function varint(value: number): readonly number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
}
