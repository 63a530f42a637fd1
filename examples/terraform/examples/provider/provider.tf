terraform {
  required_providers {
    imagequery = {
      source = "imagequery/imagequery"
    }
  }
}

variable "access_key_secret" {
  type      = string
  sensitive = true
}

provider "imagequery" {
  targets = [
    {
      name        = "prod"
      provider    = "aliyunecs"
      regions     = ["cn-hangzhou", "cn-beijing"]
      credentials = { profile = "prod" }
    },
    {
      name     = "lab"
      provider = "qingcloud"
      regions  = ["pek3a"]
      credentials = {
        access_key_id     = "LAB-KEY-ID"
        access_key_secret = var.access_key_secret
      }
    },
  ]
}

# The same, from a file that imagesearch reads too.
provider "imagequery" {
  alias  = "file"
  config = "${path.module}/targets.yaml"
}
