-- call
SELECT
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
    )
    AND (
      c.outcome IN ('voicemail_left', 'voicemail_no_message')
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
    )
    AND NOT (
      c.outcome IN ('voicemail_left', 'voicemail_no_message')
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
        c.outcome IN ('voicemail_left', 'voicemail_no_message')
      ) IS NULL
    )) AS m2
FROM calls AS c
WHERE
  c.direction = 'inbound';
