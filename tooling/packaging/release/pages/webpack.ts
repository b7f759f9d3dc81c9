import { type PageEnvironment, pageOf, pageScript } from '../environment.js';

export const webpack: PageEnvironment = {
  name: 'webpack 5',
  tool: 'webpack',
  packages: ['webpack@5', 'webpack-cli@6'],
  files: { 'main.js': pageScript, 'dist/index.html': pageOf('./main.js') },
  commands: [
    ['webpack', '--mode=production', '--no-optimization-minimize', '--entry=./main.js', '--output-path=dist'],
  ],
  needs: 'nothing; it warns of backends that are not installed',
};
