import { Option } from '@commander-js/extra-typings';
import { exportFormatNames, exportFormats } from '../../export/export-formats';
import { expectFree, writeExport } from '../../export/write-export';
import { openModel } from '../../models/open-model';
import { openConsole } from '../../terminal/console';
import { printableName } from '../../terminal/printable';
import { command } from '../command';
import { backend, json, modelOptions } from '../options';

export const exportNetwork = modelOptions(
  command('export', 'Write a trained network in a form that other programs read.', [
    ['capsnet export --to onnx --out capsnet.onnx', 'the newest run, for ONNX Runtime'],
    ['capsnet export --run mine --to pytorch --out mine', 'a folder: weights, and the model in Python'],
    ['capsnet export --model m.safetensors --to tfjs --out m', 'a folder that tf.loadLayersModel reads'],
  ]),
)
  .addOption(new Option('--to <format>', 'the form: ').choices(exportFormatNames).makeOptionMandatory())
  .requiredOption('--out <path>', 'file (onnx, npz) or folder (tfjs, pytorch) to write')
  .option('--force', 'overwrite it')
  .addOption(backend)
  .addOption(json)
  .action(async ({ to, out, force, ...options }) => {
    const output = openConsole(options.json ?? false);
    const { as, load } = exportFormats[to];
    expectFree(out, as, force);
    const { net, pictures } = await openModel(output, options);
    const exported = await (await load())({ net, classes: pictures.classes });
    await writeExport(out, as, exported);
    const files = exported.files.map(({ name, bytes }) => ({ name, bytes: bytes.length }));
    const bytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
    output.print(`\n${to}, ${(bytes / 1e6).toFixed(1)} MB: ${printableName(out)}`);
    if (as === 'folder') for (const { name } of files) output.print(`  ${name}`);
    output.emit({ out, to, bytes, ...(as === 'folder' && { files }), ...exported.facts });
  });
