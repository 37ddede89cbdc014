/**
 * Other names of a provider, without spaces and punctuation, and the one its prices stand under. The platform says
 * `Amazon` and `Azure`, people say `Bedrock`, gateways say `vertex_ai`, the catalogue has `aws`, `azure`, `google`.
 */
const SAME_AS: Readonly<Record<string, string>> = {
  amazon: 'aws',
  amazonbedrock: 'aws',
  awsbedrock: 'aws',
  bedrock: 'aws',
  azureai: 'azure',
  azureaifoundry: 'azure',
  azureopenai: 'azure',
  microsoft: 'azure',
  microsoftazure: 'azure',
  claude: 'anthropic',
  cloudflareworkersai: 'cloudflare',
  workersai: 'cloudflare',
  copilot: 'githubcopilot',
  fireworksai: 'fireworks',
  gemini: 'google',
  googleai: 'google',
  googleaistudio: 'google',
  googlegemini: 'google',
  googlevertex: 'google',
  googlevertexai: 'google',
  vertex: 'google',
  vertexai: 'google',
  grok: 'xai',
  kimi: 'moonshotai',
  moonshot: 'moonshotai',
  mistralai: 'mistral',
  ovh: 'ovhcloud',
  ovhcloudaiendpoints: 'ovhcloud',
  perplexityai: 'perplexity',
  togetherai: 'together',
  voyage: 'voyageai',
  zhipu: 'zhipuai',
}

/** The one name under which all spellings of a provider meet: `Amazon`, `aws` and `AWS Bedrock` are `aws`. */
export function canonicalProvider(provider: string): string {
  const plain = provider.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')
  return Object.hasOwn(SAME_AS, plain) ? (SAME_AS[plain] ?? plain) : plain
}

/**
 * Whose price list is asked first when a provider has none of its own for a model. Makers come first: their price
 * is what others go by. Then OpenRouter, which lists nearly every open model under its full name at the price of
 * a competitive host. Providers not named here follow in alphabetical order.
 */
export const ASKED_FIRST: readonly string[] = [
  'anthropic',
  'openai',
  'google',
  'mistral',
  'cohere',
  'deepseek',
  'xai',
  'moonshotai',
  'zhipuai',
  'minimax',
  'perplexity',
  'voyageai',
  'openrouter',
]
