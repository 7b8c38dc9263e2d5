"""The schemas of the manifests: their verdict on a document, and what is wrong with it in words."""
