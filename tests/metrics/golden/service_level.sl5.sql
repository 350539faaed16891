-- call
SELECT
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending' AND c.queued
    )
    AND (
      (
        c.answered
        OR c.outcome IN ('caller_left_in_queue', 'caller_left_while_ringing')
        OR c.outcome = 'callback_requested'
      )
      AND c.wait_ms <= 60000
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending' AND c.queued
    )
    AND NOT (
      (
        c.answered
        OR c.outcome IN ('caller_left_in_queue', 'caller_left_while_ringing')
        OR c.outcome = 'callback_requested'
      )
      AND c.wait_ms <= 60000
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending' AND c.queued
    ) IS NULL
    OR (
      (
        c.outcome <> 'pending' AND c.queued
      )
      AND (
        (
          c.answered
          OR c.outcome IN ('caller_left_in_queue', 'caller_left_while_ringing')
          OR c.outcome = 'callback_requested'
        )
        AND c.wait_ms <= 60000
      ) IS NULL
    )) AS m2
FROM calls AS c
WHERE
  c.direction = 'inbound';

-- visit
SELECT
  COUNT(*) FILTER(WHERE
    (
      NOT COALESCE(v.result IN ('full', 'unstaffed') AND v.lasted_ms = 0, FALSE)
    )
    AND (
      (
        v.result = 'answered'
        OR v.result = 'caller'
        OR (
          v.result = 'key' AND c.outcome = 'callback_requested'
        )
      )
      AND v.lasted_ms <= 60000
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      NOT COALESCE(v.result IN ('full', 'unstaffed') AND v.lasted_ms = 0, FALSE)
    )
    AND NOT (
      (
        v.result = 'answered'
        OR v.result = 'caller'
        OR (
          v.result = 'key' AND c.outcome = 'callback_requested'
        )
      )
      AND v.lasted_ms <= 60000
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      NOT COALESCE(v.result IN ('full', 'unstaffed') AND v.lasted_ms = 0, FALSE)
    ) IS NULL
    OR (
      (
        NOT COALESCE(v.result IN ('full', 'unstaffed') AND v.lasted_ms = 0, FALSE)
      )
      AND (
        (
          v.result = 'answered'
          OR v.result = 'caller'
          OR (
            v.result = 'key' AND c.outcome = 'callback_requested'
          )
        )
        AND v.lasted_ms <= 60000
      ) IS NULL
    )) AS m2
FROM stays AS v
INNER JOIN calls AS c
  ON c.call_id = v.call_id
WHERE
  c.direction IN ('inbound', 'internal');
