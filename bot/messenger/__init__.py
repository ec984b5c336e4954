"""What any messenger needs: conversations one at a time for each person, notices delivered once, calls paced."""
