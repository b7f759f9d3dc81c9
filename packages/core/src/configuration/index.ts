export { checked } from './check';
export {
  type DeepReadonly,
  field,
  finite,
  fraction,
  kindByDefault,
  positive,
  required,
  section,
  seed,
  size,
} from './fields';
export { type ConfigurationKey, configurationKeys } from './keys';
