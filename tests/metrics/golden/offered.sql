-- call
SELECT
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
    ) AND (
      c.asked_for_person
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
    ) AND NOT (
      c.asked_for_person
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
    ) IS NULL
    OR (
      (
        c.outcome <> 'pending'
      ) AND (
        c.asked_for_person
      ) IS NULL
    )) AS m2
FROM calls AS c
WHERE
  c.direction = 'inbound';

-- visit
SELECT
  COUNT(*) FILTER(WHERE
    TRUE) AS m0,
  COUNT(*) FILTER(WHERE
    TRUE) AS m1,
  0 AS m2
FROM stays AS v
WHERE
  NOT v.call_id IN (
    SELECT
      call_id
    FROM calls
    WHERE
      NOT direction IN ('inbound', 'internal')
  );

-- attempt
SELECT
  COUNT(*) FILTER(WHERE
    TRUE) AS m0,
  COUNT(*) FILTER(WHERE
    TRUE) AS m1,
  0 AS m2
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
