-- call
SELECT
  COUNT(*) FILTER(WHERE
    TRUE) AS m0,
  COUNT(*) FILTER(WHERE
    TRUE) AS m1,
  0 AS m2
FROM calls AS c
WHERE
  c.direction = 'inbound';

-- visit
SELECT
  COUNT(*) FILTER(WHERE
    TRUE) AS m0,
  COUNT(*) FILTER(WHERE
    TRUE) AS m1,
  0 AS m2
FROM stays AS v
INNER JOIN calls AS c
  ON c.call_id = v.call_id
WHERE
  c.direction IN ('inbound', 'internal');

-- attempt
SELECT
  COUNT(*) FILTER(WHERE
    TRUE) AS m0,
  COUNT(*) FILTER(WHERE
    TRUE) AS m1,
  0 AS m2
FROM attempts AS a
INNER JOIN calls AS c
  ON c.call_id = a.call_id
WHERE
  c.direction IN ('inbound', 'internal')
  AND COALESCE(a.agent_kind, 'person') = 'person';
