package io.k3j.clusterdns;

import io.k3j.dnsplugins.ClientShares;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// What the plug-ins of all configurations work with.
///
/// @param resolvers those of the node's `resolv.conf`, without our own addresses
/// @param shares how many queries are forwarded at once, kept over a change of the configuration
/// @param random cannot be guessed, for any thread
/// @param clock a monotonic clock
/// @param time the clock of the day
/// @param lines where `log` and `errors` write
/// @param environment what `{$NAME}` stands for
record PluginContext(DnsObjects objects, Supplier<List<InetSocketAddress>> resolvers, ClientShares shares,
        RandomGenerator random, InstantSource clock, InstantSource time, Consumer<String> lines,
        Map<String, String> environment) {
}
