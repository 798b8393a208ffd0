package io.k3j.clusterdns;

import io.k3j.componentapi.Health;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// The sockets of all serving addresses and ports of the Corefile. What stays is never closed, so that a change of one
/// block costs the others nothing. For one thread.
final class Sockets implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.clusterdns");
    private final Responder responder;
    private final InstantSource clock;
    private final Health health;
    private final Map<Place, Listeners> open = new HashMap<>();

    /// @param port of the Corefile
    /// @param serving by which clients are let in
    private record Place(String address, int port, ServingAddresses serving) {
    }

    Sockets(Responder responder, InstantSource clock, Health health) {
        this.responder = responder;
        this.clock = clock;
        this.health = health;
    }

    /// Listens on exactly these. The sockets of port 53 have to open; of another port a failure is told only.
    /// @return what does not work, empty when all does
    /// @throws IOException when an address is not available yet
    String keep(ServingAddresses serving, Set<Integer> ports) throws IOException {
        Set<Place> wanted = new HashSet<>();
        ports.forEach(p -> serving.addresses().forEach(a -> wanted.add(new Place(a, p, serving))));
        open.entrySet().removeIf(e -> !wanted.contains(e.getKey()) && close(e.getValue()));
        StringBuilder trouble = new StringBuilder();
        for (Place place : wanted) {
            if (!open.containsKey(place)) {
                try {
                    open(place);
                } catch (IOException e) {
                    if (place.port() == 53) {
                        throw e;
                    }
                    trouble.append("cannot listen on ").append(place.address()).append(" port ").append(place.port())
                            .append(": ").append(e.getMessage());
                }
            }
        }
        return trouble.toString();
    }

    private void open(Place place) throws IOException {
        int port = place.serving().portFor(place.port());
        open.put(place, new Listeners(
                new Listeners.At(new InetSocketAddress(InetAddress.ofLiteral(place.address()), port), place.port()),
                responder, place.serving()::welcome, clock, health));
        LOG.log(System.Logger.Level.INFO, "Serving DNS address={0} port={1}", place.address(),
                Integer.toString(port));
    }

    private static boolean close(Listeners listeners) {
        listeners.close();
        return true;
    }

    @Override
    public void close() {
        open.values().forEach(Listeners::close);
        open.clear();
    }
}
