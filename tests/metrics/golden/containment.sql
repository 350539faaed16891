-- call
SELECT
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending' AND c.menu_entries > 0
    ) AND (
      c.self_served
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending' AND c.menu_entries > 0
    )
    AND NOT (
      c.self_served
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending' AND c.menu_entries > 0
    ) IS NULL
    OR (
      (
        c.outcome <> 'pending' AND c.menu_entries > 0
      )
      AND (
        c.self_served
      ) IS NULL
    )) AS m2
FROM calls AS c
WHERE
  c.direction = 'inbound';
