-- call
SELECT
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
    ) AND (
      c.left_on_hold
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
    ) AND NOT (
      c.left_on_hold
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
    ) IS NULL
    OR (
      (
        c.outcome <> 'pending'
      ) AND (
        c.left_on_hold
      ) IS NULL
    )) AS m2
FROM calls AS c
WHERE
  c.direction = 'inbound';
