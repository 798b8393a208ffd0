package io.k3j.apiserver;

import io.k3j.model.Struct;
import io.k3j.watchcache.Keys;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where one API server is reached, and its record in the store: an `Endpoints` object with one address, as
/// upstream's. Ordered by address, then port.
record Peer(String address, int port) implements Comparable<Peer> {
    /// Where the records lie; upstream's place.
    static final String RECORDS = Keys.ROOT + "masterleases/";

    /// The server a record tells of, null when it is none.
    static @Nullable Peer of(Struct record) {
        Struct subset = record.seq("subsets").structs().stream().findFirst().orElse(Struct.EMPTY);
        String address = subset.seq("addresses").structs().stream().findFirst().orElse(Struct.EMPTY).text("ip");
        long port = subset.seq("ports").structs().stream().findFirst().orElse(Struct.EMPTY).whole("port", 6443);
        return address.isEmpty() ? null : new Peer(address, (int) port);
    }

    /// Its record's key.
    String key() {
        return RECORDS + address + ":" + port;
    }

    /// Its record.
    Struct record() {
        return Struct.of("apiVersion", "v1", "kind", "Endpoints", "metadata", Struct.of("name", address), "subsets",
                List.of(Struct.of("addresses", List.of(Struct.of("ip", address)), "ports",
                        List.of(Struct.of("name", "https", "port", port, "protocol", "TCP")))));
    }

    /// The address' family, as slices call it.
    String family() {
        return address.indexOf(':') < 0 ? "IPv4" : "IPv6";
    }

    @Override
    public int compareTo(Peer other) {
        int byAddress = address.compareTo(other.address);
        return byAddress != 0 ? byAddress : Integer.compare(port, other.port);
    }
}
