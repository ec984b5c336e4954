"""Whatever waits gets its due row: questions that stopped a clock without an end, and what lies at a desk without a limit."""

from tortoise import migrations
from tortoise.migrations import operations as ops

QUESTIONS = """
INSERT INTO due (subject, kind, period, due_at)
SELECT 'q' || question.id, 'question_end', '0', now()
FROM question
JOIN assignment ON assignment.id = question.assignment_id
JOIN ticket ON ticket.id = assignment.ticket_id AND ticket.state = 'handling' AND ticket.round = assignment.round
WHERE question.answered_at IS NULL AND assignment.state = 'signed'
ON CONFLICT DO NOTHING
"""
"""The worker ends those that were open for longer than the policy lets them, and plans the others anew."""

DESKS = """
INSERT INTO due (subject, kind, period, due_at)
SELECT 't' || ticket.id, 'dispatch_limit', ticket.version::text, now() + interval '1 day'
FROM ticket
WHERE state = 'accepted' OR (state = 'handling' AND NOT EXISTS (
    SELECT FROM assignment WHERE ticket_id = ticket.id AND assignment.round = ticket.round AND role = 'lead'
        AND assignment.state NOT IN ('returned', 'cancelled')
))
UNION ALL
SELECT 't' || id, 'call_back_limit', '1', now() + interval '1 day'
FROM ticket WHERE callback AND state IN ('submitted', 'accepted', 'handling')
UNION ALL
SELECT 'a' || assignment.id, 'decide_limit', '1', now() + interval '1 day'
FROM assignment JOIN ticket ON ticket.id = assignment.ticket_id AND ticket.state = 'handling'
WHERE return_proposed AND assignment.state IN ('dispatched', 'signed')
UNION ALL
SELECT 'a' || assignment.id, 'resolve_again', '1', now() + interval '1 day'
FROM assignment JOIN ticket ON ticket.id = assignment.ticket_id AND ticket.state = 'handling'
JOIN due ON due.subject = 'a' || assignment.id AND due.kind = 'resolve_escalate' AND due.done_at IS NOT NULL
WHERE assignment.state IN ('dispatched', 'signed')
UNION ALL
SELECT 't' || id, 'verify_limit', '0.0', now() + interval '1 day'
FROM ticket
WHERE state = 'submitted' AND NOT EXISTS (
    SELECT FROM due WHERE subject = 't' || ticket.id AND kind = 'verify_limit' AND done_at IS NULL
)
ON CONFLICT DO NOTHING
"""

RENAMED = """
UPDATE notice SET template = 'desk_overdue', args = args || '{"what": "verify"}'::jsonb
WHERE template = 'verify_overdue' AND done_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("backend", "0006_plain_words")]

    operations = [ops.RunSQL([QUESTIONS, DESKS, RENAMED], reverse_sql=[])]
