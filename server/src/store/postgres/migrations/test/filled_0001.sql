-- What a database of version 1 holds, as far as a later step must keep it. Digests and hashes are invented: no step computes them.
INSERT INTO entries VALUES (1, '2026-11-01T00:00:00Z', 'operator', NULL, 'refused', 'subject-1', 'TLP:CLEAR',
    '\x0b50a7d9c8d5b2a6a4a98bd2a4f1f0d3c6e2d9f7b1a0e3c4d5f60718293a4b5c', NULL,
    '\x0000000000000000000000000000000000000000000000000000000000000000',
    '\x1111111111111111111111111111111111111111111111111111111111111111');
INSERT INTO entries VALUES (2, '2026-11-01T00:00:01Z', 'operator', 'g_1', 'read', 'subject-2', 'TLP:AMBER',
    '\x0c50a7d9c8d5b2a6a4a98bd2a4f1f0d3c6e2d9f7b1a0e3c4d5f60718293a4b5c', 'r_2',
    '\x1111111111111111111111111111111111111111111111111111111111111111',
    '\x2222222222222222222222222222222222222222222222222222222222222222');
INSERT INTO bodies VALUES ('\x0b50a7d9c8d5b2a6a4a98bd2a4f1f0d3c6e2d9f7b1a0e3c4d5f60718293a4b5c',
    '\x3333333333333333333333333333333333333333333333333333333333333333', '\x7b7d');
INSERT INTO readers VALUES ('r_1', '{"id":"r_1","name":"A","kind":"person","roles":["officer"],"groups":[],"clearance":"TLP:AMBER","expires_on":null}');
