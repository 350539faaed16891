-- call
SELECT
  SUM(c.wait_ms) FILTER(WHERE
    (
      c.outcome <> 'pending' AND c.asked_for_person
    )
    AND NOT (
      c.wait_ms
    ) IS NULL) AS m0,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending' AND c.asked_for_person
    )
    AND NOT (
      c.wait_ms
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending' AND c.asked_for_person
    ) AND (
      c.wait_ms
    ) IS NULL) AS m2
FROM calls AS c
WHERE
  c.direction = 'inbound';

-- visit
SELECT
  SUM(v.lasted_ms) FILTER(WHERE
    (
      TRUE
    ) AND NOT (
      v.lasted_ms
    ) IS NULL) AS m0,
  COUNT(*) FILTER(WHERE
    (
      TRUE
    ) AND NOT (
      v.lasted_ms
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      TRUE
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
