-- call
SELECT
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
      AND c.outcome IN ('caller_left_in_queue', 'caller_left_while_ringing')
    )
    AND (
      c.wait_ms < 5000
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
      AND c.outcome IN ('caller_left_in_queue', 'caller_left_while_ringing')
    )
    AND NOT (
      c.wait_ms < 5000
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
      AND c.outcome IN ('caller_left_in_queue', 'caller_left_while_ringing')
    ) IS NULL
    OR (
      (
        c.outcome <> 'pending'
        AND c.outcome IN ('caller_left_in_queue', 'caller_left_while_ringing')
      )
      AND (
        c.wait_ms < 5000
      ) IS NULL
    )) AS m2
FROM calls AS c
WHERE
  c.direction = 'inbound';

-- visit
SELECT
  COUNT(*) FILTER(WHERE
    (
      v.result = 'caller'
    ) AND (
      v.lasted_ms < 5000
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      v.result = 'caller'
    ) AND NOT (
      v.lasted_ms < 5000
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      v.result = 'caller'
    ) IS NULL
    OR (
      (
        v.result = 'caller'
      ) AND (
        v.lasted_ms < 5000
      ) IS NULL
    )) AS m2
FROM stays AS v
WHERE
  NOT v.call_id IN (
    SELECT
      call_id
    FROM calls
    WHERE
      NOT direction IN ('inbound', 'internal')
  );
