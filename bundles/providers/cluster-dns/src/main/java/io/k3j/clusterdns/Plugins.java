package io.k3j.clusterdns;

import com.google.re2j.Pattern;
import io.k3j.componenthelpers.Cidr;
import io.k3j.corefile.Corefile.Directive;
import io.k3j.corefile.Corefile.Line;
import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsmessage.RecordType;
import io.k3j.dnsplugins.AccessList;
import io.k3j.dnsplugins.Cache;
import io.k3j.dnsplugins.ErrorLog;
import io.k3j.dnsplugins.Fallthrough;
import io.k3j.dnsplugins.FileZones;
import io.k3j.dnsplugins.Forward;
import io.k3j.dnsplugins.GoTemplate;
import io.k3j.dnsplugins.Handler;
import io.k3j.dnsplugins.Hosts;
import io.k3j.dnsplugins.LoadBalance;
import io.k3j.dnsplugins.LocalNames;
import io.k3j.dnsplugins.LoopCheck;
import io.k3j.dnsplugins.MinimalAnswer;
import io.k3j.dnsplugins.ObsoleteAny;
import io.k3j.dnsplugins.QueryLog;
import io.k3j.dnsplugins.Rewrite;
import io.k3j.dnsplugins.Rewrite.Rule;
import io.k3j.dnsplugins.RewriteRules;
import io.k3j.dnsplugins.Template;
import io.k3j.dnsplugins.Zones;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/// The plug-ins there are, in CoreDNS' order, which is the order of their links however the Corefile has them.
final class Plugins {
    private static final Set<String> CLASSES = Set.of("success", "denial", "error", "all");
    private static final Map<String, PluginSetup> ALL = all();

    private Plugins() {
    }

    private static Map<String, PluginSetup> all() {
        Map<String, PluginSetup> all = new LinkedHashMap<>();
        for (String name : List.of("metadata", "cancel", "timeouts", "multisocket", "bufsize", "debug")) {
            all.put(name, FilterSetup::accepted);
        }
        all.put("reload", Plugins::reload);
        all.put("ready", (d, scope, next) -> page(d, scope, next, "/ready", "monitor"));
        all.put("health", (d, scope, next) -> page(d, scope, next, "/health", "lameduck"));
        all.put("prometheus", Plugins::prometheus);
        all.put("errors", Plugins::errors);
        all.put("log", Plugins::log);
        all.put(LocalNames.NAME, (d, scope, next) -> FilterSetup.word(d, new LocalNames(next)));
        all.put("dns64", FilterSetup::dns64);
        all.put(AccessList.NAME, FilterSetup::acl);
        all.put("any", (d, scope, next) -> FilterSetup.word(d, new ObsoleteAny(next)));
        all.put("loadbalance", Plugins::loadbalance);
        all.put(Rewrite.NAME, Plugins::rewrite);
        all.put("autopath", FilterSetup::accepted);
        all.put(Cache.NAME, CacheSetup::plug);
        all.put("header", FilterSetup::header);
        all.put("minimal", (d, scope, next) -> FilterSetup.word(d, new MinimalAnswer(next)));
        all.put(Template.NAME, Plugins::template);
        all.put(Hosts.NAME, FileSetup::hosts);
        all.put(Kubernetes.NAME, KubernetesSetup::plug);
        all.put(FileZones.NAME, FileSetup::file);
        all.put("loop", Plugins::loop);
        all.put(Forward.NAME, ForwardSetup::plug);
        return all;
    }

    /// Their names, the outermost first.
    static List<String> names() {
        return List.copyOf(ALL.keySet());
    }

    /// The setup of one of [#names].
    static PluginSetup setup(String name) {
        return ALL.getOrDefault(name, (d, scope, next) -> next);
    }

    /// Changes are taken up at once; the arguments are checked and have no effect.
    private static Handler reload(List<Directive> directives, BlockScope scope, Handler next) {
        PluginSetup.once(directives).arguments().forEach(PluginSetup::duration);
        return next;
    }

    private static Handler page(List<Directive> directives, BlockScope scope, Handler next, String path,
            String option) {
        Directive d = PluginSetup.once(directives);
        for (Line line : d.lines()) {
            if (!line.name().text().equals(option)) {
                throw PluginSetup.unknown(d, line);
            }
        }
        scope.page(d.arguments().isEmpty() ? MonitoringPorts.SHARED : address(d), path);
        return next;
    }

    private static String address(Directive d) {
        String address = d.arguments().getFirst();
        int colon = address.lastIndexOf(':');
        try {
            int port = Integer.parseInt(address.substring(colon + 1));
            if (d.arguments().size() == 1 && colon >= 0 && port > 0 && port < 65_536) {
                return address;
            }
        } catch (NumberFormatException e) {
            throw d.invalid("[HOST]:PORT is wanted, not " + address);
        }
        throw d.invalid("[HOST]:PORT is wanted, not " + address);
    }

    private static Handler prometheus(List<Directive> directives, BlockScope scope, Handler next) {
        Directive d = PluginSetup.once(directives);
        if (!d.lines().isEmpty()) {
            throw PluginSetup.unknown(d, d.lines().getFirst());
        }
        scope.page(d.arguments().isEmpty() ? "localhost:9153" : address(d), "/metrics");
        BlockMetrics metrics = new BlockMetrics(scope.server(), scope.zones().label(), next);
        scope.metrics.add(metrics);
        return metrics;
    }

