package io.k3j.netpolicy;

import io.k3j.model.Struct;
import java.util.Map;
import java.util.Optional;

/// One entry of a rule's `ports`: a range of one protocol, or a name that each pod gives a number of its own.
///
/// @param protocol `tcp`, `udp` or `sctp`
/// @param first the lowest port; 0 with a name
/// @param last the highest, included; 0 with a name
/// @param name empty when the numbers are known
public record PolicyPort(String protocol, int first, int last, String name) {
    private static final int HIGHEST = 65_535;
    private static final Map<String, String> PROTOCOLS = Map.of("TCP", "tcp", "UDP", "udp", "SCTP", "sctp");

    /// Reads an entry; empty when it can match nothing, because its protocol is unknown or its range is none.
    public static Optional<PolicyPort> of(Struct entry) {
        String protocol = PROTOCOLS.get(entry.text("protocol", "TCP"));
        if (protocol == null) {
            return Optional.empty();
        }
        if (!entry.has("port")) {
            return Optional.of(new PolicyPort(protocol, 0, HIGHEST, ""));
        }
        long first = entry.whole("port", -1);
        if (first < 0) {
            String name = entry.text("port");
            return name.isEmpty() ? Optional.empty() : Optional.of(new PolicyPort(protocol, 0, 0, name));
        }
        long last = entry.whole("endPort", first);
        return last < first || last > HIGHEST ? Optional.empty()
                : Optional.of(new PolicyPort(protocol, (int) first, (int) last, ""));
    }

    /// The protocol as rules write it, of the word objects have; empty when it is unknown.
    public static Optional<String> protocol(String word) {
        return Optional.ofNullable(PROTOCOLS.get(word));
    }

    /// Whether it is a name still.
    public boolean named() {
        return !name.isEmpty();
    }

    /// Whether a numbered one includes a port.
    public boolean includes(String itsProtocol, int port) {
        return !named() && protocol.equals(itsProtocol) && first <= port && port <= last;
    }
}
