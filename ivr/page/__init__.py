"""Calls from a web page: WebRTC from the browser, the button and its panel."""
