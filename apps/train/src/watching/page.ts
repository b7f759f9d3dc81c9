/** The page, its style and its script, each a file of its own: the policy of the page allows nothing within it. */
export const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>capsnet</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css">
<script type="module" src="/page.js"></script>
</head>
<body>
<header>
<h1 id="name">capsnet</h1>
<p id="state" role="status">loading</p>
<progress id="progress" max="1" value="0" aria-label="steps done"></progress>
<dl id="facts"></dl>
</header>
<main>
<figure hidden><img id="curves" alt="Loss and error over the epochs, of training and validation"></figure>
<figure hidden><img id="confusion" alt="Confusion matrix: which class was taken for which"></figure>
<figure hidden><img id="reconstructions" alt="Images, each above what the decoder makes of its most active capsule"></figure>
</main>
</body>
</html>
`;

export const css = `:root { color-scheme: light; }
body { margin: 0 auto; padding: 1rem; max-width: 62rem; font: 1rem/1.5 system-ui, sans-serif; color: #1f2430; background: #fff; }
h1 { margin: 0; font-size: 1.25rem; overflow-wrap: anywhere; }
#state { margin: 0.25rem 0; }
progress { width: 100%; accent-color: #1d4e89; }
dl { display: flex; flex-wrap: wrap; gap: 0.5rem 1.5rem; margin: 0.75rem 0; }
dt { color: #6b7280; font-size: 0.875rem; }
dd { margin: 0; font-variant-numeric: tabular-nums; }
figure { margin: 1rem 0; }
img { max-width: 100%; height: auto; }
`;

export const script = `const byId = id => document.getElementById(id);
const percent = value => (100 * value).toFixed(2) + '%';
function duration(seconds) {
  const whole = Math.round(seconds);
  if (whole < 60) return whole + ' s';
  if (whole < 3600) return Math.floor(whole / 60) + ' min ' + (whole % 60) + ' s';
  return Math.floor(whole / 3600) + ' h ' + Math.floor((whole % 3600) / 60) + ' min';
}
const of = (part, whole) => whole === null ? String(part) : part + ' of ' + whole;

function show(state) {
  document.title = state.name + ' - capsnet';
  byId('name').textContent = state.name;
  byId('state').textContent = state.state + (state.secondsLeft !== null && state.state === 'running' ? ', ' + duration(state.secondsLeft) + ' left' : '');
  byId('progress').value = state.steps ? state.step / state.steps : 0;
  const facts = [
    ['epoch', of(state.epoch, state.epochs)],
    ['step', of(state.step, state.steps)],
    ['loss', state.loss?.toFixed(4)],
    ['accuracy', state.accuracy === null ? undefined : percent(state.accuracy)],
    ['validation loss', state.validationLoss?.toFixed(4)],
    ['validation error', state.validationError === null ? undefined : percent(state.validationError)],
    ['lowest', state.bestValidationError === null ? undefined : percent(state.bestValidationError)],
    ['learning rate', state.learningRate?.toPrecision(3)],
    ['time', duration(state.seconds)],
  ];
  byId('facts').replaceChildren(...facts.filter(([, value]) => value !== undefined).map(([name, value]) => {
    const group = document.createElement('div');
    const [term, text] = [document.createElement('dt'), document.createElement('dd')];
    term.textContent = name;
    text.textContent = value;
    group.append(term, text);
    return group;
  }));
  for (const [name, version] of Object.entries(state.pictures)) {
    const image = byId(name);
    const address = '/' + name + '?' + version;
    if (image.getAttribute('src') === address) continue;
    image.src = address;
    image.parentElement.hidden = false;
  }
}

let last = '';
async function update() {
  try {
    const answer = await fetch('/state', { signal: AbortSignal.timeout(30000) });
    const state = await answer.json();
    show(state);
    last = state.state;
  } catch {
    // The page is closed with the training.
    byId('state').textContent = last === 'finished' ? 'finished' : 'no answer any more: the training has ended, or was stopped';
  }
  setTimeout(update, 1000);
}
update();
`;
