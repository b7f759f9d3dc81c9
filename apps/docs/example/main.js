// The cells of the notebook, one after the other: `npm start`, or `node main.js 1` for a single epoch.
import { buildNetwork, chooseBackend, perturbDigit, readDigits, testNetwork, trainNetwork } from './cells.js';

const epochs = Number(process.argv[2] ?? 3);
console.log(await chooseBackend());
const digits = await readDigits();
const network = buildNetwork();
console.log(await testNetwork(network, digits));
for await (const { step, loss, accuracy } of trainNetwork(network, digits, epochs)) {
  if (step % 10 === 0)
    console.log(`step ${step}  loss ${loss.toFixed(4)}  accuracy ${(100 * accuracy).toFixed(0)}%`);
}
console.log(await testNetwork(network, digits));
const { width, values } = await perturbDigit(network, digits);
console.log(`a sheet of ${width} x ${values.length / width} pixels`);
network.dispose();
