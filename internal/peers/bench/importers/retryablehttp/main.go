// Command retryablehttp imports go-retryablehttp, as package httpapi does.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"

	"github.com/hashicorp/go-retryablehttp"
)

func main() {
	request, err := retryablehttp.NewRequest(http.MethodGet, os.Args[1], nil)
	if err != nil {
		panic(err)
	}
	client := retryablehttp.Client{HTTPClient: http.DefaultClient, CheckRetry: retryablehttp.DefaultRetryPolicy, Backoff: retryablehttp.DefaultBackoff}
	response, err := client.Do(request)
	fmt.Println(err, json.NewDecoder(response.Body).Decode(new(map[string]any)))
}
