"""Price files: planned and built ahead, offered, downloaded, compared and searched."""
