-- person's load
SELECT
  2.0 * SUM(b.place * b.load) - (
    COUNT(*) + 1
  ) * SUM(b.load) AS m0,
  COUNT(*) * SUM(b.load) AS m1,
  0 AS m2
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (ORDER BY load) AS place
  FROM (
    SELECT
      *,
      m1 / m2 AS load
    FROM (
      SELECT
        p.agent AS k0,
        SUM(CASE WHEN p.signed_in THEN p.talks ELSE 0 END) AS m1,
        SUM(
          CASE
            WHEN p.signed_in
            THEN LEAST(p.ended_at, 4611686018427387904) - GREATEST(p.began_at, 0)
            ELSE 0
          END
        ) / 3600000000.0 AS m2,
        0 AS m3
      FROM presence AS p
      WHERE
        NOT p.by_queue
      GROUP BY
        1
    ) AS given /* source: given */
    WHERE
      m2 > 0
  ) AS each
) AS b;
