package io.k3j.webhookclient;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import java.util.HashMap;
import java.util.Map;

/// How many calls of a webhook are not over yet, so that nobody keeps the others out. Any thread; never blocks.
final class Shares {
    private final int most;
    private final int ofUser;
    private final Map<String, Integer> inside = new HashMap<>();
    private int all;

    /// @param ofUser of all of them, for one user
    Shares(int most, int ofUser) {
        this.most = most;
        this.ofUser = ofUser;
    }

    /// Begins a call, which [#leave] ends.
    /// @throws ApiFault 429, which is no failure of the webhook
    synchronized void enter(String user) {
        int own = inside.getOrDefault(user, 0);
        if (all >= most || own >= ofUser) {
            throw tooMany();
        }
        inside.put(user, own + 1);
        all++;
    }

    /// A call is over.
    synchronized void leave(String user) {
        inside.computeIfPresent(user, (_, own) -> own == 1 ? null : own - 1);
        all--;
    }

    static ApiFault tooMany() {
        return new ApiFault(429, "TooManyRequests", "too many requests wait for a webhook of the API server,"
                + " please try again later", Struct.of("retryAfterSeconds", 1));
    }
}
