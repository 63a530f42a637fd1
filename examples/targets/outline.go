package targets

import "strings"

// Place is one target of a file as it can be known without credentials.
type Place struct {
	Name     string // of the target: NAME/REGION, or NAME where there is no region
	Provider string // name of the adapter, such as "aliyunecs"
	Region   string // empty where there is none
}

// Outline returns what a file says about its targets, for the completion of words. It
// needs no environment variable, sends nothing, and checks no credentials. Targets
// that cannot be read, or whose name, provider or region needs a variable that is not
// set, are left out; a file that cannot be read has none.
func Outline(path string, options *Options) []Place {
	data, err := readFile(path)
	if err != nil {
		return nil
	}
	lenient := options.withDefaults()
	lookUp := lenient.LookupEnv
	lenient.LookupEnv = func(name string) (string, bool) {
		if value, ok := lookUp(name); ok && value != "" {
			return value, true
		}
		return unset, true
	}
	r := newReader(path, &lenient)
	return outlined(r.entries(r.document(data)))
}

// unset stands for a variable that is not set. No text of a YAML file contains it.
const unset = "\x00"

// outlined returns the targets of the entries that have all of a name.
func outlined(entries []entry) []Place {
	var places []Place
	for _, e := range entries {
		for _, place := range e.places() {
			known := e.name != "" && e.provider.Name != "" && (place.text != "" || e.provider.Global)
			if !known || strings.Contains(e.name+place.text, unset) {
				continue
			}
			p := Place{Name: e.name, Provider: e.provider.Name, Region: place.text}
			if p.Region != "" {
				p.Name += "/" + p.Region
			}
			places = append(places, p)
		}
	}
	return places
}
