package terraform

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// attribute is one row of the tables from which the schemas of the data sources are
// made. The names are those of the JSON forms of queries, images and reports.
type attribute struct {
	name        string
	kind        kind
	description string
	members     []attribute // of objects
}

type kind uint8

const (
	text       kind = iota // also a value whose JSON form is an object
	moment                 // a time in RFC 3339
	number                 // an integer
	flag                   // a boolean
	texts                  // a list of strings
	textMap                // a map of strings
	numberMap              // a map of integers
	textMapMap             // a map of maps of strings
	object                 // one object
	objects                // a list of objects
)

// queryAttributes are the predicates of a query, and what else narrows its scope.
var queryAttributes = []attribute{
	{string(image.FieldIDs), texts, "Identifiers of the images.", nil},
	{string(image.FieldNames), texts, "Names, exactly.", nil},
	{string(image.FieldNameGlobs), texts, "Patterns of the whole name, such as `web-*` or `db-[0-9]?`.", nil},
	{string(image.FieldNameContains), texts, "Parts of the name, ignoring case.", nil},
	{string(image.FieldFamilies), texts, "Image families.", nil},
	{string(image.FieldRegions), texts, "Regions or zones of the images. The targets are asked all the same.", nil},
	{string(image.FieldSources), texts, "Origins: " + words(image.Sources()) + ".", nil},
	{string(image.FieldOwners), texts, "Account identifiers of the owners.", nil},
	{string(image.FieldVisibilities), texts, "Visibilities: " + words(image.Visibilities()) + ".", nil},
	{string(image.FieldStatuses), texts, "Statuses: " + words(image.Statuses()) + ".", nil},
	{string(image.FieldOSes), texts, "Operating systems: " + words(image.OSes()) + ".", nil},
	{string(image.FieldPlatforms), texts, "Distributions, such as `ubuntu` or `windows_server`, in any usual spelling.", nil},
	{string(image.FieldOSVersions), texts, "Versions of the distribution: equal, or a prefix that ends before a dot. `22` and `22.04` match 22.04.3.", nil},
	{string(image.FieldArchs), texts, "Architectures: " + words(image.Archs()) + ", or another usual spelling such as `amd64`.", nil},
	{string(image.FieldTags), textMap, "Tags that must all be present with these values.", nil},
	{string(image.FieldSourceInstances), texts, "Identifiers of the instances that the images were made from.", nil},
	{string(image.FieldSourceSnapshots), texts, "Identifiers of snapshots that the images have.", nil},
	{string(image.FieldResourceGroups), texts, "Identifiers of resource groups.", nil},
	{string(image.FieldCreatedAfter), moment, "The earliest time of creation, inclusive, in RFC 3339.", nil},
	{string(image.FieldCreatedBefore), moment, "The end of the times of creation, exclusive, in RFC 3339.", nil},
	{"skip_unreported", flag, "Whether a target whose API never reports an attribute that the query needs has no images. By default it fails.", nil},
	{"native", textMapMap, "Documented parameters of single providers, by provider: `{ aliyunecs = { InstanceType = \"ecs.g7.large\" } }`.", nil},
}

// partialAttribute is an input of both data sources.
var partialAttribute = attribute{"allow_partial", flag,
	"Whether the images of the targets that answered are used if others failed, which is then a warning. By default it is an error.", nil}

var diskAttributes = []attribute{
	{"type", text, "`system`, `data` or another word of the provider.", nil},
	{"device", text, "Device, such as `/dev/xvda`.", nil},
	{"size_gib", number, "Size in GiB.", nil},
	{"format", text, "Format, such as `qcow2`.", nil},
	{"snapshot_id", text, "Identifier of the snapshot.", nil},
	{"encrypted", flag, "True if the provider reports that the disk is encrypted.", nil},
}

