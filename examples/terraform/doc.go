// Package terraform is a provider for Terraform and OpenTofu that finds machine images
// across accounts and regions. It has two data sources: imagequery_images lists the
// images that match a query, and imagequery_image chooses the newest one, or the newest
// one of each group.
//
// The command terraform-provider-imagequery serves it. [New] is for programs that embed
// a provider, and for tests.
package terraform
