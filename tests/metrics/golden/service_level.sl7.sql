-- call
SELECT
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
      AND c.asked_for_person
      AND (
        c.answered
        OR c.outcome IN ('caller_left_in_queue', 'caller_left_while_ringing')
        OR c.outcome IN (
          'timed_out',
          'queue_empty',
          'queue_full',
          'queue_unstaffed',
          'left_by_key',
          'closed_while_waiting',
          'voicemail_left',
          'voicemail_no_message',
          'callback_requested'
        )
      )
    )
    AND (
      c.answered AND c.wait_ms <= 60000
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
      AND c.asked_for_person
      AND (
        c.answered
        OR c.outcome IN ('caller_left_in_queue', 'caller_left_while_ringing')
        OR c.outcome IN (
          'timed_out',
          'queue_empty',
          'queue_full',
          'queue_unstaffed',
          'left_by_key',
          'closed_while_waiting',
          'voicemail_left',
          'voicemail_no_message',
          'callback_requested'
        )
      )
    )
    AND NOT (
      c.answered AND c.wait_ms <= 60000
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      c.outcome <> 'pending'
      AND c.asked_for_person
      AND (
        c.answered
        OR c.outcome IN ('caller_left_in_queue', 'caller_left_while_ringing')
        OR c.outcome IN (
          'timed_out',
          'queue_empty',
          'queue_full',
          'queue_unstaffed',
          'left_by_key',
          'closed_while_waiting',
          'voicemail_left',
          'voicemail_no_message',
          'callback_requested'
        )
      )
    ) IS NULL
    OR (
      (
        c.outcome <> 'pending'
        AND c.asked_for_person
        AND (
          c.answered
          OR c.outcome IN ('caller_left_in_queue', 'caller_left_while_ringing')
          OR c.outcome IN (
            'timed_out',
            'queue_empty',
            'queue_full',
            'queue_unstaffed',
            'left_by_key',
            'closed_while_waiting',
            'voicemail_left',
            'voicemail_no_message',
            'callback_requested'
          )
        )
      )
      AND (
        c.answered AND c.wait_ms <= 60000
      ) IS NULL
    )) AS m2
FROM calls AS c
WHERE
  c.direction = 'inbound';

-- visit
SELECT
  COUNT(*) FILTER(WHERE
    (
      v.result = 'answered'
      OR v.result = 'caller'
      OR v.result IN ('timeout', 'empty', 'full', 'unstaffed', 'key', 'moved', 'withdrawn', 'closing')
    )
    AND (
      v.result = 'answered' AND v.lasted_ms <= 60000
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      v.result = 'answered'
      OR v.result = 'caller'
      OR v.result IN ('timeout', 'empty', 'full', 'unstaffed', 'key', 'moved', 'withdrawn', 'closing')
    )
    AND NOT (
      v.result = 'answered' AND v.lasted_ms <= 60000
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      v.result = 'answered'
      OR v.result = 'caller'
      OR v.result IN ('timeout', 'empty', 'full', 'unstaffed', 'key', 'moved', 'withdrawn', 'closing')
    ) IS NULL
    OR (
      (
        v.result = 'answered'
        OR v.result = 'caller'
        OR v.result IN ('timeout', 'empty', 'full', 'unstaffed', 'key', 'moved', 'withdrawn', 'closing')
      )
      AND (
        v.result = 'answered' AND v.lasted_ms <= 60000
      ) IS NULL
    )) AS m2
FROM stays AS v
WHERE
  NOT v.call_id IN (
    SELECT
      call_id
    FROM calls
    WHERE
      NOT direction IN ('inbound', 'internal')
  );
