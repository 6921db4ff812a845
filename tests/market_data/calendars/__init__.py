"""Claims about sessions, holidays, rollover and news as spans of UTC."""
