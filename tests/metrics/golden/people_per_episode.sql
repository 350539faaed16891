-- episode
SELECT
  SUM(q.people) FILTER(WHERE
    (
      e.state = 'helped'
    ) AND NOT (
      q.people
    ) IS NULL) AS m0,
  COUNT(*) FILTER(WHERE
    (
      e.state = 'helped'
    ) AND NOT (
      q.people
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      e.state = 'helped'
    ) AND (
      q.people
    ) IS NULL) AS m2
FROM episodes AS e
INNER JOIN calls AS c
  ON c.call_id = e.episode
LEFT JOIN episode_people AS q
  ON q.episode = e.episode
WHERE
  TRUE;
