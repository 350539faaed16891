-- call
SELECT
  QUANTILE_CONT(c.wait_ms, 0.5) FILTER(WHERE
    (
      c.outcome <> 'pending' AND c.answered
    ) AND NOT (
      c.wait_ms
    ) IS NULL) AS m0,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending' AND c.answered
    ) AND NOT (
      c.wait_ms
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending' AND c.answered
    ) AND (
      c.wait_ms
    ) IS NULL) AS m2
FROM calls AS c
WHERE
  c.direction = 'inbound';

-- visit
SELECT
  QUANTILE_CONT(v.lasted_ms, 0.5) FILTER(WHERE
    (
      v.result = 'answered'
    ) AND NOT (
      v.lasted_ms
    ) IS NULL) AS m0,
  COUNT(*) FILTER(WHERE
    (
      v.result = 'answered'
    ) AND NOT (
      v.lasted_ms
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      v.result = 'answered'
    ) AND (
      v.lasted_ms
    ) IS NULL) AS m2
FROM stays AS v
WHERE
  NOT v.call_id IN (
    SELECT
      call_id
    FROM calls
    WHERE
      NOT direction IN ('inbound', 'internal')
  );
