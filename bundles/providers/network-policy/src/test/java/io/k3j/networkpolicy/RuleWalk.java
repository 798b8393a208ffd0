package io.k3j.networkpolicy;

import io.k3j.netpolicy.PolicyPeer;
import io.k3j.netpolicy.PolicyPod;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Takes a new flow of TCP over IPv4 into a pod through its rules as the kernel does, for the words of nft that stand
/// in rules about pods and ports.
record RuleWalk(PolicyChains chains) {
    private static final Pattern COUNTER = Pattern.compile("counter name \"[^\"]*\" ");
    private static final Pattern DISPATCH = Pattern.compile("tcp dport vmap \\{ (.*) }");
    private static final Pattern ALL_OF_TCP = Pattern.compile("meta l4proto tcp goto (\\S+)");
    private static final Pattern PORTS = Pattern.compile("tcp dport (?:\\{ ([^}]*) }|([0-9-]+)) ");
    private static final Pattern PODS = Pattern.compile("ip saddr @p4-(\\S+) ");

    /// Whether it is let through.
    boolean passes(PolicyPod peer, int port) {
        return passes(chains.chain(), peer, port);
    }

    private boolean passes(String chain, PolicyPod peer, int port) {
        for (String rule : Objects.requireNonNull(chains.chains().get(chain))) {
            String text = COUNTER.matcher(rule).replaceAll("");
            Optional<String> next = next(text, port);
            if (next.isPresent()) {
                return passes(next.get(), peer, port);
            }
            if (text.endsWith("return") && meets(text, peer, port)) {
                return true;
            }
            if (text.equals("reject")) {
                return false;
            }
        }
        throw new AssertionError("no verdict at the end of " + chain);
    }

    private static Optional<String> next(String text, int port) {
        Matcher all = ALL_OF_TCP.matcher(text);
        if (all.matches()) {
            return Optional.of(all.group(1));
        }
        Matcher dispatch = DISPATCH.matcher(text);
        return !dispatch.matches() ? Optional.empty()
                : Stream.of(dispatch.group(1).split(", ")).map(entry -> entry.split(" : goto "))
                        .filter(entry -> within(entry[0], port)).map(entry -> entry[1]).findFirst();
    }

    private boolean meets(String text, PolicyPod peer, int port) {
        String left = text;
        Matcher ports = PORTS.matcher(left);
        if (ports.lookingAt()) {
            if (Stream.of(Objects.requireNonNullElse(ports.group(1), ports.group(2)).split(", "))
                    .noneMatch(range -> within(range, port))) {
                return false;
            }
            left = left.substring(ports.end());
        }
        Matcher pods = PODS.matcher(left);
        if (pods.lookingAt()) {
            if (chains.members().getOrDefault("p" + pods.group(1), List.of()).stream()
                    .noneMatch(source -> source.peer() instanceof PolicyPeer.Pods some
                            && some.selects(peer, Map.of()))) {
                return false;
            }
            left = left.substring(pods.end());
        }
        return left.equals("return");
    }

    private static boolean within(String range, int port) {
        String[] ends = range.split("-");
        return Integer.parseInt(ends[0]) <= port && port <= Integer.parseInt(ends[ends.length - 1]);
    }
}
