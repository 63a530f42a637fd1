package qing_test

import (
	"net/http"
	"testing"

	"github.com/imagequery/imagequery/internal/qing"
)

func BenchmarkSign(b *testing.B) {
	params := values(map[string]string{
		"access_key_id": "QYACCESSKEYIDEXAMPLE", "action": "DescribeImages", "limit": "100", "offset": "0", "provider": "self",
		"search_word": "a b+c/中", "status.1": "available", "status.2": "pending",
		"signature_method": "HmacSHA256", "signature_version": "1", "time_stamp": "2013-08-27T14:30:10Z",
		"verbose": "0", "version": "1", "zone": "pek3a",
	})
	b.ReportAllocs()
	for b.Loop() {
		qing.Sign(http.MethodGet, "/iaas/", params, "SECRETACCESSKEY")
	}
}
