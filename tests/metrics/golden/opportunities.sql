-- attempt
SELECT
  COUNT(*) FILTER(WHERE
    (
      TRUE
    )
    AND (
      (
        a.result = 'answered'
        OR (
          (
            a.result = 'rejected' OR (
              a.result = 'no_answer' AND a.lasted_ms >= 5000
            )
          )
          AND NOT z.talking
          AND NOT z.paused
          AND COALESCE(z.signed_in, TRUE)
        )
      )
    )) AS m0,
  COUNT(*) FILTER(WHERE
    (
      TRUE
    )
    AND NOT (
      (
        a.result = 'answered'
        OR (
          (
            a.result = 'rejected' OR (
              a.result = 'no_answer' AND a.lasted_ms >= 5000
            )
          )
          AND NOT z.talking
          AND NOT z.paused
          AND COALESCE(z.signed_in, TRUE)
        )
      )
    ) IS NULL) AS m1,
  COUNT(*) FILTER(WHERE
    (
      TRUE
    ) IS NULL
    OR (
      (
        TRUE
      )
      AND (
        (
          a.result = 'answered'
          OR (
            (
              a.result = 'rejected' OR (
                a.result = 'no_answer' AND a.lasted_ms >= 5000
              )
            )
            AND NOT z.talking
            AND NOT z.paused
            AND COALESCE(z.signed_in, TRUE)
          )
        )
      ) IS NULL
    )) AS m2
FROM attempts AS a
LEFT JOIN ring_states AS z
  ON z.call_id = a.call_id AND z.agent = a.agent AND z.began_at = a.began_at
WHERE
  NOT a.call_id IN (
    SELECT
      call_id
    FROM calls
    WHERE
      NOT direction IN ('inbound', 'internal')
  )
  AND COALESCE(a.agent_kind, 'person') = 'person';