// imageAttributes describe one image of a result.
var imageAttributes = []attribute{
	{"target", text, "Name of the target that returned the image.", nil},
	{"provider", text, "Provider, such as `aliyunecs`.", nil},
	{"region", text, "Region or zone.", nil},
	{"id", text, "The provider's identifier of the image.", nil},
	{"name", text, "Name.", nil},
	{"description", text, "Description.", nil},
	{"family", text, "Image family.", nil},
	{"version", text, "Version in the family.", nil},
	{"source", text, "Origin: " + words(image.Sources()) + ".", nil},
	{"owner", text, "Account identifier of the owner.", nil},
	{"visibility", text, "Visibility: " + words(image.Visibilities()) + ".", nil},
	{"status", text, "Status: " + words(image.Statuses()) + ".", nil},
	{"progress", number, "Progress of the creation in percent.", nil},
	{"os", text, "Operating system: " + words(image.OSes()) + ".", nil},
	{"platform", text, "Distribution, such as `ubuntu`.", nil},
	{"os_version", text, "Version of the distribution, such as `22.04`.", nil},
	{"os_name", text, "Operating system for display.", nil},
	{"arch", text, "Architecture: " + words(image.Archs()) + ".", nil},
	{"boot_mode", text, "Boot mode as the provider spells it, such as `UEFI`.", nil},
	{"size_gib", number, "Size of the system disk in GiB.", nil},
	{"disks", objects, "Disks.", diskAttributes},
	{"created", text, "Time of creation in RFC 3339.", nil},
	{"status_changed", text, "Time of the last change of the status in RFC 3339.", nil},
	{"source_instance", text, "Identifier of the instance that the image was made from.", nil},
	{"source_snapshots", texts, "Identifiers of snapshots.", nil},
	{"resource_group", text, "Identifier of the resource group.", nil},
	{"tags", textMap, "Tags.", nil},
	{"native", text, "The provider's own record as JSON, if `keep_native` is set in the provider's configuration.", nil},
}

// reportAttributes describe the outcome of one target. Times and counts of requests
// are left out: they would be different in every plan.
var reportAttributes = []attribute{
	{"target", text, "Name of the target.", nil},
	{"provider", text, "Provider, such as `aliyunecs`.", nil},
	{"region", text, "Region or zone.", nil},
	{"complete", flag, "Whether no image of the result is missing because of this target.", nil},
	{"matched", number, "Number of images that the target contributed to the search.", nil},
	{"skipped", texts, "Attributes of the query that the API never reports, skipped by `skip_unreported`.", nil},
	{"unreadable", numberMap, "Number of values that could not be converted, by field of the provider's record.", nil},
	{"error", text, "Why the target failed.", nil},
}

// outcomeAttributes are outputs of both data sources.
var outcomeAttributes = []attribute{
	{"complete", flag, "Whether every target answered completely. False only with `allow_partial`.", nil},
	{"missing", texts, "Names of the targets that failed, whose images may be missing.", nil},
	{"reports", objects, "The outcome of each target, in the order of the targets.", reportAttributes},
}

func words[E ~string](values []E) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = "`" + string(v) + "`"
	}
	return strings.Join(quoted, ", ")
}

func groupKeyWords() string { return words(provider.GroupKeys()) }

// schemaOf returns the attributes of inputs and of outputs.
func schemaOf(inputs, outputs []attribute) map[string]schema.Attribute {
	all := map[string]schema.Attribute{}
	for _, a := range inputs {
		all[a.name] = a.schema(true)
	}
	for _, a := range outputs {
		all[a.name] = a.schema(false)
	}
	return all
}

func (a attribute) schema(input bool) schema.Attribute {
	output := !input
	switch a.kind {
	case text, moment:
		return schema.StringAttribute{Optional: input, Computed: output, MarkdownDescription: a.description}
	case number:
		return schema.Int64Attribute{Optional: input, Computed: output, MarkdownDescription: a.description}
	case flag:
		return schema.BoolAttribute{Optional: input, Computed: output, MarkdownDescription: a.description}
	case texts:
		return schema.ListAttribute{ElementType: types.StringType, Optional: input, Computed: output, MarkdownDescription: a.description}
	case textMap:
		return schema.MapAttribute{ElementType: types.StringType, Optional: input, Computed: output, MarkdownDescription: a.description}
	case numberMap:
		return schema.MapAttribute{ElementType: types.Int64Type, Optional: input, Computed: output, MarkdownDescription: a.description}
	case textMapMap:
		return schema.MapAttribute{ElementType: types.MapType{ElemType: types.StringType}, Optional: input, Computed: output, MarkdownDescription: a.description}
	case object:
		return schema.SingleNestedAttribute{Attributes: schemaOf(nil, a.members), Computed: true, MarkdownDescription: a.description}
	case objects:
		nested := schema.NestedAttributeObject{Attributes: schemaOf(nil, a.members)}
		return schema.ListNestedAttribute{NestedObject: nested, Computed: true, MarkdownDescription: a.description}
	}
	panic(fmt.Sprintf("attribute %s: unknown kind %d", a.name, a.kind))
}
