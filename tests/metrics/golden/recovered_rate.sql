-- missed need
SELECT
  COUNT(*) FILTER(WHERE
    d.joined
    AND COALESCE(d.state = 'recovered' AND d.settled_at <= d.missed_at + 86400000000, FALSE)) AS m0,
  COUNT(*) FILTER(WHERE
    d.joined
    AND (
      COALESCE(d.state = 'recovered' AND d.settled_at <= d.missed_at + 86400000000, FALSE)
      OR d.missed_at + 86400000000 <= 4611686018427387904
    )) AS m1,
  COUNT(*) FILTER(WHERE
    d.joined
    AND NOT (
      COALESCE(d.state = 'recovered' AND d.settled_at <= d.missed_at + 86400000000, FALSE)
      OR d.missed_at + 86400000000 <= 4611686018427387904
    )) AS m2
FROM returns AS d
INNER JOIN calls AS c
  ON c.call_id = d.first_missed
WHERE
  TRUE;
