"""One caller's line, on which a question is asked until it is answered."""

from __future__ import annotations

from ivr.talk.asker import Asker
from ivr.talk.open_line import OpenLine
from ivr.talk.prompt import Prompt
from ivr.talk.question import Answer, Question
from ivr.talk.recorder import Recorder


class Line(OpenLine):
    """Says and asks; every wait ends with CallOver when the call does."""

    async def ask(self, question: Question, prompt: Prompt, wait: float) -> Answer:
        """Ask, and take the answer. `wait`: seconds after the prompt until silence counts as none."""
        await self.say(prompt)
        if question.recording is not None:
            watching = self.watch()
            try:
                return await Recorder(self, question, question.recording, wait, watching).run()
            finally:
                if watching is not None:
                    watching.close()
        listening = self.listen(question)
        try:
            return await Asker(self, question, listening, wait).run()
        finally:
            if listening is not None:
                listening.close()
