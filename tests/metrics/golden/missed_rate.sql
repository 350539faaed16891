-- call
SELECT
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
    ) AND (
      j.missed
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
    ) AND NOT (
      j.missed
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
    ) IS NULL
    OR (
      (
        c.outcome <> 'pending'
      ) AND (
        j.missed
      ) IS NULL
    )) AS m2
FROM calls AS c
LEFT JOIN verdicts AS j
  ON j.call_id = c.call_id
WHERE
  c.direction = 'inbound';

-- visit
SELECT
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
    )
    AND (
      CASE WHEN v.began_at >= w.last_at THEN j.missed ELSE FALSE END
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
    )
    AND NOT (
      CASE WHEN v.began_at >= w.last_at THEN j.missed ELSE FALSE END
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
    ) IS NULL
    OR (
      (
        c.outcome <> 'pending'
      )
      AND (
        CASE WHEN v.began_at >= w.last_at THEN j.missed ELSE FALSE END
      ) IS NULL
    )) AS m2
FROM stays AS v
INNER JOIN calls AS c
  ON c.call_id = v.call_id
LEFT JOIN verdicts AS j
  ON j.call_id = c.call_id
LEFT JOIN (
  SELECT
    call_id,
    MAX(began_at) AS last_at
  FROM visits
  GROUP BY
    call_id
) AS w
  ON w.call_id = v.call_id
WHERE
  c.direction IN ('inbound', 'internal');

-- attempt
SELECT
  COUNT(*) FILTER(WHERE
    (
      a.result = 'answered' OR a.result IN ('no_answer', 'rejected')
    )
    AND (
      a.result IN ('no_answer', 'rejected')
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      a.result = 'answered' OR a.result IN ('no_answer', 'rejected')
    )
    AND NOT (
      a.result IN ('no_answer', 'rejected')
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      a.result = 'answered' OR a.result IN ('no_answer', 'rejected')
    ) IS NULL
    OR (
      (
        a.result = 'answered' OR a.result IN ('no_answer', 'rejected')
      )
      AND (
        a.result IN ('no_answer', 'rejected')
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
