"""Getting better at it: what was said, listened to again."""

from everycall.quality.recordings import Kept, RecordingSettings, VoicemailNote, is_of, note_of

__all__ = ["Kept", "RecordingSettings", "VoicemailNote", "is_of", "note_of"]
