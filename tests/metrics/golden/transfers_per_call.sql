-- call
SELECT
  SUM(c.transfers) FILTER(WHERE
    (
      c.outcome <> 'pending' AND c.answered
    ) AND NOT (
      c.transfers
    ) IS NULL) AS m0,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending' AND c.answered
    ) AND NOT (
      c.transfers
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending' AND c.answered
    ) AND (
      c.transfers
    ) IS NULL) AS m2
FROM calls AS c
WHERE
  c.direction = 'inbound';
