package io.k3j.edge;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The handshakes of one port that are under way. One address, of IPv6 one network, has a part of the places. Where
/// there is none left, the client that has said nothing for longest makes room: one that means to come says something
/// at once. For any thread.
final class Handshakes {
    private static final int NETWORK_BYTES = 8;
    private final int most;
    private final int mostOfNetwork;
    /// In the order in which they began, with their networks.
    private final Map<ClientConnection, ByteBuffer> open = new LinkedHashMap<>();
    private final Map<ByteBuffer, Integer> ofNetwork = new HashMap<>();

    /// @param most places
    /// @param mostOfNetwork how many of them one network has
    Handshakes(int most, int mostOfNetwork) {
        this.most = most;
        this.mostOfNetwork = mostOfNetwork;
    }

    /// Whether there is a place for one more of this address, perhaps that of another client, which is closed.
    boolean hasRoom(InetAddress address) {
        ByteBuffer network = network(address);
        @Nullable
        ClientConnection silent;
        synchronized (this) {
            if (ofNetwork.getOrDefault(network, 0) >= mostOfNetwork) {
                silent = silent(network::equals);
            } else if (open.size() >= most) {
                silent = silent(_ -> true);
            } else {
                return true;
            }
            if (silent == null) {
                return false;
            }
            ended(silent);
        }
        silent.channel().close();
        return true;
    }

    private @Nullable ClientConnection silent(Predicate<ByteBuffer> of) {
        for (Map.Entry<ClientConnection, ByteBuffer> oldest : open.entrySet()) {
            if (oldest.getKey().silent() && of.test(oldest.getValue())) {
                return oldest.getKey();
            }
        }
        return null;
    }

    /// A handshake has begun.
    synchronized void begun(ClientConnection client) {
        ByteBuffer network = network(client.remote().getAddress());
        open.put(client, network);
        ofNetwork.merge(network, 1, Integer::sum);
    }

    /// It has ended. Without effect the second time.
    synchronized void ended(ClientConnection client) {
        @Nullable
        ByteBuffer network = open.remove(client);
        if (network != null) {
            ofNetwork.computeIfPresent(network, (_, count) -> count == 1 ? null : count - 1);
        }
    }

    private static ByteBuffer network(InetAddress address) {
        byte[] bytes = address.getAddress();
        return ByteBuffer.wrap(bytes, 0, address instanceof Inet6Address ? NETWORK_BYTES : bytes.length);
    }
}
