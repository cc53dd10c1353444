"""All that is known of Claude Code: its transcripts, session files, hooks and output."""
