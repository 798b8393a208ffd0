package io.k3j.helmcontroller;

import io.k3j.clientapi.ApiClient;
import io.k3j.helmcontroller.Releases.Revision;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Lets Helm change one release, under an identity that exists meanwhile. Whether it has succeeded is read from what
/// Helm has written down, not from what it says. Any thread; blocks for as long as Helm works.
final class ChartOperation {
    /// Beyond Helm's own time limit, which is one for each hook: download, rendering, and the start of the process.
    private static final Duration BESIDES = Duration.ofSeconds(10);
    private static final System.Logger LOG = System.getLogger("io.k3j.helmcontroller");
    private final Helm helm;
    private final Cluster cluster;
    private final HelmMetrics metrics;
    private final BooleanSupplier wanted;

    /// Where the API server is, for Helm.
    ///
    /// @param address `host:port`
    /// @param authority the file with the certificate by which it is verified
    record Cluster(String address, String authority) {
    }

    /// @param wanted false when this server leads no more, or stops
    ChartOperation(Helm helm, Cluster cluster, HelmMetrics metrics, BooleanSupplier wanted) {
        this.helm = helm;
        this.cluster = cluster;
        this.metrics = metrics;
        this.wanted = wanted;
    }

    /// What has become of a release.
    ///
    /// @param latest its newest revision, empty when there is none
    /// @param error what went wrong, empty when nothing did
    record Result(Optional<Revision> latest, String error) {
    }

    /// Takes the steps of a decision until one fails.
    ///
    /// @param atomic whether an upgrade that fails is to be rolled back
    /// @throws ChartRefused when the objects do not say what to do; nothing has been done then
    Result run(ApiClient api, ReleaseInput input, Decision decision, boolean atomic) {
        Releases releases = new Releases(api);
        if (decision.interrupted()) {
            releases.latest(input).ifPresent(revision -> releases.fail(input, revision));
        }
        ReleaseIdentity identity = new ReleaseIdentity(api, input.chart());
        Duration atMost = input.timeout().multipliedBy(2).plus(BESIDES);
        try {
            Result result = new Result(releases.latest(input), "");
            for (String step : decision.steps()) {
                String token = identity.begin(atMost);
                result = step(releases, input, request(step, input, atomic, token), new Step(step, atMost));
                if (!result.error().isEmpty()) {
                    return result;
                }
            }
            return result;
        } finally {
            identity.end();
        }
    }

    private record Step(String name, Duration atMost) {
    }

    private HelmRequest request(String step, ReleaseInput input, boolean atomic, String token) {
        HelmRequest request = step.equals(Decision.UNINSTALL)
                ? HelmRequest.uninstall(input)
                : HelmRequest.deploy(step, input, cluster.address());
        if (atomic && step.equals(Decision.UPGRADE)) {
            request.put("atomic", "true");
        }
        return request.put("kubeconfig", "kubeconfig").file("kubeconfig",
                ReleaseIdentity.kubeconfig("https://" + cluster.address(), cluster.authority(), token));
    }

    private Result step(Releases releases, ReleaseInput input, HelmRequest request, Step step) {
        if (!step.name().equals(Decision.INSTALL)) {
            map(releases, input);
        }
        long before = releases.latest(input).map(Revision::revision).orElse(0L);
        long began = System.nanoTime();
        Helm.Outcome outcome = helm.run(new Helm.Run(request, input.driver(), step.atMost()), wanted);
        Optional<Revision> latest = releases.latest(input);
        boolean done = step.name().equals(Decision.UNINSTALL)
                ? latest.isEmpty()
                // what could not be told because it is too long has been done all the same
                : (outcome.ok() || !outcome.answered())
                        && latest.filter(r -> r.deployed() && r.revision() > before).isPresent();
        metrics.count(step.name(), done, System.nanoTime() - began);
        return new Result(latest, done ? "" : outcome.ok() ? "Helm has left the release as it was" : outcome.message());
    }

    /// What Helm cannot look up any more would keep it from every other object of the release.
    private static void map(Releases releases, ReleaseInput input) {
        List<Long> changed = releases.map(input);
        if (!changed.isEmpty()) {
            LOG.log(System.Logger.Level.INFO, "Mapped API versions that are not served any more in records of a release"
                    + " name={0} namespace={1} revisions={2}", input.release(), input.namespace(), changed);
        }
    }
}
