package wire_test

import (
	"testing"

	"github.com/imagequery/imagequery/internal/jsonoracle"
)

func FuzzDecode(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, doc []byte) { checkDecode(t, doc) })
}

func FuzzPage(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, doc []byte) {
		checkScan(t, doc)
		checkSingle(t, doc)
		checkSecrets(t, doc)
	})
}

func seed(f *testing.F) {
	for _, body := range corpus(f) {
		f.Add(body)
	}
	for _, nasty := range nasties {
		if len(nasty) < 1000 {
			f.Add([]byte(`{"Images":{"Image":[{"ImageId":` + nasty + `}]}}`))
			f.Add([]byte(`{"Image":{"Tags":{"Tag":[{"TagKey":` + nasty + `}]}}}`))
		}
	}
}

// checkSingle checks that a page with one object agrees with Decode about it.
func checkSingle(t *testing.T, doc []byte) {
	t.Helper()
	got, err := scan(familyPage, doc)
	if err != nil {
		return
	}
	if len(got.Rows) > 1 || len(got.Rows) == 1 && !got.Found {
		t.Fatalf("Scan(%.300q): %d rows, found %t", doc, len(got.Rows), got.Found)
	}
	for i, raw := range got.Raw {
		if d := diff(oracleImage(jsonoracle.Parse([]byte(raw)), false), got.Rows[i]); d != "" {
			t.Fatalf("Scan(%.300q) (-want +got):\n%s", doc, d)
		}
	}
}
