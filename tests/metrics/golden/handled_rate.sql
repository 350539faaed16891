-- call
SELECT
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
    )
    AND (
      c.answered
      OR c.outcome IN (
        'callback_requested',
        'self_served',
        'caller_left_in_menu',
        'caller_left_in_bot',
        'caller_left_closed'
      )
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
    )
    AND NOT (
      c.answered
      OR c.outcome IN (
        'callback_requested',
        'self_served',
        'caller_left_in_menu',
        'caller_left_in_bot',
        'caller_left_closed'
      )
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
    ) IS NULL
    OR (
      (
        c.outcome <> 'pending'
      )
      AND (
        c.answered
        OR c.outcome IN (
          'callback_requested',
          'self_served',
          'caller_left_in_menu',
          'caller_left_in_bot',
          'caller_left_closed'
        )
      ) IS NULL
    )) AS m2
FROM calls AS c
WHERE
  c.direction = 'inbound';
