-- call
SELECT
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
    ) AND (
      NOT c.answered
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
    ) AND NOT (
      NOT c.answered
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
    ) IS NULL
    OR (
      (
        c.outcome <> 'pending'
      ) AND (
        NOT c.answered
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
      v.result <> 'answered'
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      TRUE
    ) AND NOT (
      v.result <> 'answered'
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      TRUE
    ) IS NULL
    OR (
      (
        TRUE
      ) AND (
        v.result <> 'answered'
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

-- attempt
SELECT
  COUNT(*) FILTER(WHERE
    (
      TRUE
    ) AND (
      a.result <> 'answered'
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      TRUE
    ) AND NOT (
      a.result <> 'answered'
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      TRUE
    ) IS NULL
    OR (
      (
        TRUE
      ) AND (
        a.result <> 'answered'
      ) IS NULL
    )) AS m2
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
