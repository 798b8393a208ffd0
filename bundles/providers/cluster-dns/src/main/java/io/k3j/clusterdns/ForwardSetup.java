package io.k3j.clusterdns;

import io.k3j.corefile.Corefile.Directive;
import io.k3j.corefile.Corefile.Line;
import io.k3j.dnsmessage.RecordType;
import io.k3j.dnsplugins.Forward;
import io.k3j.dnsplugins.Handler;
import io.k3j.dnsplugins.Upstream;
import io.k3j.dnsplugins.Upstreams;
import io.k3j.dnsplugins.Zones;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// Reads `forward FROM TO… { … }`. For one directive.
final class ForwardSetup {
    private static final String RESOLV_CONF = "/etc/resolv.conf";
    private static final int MOST_UPSTREAMS = 15;
    private static final int LONGEST_READ_MILLIS = 5000;
    private static final Set<String> POLICIES = Set.of("random", "round_robin", "sequential");
    private final Directive directive;
    private final List<String> except = new ArrayList<>();
    private final Set<Integer> failover = new HashSet<>();
    private final Set<Integer> onward = new HashSet<>();
    private boolean onNodata;
    private String policy = Forward.Settings.PLAIN.policy();
    private int maxConcurrent = Forward.Settings.PLAIN.maxConcurrent();
    private int maxFails = Forward.Settings.PLAIN.maxFails();
    private int readMillis = Forward.Settings.PLAIN.readMillis();
    private boolean forceTcp;
    private boolean preferUdp;
    private boolean failfast;
    private String serverName = "";

    private ForwardSetup(Directive directive) {
        this.directive = directive;
    }

    static Handler plug(List<Directive> directives, BlockScope scope, Handler next) {
        Handler chain = next;
        for (Directive d : directives.reversed()) {
            Forward forward = new ForwardSetup(d).forward(scope, chain);
            scope.forwards.add(forward);
            chain = forward;
        }
        return chain;
    }

    private Forward forward(BlockScope scope, Handler next) {
        List<String> arguments = directive.arguments();
        if (arguments.size() < 2 || arguments.size() > MOST_UPSTREAMS + 1) {
            throw directive.invalid("a zone and 1 to " + MOST_UPSTREAMS + " resolvers are wanted");
        }
        directive.lines().forEach(this::option);
        List<Upstream> fixed = new ArrayList<>();
        Supplier<List<InetSocketAddress>> node = List::of;
        for (String to : arguments.subList(1, arguments.size())) {
            if (to.equals(RESOLV_CONF)) {
                node = scope.around().resolvers();
            } else {
                fixed.add(upstream(to));
            }
        }
        return new Forward(new Forward.Reach(Zones.of(arguments.subList(0, 1)), Zones.of(except)),
                new Upstreams(List.copyOf(fixed), node, scope.around().clock()),
                new Forward.Settings(policy, maxConcurrent, maxFails, readMillis, forceTcp, preferUdp, failfast,
                        Set.copyOf(failover), Set.copyOf(onward), onNodata),
                new Forward.Shared(scope.around().shares(), scope.around().random()), next);
    }

    private Upstream upstream(String to) {
        try {
            return Upstream.parse(to, serverName);
        } catch (IllegalArgumentException e) {
            throw directive.invalid("no resolver: " + to + "; an address, tls://ADDRESS%NAME or " + RESOLV_CONF
                    + " is wanted");
        }
    }

    private void option(Line line) {
        switch (line.name().text()) {
            case "except" -> except.addAll(line.arguments());
            case "force_tcp" -> forceTcp = true;
            case "prefer_udp" -> preferUdp = true;
            case "failfast_all_unhealthy_upstreams" -> failfast = true;
            case "max_fails" -> maxFails = PluginSetup.number(line, PluginSetup.one(line), 0, 1000);
            case "max_concurrent" -> maxConcurrent = PluginSetup.number(line, PluginSetup.one(line), 0,
                    Integer.MAX_VALUE);
            case "read_timeout" -> readMillis = Math
                    .clamp(PluginSetup.duration(PluginSetup.one(line)).toMillis(), 1, LONGEST_READ_MILLIS);
            case "policy" -> policy = policy(line);
            case "failover" -> line.arguments().forEach(code -> failover.add(RecordType.codeOf(code)));
            case "next" -> line.arguments().forEach(code -> onward.add(RecordType.codeOf(code)));
            case "next_on_nodata" -> onNodata = true;
            case "tls_servername" -> serverName = PluginSetup.one(line);
            case "tls" -> PluginSetup.none(line);
            // no connection is kept, so there is none to expire; a check is made every half second
            case "expire", "max_age", "max_idle_conns", "health_check", "max_connect_attempts" -> {
                if (line.arguments().isEmpty()) {
                    throw line.invalid("an argument is missing");
                }
            }
            default -> throw PluginSetup.unknown(directive, line);
        }
    }

    private static String policy(Line line) {
        String policy = PluginSetup.one(line);
        if (!POLICIES.contains(policy)) {
            throw line.invalid("random, round_robin or sequential is wanted, not " + policy);
        }
        return policy;
    }
}
