import { CapsnetError, expectKnownOptions } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { AdamOptions, NativeAdam } from '../../native-adam';
import { ownOperation } from './own-operations';
import { engineName, float32, type TensorFlowBackend, tensorFlowBackend } from './tensorflow-backend';

/**
 * Adam (Kingma and Ba 2015, algorithm 1) by one operation, which updates weights and moments in place in one pass: ours for
 * all variables at once, or TensorFlow's for each:
 *
 *     m = beta1 m + (1 - beta1) g            mHat = m / (1 - beta1^t)
 *     v = beta2 v + (1 - beta2) g^2          vHat = v / (1 - beta2^t)
 *     p -= learningRate mHat / (sqrt(vHat) + epsilon)
 *
 * Its state is `<name>/m` and `<name>/v` for each variable and the scalar `step` (int32), t above. A variable whose data
 * another tensor shares is copied first, which costs time and changes nothing else.
 *
 * @param variables those to update, float32, by name
 * @returns undefined unless the native backend is the one in use
 */
export function nativeAdam(
  variables: Readonly<Record<string, tf.Variable>>,
  options: AdamOptions = {},
): NativeAdam | undefined {
  expectKnownOptions('nativeAdam', options, ['beta1', 'beta2', 'epsilon']);
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  if (tf.getBackend() !== engineName) return undefined;
  const backend = tensorFlowBackend();
  const moments = Object.entries(variables).map(([name, variable]) => ({
    name,
    variable,
    m: zeros(variable.shape),
    v: zeros(variable.shape),
  }));
  const operation = ownOperation('Adam');
  const update = operation ? updateByOwnOperation(backend, operation) : updateByResources(backend);
  let step = 0;

  return {
    learningRate: 1e-3,

    apply(gradients) {
      if (tf.getBackend() !== engineName) {
        throw new CapsnetError(
          'unavailable',
          `nativeAdam: expected the native backend to be in use, found "${tf.getBackend()}"`,
        );
      }
      for (const { name, variable } of moments) checkGradient(name, variable, gradients[name]);
      step++;
      // The moments' bias is corrected here, in the rate and in epsilon.
      const root = Math.sqrt(1 - beta2 ** step);
      const rateHat = (this.learningRate * root) / (1 - beta1 ** step);
      update.apply(
        moments.map(each => ({ ...each, gradient: gradients[each.name]! })),
        {
          rate: rateHat,
          beta1,
          beta2,
          epsilon: epsilon * root,
        },
      );
    },

    state() {
      const state: tf.NamedTensorMap = { step: tf.scalar(step, 'int32') };
      for (const { name, m, v } of moments) {
        state[`${name}/m`] = tf.clone(m);
        state[`${name}/v`] = tf.clone(v);
      }
      return state;
    },

    restore(state) {
      const steps = saved(state, 'step', []).dataSync()[0]!;
      if (!(Number.isInteger(steps) && steps >= 0)) {
        throw new CapsnetError('other-run', `nativeAdam: expected a saved step of 0 or more, found ${steps}`);
      }
      const restored = moments.map(({ name, variable: { shape }, m, v }) => ({
        ...{ m, savedM: saved(state, `${name}/m`, shape) },
        ...{ v, savedV: saved(state, `${name}/v`, shape) },
      }));
      for (const { m, v, savedM, savedV } of restored) {
        m.assign(savedM);
        v.assign(savedV);
      }
      step = steps;
    },

    dispose() {
      for (const { m, v } of moments) tf.dispose([m, v]);
      update.dispose();
    },
  };
}

function zeros(shape: readonly number[]): tf.Variable {
  return tf.tidy(() => tf.variable(tf.zeros([...shape]), false));
}

function checkGradient(name: string, { shape }: tf.Variable, gradient: tf.Tensor | undefined): void {
  if (!gradient) {
    throw new CapsnetError(
      'invalid-argument',
      `nativeAdam: expected a gradient of every variable, found none of "${name}"; the loss does not depend on it. ` +
        'Set trainable = false on a variable that is not to be trained',
    );
  }
  if (!tf.util.arraysEqual(gradient.shape, shape) || gradient.dtype !== 'float32') {
    throw new CapsnetError(
      'invalid-tensor',
      `nativeAdam: expected a gradient of "${name}" of shape [${shape}] and float32, ` +
        `found [${gradient.shape}] and ${gradient.dtype}`,
    );
  }
}

function saved(state: tf.NamedTensorMap, name: string, shape: readonly number[]): tf.Tensor {
  const tensor = state[name];
  if (tensor && tf.util.arraysEqual(tensor.shape, [...shape])) return tensor;
  const found = tensor ? `[${tensor.shape}]` : 'none';
  throw new CapsnetError(
    'other-run',
    `nativeAdam: expected a saved "${name}" of shape [${shape}], found ${found}`,
  );
}

/** A variable with its moments and gradient. */
interface Update {
  readonly variable: tf.Variable;
  readonly m: tf.Variable;
  readonly v: tf.Variable;
  readonly gradient: tf.Tensor;
}

