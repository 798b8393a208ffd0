package io.k3j.clusterdns;

import io.k3j.corefile.Corefile.Directive;
import io.k3j.corefile.Corefile.Line;
import io.k3j.dnsplugins.Cache;
import io.k3j.dnsplugins.Cache.Kind;
import io.k3j.dnsplugins.Handler;
import io.k3j.dnsplugins.Zones;
import java.util.List;

/// Reads `cache [TTL] [ZONES…] { … }`. For one directive.
final class CacheSetup {
    private static final int MOST_ENTRIES = 100_000;
    private static final int LONGEST = 86_400;
    private static final long LONGEST_FAILURE = 300;
    private static final long STALE = 3600;
    private final Directive directive;
    private Kind success = Cache.Limits.PLAIN.success();
    private Kind denial = Cache.Limits.PLAIN.denial();
    private long failure = Cache.Limits.PLAIN.failure();
    private long stale;
    private boolean keepTtl;
    private Zones noSuccess = Cache.Limits.PLAIN.noSuccess();
    private Zones noDenial = Cache.Limits.PLAIN.noDenial();

    private CacheSetup(Directive directive) {
        this.directive = directive;
    }

    static Handler plug(List<Directive> directives, BlockScope scope, Handler next) {
        Directive directive = PluginSetup.once(directives);
        CacheSetup setup = new CacheSetup(directive);
        List<String> arguments = directive.arguments();
        if (!arguments.isEmpty() && arguments.getFirst().chars().allMatch(c -> c >= '0' && c <= '9')) {
            long ttl = Long.parseLong(arguments.getFirst());
            if (ttl < 1 || ttl > LONGEST) {
                throw directive.invalid("the seconds are not within 1 and " + LONGEST);
            }
            setup.success = new Kind(setup.success.capacity(), ttl, 0);
            setup.denial = new Kind(setup.denial.capacity(), ttl, 0);
            arguments = arguments.subList(1, arguments.size());
        }
        directive.lines().forEach(setup::option);
        Cache cache = new Cache(Zones.of(arguments, scope.zones()),
                new Cache.Limits(setup.success, setup.denial, setup.failure, setup.stale, setup.keepTtl,
                        setup.noSuccess, setup.noDenial),
                scope.around().clock(), next);
        scope.caches.add(cache);
        return cache;
    }

    private void option(Line line) {
        switch (line.name().text()) {
            case "success" -> success = kind(line, success);
            case "denial" -> denial = kind(line, denial);
            case "servfail" -> failure = failure(line);
            case "keepttl" -> keepTtl = true;
            case "disable" -> disable(line);
            case "serve_stale" -> stale = line.arguments().isEmpty() ? STALE
                    : Math.clamp(PluginSetup.duration(line.arguments().getFirst()).toSeconds(), 0, LONGEST);
            // what is asked for often is fetched when it has run out
            case "prefetch" -> {
                if (line.arguments().isEmpty() || line.arguments().size() > 3) {
                    throw line.invalid("AMOUNT [DURATION] [PERCENTAGE%] is wanted");
                }
                PluginSetup.number(line, line.arguments().getFirst(), 0, Integer.MAX_VALUE);
            }
            // of old answers only those with records are given anyway
            case "serve_stale_policy" -> {
                if (!PluginSetup.one(line).equalsIgnoreCase("prefer_positive")) {
                    throw line.invalid("prefer_positive is wanted");
                }
            }
            default -> throw PluginSetup.unknown(directive, line);
        }
    }

    private static long failure(Line line) {
        long seconds = PluginSetup.duration(PluginSetup.one(line)).toSeconds();
        if (seconds < 0 || seconds > LONGEST_FAILURE) {
            throw line.invalid("failures are kept for 5m at most");
        }
        return seconds;
    }

    private static Kind kind(Line line, Kind before) {
        List<String> a = line.arguments();
        if (a.isEmpty() || a.size() > 3) {
            throw line.invalid("CAPACITY [TTL] [MINTTL] is wanted");
        }
        return new Kind(PluginSetup.number(line, a.getFirst(), 0, MOST_ENTRIES),
                a.size() < 2 ? before.most() : PluginSetup.number(line, a.get(1), 1, LONGEST),
                a.size() < 3 ? before.least() : PluginSetup.number(line, a.get(2), 0, LONGEST));
    }

    private void disable(Line line) {
        List<String> zones = line.arguments();
        Zones none = Zones.of(zones.size() < 2 ? List.of(".") : zones.subList(1, zones.size()));
        switch (zones.isEmpty() ? "" : zones.getFirst()) {
            case "success" -> noSuccess = none;
            case "denial" -> noDenial = none;
            default -> throw line.invalid("success or denial is wanted");
        }
    }
}
