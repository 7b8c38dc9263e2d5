"""The only code that speaks to Cloud Foundry. Names come in and go out; GUIDs stay here."""
