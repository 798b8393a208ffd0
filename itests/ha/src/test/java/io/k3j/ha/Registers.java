package io.k3j.ha;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;

/// Registers of a seeded simulation, with clients whose calls overlap and some of whose answers are lost.
final class Registers {
    private static final int CLIENTS = 8;
    private static final int LONGEST = 1000;
    private static final int LOST_OF = 200;
    private final Random random;
    private final Map<String, String> values = new HashMap<>();
    private final Map<String, Long> revisions = new HashMap<>();
    private final List<Operation> history = new ArrayList<>();
    private long revision = 1;

    /// A call that takes effect at a moment between its begin and its end.
    private record Call(int client, String key, String write, long begin, long moment, long end) {
    }

    Registers(Random random) {
        this.random = random;
    }

    List<Operation> run(int operations, int keys) {
        for (int k = 0; k < keys; k++) {
            values.put("k" + k, "first-" + k);
            revisions.put("k" + k, ++revision);
            history.add(Operation.written("k" + k, "first-" + k, revision, k * 2L, k * 2L + 1));
        }
        PriorityQueue<Call> due = new PriorityQueue<>((a, b) -> Long.compare(a.moment(), b.moment()));
        for (int c = 0; c < CLIENTS; c++) {
            due.add(call(c, keys, keys * 2L + c));
        }
        for (int n = 0; n < operations; n++) {
            Call call = due.remove();
            happen(call);
            due.add(call(call.client(), keys, call.end() + 1));
        }
        return history;
    }

    private Call call(int client, int keys, long begin) {
        String key = "k" + random.nextInt(keys);
        String write = random.nextBoolean() ? "v" + random.nextLong() : "";
        long moment = begin + 1 + random.nextInt(LONGEST);
        return new Call(client, key, write, begin, moment, moment + 1 + random.nextInt(LONGEST));
    }

    private void happen(Call call) {
        if (call.write().isEmpty()) {
            history.add(Operation.read(call.key(), values.get(call.key()), revisions.get(call.key()), call.begin(),
                    call.end()));
            return;
        }
        boolean lost = random.nextInt(LOST_OF) == 0;
        if (!lost || random.nextBoolean()) {
            values.put(call.key(), call.write());
            revisions.put(call.key(), ++revision);
        }
        history.add(lost ? Operation.lost(call.key(), call.write(), call.begin())
                : Operation.written(call.key(), call.write(), revision, call.begin(), call.end()));
    }
}
