-- staff time
SELECT
  SUM(
    CASE
      WHEN NOT p.by_queue AND (
        p.talking OR p.wrapping
      )
      THEN LEAST(p.ended_at, 4611686018427387904) - GREATEST(p.began_at, 0)
      ELSE 0
    END
  ) // 1000 AS m0,
  SUM(
    CASE
      WHEN NOT p.by_queue
      AND (
        (
          p.talking OR p.wrapping
        )
        OR (
          p.signed_in AND NOT (
            p.paused OR p.wrapping OR p.talking OR p.ringing
          )
        )
      )
      THEN LEAST(p.ended_at, 4611686018427387904) - GREATEST(p.began_at, 0)
      ELSE 0
    END
  ) // 1000 AS m1,
  0 AS m2
FROM presence AS p
WHERE
  NOT p.by_queue;
