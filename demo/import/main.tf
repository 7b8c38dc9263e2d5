locals {
  stage = "payments"
}

data "cloudfoundry_app" "checkout" {
  name       = "checkout"
  space_name = local.stage
  org_name   = "acme"
}

resource "cloudfoundry_app" "vault" {
  name       = "card-vault"
  space_name = local.stage
  org_name   = "acme"
}

resource "cloudfoundry_network_policy" "vault" {
  policies = [
    {
      source_app      = data.cloudfoundry_app.checkout.id
      destination_app = cloudfoundry_app.vault.id
      port            = "8443"
    },
    {
      source_app      = module.batch.app_id
      destination_app = cloudfoundry_app.vault.id
      port            = "8443"
    },
  ]
}
