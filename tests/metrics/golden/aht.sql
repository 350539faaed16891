-- staff time
SELECT
  SUM(
    CASE
      WHEN (
        p.talking OR p.wrapping
      )
      THEN LEAST(p.ended_at, 4611686018427387904) - GREATEST(p.began_at, 0)
      ELSE 0
    END
  ) // 1000 AS m0,
  CASE WHEN SUM(p.wraps) > 0 THEN SUM(p.talks) END AS m1,
  0 AS m2
FROM presence AS p
WHERE
  NOT p.by_queue;
