export {
  type Configuration,
  type ConfigurationSource,
  defineConfiguration,
  type EnvironmentConfiguration,
  parseEnvironment,
  readConfiguration,
  type SallyportProps,
} from './configuration.ts';
export { Sallyport } from './sallyport.ts';
export { SallyportStack } from './sallyport-stack.ts';
