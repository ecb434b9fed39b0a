"""Messages of a call taken elsewhere: as text for the clipboard, or into files."""
