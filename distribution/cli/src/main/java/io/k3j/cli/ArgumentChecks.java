package io.k3j.cli;

import io.k3j.apimachinery.ComponentArguments;
import io.k3j.componenthelpers.Cidr;
import io.k3j.componenthelpers.ConcurrentSyncs;
import io.k3j.componenthelpers.ConnectionStreams;
import io.k3j.componenthelpers.CorsOrigins;
import io.k3j.componenthelpers.EndpointsPerSlice;
import io.k3j.componenthelpers.NodeAddressTypes;
import io.k3j.componenthelpers.NodeCidrMasks;
import io.k3j.componenthelpers.ServiceAccountIssuers;
import io.k3j.componenthelpers.StrictTransportDirectives;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Finds values of components' arguments that cannot be, files that cannot be read among them, before anything is
/// started. Who acts on them reads them again, by the same rules; a component that finds one first would be away while
/// all others run.
final class ArgumentChecks {
    private static final List<String> WHOLE_OF_API_SERVER = List.of("default-not-ready-toleration-seconds",
            "default-unreachable-toleration-seconds");
    private static final List<String> DURATIONS_OF_CONTROLLERS = List.of("node-monitor-period",
            "node-monitor-grace-period", "node-startup-grace-period", "horizontal-pod-autoscaler-sync-period",
            "legacy-service-account-token-clean-up-period");
    private static final List<String> DURATIONS_OR_ZERO = List.of("horizontal-pod-autoscaler-downscale-stabilization",
            "horizontal-pod-autoscaler-cpu-initialization-period", "horizontal-pod-autoscaler-initial-readiness-delay");
    private static final List<String> NUMBERS_OF_CONTROLLERS = List.of("node-eviction-rate",
            "secondary-node-eviction-rate", "unhealthy-zone-threshold", "horizontal-pod-autoscaler-tolerance");
    private static final List<String> KEPT = List.of("authentication-token-webhook-cache-ttl",
            "authorization-webhook-cache-authorized-ttl", "authorization-webhook-cache-unauthorized-ttl");
    /// What a list of controllers may say, since it is so anyway.
    private static final Set<String> CONTROLLERS = Set.of("*", "tokencleaner", "token-cleaner-controller",
            "-bootstrapsigner", "-bootstrap-signer-controller", "-service", "-service-lb-controller", "-route",
            "-node-route-controller", "-cloud-node-lifecycle", "-cloud-node-lifecycle-controller");
    private static final String STREAMS = "http2-max-streams-per-connection";
    private static final String ISSUER = "service-account-issuer";
    private static final String GOAWAY = "goaway-chance";
    private static final double MOST_LIKELY = 0.02;
    private final List<String> problems = new ArrayList<>();
    private final Path own;

    private ArgumentChecks(Path own) {
        this.own = own;
    }

    /// What is wrong, in sentences that say what to type.
    ///
    /// @param clusters the ranges of `--cluster-cidr` that can be read
    /// @param own the data directory: what lies there may be made by the start
    static List<String> problems(List<String> apiServer, List<String> controllers, List<String> scheduler,
            List<Cidr> clusters, Path own) {
        ArgumentChecks checks = new ArgumentChecks(own);
        checks.files(apiServer);
        checks.apiServer(new ComponentArguments("--kube-apiserver-arg", apiServer));
        checks.controllers(new ComponentArguments("--kube-controller-manager-arg", controllers), clusters);
        checks.client(new ComponentArguments("--kube-scheduler-arg", scheduler));
        return checks.problems;
    }

    /// The same of the kubelet, of what others than its bundle read.
    static List<String> ofKubelet(List<String> kubelet, Path own) {
        ArgumentChecks checks = new ArgumentChecks(own);
        ComponentArguments given = new ComponentArguments("--kubelet-arg", kubelet);
        checks.pair(given, "tls-cert-file", "tls-private-key-file");
        checks.check(() -> given.duration("runtime-request-timeout", Duration.ZERO, "2m"));
        return checks.problems;
    }

