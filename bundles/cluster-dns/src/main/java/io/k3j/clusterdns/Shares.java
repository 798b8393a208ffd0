package io.k3j.clusterdns;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/// Seats that are shared fairly: so many in all, and no client has more than its part of them. Any thread; never
/// blocks.
final class Shares {
    private final int most;
    private final int mostPerClient;
    private final Map<InetAddress, Integer> taken = new HashMap<>();
    private int all;

    Shares(int most, int mostPerClient) {
        this.most = most;
        this.mostPerClient = mostPerClient;
    }

    /// Takes a seat, to be given back once; false when there is none for this client.
    synchronized boolean take(InetAddress client) {
        int own = taken.getOrDefault(client, 0);
        if (all >= most || own >= mostPerClient) {
            return false;
        }
        taken.put(client, own + 1);
        all++;
        return true;
    }

    /// Gives a seat back.
    synchronized void give(InetAddress client) {
        all--;
        taken.computeIfPresent(client, (c, n) -> n > 1 ? n - 1 : null);
    }
}
