package io.k3j.clusterdns;

import io.k3j.corefile.Corefile.Directive;
import io.k3j.corefile.Corefile.Line;
import io.k3j.dnsplugins.Fallthrough;
import io.k3j.dnsplugins.Handler;
import io.k3j.dnsplugins.Zones;
import io.k3j.model.Selector;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Reads `kubernetes [ZONES…] { … }`. For one directive.
final class KubernetesSetup {
    private static final int LONGEST_TTL = 3600;
    private static final Set<String> PODS = Set.of("disabled", "insecure", "verified");
    private final Directive directive;
    private final Set<String> namespaces = new HashSet<>();
    private String pods = "disabled";
    private boolean podNames;
    private boolean endpoints = true;
    private boolean ignoreEmpty;
    private Selector namespaceLabels = Selector.EVERYTHING;
    private Selector labels = Selector.EVERYTHING;
    private long ttl = 5;
    private Fallthrough fall = Fallthrough.NEVER;

    private KubernetesSetup(Directive directive) {
        this.directive = directive;
    }

    static Handler plug(List<Directive> directives, BlockScope scope, Handler next) {
        Directive directive = PluginSetup.once(directives);
        KubernetesSetup setup = new KubernetesSetup(directive);
        Zones zones = Zones.of(directive.arguments(), scope.zones());
        if (zones.names().stream().allMatch(Zones::isReverse)) {
            throw directive.invalid("a zone that is not one of reverse lookup is wanted");
        }
        directive.lines().forEach(setup::option);
        if (!setup.namespaces.isEmpty() && !setup.namespaceLabels.everything()) {
            throw directive.invalid("namespaces and namespace_labels exclude each other");
        }
        scope.verifiesPods |= setup.pods.equals("verified");
        ClusterNames names = new ClusterNames(scope.around().objects(),
                new ClusterNames.Options(setup.pods, setup.podNames, setup.namespaces, setup.namespaceLabels,
                        setup.labels, setup.endpoints, setup.ignoreEmpty));
        return new Kubernetes(zones, names, scope.around().objects(), setup.ttl, setup.fall, next);
    }

    private void option(Line line) {
        switch (line.name().text()) {
            case "pods" -> pods(PluginSetup.one(line), line);
            case "endpoint_pod_names" -> podNames = flag(line);
            case "noendpoints" -> endpoints = !flag(line);
            case "ttl" -> ttl = PluginSetup.number(line, PluginSetup.one(line), 0, LONGEST_TTL);
            case "namespaces" -> namespaces.addAll(some(line));
            case "labels" -> labels = Selector.parse(String.join(" ", some(line)));
            case "namespace_labels" -> namespaceLabels = Selector.parse(String.join(" ", some(line)));
            case "fallthrough" -> fall = Fallthrough.of(line.arguments());
            case "ignore" -> {
                if (!PluginSetup.one(line).equals("empty_service")) {
                    throw line.invalid("only empty_service can be ignored");
                }
                ignoreEmpty = true;
            }
            // names are answered at once and SERVFAIL until the objects are known, so nobody waits
            case "startup_timeout" -> PluginSetup.duration(PluginSetup.one(line));
            // the API is asked with the node's other components
            case "apiserver_qps", "apiserver_burst", "apiserver_max_inflight" -> PluginSetup.one(line);
            default -> throw PluginSetup.unknown(directive, line);
        }
    }

    private void pods(String mode, Line line) {
        if (!PODS.contains(mode)) {
            throw line.invalid("disabled, insecure or verified is wanted, not " + mode);
        }
        pods = mode;
    }

    private static boolean flag(Line line) {
        PluginSetup.none(line);
        return true;
    }

    private static List<String> some(Line line) {
        if (line.arguments().isEmpty()) {
            throw line.invalid("an argument is missing");
        }
        return line.arguments();
    }
}
