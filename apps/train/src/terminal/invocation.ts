/** How the user calls this program, for commands to copy: `capsnet`, `npx @capsnet/train`, or through `npm start`. */
export function invocation(...args: readonly string[]): string {
  const { npm_lifecycle_event: script, npm_command: npm, npm_package_name: workspace } = process.env;
  const program =
    script === 'start' && workspace === 'capsnet-workspace'
      ? 'npm start --'
      : npm === 'exec'
        ? 'npx @capsnet/train'
        : 'capsnet';
  return [program, ...args.map(quoted)].join(' ');
}

function quoted(arg: string): string {
  return /^[\w./:=@%+,-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`;
}
