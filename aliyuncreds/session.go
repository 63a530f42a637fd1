package aliyuncreds

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// session is a session as STS and the metadata service return it.
type session struct {
	AccessKeyID     provider.Secret `json:"AccessKeyId"`
	AccessKeySecret provider.Secret
	SecurityToken   provider.Secret
	Expiration      string
}

// credentials of a session whose expiration cannot be read are like those of an
// unknown one.
func (s session) credentials() (provider.Credentials, error) {
	if s.AccessKeyID.IsZero() || s.AccessKeySecret.IsZero() || s.SecurityToken.IsZero() {
		return provider.Credentials{}, errors.New("the answer has no credentials")
	}
	expires, _ := time.Parse(time.RFC3339, s.Expiration)
	return provider.Credentials{
		AccessKeyID:     s.AccessKeyID,
		AccessKeySecret: s.AccessKeySecret,
		Token:           s.SecurityToken,
		Expires:         expires,
	}, nil
}

// readSession reads a response of STS.
func readSession(body []byte) (provider.Credentials, httpapi.Status, error) {
	var answer struct {
		Code, Message string
		RequestID     string `json:"RequestId"`
		Credentials   session
	}
	if err := decode(body, &answer); err != nil {
		return provider.Credentials{}, httpapi.Status{}, err
	}
	c, err := answer.Credentials.credentials()
	return c, httpapi.Status{Code: answer.Code, Message: answer.Message, RequestID: answer.RequestID}, err
}

// decode decodes JSON, with or without a byte order mark. Its error shows no part of
// the text.
func decode(body []byte, into any) error {
	err := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff")))).Decode(into)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the text is not the JSON that is documented")
	}
	return err
}
