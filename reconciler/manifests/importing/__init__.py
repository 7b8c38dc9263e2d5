"""Network policies from what people have today: lists of the cf CLI, Terraform, app manifests."""
