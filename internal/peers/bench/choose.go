package main

import (
	"context"
	"errors"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// choosers are the operations that read a whole listing for one result. They are
// measured in processes of their own.
func choosers() []lister {
	a := apis()[0]
	return []lister{newestByName(a, "imagequery, NewestBy name"), whyMisspelled(a, "imagequery, Why")}
}

// newestByName returns the number of images of which it chooses the newest by name.
func newestByName(a api, name string) lister {
	return lister{name, func(to target) (images int, err error) {
		targets, err := to.one(a)
		if err != nil {
			return 0, err
		}
		ctx := provider.WithTrace(context.Background(), &provider.Trace{
			Target: func(_ context.Context, r provider.Report) { images = r.Images },
		})
		one := image.Query{Sources: []image.Source{image.SourceSelf}} // a single call
		_, err = provider.NewestBy(ctx, targets, one, func(h provider.Hit) string { return h.Image.Name }, nil)
		if errors.Is(err, provider.NotFound) {
			err = nil // a listing of very few images has none that is available
		}
		return images, err
	}}
}

// whyMisspelled asks for one image, and for one whose ID and name are misspelled. So
// the near values of every image are looked for, and the listing is read once.
func whyMisspelled(a api, name string) lister {
	return lister{name, func(to target) (int, error) {
		targets, err := to.one(a)
		if err != nil {
			return 0, err
		}
		q := image.Query{}
		for m, err := range targets[0].Client.Images(context.Background(), image.Query{}) {
			if err != nil {
				return 0, err
			}
			q.IDs, q.Names = []string{m.ID, m.ID + "x"}, []string{m.Name, m.Name + "x"}
			break
		}
		d, err := provider.Why(context.Background(), targets, q, nil)
		if err == nil && d.Matched != 1 {
			err = errors.New("not one match")
		}
		return d.Images, err
	}}
}

func (to target) one(a api) ([]provider.Target, error) {
	client, err := to.ours(a, provider.Config{})
	return []provider.Target{{Name: "one", Client: client}}, err
}
