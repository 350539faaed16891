-- call
SELECT
  SUM(c.ring_ms) FILTER(WHERE
    (
      c.outcome <> 'pending' AND c.answered
    ) AND NOT (
      c.ring_ms
    ) IS NULL) AS m0,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending' AND c.answered
    ) AND NOT (
      c.ring_ms
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending' AND c.answered
    ) AND (
      c.ring_ms
    ) IS NULL) AS m2
FROM calls AS c
WHERE
  c.direction = 'inbound';

-- attempt
SELECT
  SUM(a.lasted_ms) FILTER(WHERE
    (
      a.result = 'answered'
    ) AND NOT (
      a.lasted_ms
    ) IS NULL) AS m0,
  COUNT(*) FILTER(WHERE
    (
      a.result = 'answered'
    ) AND NOT (
      a.lasted_ms
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      a.result = 'answered'
    ) AND (
      a.lasted_ms
    ) IS NULL) AS m2
FROM attempts AS a
WHERE
  NOT a.call_id IN (
    SELECT
      call_id
    FROM calls
    WHERE
      NOT direction IN ('inbound', 'internal')
  )
  AND COALESCE(a.agent_kind, 'person') = 'person';
