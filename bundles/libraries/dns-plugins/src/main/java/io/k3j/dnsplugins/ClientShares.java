package io.k3j.dnsplugins;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/// A limit on concurrent work with a fair share per client. For any thread; never blocks.
///
/// A client is an address. What is refused is answered at once with a failure, so a flood costs its sender only.
public final class ClientShares {
    private final int most;
    private final int mostPerClient;
    private final Map<InetAddress, Integer> taken = new HashMap<>();
    private int all;

    /// @param most held at once by all
    /// @param mostPerClient held at once by one address
    public ClientShares(int most, int mostPerClient) {
        this.most = most;
        this.mostPerClient = mostPerClient;
    }

    /// Takes a seat, to be released once; false when the total or the client's share is exhausted.
    /// @param client who asks
    /// @return whether there was a seat; it is kept until [#release]
    public synchronized boolean take(InetAddress client) {
        int held = taken.getOrDefault(client, 0);
        if (all >= most || held >= mostPerClient) {
            return false;
        }
        taken.put(client, held + 1);
        all++;
        return true;
    }

    /// Releases a seat.
    /// @param client the one it was taken for
    public synchronized void release(InetAddress client) {
        all--;
        taken.computeIfPresent(client, (c, n) -> n > 1 ? n - 1 : null);
    }
}
