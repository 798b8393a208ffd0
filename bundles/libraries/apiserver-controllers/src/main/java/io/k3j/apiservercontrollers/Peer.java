package io.k3j.apiservercontrollers;

import io.k3j.model.Struct;
import io.k3j.watchcache.StorageKeys;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The address of one API server, and its record in the datastore: an `Endpoints` object with one address, as
/// upstream's. Ordered by address, then port.
///
/// @param address an IP address, in the form in which the server writes it
/// @param port at which it listens
public record Peer(String address, int port) implements Comparable<Peer> {
    /// The key prefix of the records, the same as upstream's.
    static final String RECORDS = StorageKeys.ROOT + "masterleases/";

    /// The server of a record; null for a malformed record.
    static @Nullable Peer of(Struct record) {
        Struct subset = record.seq("subsets").structs().stream().findFirst().orElse(Struct.EMPTY);
        String address = subset.seq("addresses").structs().stream().findFirst().orElse(Struct.EMPTY).text("ip");
        long port = subset.seq("ports").structs().stream().findFirst().orElse(Struct.EMPTY).whole("port", 6443);
        return address.isEmpty() ? null : new Peer(address, (int) port);
    }

    /// The key of the record.
    public String key() {
        return RECORDS + address + ":" + port;
    }

    /// The record.
    Struct record() {
        return Struct.of("apiVersion", "v1", "kind", "Endpoints", "metadata", Struct.of("name", address), "subsets",
                List.of(Struct.of("addresses", List.of(Struct.of("ip", address)), "ports",
                        List.of(Struct.of("name", "https", "port", port, "protocol", "TCP")))));
    }

    /// The address family as EndpointSlices name it.
    String family() {
        return address.indexOf(':') < 0 ? "IPv4" : "IPv6";
    }

    /// By address, then by port.
    @Override
    public int compareTo(Peer other) {
        int byAddress = address.compareTo(other.address);
        return byAddress != 0 ? byAddress : Integer.compare(port, other.port);
    }
}
