-- call
SELECT
  COUNT(*) FILTER(WHERE
    c.outcome IN ('voicemail_left', 'voicemail_no_message')) AS m0,
  COUNT(*) FILTER(WHERE
    c.outcome IN ('voicemail_left', 'voicemail_no_message')) AS m1,
  0 AS m2
FROM calls AS c
WHERE
  c.direction = 'inbound';