    /// Two files, of which neither is of use alone.
    private void pair(ComponentArguments given, String certificate, String key) {
        Optional<String> chain = given.value(certificate).filter(file -> !file.isEmpty());
        Optional<String> secret = given.value(key).filter(file -> !file.isEmpty());
        if (chain.isPresent() != secret.isPresent()) {
            String there = chain.isPresent() ? certificate : key;
            problems.add(given.flag() + "=" + there + " needs " + given.flag() + "="
                    + (chain.isPresent() ? key : certificate) + " beside it; give both, or none for K3s' own");
        }
        chain.ifPresent(file -> readable(given, certificate, file, "a certificate in PEM"));
        secret.ifPresent(file -> readable(given, key, file, "its private key in PEM"));
    }

    private void readable(ComponentArguments given, String name, String file, String kind) {
        if (!Files.isReadable(Path.of(file)) && !Path.of(file).startsWith(own)) {
            problems.add("cannot read " + file + " given by " + given.flag() + "=" + name + "; write " + kind
                    + " there or leave the argument out");
        }
    }

    /// What they say is read by who acts on it.
    private void files(List<String> arguments) {
        readable(arguments, "admission-control-config-file=", "an AdmissionConfiguration");
        readable(arguments, "audit-policy-file=", "a Policy of audit.k8s.io/v1");
        readable(arguments, "audit-webhook-config-file=", "a kubeconfig");
        readable(arguments, "authentication-config=", "an AuthenticationConfiguration of apiserver.config.k8s.io/v1");
        readable(arguments, "authorization-config=", "an AuthorizationConfiguration of apiserver.config.k8s.io/v1");
        readable(arguments, "authorization-webhook-config-file=", "a kubeconfig");
        readable(arguments, "encryption-provider-config=",
                "an EncryptionConfiguration of apiserver.config.k8s.io/v1");
        readable(arguments, "authentication-token-webhook-config-file=", "a kubeconfig");
        readable(arguments, "authorization-policy-file=", "a Policy of abac.authorization.kubernetes.io on each line");
        readable(arguments, "token-auth-file=", "a line token,user,uid for each token");
        readable(arguments, "oidc-ca-file=", "the issuer's authorities in PEM");
    }

    private void readable(List<String> arguments, String argument, String kind) {
        arguments.stream().filter(arg -> arg.startsWith(argument)).map(arg -> arg.substring(argument.length()))
                .filter(file -> !Files.isReadable(Path.of(file)))
                .forEach(file -> problems.add("cannot read " + file + " given by --kube-apiserver-arg=" + argument
                        + "; write " + kind + " there or leave the argument out"));
    }

    private void apiServer(ComponentArguments given) {
        pair(given, "kubelet-client-certificate", "kubelet-client-key");
        given.value("kubelet-certificate-authority").filter(file -> !file.isEmpty()).ifPresent(
                file -> readable(given, "kubelet-certificate-authority", file, "authorities of kubelets in PEM"));
        for (String name : List.of("service-account-key-file", "service-account-signing-key-file")) {
            given.values(name).stream().filter(file -> !file.isEmpty())
                    .forEach(file -> readable(given, name, file, "a key in PEM"));
        }
        check(() -> NodeAddressTypes.of(given.values("kubelet-preferred-address-types")));
        WHOLE_OF_API_SERVER.forEach(name -> check(() -> given.whole(name, 300, Long.MIN_VALUE)));
        check(() -> given.whole("default-watch-cache-size", 100, 1));
        check(() -> given.whole("min-request-timeout", 1800, 1));
        check(() -> given.whole("delete-collection-workers", 1, 1));
        check(() -> streams(given));
        check(() -> goAway(given.number(GOAWAY, 0)));
        check(() -> cacheSizes(given));
        check(() -> CorsOrigins.of(given.flag(), given.values("cors-allowed-origins")));
        check(() -> StrictTransportDirectives.of(given.flag(),
                given.values("strict-transport-security-directives")));
        check(() -> given.duration("event-ttl", Duration.ZERO, "1h"));
        check(() -> given.truth("service-account-extend-token-expiration", true));
        String most = given.value("service-account-max-token-expiration").orElse("0");
        if (!most.equals("0") && !most.equals("0s")) {
            check(() -> ServiceAccountIssuers
                    .longest(given.duration("service-account-max-token-expiration", Duration.ZERO, "24h")));
        }
        given.value("service-account-jwks-uri").filter(url -> !url.isEmpty())
                .ifPresent(url -> check(() -> ServiceAccountIssuers.keySet(url)));
        check(() -> ServiceAccountIssuers.of("", given.values(ISSUER), List.of()));
    }

