-- call
SELECT
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending' AND c.asked_for_person
    )
    AND (
      c.outcome IN ('caller_left_in_queue', 'caller_left_while_ringing')
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending' AND c.asked_for_person
    )
    AND NOT (
      c.outcome IN ('caller_left_in_queue', 'caller_left_while_ringing')
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending' AND c.asked_for_person
    ) IS NULL
    OR (
      (
        c.outcome <> 'pending' AND c.asked_for_person
      )
      AND (
        c.outcome IN ('caller_left_in_queue', 'caller_left_while_ringing')
      ) IS NULL
    )) AS m2
FROM calls AS c
WHERE
  c.direction = 'inbound';

-- visit
SELECT
  COUNT(*) FILTER(WHERE
    (
      TRUE
    ) AND (
      v.result = 'caller'
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      TRUE
    ) AND NOT (
      v.result = 'caller'
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      TRUE
    ) IS NULL
    OR (
      (
        TRUE
      ) AND (
        v.result = 'caller'
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
