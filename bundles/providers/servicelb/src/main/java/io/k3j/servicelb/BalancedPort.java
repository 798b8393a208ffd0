package io.k3j.servicelb;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/// A port of nodes that packets for a Service come in at.
///
/// @param protocol one of [#PROTOCOLS]
/// @param number 1 to 65535
record BalancedPort(String protocol, int number) implements Comparable<BalancedPort> {
    static final List<String> PROTOCOLS = List.of("sctp", "tcp", "udp");
    private static final int HIGHEST = 65_535;
    private static final Comparator<BalancedPort> ORDER = Comparator.comparing(BalancedPort::protocol)
            .thenComparingInt(BalancedPort::number);

    /// A port as the API has it: `TCP` and a number; empty for anything else.
    static Optional<BalancedPort> of(String protocol, long number) {
        String lower = protocol.toLowerCase(Locale.ROOT);
        return PROTOCOLS.contains(lower) && number > 0 && number <= HIGHEST
                ? Optional.of(new BalancedPort(lower, (int) number)) : Optional.empty();
    }

    /// The ports that a Service has under `field`: `port` or `nodePort`.
    static TreeSet<BalancedPort> of(Obj service, String field) {
        TreeSet<BalancedPort> all = new TreeSet<>();
        for (Struct port : service.spec().seq("ports").structs()) {
            of(port.text("protocol", "TCP"), port.whole(field, 0)).ifPresent(all::add);
        }
        return all;
    }

    @Override
    public int compareTo(BalancedPort other) {
        return ORDER.compare(this, other);
    }

    /// As `tcp/80`.
    @Override
    public String toString() {
        return protocol + '/' + number;
    }
}
