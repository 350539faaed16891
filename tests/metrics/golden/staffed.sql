-- staff time
SELECT
  SUM(
    CASE
      WHEN p.signed_in
      THEN LEAST(p.ended_at, 4611686018427387904) - GREATEST(p.began_at, 0)
      ELSE 0
    END
  ) // 1000 AS m0,
  MAX(x.ms) AS m1,
  0 AS m2
FROM presence AS p
JOIN (
  SELECT
    SUM(LEAST(s.to_at, 4611686018427387904) - GREATEST(s.from_at, 0)) // 1000 AS ms
  FROM slots AS s
  WHERE
    s.to_at > 0 AND s.from_at < 4611686018427387904
) AS x
  ON TRUE
WHERE
  NOT p.by_queue;
