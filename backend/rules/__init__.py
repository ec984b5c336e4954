"""The domain's rules as pure functions: no input or output, no clock, nothing of ours but the contract's words."""
