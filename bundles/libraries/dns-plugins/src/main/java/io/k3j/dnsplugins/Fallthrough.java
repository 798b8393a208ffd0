package io.k3j.dnsplugins;

import java.util.List;

/// For which names a plug-in that knows nothing asks the next one: CoreDNS' `fallthrough [ZONES…]`.
/// @param zones of the names that fall through
public record Fallthrough(Zones zones) {
    /// A plug-in without `fallthrough`: what it does not know is its answer.
    public static final Fallthrough NEVER = new Fallthrough(new Zones(List.of()));

    /// By its arguments; without any for every name.
    /// @param arguments zones as they are written
    /// @throws IllegalArgumentException for what is no name
    public static Fallthrough of(List<String> arguments) {
        return new Fallthrough(arguments.isEmpty() ? new Zones(List.of("")) : Zones.of(arguments));
    }

    /// Whether the next link is asked for a name that is not known here.
    public boolean through(String name) {
        return zones.hold(name);
    }
}
