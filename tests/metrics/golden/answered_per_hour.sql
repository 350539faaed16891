-- staff time
SELECT
  SUM(CASE WHEN p.signed_in THEN p.talks ELSE 0 END) AS m0,
  SUM(
    CASE
      WHEN p.signed_in
      THEN LEAST(p.ended_at, 4611686018427387904) - GREATEST(p.began_at, 0)
      ELSE 0
    END
  ) / 3600000000.0 AS m1,
  0 AS m2
FROM presence AS p
WHERE
  NOT p.by_queue;
