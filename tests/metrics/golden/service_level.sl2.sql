-- call
SELECT
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending' AND c.asked_for_person
    )
    AND (
      c.answered AND c.wait_ms <= 60000
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending' AND c.asked_for_person
    )
    AND NOT (
      c.answered AND c.wait_ms <= 60000
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
        c.answered AND c.wait_ms <= 60000
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
      v.result = 'answered' AND v.lasted_ms <= 60000
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      TRUE
    ) AND NOT (
      v.result = 'answered' AND v.lasted_ms <= 60000
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      TRUE
    ) IS NULL
    OR (
      (
        TRUE
      ) AND (
        v.result = 'answered' AND v.lasted_ms <= 60000
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
