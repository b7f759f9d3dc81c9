import { render } from 'preact';
import { App } from './app';
import { startEngine } from './engine';
import { keepDecoding } from './perturbation';
import { keepReading } from './reading';
import { keepRouting } from './routing';
import './style/page.css';
import './style/panels.css';
import { keepTheme } from './theme';
import { restoreTraining } from './training-run';

keepTheme();
keepReading();
keepDecoding();
keepRouting();
void startEngine();
void restoreTraining();
render(<App />, document.getElementById('page')!);
