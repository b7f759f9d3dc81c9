export {
  formatBytes as bytes,
  formatCount as count,
  formatDuration as duration,
  formatPercent as percent,
  formatRate as rate,
} from '@capsnet/checks';
