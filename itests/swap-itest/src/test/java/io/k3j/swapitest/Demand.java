package io.k3j.swapitest;

/// What is asked of a server while its bundles are replaced.
///
/// @param perSecond requests per second
/// @param each watches on each of the namespaces that the requests go to
/// @param crowd further watches on a namespace in which something changes twenty times a second
record Demand(int perSecond, int each, int crowd) {
    /// What a machine bears that builds as well.
    static final Demand ORDINARY = new Demand(500, 10, 0);
    /// What issue 14 asks for: a thousand watches, of which a few see all that the load changes.
    static final Demand LARGE = new Demand(5_000, 1, 1_000 - Load.NAMESPACES);
    /// How often a hand of the load asks in a second.
    private static final int BY_HAND = 20;

    /// How many ask at once.
    int hands() {
        return perSecond / BY_HAND;
    }

    /// Nanoseconds between two requests of one of them.
    long period() {
        return 1_000_000_000L / BY_HAND;
    }

    /// How many namespaces there are, with that of the crowd.
    int namespaces() {
        return Load.NAMESPACES + (crowd > 0 ? 1 : 0);
    }

    /// How many watches there are on a namespace.
    int watches(int namespace) {
        return namespace < Load.NAMESPACES ? each : crowd;
    }

    /// How many there are in all.
    int watches() {
        return each * Load.NAMESPACES + crowd;
    }
}
