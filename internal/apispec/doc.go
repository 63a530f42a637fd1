// Package apispec turns the tables of an adapter into a [provider.Adapter]: it plans
// queries, encodes parameters and decodes responses as the tables say.
//
// An adapter is an [API]: its operations with all documented parameters, the table
// of its record, a function that returns the scopes of a query, and a function that
// maps a record to an image.
package apispec
