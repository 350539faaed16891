-- visit
SELECT
  COUNT(*) FILTER(WHERE
    (
      TRUE
    ) AND (
      v.result IN ('unstaffed', 'empty')
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      TRUE
    ) AND NOT (
      v.result IN ('unstaffed', 'empty')
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      TRUE
    ) IS NULL
    OR (
      (
        TRUE
      ) AND (
        v.result IN ('unstaffed', 'empty')
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
