package qingcloud

import "github.com/imagequery/imagequery/internal/apispec"

// API shows the tables to the tests.
func API() *apispec.API[row] { return api }
