// Package imagequery is the root of a module that searches machine images across
// cloud accounts and regions with one query type. It declares nothing; import the
// packages below it.
//
//   - image: the provider-neutral model, the query and its evaluator.
//   - provider: the client, the search over many targets, errors and credentials.
//   - aliyunecs, aliyunswas, aliyunens, qingcloud: the adapters.
//   - aliyuncreds: the credentials sources of Alibaba Cloud.
//   - fakecloud: an emulator of the five operations, for tests.
//   - provider/httpapi and provider/providertest: for adapters of other providers.
package imagequery
