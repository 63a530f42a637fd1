package terraform

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// clouds is what the data sources get of the provider's configuration.
type clouds struct {
	targets []provider.Target
	unknown *tftypes.AttributePath // of a value that is not known yet; nil: all are
}

// dataSource searches the targets with a query.
type dataSource struct {
	name, description string
	inputs, outputs   []attribute
	newest            bool // it is an error to find no image
	find              func(context.Context, []provider.Target, image.Query, map[string]tftypes.Value) ([]provider.Hit, error)
	clouds            *clouds
}

var (
	_ datasource.DataSourceWithConfigure      = (*dataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*dataSource)(nil)
)

var (
	limitAttribute = attribute{"limit", number,
		"The largest number of images. Which ones are returned then depends on which responses come first, so that plans can differ.", nil}
	distinctAttribute = attribute{"distinct", flag,
		"Whether an image that several targets with the same endpoint return is in the result once, from the first of them. By default it is there for each.", nil}
	perAttribute = attribute{"per", texts,
		"Properties that make a group: " + groupKeyWords() + ". The result has the newest image of each group.", nil}
)

func newImages() datasource.DataSource {
	return &dataSource{
		name: "images",
		description: "Lists the images that match a query: available ones first, then deprecated ones, and of these the newest first. Without arguments these are all images that the targets list by default. " +
			"An image matches if it has one of the values of each attribute that is set; what a provider does not report matches nothing.",
		inputs:  append(slices.Clone(queryAttributes), limitAttribute, distinctAttribute, partialAttribute),
		outputs: append([]attribute{{"images", objects, "The images. What the provider did not report is null.", imageAttributes}}, outcomeAttributes...),
		find:    listImages,
	}
}

func newImage() datasource.DataSource {
	return &dataSource{
		name: "image",
		description: "Chooses the newest image of a query, or with `per` the newest one of each group. It is an error if no image matches. " +
			"Unless `statuses` is set, only available images count. Unless `sources`, `owners` or `ids` is set, only the account's own images and those of the provider count: " +
			"other accounts can publish images of any name.",
		inputs: append(slices.Clone(queryAttributes), perAttribute, partialAttribute),
		outputs: append([]attribute{
			{"image", object, "The newest image. Null if `per` is set. What the provider did not report is null.", imageAttributes},
			{"images", objects, "The newest image of each group, in the order of the groups' values. One image without `per`.", imageAttributes},
		}, outcomeAttributes...),
		newest: true,
		find:   newestImages,
	}
}

func listImages(ctx context.Context, targets []provider.Target, q image.Query, config map[string]tftypes.Value) (hits []provider.Hit, err error) {
	var errs []error
	options := &provider.SearchOptions{Distinct: as[bool](config[distinctAttribute.name])}
	for hit, err := range provider.Search(ctx, targets, q, options) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		hits = append(hits, hit)
	}
	slices.SortFunc(hits, func(a, b provider.Hit) int {
		return cmp.Or(image.CompareNewest(a.Image, b.Image), strings.Compare(a.Target, b.Target))
	})
	return hits, errors.Join(errs...)
}

func newestImages(ctx context.Context, targets []provider.Target, q image.Query, config map[string]tftypes.Value) ([]provider.Hit, error) {
	keys, _ := groupKeysOf(config) // checked before
	key, err := provider.KeyOf(keys...)
	if err != nil {
		return nil, err
	}
	return provider.NewestBy(ctx, targets, q, key, nil)
}

func (d *dataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + d.name
}

func (d *dataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{MarkdownDescription: d.description, Attributes: schemaOf(d.inputs, d.outputs)}
}

func (d *dataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.clouds, _ = req.ProviderData.(*clouds) // nil before the provider is configured
}

func (d *dataSource) ValidateConfig(_ context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	_, diags := d.check(as[map[string]tftypes.Value](req.Config.Raw))
	resp.Diagnostics.Append(diags...)
}

// check returns the query of a configuration, and a diagnostic for each bad value.
func (d *dataSource) check(config map[string]tftypes.Value) (image.Query, diag.Diagnostics) {
	q, diags := queryOf(d.inputs, config)
	_, keyDiags := groupKeysOf(config)
	diags.Append(keyDiags...)
	return q, diags
}

func (d *dataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	config := as[map[string]tftypes.Value](req.Config.Raw)
	q, diags := d.check(config)
	if !diags.HasError() {
		diags = d.ready(q)
	}
	if diags.HasError() {
		resp.Diagnostics = diags
		return
	}
	reports := newReports(d.clouds.targets)
	hits, err := d.find(provider.WithTrace(ctx, reports.trace()), d.clouds.targets, q, config)
	o := outcome{hits: hits, reports: reports.all(), allowPartial: as[bool](config[partialAttribute.name]), newest: d.newest}
	resp.Diagnostics = o.diagnose(ctx, err)
	if resp.Diagnostics.HasError() {
		return
	}
	outputs, err := o.outputs(len(as[[]tftypes.Value](config[perAttribute.name])) > 0)
	if err != nil {
		resp.Diagnostics.AddError("Invalid response", err.Error())
		return
	}
	object := req.Config.Raw.Type().(tftypes.Object)
	for _, a := range d.outputs {
		config[a.name] = toState(object.AttributeTypes[a.name], outputs[a.name])
	}
	resp.State.Raw = tftypes.NewValue(object, config)
}

// ready reports what prevents the search before anything is sent.
func (d *dataSource) ready(q image.Query) (diags diag.Diagnostics) {
	switch {
	case d.clouds == nil:
		diags.AddError("Provider not configured", "The data source is read before the provider is configured, which is a fault of the calling program.")
	case d.clouds.unknown != nil:
		diags.AddError("Provider configuration not known yet", pathText(d.clouds.unknown)+" in the provider's configuration depends on values that are known only after apply. "+
			"Set it to a value that is known, apply the resource that it depends on first with -target, or give this data source depends_on that resource.")
	default:
		diags = explain(d.clouds.targets, q)
	}
	return diags
}

// explain reports parameters that a provider refuses, once each.
func explain(targets []provider.Target, q image.Query) (diags diag.Diagnostics) {
	for _, t := range targets {
		_, err := t.Client.Explain(q)
		switch {
		case err == nil:
		case len(q.Native) > 0:
			diags.AddAttributeError(pathOf("native"), "Invalid native", messageOf(err)) // diags has no duplicates
		default:
			diags.AddError("Invalid query", messageOf(err))
		}
	}
	return diags
}
