// Package apispec turns the tables of an adapter into a [provider.Adapter]: it
// plans, encodes and fetches by what the tables say.
//
// An adapter is an [API]: its operations with every documented parameter, the
// table of its record, and two functions, one that says in which scopes to ask
// and one that maps a record to an image.
package apispec
