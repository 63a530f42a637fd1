variable "source_image" {}

source "alicloud-ecs" "web" {
  source_image                = var.source_image
  image_name                  = "web-from-packer"
  instance_type               = "ecs.g6.large"
  ssh_username                = "root"
  associate_public_ip_address = true
}

build {
  sources = ["source.alicloud-ecs.web"]
}