/** p -= rate m / (sqrt(v) + epsilon) */
interface Settings {
  readonly rate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

interface Updater {
  apply(updates: readonly Update[], settings: Settings): void;
  dispose(): void;
}

/** Our operation writes into its inputs, so it is given only tensors that nobody else can see. */
function updateByOwnOperation(backend: TensorFlowBackend, operation: string): Updater {
  /** The data that it made: it is TensorFlow's own, not an array of JavaScript's that a tensor was made of. */
  const made = new Map<tf.Variable, tf.DataId>();
  const own = (variable: tf.Variable) => {
    const isOurs = made.get(variable) === variable.dataId;
    if (isOurs && backend.tensorMap.get(variable.dataId).refCount === 1) return;
    const copy = backend.executeSingleOutput('DeepCopy', [float32(backend)], [variable]);
    variable.assign(copy);
    copy.dispose();
    made.set(variable, variable.dataId);
  };
  return {
    apply(updates, { rate, beta1, beta2, epsilon }) {
      for (const { variable, m, v } of updates) [variable, m, v].forEach(own);
      const numbers = tf.tensor1d([rate, beta1, beta2, epsilon]);
      const inputs = [
        numbers,
        ...updates.map(({ variable }) => variable),
        ...updates.map(({ m }) => m),
        ...updates.map(({ v }) => v),
        ...updates.map(({ gradient }) => gradient),
      ];
      const count = { name: 'N', type: backend.binding.TF_ATTR_INT, value: updates.length };
      try {
        const updated = backend.executeMultipleOutputs(operation, [count], inputs, updates.length);
        updates.forEach(({ variable }, index) => {
          // The same memory by another name: who keeps something for the data of a variable sees that it has changed.
          variable.assign(updated[index]!);
          updated[index]!.dispose();
          made.set(variable, variable.dataId);
        });
      } finally {
        numbers.dispose();
      }
    },
    dispose: () => made.clear(),
  };
}

/**
 * TensorFlow's operation updates variables of its own, to which the data is lent. It corrects neither epsilon nor, to the last
 * digit, the rate, so it is told that beta1^t and beta2^t are 0.
 */
function updateByResources(backend: TensorFlowBackend): Updater {
  const handles = [resourceHandle(backend), resourceHandle(backend), resourceHandle(backend)];
  return {
    apply(updates, { rate, beta1, beta2, epsilon }) {
      const settings = [0, 0, rate, beta1, beta2, epsilon].map(value => tf.scalar(value));
      try {
        for (const { variable, m, v, gradient } of updates) {
          updateInPlace(backend, handles, [variable, m, v], ids => {
            const inputs = [...ids, ...backend.getInputTensorIds([...settings, gradient])];
            backend.binding.executeOp('ResourceApplyAdam', [float32(backend)], inputs, 0);
          });
        }
      } finally {
        tf.dispose(settings);
      }
    },
    dispose() {
      for (const handle of handles.splice(0)) destroy(backend, handle);
    },
  };
}

/** A variable of TensorFlow's own, still empty; tensors of any shape can be assigned to it. */
function resourceHandle(backend: TensorFlowBackend): number {
  const { binding } = backend;
  const attributes = [
    float32(backend, 'dtype'),
    { name: 'shape', type: binding.TF_ATTR_SHAPE, value: [] },
    { name: 'container', type: binding.TF_ATTR_STRING, value: '' },
    { name: 'shared_name', type: binding.TF_ATTR_STRING, value: anonymous },
  ];
  return binding.executeOp('VarHandleOp', attributes, [], 1)[0]!.id;
}

/** TensorFlow's ResourceHandle::ANONYMOUS_NAME: every handle of this name is one of its own. */
const anonymous = 'cd2c89b7-88b7-44c8-ad83-06c2a9158347';

function destroy(backend: TensorFlowBackend, handle: number): void {
  const { binding } = backend;
  const ignoreMissing = { name: 'ignore_lookup_error', type: binding.TF_ATTR_BOOL, value: true };
  binding.executeOp('DestroyResourceOp', [ignoreMissing], [handle], 0);
  binding.deleteTensor(handle);
}

/** Lends the data of variables to TensorFlow's own variables for one operation, without a copy where nobody else has it. */
function updateInPlace(
  backend: TensorFlowBackend,
  handles: readonly number[],
  variables: readonly tf.Variable[],
  update: (handles: readonly number[]) => void,
): void {
  const { binding } = backend;
  const dtype = [float32(backend, 'dtype')];
  variables.forEach((variable, i) => {
    binding.executeOp('AssignVariableOp', dtype, [handles[i]!, ...backend.getInputTensorIds([variable])], 0);
    // While tfjs holds the data too, TensorFlow would update a copy of it. Other tensors than the variable need that copy.
    const data = backend.tensorMap.get(variable.dataId);
    if (data.refCount > 1) return;
    binding.deleteTensor(data.id);
    data.id = -1;
  });
  try {
    update(handles);
  } finally {
    variables.forEach((variable, i) => {
      const [metadata] = binding.executeOp('ReadVariableOp', dtype, [handles[i]!], 1);
      const updated = backend.createOutputTensor(metadata!);
      variable.assign(updated);
      updated.dispose();
    });
  }
}
