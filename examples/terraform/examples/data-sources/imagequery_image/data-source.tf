# The newest Ubuntu 22.04 image of all targets.
data "imagequery_image" "ubuntu" {
  platforms       = ["ubuntu"]
  os_versions     = ["22.04"]
  archs           = ["amd64"]
  skip_unreported = true
}

output "image_id" {
  value = data.imagequery_image.ubuntu.image.id
}

# The newest web image of each region.
data "imagequery_image" "web" {
  name_globs = ["web-*"]
  sources    = ["self"]
  per        = ["region"]
}

output "web_image_ids" {
  value = { for m in data.imagequery_image.web.images : m.region => m.id }
}
