// Command sdkutils imports the utilities of alibaba-cloud-sdk-go, as the signature of
// Alibaba Cloud does.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/utils"
)

func main() {
	response, err := http.Get(os.Args[1])
	fmt.Println(utils.ShaHmac1("text", "secret"), err, json.NewDecoder(response.Body).Decode(new(map[string]any)))
}
