"""Is a trap for whoever compiles it."""
# limit: none or memory or crash
# says: 
fitness = @NESTED@
