"""One file per phone system or format: what it can see, how it is known, how it is translated."""
