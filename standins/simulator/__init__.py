"""The chat page of the demo: two phones side by side that talk to the real routes over HTTP."""
