package io.k3j.cli.upgrade;

import io.k3j.model.Struct;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Waits until a Plan of the system-upgrade-controller has been applied to the servers: the step `prepare` of a Plan
/// for agents. What its fields mean:
/// <https://github.com/rancher/system-upgrade-controller/blob/master/doc/plan.md>. One thread.
public final class ServerPlan {
    /// Above the deadline of any Job, which ends this one's process.
    static final Duration LIMIT = Duration.ofHours(24);
    private static final String PLANS = "/apis/upgrade.cattle.io/v1/namespaces/";
    private static final String NODES = "/api/v1/nodes?limit=1&labelSelector=";
    /// With the Plan's name, a label of each node it was applied to; its value is the Plan's hash.
    private static final String LABEL = "plan.upgrade.cattle.io/";
    /// Its value on a node that the Plan is to leave alone.
    private static final String DISABLED = "disabled";
    private final ClusterReader api;
    private final Surroundings.Waits waits;
    private final Consumer<String> told;

    /// @param waits passes the time between two looks
    /// @param told is given each new reason to wait
    public ServerPlan(ClusterReader api, Surroundings.Waits waits, Consumer<String> told) {
        this.api = api;
        this.waits = waits;
        this.told = told;
    }

    /// Blocks until it is applied. An API that does not answer is asked again: its server may be the one that is
    /// restarted.
    ///
    /// @param version the Plan has to be at, as that of the Plan which waits; empty for any
    /// @throws UpgradeProblem for what is no name, after a day, and when the thread is interrupted
    public void await(String namespace, String name, String version) {
        named("Plan", name);
        named("namespace", namespace);
        long begun = waits.nanos();
        String before = "";
        while (true) {
            Optional<String> missing = look(namespace, name, version);
            if (missing.isEmpty()) {
                told.accept("Plan " + name + " has been applied to the servers");
                return;
            }
            if (!missing.get().equals(before)) {
                before = missing.get();
                told.accept("waiting: " + before);
            }
            if (waits.nanos() - begun >= LIMIT.toNanos() || !waits.pause()) {
                throw new UpgradeProblem("gave up waiting for Plan " + name + ": " + before
                        + "; see kubectl -n " + namespace + " get plans,jobs");
            }
        }
    }

    private static void named(String what, String name) {
        if (!Printable.plain(name, "-.") || name.startsWith(".")) {
            throw new UpgradeProblem("'" + Printable.of(name) + "' is no name of a " + what);
        }
    }

    private Optional<String> look(String namespace, String name, String version) {
        try {
            Optional<Struct> plan = api.read(PLANS + namespace + "/plans/" + name);
            if (plan.isEmpty()) {
                return Optional.of("there is no Plan " + name + " in namespace " + namespace);
            }
            return missing(plan.get(), version);
        } catch (IOException unanswered) {
            return Optional.of("the API does not tell: " + Printable.of(String.valueOf(unanswered.getMessage())));
        }
    }

    /// What is still to come. Newer controllers say themselves that a Plan is complete; of older ones each server has
    /// to bear the Plan's label.
    private Optional<String> missing(Struct plan, String version) throws IOException {
        String name = ServerNodes.name(plan);
        Struct status = plan.struct("status");
        String latest = status.text("latestVersion");
        String hash = status.text("latestHash");
        if (hash.isEmpty() || !version.isEmpty() && !latest.equals(version)) {
            return Optional.of("Plan " + name + " is for "
                    + (latest.isEmpty() ? "no version yet" : Printable.of(latest))
                    + (version.isEmpty() ? "" : " and not for " + Printable.of(version)));
        }
        if (!status.seq("applying").isEmpty()) {
            return Optional.of("Plan " + name + " is being applied to "
                    + Printable.of(String.join(", ", status.seq("applying").texts())));
        }
        Struct complete = status.seq("conditions").find("type", "Complete");
        if (!complete.isEmpty()) {
            return complete.text("status").equals("True") ? unborne(name, hash)
                    : Optional.of("Plan " + name + " is not complete: " + Printable.of(complete.text("reason")));
        }
        String others = ServerNodes.of(api).stream().filter(node -> !bears(node, name, hash))
                .filter(node -> !bears(node, name, DISABLED)).map(ServerNodes::name)
                .collect(Collectors.joining(", "));
        return others.isEmpty() ? Optional.empty()
                : Optional.of("Plan " + name + " has not been applied to " + others);
    }

    /// The controller writes the hash of another version first, and only then that the Plan is no longer complete: what
    /// it says is of this hash once a node bears that.
    private Optional<String> unborne(String name, String hash) throws IOException {
        String selector = URLEncoder.encode(LABEL + name + "=" + hash, StandardCharsets.UTF_8);
        boolean borne = api.read(NODES + selector).orElse(Struct.EMPTY).seq("items").structs().stream()
                .anyMatch(node -> bears(node, name, hash));
        return borne ? Optional.empty() : Optional.of("Plan " + name + " has not been applied to any node");
    }

    private static boolean bears(Struct node, String name, String hash) {
        return node.struct("metadata").struct("labels").text(LABEL + name).equals(hash);
    }
}
