"""The phone's voice: prompts rendered ahead, numbers joined from pieces, and a plain synthesiser for the rest."""
