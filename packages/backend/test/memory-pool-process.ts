import { listBackends, pickBackend } from '../src/node';

// Prints what is said of TensorFlow's pool before and after native is picked, and the setting that TensorFlow reads.
const pool = (device: string) => device.split(', ').at(-1);
const native = (await listBackends()).find(({ name }) => name === 'native');
console.log(`listed: ${native?.available ? pool(native.device) : native?.reason}`);
console.log(`picked: ${pool((await pickBackend({ only: 'native' })).device)}`);
console.log(`setting ${process.env.TF_CPU_ALLOCATOR_USE_BFC}`);
