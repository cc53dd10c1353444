"""The demo: a stand-in for Bedrock, a scripted child, and the play that uses them."""
