package io.k3j.helmcontroller;

import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.helmcontroller.Releases.Revision;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Brings the releases of HelmCharts to what the charts, their configurations and their Secrets say. See
/// <https://docs.k3s.io/add-ons/helm>.
final class ChartReconciler implements Reconciler {
    /// As K3s' controller calls itself; other values of the annotation are other controllers' charts.
    static final String US = "helm-controller";
    static final String MANAGED_BY = "helmcharts.cattle.io/managed-by";
    static final String FINALIZER = "wrangler.cattle.io/on-helm-chart-remove";
    /// An upgrade that fails is rolled back by Helm; K3s has no word for it.
    static final String ROLLBACK = "helm.k3j.io/rollback-on-failure";
    private static final String UNMANAGED = "helmcharts.helm.cattle.io/unmanaged";
    private static final int AT_ONCE = 2;
    private static final int FORBIDDEN = 403;
    /// How often an uninstallation that fails is tried; K3s' Job takes the first failure for its end.
    private static final int REMOVALS = 5;
    /// What is tried then, in place of a configuration.
    private static final String REMOVAL = "removal";
    /// How soon a release is looked at again that somebody else has to repair.
    private static final Duration LOOK_AGAIN = Duration.ofMinutes(5);

    private final LiveView charts;
    private final LiveView configs;
    private final Events events;
    private final ChartOperation operation;
    private final ChartBackoff attempts;
    private final InstantSource clock;

    private ChartReconciler(ControllerContext desk, ChartOperation operation) {
        this.charts = desk.views().of(HelmKinds.CHARTS);
        this.configs = desk.views().of(HelmKinds.CONFIGS);
        this.events = desk.events(US, US);
        this.operation = operation;
        this.attempts = new ChartBackoff(desk.clock().monotonic());
        this.clock = desk.clock();
    }

    /// Adds it to the loops of a bundle; two releases are worked at a time.
    static void add(ControllerContext desk, ChartOperation operation) {
        ChartReconciler all = new ChartReconciler(desk, operation);
        desk.loop(US, US, AT_ONCE, all).on(all.charts).on(all.configs)
                .on(desk.views().of(BuiltinResources.SECRETS), all::usersOf)
                .onOwned(desk.views().of(BuiltinResources.JOBS, ChartJob.ALL), "HelmChart");
    }

    /// The charts whose values come from a Secret, their own or by their configuration. Few charts, many Secrets: what
    /// belongs to a release or is a token is passed over at once.
    private Collection<Key> usersOf(Obj secret) {
        if (!secret.tree().text("type", "Opaque").equals("Opaque")
                && !secret.tree().text("type").startsWith("helmcharts.helm.cattle.io/")) {
            return List.of();
        }
        return Stream.concat(charts.list(secret.namespace()).stream(), configs.list(secret.namespace()).stream())
                .filter(user -> user.spec().seq("valuesSecrets").structs().stream().anyMatch(
                        reference -> reference.text("name").equals(secret.name()) && !reference.flag("ignoreUpdates")))
                .map(Obj::key).toList();
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = charts.get(key).filter(ChartReconciler::ours);
        if (found.isEmpty()) {
            attempts.forget(key);
            return Requeue.NEVER;
        }
        Obj chart = found.get();
        if (chart.terminating()) {
            return chart.finalizers().contains(FINALIZER) ? remove(chart, writer) : Requeue.NEVER;
        }
        if (!chart.annotations().containsKey(MANAGED_BY) || !chart.finalizers().contains(FINALIZER)) {
            writer.update(HelmKinds.CHARTS, claimed(chart));
            return Requeue.NEVER;
        }
        Struct config = configs.get(key).map(Obj::spec).orElse(Struct.EMPTY);
        try {
            return deploy(ReleaseInput.read(writer.api(), chart, config), writer);
        } catch (ChartRefused refused) {
            if (ChartStatus.refused(chart, refused.reason(), refused.sentence()).write(writer)) {
                events.warning(chart, refused.reason(), refused.sentence());
            }
            return Requeue.after(attempts.failed(key, "refused"));
        }
    }

    private static boolean ours(Obj chart) {
        boolean source = !chart.spec().text("chart").isEmpty() || !chart.spec().text("chartContent").isEmpty();
        return source && !chart.annotations().containsKey(UNMANAGED)
                && chart.annotations().getOrDefault(MANAGED_BY, US).equals(US);
    }