    private static Handler errors(List<Directive> directives, BlockScope scope, Handler next) {
        Directive d = PluginSetup.once(directives);
        for (Line line : d.lines()) {
            if (!line.name().text().equals("consolidate") && !line.name().text().equals("stacktrace")) {
                throw PluginSetup.unknown(d, line);
            }
        }
        return new ErrorLog(scope.around().time(), scope.around().lines(), next);
    }

    private static Handler log(List<Directive> directives, BlockScope scope, Handler next) {
        List<QueryLog.Rule> rules = new ArrayList<>();
        for (Directive d : directives) {
            Set<String> classes = new HashSet<>();
            for (Line line : d.lines()) {
                if (!line.name().text().equals("class")) {
                    throw PluginSetup.unknown(d, line);
                }
                if (!CLASSES.containsAll(line.arguments())) {
                    throw line.invalid("classes are success, denial, error and all");
                }
                classes.addAll(line.arguments());
            }
            List<String> zones = new ArrayList<>(d.arguments());
            boolean format = !zones.isEmpty() && zones.getLast().contains("{");
            String text = format ? zones.removeLast() : QueryLog.COMMON;
            rules.add(new QueryLog.Rule(Zones.of(zones, scope.zones()), text,
                    classes.contains("all") ? Set.of() : Set.copyOf(classes)));
        }
        return new QueryLog(List.copyOf(rules), scope.around().time(), scope.around().lines(), next);
    }

    private static Handler loadbalance(List<Directive> directives, BlockScope scope, Handler next) {
        Directive d = PluginSetup.once(directives);
        if (!d.arguments().isEmpty() && !d.arguments().equals(List.of("round_robin"))) {
            throw new UnsupportedOperationException("loadbalance " + d.arguments().getFirst());
        }
        List<Cidr> prefer = new ArrayList<>();
        for (Line line : d.lines()) {
            if (!line.name().text().equals("prefer")) {
                throw PluginSetup.unknown(d, line);
            }
            line.arguments().forEach(network -> prefer.add(Cidr.parse(network).network()));
        }
        return new LoadBalance(n -> ThreadLocalRandom.current().nextInt(n), List.copyOf(prefer), next);
    }

    private static Handler rewrite(List<Directive> directives, BlockScope scope, Handler next) {
        List<Rule> rules = new ArrayList<>();
        for (Directive d : directives) {
            List<String> words = new ArrayList<>(d.arguments());
            d.lines().forEach(line -> {
                words.add(line.name().text());
                words.addAll(line.arguments());
            });
            try {
                rules.add(RewriteRules.of(words));
            } catch (IllegalArgumentException e) {
                throw d.invalid(String.valueOf(e.getMessage()));
            }
        }
        return new Rewrite(List.copyOf(rules), next);
    }

    private static Handler template(List<Directive> directives, BlockScope scope, Handler next) {
        Handler chain = next;
        for (Directive d : directives.reversed()) {
            chain = template(d, scope, chain);
        }
        return chain;
    }

    private static Template template(Directive d, BlockScope scope, Handler next) {
        if (d.arguments().size() < 2) {
            throw d.invalid("CLASS TYPE [ZONES…] is wanted");
        }
        if (!Set.of("IN", "ANY").contains(d.arguments().getFirst())) {
            throw new UnsupportedOperationException("template " + d.arguments().getFirst());
        }
        List<Pattern> regexes = new ArrayList<>();
        Map<String, List<GoTemplate>> sections = Map.of("answer", new ArrayList<>(), "additional", new ArrayList<>(),
                "authority", new ArrayList<>());
        int code = DnsAnswer.OK;
        Fallthrough fall = Fallthrough.NEVER;
        for (Line line : d.lines()) {
            switch (line.name().text()) {
                case "match" -> line.arguments().forEach(r -> regexes.add(RewriteRules.compiled(r)));
                case "answer", "additional", "authority" -> line.arguments()
                        .forEach(t -> sections.getOrDefault(line.name().text(), new ArrayList<>())
                                .add(GoTemplate.of(t)));
                case "rcode" -> code = RecordType.codeOf(PluginSetup.one(line));
                case "fallthrough" -> fall = Fallthrough.of(line.arguments());
                case "upstream" -> PluginSetup.none(line);
                default -> throw PluginSetup.unknown(d, line);
            }
        }
        if (regexes.isEmpty()) {
            regexes.add(Pattern.compile(".*"));
        }
        return new Template(RecordType.number(d.arguments().get(1)),
                Zones.of(d.arguments().subList(2, d.arguments().size()), scope.zones()), List.copyOf(regexes),
                List.copyOf(sections.getOrDefault("answer", List.of())),
                List.copyOf(sections.getOrDefault("additional", List.of())),
                List.copyOf(sections.getOrDefault("authority", List.of())), code, fall, next);
    }

    private static Handler loop(List<Directive> directives, BlockScope scope, Handler next) {
        PluginSetup.once(directives);
        LoopCheck check = new LoopCheck(scope.zones(), scope.around().random(), next);
        scope.loops.add(check);
        return check;
    }
}