    private static void goAway(double chance) {
        if (chance > MOST_LIKELY) {
            throw new IllegalArgumentException("--kube-apiserver-arg=" + GOAWAY + "=" + chance
                    + " can not be less than 0 or greater than " + MOST_LIKELY
                    + ", clients would do little but connect; try .001");
        }
    }

    /// Sizes that are not 0 mean nothing, as in upstream.
    private static void cacheSizes(ComponentArguments given) {
        for (String size : given.value("watch-cache-sizes").orElse("").split(",")) {
            if (!size.isEmpty() && !above(size.substring(size.indexOf('#') + 1))) {
                throw new IllegalArgumentException("--kube-apiserver-arg=watch-cache-sizes: " + size + " is no"
                        + " resource with a size above 0, as pods#100; every kind is kept in memory, so leave it out");
            }
        }
    }

    private static boolean above(String size) {
        try {
            return Integer.parseInt(size) > 0;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /// Of a component that others of upstream's have a client for, and a port.
    private void client(ComponentArguments given) {
        check(() -> given.number("kube-api-qps", 50));
        check(() -> given.whole("kube-api-burst", 100, 0));
        KEPT.forEach(name -> check(() -> given.durationOrZero(name, Duration.ZERO, "10s")));
        check(() -> streams(given));
    }

    /// As many as ports take, which have memory for each.
    private static void streams(ComponentArguments given) {
        if (given.whole(STREAMS, 250, 0) > ConnectionStreams.most()) {
            throw new IllegalArgumentException(given.flag() + "=" + STREAMS + " must be at most "
                    + ConnectionStreams.most() + "; try " + given.flag() + "=" + STREAMS + "=250");
        }
    }

    private void controllers(ComponentArguments given, List<Cidr> clusters) {
        client(given);
        check(() -> given.duration("min-resync-period", Duration.ZERO, "12h"));
        check(() -> given.duration("resource-quota-sync-period", Duration.ZERO, "5m"));
        check(() -> all(given, String.join(",", given.values("controllers"))));
        DURATIONS_OF_CONTROLLERS.forEach(name -> check(() -> given.duration(name, Duration.ZERO, "5s")));
        DURATIONS_OR_ZERO.forEach(name -> check(() -> given.durationOrZero(name, Duration.ZERO, "5m")));
        NUMBERS_OF_CONTROLLERS.forEach(name -> check(() -> given.number(name, 0.1)));
        check(() -> given.whole("large-cluster-size-threshold", 50, 0));
        check(() -> ConcurrentSyncs.byLoop(given::value));
        check(() -> EndpointsPerSlice.of(given::value));
        check(() -> NodeCidrMasks.of(clusters, given.whole("node-cidr-mask-size", 0, 0),
                given.whole("node-cidr-mask-size-ipv4", 0, 0), given.whole("node-cidr-mask-size-ipv6", 0, 0)));
    }

    /// Controllers are not switched one by one.
    private static void all(ComponentArguments given, String names) {
        List<String> said = Stream.of(names.split(",")).map(String::strip).filter(name -> !name.isEmpty()).toList();
        if (!said.isEmpty() && !(said.contains("*") && CONTROLLERS.containsAll(said))) {
            throw new IllegalArgumentException(given.flag() + "=controllers=" + names + ": controllers are not switched"
                    + " on or off one by one; write *,tokencleaner, or leave it out");
        }
    }

    private void check(Runnable read) {
        problem(read).ifPresent(problems::add);
    }

    private static Optional<String> problem(Runnable read) {
        try {
            read.run();
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
