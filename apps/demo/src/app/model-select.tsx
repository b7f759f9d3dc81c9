import { pretrainedModels } from '../network/model-source';
import { modelSource, useModel } from '../network/network-client';
import { isTrainedHere, trainedFile, trainedTitle, useTrained } from '../training/trained-network';

const trainedHere = 'trained here';
const otherFile = 'file';

/** Which network the panels ask. */
export function ModelSelect() {
  const { value } = modelSource;
  const ofFile = isTrainedHere(value) ? trainedHere : otherFile;
  const chosen = 'pretrained' in value ? value.pretrained : ofFile;
  return (
    <label class="model">
      Network{' '}
      <select
        value={chosen}
        onChange={({ currentTarget: { value: name } }) => {
          const pretrained = pretrainedModels.find(model => model.name === name);
          if (pretrained) void useModel({ pretrained: pretrained.name });
          else if (name === trainedHere && trainedFile.value) useTrained(trainedFile.value);
        }}
      >
        {pretrainedModels.map(({ name, title }) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
        {trainedFile.value && <option value={trainedHere}>{trainedTitle}</option>}
        {chosen === otherFile && 'title' in value && <option value={otherFile}>{value.title}</option>}
      </select>
    </label>
  );
}
