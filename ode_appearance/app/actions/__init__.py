"""What an event changes, as plain data for the components; no component is made here."""
