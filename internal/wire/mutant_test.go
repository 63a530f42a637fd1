package wire_test

import (
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// mutants is how many mutants a test tries, unless WIRE_MUTANTS says otherwise.
func mutants(t *testing.T) int {
	text := os.Getenv("WIRE_MUTANTS")
	if text == "" {
		return 8_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("WIRE_MUTANTS: %v", err)
	}
	return n
}

func TestMutantsOfRecords(t *testing.T) {
	breed(t, []string{
		`{"ImageId":"m-1","ImageName":"n\u00e9 \"x\"","Description":null,"OSName":"Ubuntu  64位","Status":"Available","Size":"40",` +
			`"IsPublic":"True","CreationTime":"2017-12-08T12:10:03.25Z","Extra":[1,{"a":[]},-2.5e3]}`,
		`{"Tags":{"Tag":[{"TagKey":"k","TagValue":"v"},null,{"TagKey":1}]},"DiskDeviceMappings":{"DiskDeviceMapping":[{"Size":"20","Type":"system"}]},` +
			`"Features":{"NvmeSupport":"supported"},"DetectionOptions":{"Status":"Finished","Items":{}},"CreateInstances":["a",1,null]}`,
		` { "Size" : 40.0 , "Size" : 1e3 , "IsPublic" : 1 , "CreationTime" : "2017-12-08 12:10+08:00" , "Tags" : "" } `,
	}, checkDecode)
}

func TestMutantsOfPages(t *testing.T) {
	breed(t, []string{
		`{"RequestId":"R-1","TotalCount":"2","Images":{"Image":[{"ImageId":"m-1","Tags":{"Tag":[]}},{"ImageId":"m-2","Size":40}]},"RegionId":"r"}`,
		`{"Images":{"Image":[],"Other":{}},"TotalCount":0}`,
		` { "Images" : { "Image" : [ null , { } ] } , "RequestId" : "R" } `,
	}, checkScan)
}

// breed checks seeded mutants of some documents.
func breed(t *testing.T, documents []string, check func(*testing.T, []byte)) {
	r := rand.New(rand.NewPCG(1, 2))
	for range mutants(t) {
		doc := []byte(documents[r.IntN(len(documents))])
		for range 1 + r.IntN(3) {
			doc = mutate(r, doc)
		}
		check(t, doc)
	}
}

var token = regexp.MustCompile(`"(\\.|[^"\\])*"|-?[0-9][0-9.eE+-]*|true|false|null|\[\]|\{\}`)

var replacements = []string{
	`null`, `true`, `false`, `0`, `-0`, `1`, `40.0`, `1e3`, `1e400`, `99999999999999999999`, `01`, `""`, `"1"`, `" 7 "`, `"true"`, `[]`, `{}`, `[{}]`,
	`[null]`, `{"a":1}`, `[[1]]`, `"\ud83d\ude00"`, `"\ud83d"`, "\"\xff\xc3\"", "\"\x01\"", `"2017-02-29T00:00:00Z"`, `"2020-02-29T23:59:59.999Z"`,
	`"2017-12-08T12:10Z"`, `"ImageId"`, `"Image"`, `"Images"`, `"TotalCount"`, `"Tags"`, `"Tag"`, `"Size"`, `"Extra"`, `"\u0049mageId"`,
}

// mutate makes one change: to a token, which often leaves a valid document, or to
// some bytes, which rarely does.
func mutate(r *rand.Rand, doc []byte) []byte {
	if len(doc) == 0 {
		return []byte("{")
	}
	i := r.IntN(len(doc))
	j := i + r.IntN(min(len(doc)-i, 40)+1)
	const bytes = "{}[]:,\"\\ \n\tutrfn0123-.eE\x00\x1f\x7f\x80\xc3\xff"
	switch r.IntN(8) {
	case 0:
		return splice(doc, i, j, "")
	case 1:
		return splice(doc, i, i, string(bytes[r.IntN(len(bytes))]))
	case 2:
		return splice(doc, i, i+1, string(bytes[r.IntN(len(bytes)):][:1]))
	case 3:
		k := r.IntN(len(doc) + 1)
		return splice(doc, k, k, string(doc[i:j]))
	case 4:
		return doc[:i]
	}
	tokens := token.FindAllIndex(doc, -1)
	if len(tokens) == 0 {
		return doc
	}
	at := tokens[r.IntN(len(tokens))]
	return splice(doc, at[0], at[1], replacements[r.IntN(len(replacements))])
}

func splice(doc []byte, from, to int, with string) []byte {
	return []byte(string(doc[:from]) + with + string(doc[to:]))
}
