// Command acs3 is a program that imports the core of the SDK V2.0 of Alibaba Cloud.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	openapiutil "github.com/alibabacloud-go/darabonba-openapi/v2/utils"
	"github.com/alibabacloud-go/tea/dara"
)

func main() {
	client, err := openapi.NewClient(&openapiutil.Config{Endpoint: &os.Args[1]})
	if err != nil {
		panic(err)
	}
	reply, err := client.CallApi(&openapiutil.Params{}, &openapiutil.OpenApiRequest{}, &dara.RuntimeOptions{})
	text, _ := json.Marshal(reply)
	fmt.Println(string(text), err, http.StatusOK)
}
