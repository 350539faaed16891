"""The phone systems of this process: heard, driven, and told what pages want of them."""