    private static Obj claimed(Obj chart) {
        Obj named = chart.with(US, "metadata", "annotations", MANAGED_BY);
        return named.finalizers().contains(FINALIZER)
                ? named
                : named.with(Seq.copyOf(named.finalizers()).plus(FINALIZER), "metadata", "finalizers");
    }

    private Requeue deploy(ReleaseInput input, ExpectingWriter writer) {
        Obj chart = input.chart();
        if (!List.of("", "v3").contains(chart.spec().text("helmVersion"))) {
            throw new ChartRefused("UnsupportedVersion", "spec.helmVersion " + chart.spec().text("helmVersion")
                    + " is not supported: only Helm v3 charts are; leave it out");
        }
        ChartJob job = ChartJob.of(writer, chart, clock);
        String hash = input.hash();
        Releases releases = new Releases(writer.api());
        Optional<Revision> latest = releases.latest(input);
        Decision decision = Decision.of(latest, hash, input.failurePolicy());
        if (!decision.stuck().isEmpty()) {
            String message = latest.map(r -> releases.description(input, r)).orElse("") + "; " + decision.stuck();
            if (ChartStatus.failed(job, "Aborted", message).write(writer)) {
                events.warning(chart, "Aborted", message);
            }
            return Requeue.after(LOOK_AGAIN);
        }
        if (job.deleted()) {
            attempts.forget(chart.key());
            decision = decision.again();
        }
        if (decision.steps().isEmpty()) {
            attempts.forget(chart.key());
            ready(input, job, latest.map(Revision::revision).orElse(0L)).write(writer);
            return Requeue.NEVER;
        }
        String tried = hash + input.failurePolicy() + chart.generation();
        Duration wait = attempts.wait(chart.key(), tried);
        if (attempts.times(chart.key(), tried) > input.backOffLimit()) {
            return Requeue.NEVER;
        }
        return wait.isPositive()
                ? Requeue.after(wait)
                : operate(new Attempt(input, job, decision.steps().getLast(), tried), decision, writer);
    }

    /// One that is under way.
    ///
    /// @param what its last step
    /// @param tried what it is made from, for those that follow
    private record Attempt(ReleaseInput input, ChartJob job, String what, String tried) {
    }

    private Requeue operate(Attempt attempt, Decision decision, ExpectingWriter writer) {
        ReleaseInput input = attempt.input();
        ChartJob job = attempt.job();
        Obj chart = input.chart();
        job.begin(input.hash(), input.backOffLimit());
        ChartStatus.working(job, attempt.what() + " from " + input.source()).ignoring(input.ignored()).write(writer);
        events.normal(chart, "ApplyJob", "Applying HelmChart from " + input.source() + " using Job "
                + ChartJob.key(chart));
        boolean atomic = chart.annotations().getOrDefault(ROLLBACK, "").equals("true");
        ChartOperation.Result result;
        try {
            result = operation.run(writer.api(), input, decision, atomic);
        } catch (ChartRefused refused) {
            return refused(attempt, refused, writer);
        }
        if (!result.error().isEmpty()) {
            return failed(attempt, result, writer);
        }
        attempts.forget(chart.key());
        result.latest().ifPresent(revision -> new Releases(writer.api()).label(input, revision, input.hash()));
        long revision = result.latest().map(Revision::revision).orElse(0L);
        events.normal(chart, "Deployed", "Revision " + revision + " of release " + input.namespace() + "/"
                + input.release() + " is deployed");
        // what others have changed about the chart meanwhile is in the view, and comes by itself
        ready(input, job, revision).replace(writer);
        return Requeue.NEVER;
    }

    /// Counts as an attempt, or what is written of it would make the chart due again at once.
    private Requeue refused(Attempt attempt, ChartRefused refused, ExpectingWriter writer) {
        Obj chart = attempt.input().chart();
        attempt.job().failed(refused.sentence(), false);
        ChartStatus.refused(chart, refused.reason(), refused.sentence()).replace(writer);
        events.warning(chart, refused.reason(), refused.sentence());
        return Requeue.after(attempts.failed(chart.key(), attempt.tried()));
    }

