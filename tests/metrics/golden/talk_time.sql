-- call
SELECT
  SUM(c.talk_ms) FILTER(WHERE
    (
      c.outcome <> 'pending' AND c.answered
    ) AND NOT (
      c.talk_ms
    ) IS NULL) AS m0,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending' AND c.answered
    ) AND NOT (
      c.talk_ms
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending' AND c.answered
    ) AND (
      c.talk_ms
    ) IS NULL) AS m2
FROM calls AS c
WHERE
  c.direction = 'inbound';
