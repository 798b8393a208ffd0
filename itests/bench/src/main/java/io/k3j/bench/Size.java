package io.k3j.bench;

import java.util.List;

/// How much is measured, and for how long.
/// @param connections of the load generator
/// @param inFlight requests at once of the creates; the last one is also that of the reads
/// @param warmSeconds before each kind of request, so that compilers have done their work
/// @param seconds that are measured
/// @param pods in the list
/// @param lists how often it is read
/// @param maps ConfigMaps in lists by label and in every form
/// @param watches on one namespace
/// @param changesPerSecond of what they watch
/// @param quietSeconds before the idle server is measured
/// @param idleSeconds that it is measured
record Size(int connections, List<Integer> inFlight, double warmSeconds, double seconds, int pods, int lists,
        int maps, int watches, int changesPerSecond, double quietSeconds, double idleSeconds) {
    /// The same for several servers.
    /// @param inFlight creates at once
    /// @param warmSeconds before they are measured: compilers of several servers share the cores with all they do
    /// @param changes that measure how soon idle servers hear of each other
    record Servers(int inFlight, double warmSeconds, int changes) {
    }

    /// What the floors are for.
    static final Size FULL = new Size(64, List.of(64, 256), 20, 10, 10_000, 20, 500_000, 1_000, 200, 300, 300);
    /// The same in a tenth of the time, for work on one of the numbers.
    static final Size SHORT = new Size(64, List.of(64, 256), 8, 4, 10_000, 8, 90_000, 1_000, 200, 10, 20);
    /// Only whether everything is answered rightly.
    static final Size SMOKE = new Size(4, List.of(8), 0.2, 0.8, 50, 2, 300, 20, 20, 0.1, 1);

    /// Of the measurement of several servers.
    Servers servers() {
        return this == SMOKE ? new Servers(64, 0.2, 3) : new Servers(1_000, 3 * warmSeconds, 40);
    }

    /// By name.
    static Size of(String name) {
        return switch (name) {
            case "full" -> FULL;
            case "short" -> SHORT;
            case "smoke" -> SMOKE;
            default -> throw new IllegalArgumentException("size is full, short or smoke, not " + name);
        };
    }
}