    private Requeue failed(Attempt attempt, ChartOperation.Result result, ExpectingWriter writer) {
        ReleaseInput input = attempt.input();
        Obj chart = input.chart();
        Duration wait = attempts.failed(chart.key(), attempt.tried());
        boolean last = attempts.times(chart.key(), attempt.tried()) > input.backOffLimit();
        String reason = attempt.what().equals(Decision.INSTALL) ? "InstallFailed" : "UpgradeFailed";
        String now = result.latest().map(r -> "revision " + r.revision() + " is " + r.status())
                .orElse("nothing is installed");
        String message = result.error() + " (" + now + "; "
                + (last ? "backOffLimit is reached, change the chart to try again" : "next attempt in "
                        + wait.toSeconds() + " s")
                + ")";
        attempt.job().failed(message, last);
        ChartStatus.failed(attempt.job(), reason, message).ignoring(input.ignored()).replace(writer);
        events.warning(chart, reason, message);
        if (last) {
            events.warning(chart, "JobFailed", "Job has reached configured number of retries without succeeding");
        }
        return last ? Requeue.NEVER : Requeue.after(wait);
    }

    private ChartStatus ready(ReleaseInput input, ChartJob job, long revision) {
        String message = "revision " + revision + " in namespace " + input.namespace();
        job.complete(input.hash(), input.backOffLimit(), message)
                .ifPresent(done -> events.normal(done, "Completed", "Job completed"));
        return ChartStatus.ready(job, message).ignoring(input.ignored());
    }

    /// Uninstalls what is there and lets the object go, as K3s does also when Helm cannot uninstall it.
    private Requeue remove(Obj chart, ExpectingWriter writer) {
        ReleaseInput input = new ReleaseInput(chart, Struct.EMPTY, Map.of(), Struct.EMPTY);
        Optional<Revision> latest = new Releases(writer.api()).latest(input);
        if (latest.isPresent() && List.of("", "v3").contains(chart.spec().text("helmVersion"))) {
            Duration wait = attempts.wait(chart.key(), REMOVAL);
            Duration again = wait.isPositive() ? wait : uninstall(input, writer);
            if (again.isPositive()) {
                return Requeue.after(again);
            }
        }
        if (attempts.times(chart.key(), REMOVAL) < REMOVALS) {
            events.normal(chart, "RemoveJob", "Uninstalled HelmChart using Job " + ChartJob.key(chart)
                    + ", removing resources");
        }
        attempts.forget(chart.key());
        Obj free = chart.with(Seq.copyOf(chart.finalizers().stream().filter(f -> !f.equals(FINALIZER)).toList()),
                "metadata", "finalizers");
        Obj now = writer.api().get(HelmKinds.CHARTS, chart.key());
        writer.update(HelmKinds.CHARTS, now.with(free.at("metadata", "finalizers"), "metadata", "finalizers"));
        return Requeue.NEVER;
    }

    /// @return how long to wait until it is tried again; zero when the release has gone or is given up
    private Duration uninstall(ReleaseInput input, ExpectingWriter writer) {
        Obj chart = input.chart();
        ChartJob job = ChartJob.of(writer, chart, clock);
        job.begin(REMOVAL, REMOVALS);
        events.normal(chart, "RemoveJob", "Uninstalling HelmChart using Job " + ChartJob.key(chart));
        try {
            Decision uninstall = new Decision(List.of(Decision.UNINSTALL), false, "");
            String error = operation.run(writer.api(), input, uninstall, false).error();
            return error.isEmpty() ? Duration.ZERO : stays(input, job, error, writer);
        } catch (ApiFault fault) {
            // a namespace that goes takes the release with it, and nobody can be made in it to uninstall it
            if (fault.code() != FORBIDDEN) {
                throw fault;
            }
            return Duration.ZERO;
        }
    }

    private Duration stays(ReleaseInput input, ChartJob job, String error, ExpectingWriter writer) {
        Obj chart = input.chart();
        Duration pause = attempts.failed(chart.key(), REMOVAL);
        boolean last = attempts.times(chart.key(), REMOVAL) >= REMOVALS;
        String message = error + (last ? "; what is left of release " + input.namespace() + "/" + input.release()
                + " stays, remove it by helm uninstall" : "");
        job.failed(message, last);
        ChartStatus.failed(job, "UninstallFailed", message).write(writer);
        events.warning(chart, "UninstallFailed", message);
        return last ? Duration.ZERO : pause;
    }
}
