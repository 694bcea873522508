"""What the tests stand on: databases, a mail box, servers. Nothing here tests anything."""
