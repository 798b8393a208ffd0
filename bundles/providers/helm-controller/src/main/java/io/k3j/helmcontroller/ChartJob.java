package io.k3j.helmcontroller;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.Times;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Selector;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The Job that tools for K3s look at and wait for: `helm-install-NAME`, `helm-delete-NAME`. Its `spec.managedBy` names
/// this controller, so that nobody makes pods of it ("Delegation of managing a Job object to external controller",
/// <https://kubernetes.io/docs/concepts/workloads/controllers/job/>); its status tells of Helm's processes what it
/// tells of pods elsewhere: how many have failed, that one has succeeded. One configuration has one Job, another takes
/// its place.
///
/// It shows what is done and decides nothing but this: that somebody has deleted it asks for the work to be done again,
/// as in K3s. Where it cannot be written, the work is done without it. Blocks for the API; for one pass and one thread.
final class ChartJob {
    /// In `spec.managedBy`.
    static final String MANAGER = "helm.k3j.io/helm-controller";
    /// No registry can have this name (RFC 2606): there is nothing to be run.
    private static final String IMAGE = "helm.invalid/runs-in-the-server";
    private static final String CREATED = "Job created";
    private static final String REFUSED = "JobRefused";
    private static final String LIMIT = "BackoffLimitExceeded";
    /// All of them.
    static final Query ALL = Query.ALL.labelled(Selector.parse(ReleaseIdentity.LABEL));
    private static final System.Logger LOG = System.getLogger("io.k3j.helmcontroller");

    private final ExpectingWriter writer;
    private final Obj chart;
    private final InstantSource clock;
    private @Nullable Obj job;
    /// One that an earlier HelmChart of the name, or the ingress, has left.
    private final @Nullable Obj stale;
    private String refusal = "";

    private ChartJob(ExpectingWriter writer, Obj chart, InstantSource clock, @Nullable Obj job, @Nullable Obj stale) {
        this.writer = writer;
        this.chart = chart;
        this.clock = clock;
        this.job = job;
        this.stale = stale;
    }

    /// The Job of a chart as it is now.
    ///
    /// @param clock of the day
    static ChartJob of(ExpectingWriter writer, Obj chart, InstantSource clock) {
        Optional<Obj> there = writer.api().find(BuiltinResources.JOBS, key(chart))
                .filter(j -> !j.terminating() && chart.name().equals(j.labels().get(ReleaseIdentity.LABEL)));
        Optional<Obj> own = there.filter(j -> belongs(j, chart));
        return new ChartJob(writer, chart, clock, own.orElse(null), own.isEmpty() ? there.orElse(null) : null);
    }

    /// K3s' name of the Job.
    static Key key(Obj chart) {
        return new Key(chart.namespace(), "helm-" + (chart.terminating() ? "delete-" : "install-") + chart.name());
    }

    private static boolean belongs(Obj job, Obj chart) {
        return job.owners().stream().anyMatch(owner -> owner.text("uid").equals(chart.uid()));
    }

    /// The HelmChart.
    Obj chart() {
        return chart;
    }

    /// Whether there was one, and somebody has deleted it: K3s does the work again then.
    boolean deleted() {
        Struct before = told();
        return job == null && stale == null && before.text("status").equals("True")
                && before.text("reason").equals(CREATED) && chart.status().text("jobName").equals(key(chart).name());
    }

    /// The condition of the HelmChart that tells of it, with K3s' words. Of refusals in a row the first is told: each
    /// may have other words, and another status would make the chart due again at once.
    Struct condition() {
        if (job != null) {
            return Struct.of("type", "JobCreated", "status", "True", "reason", CREATED, "message",
                    "Applying HelmChart using Job " + key(chart));
        }
        if (refusal.isEmpty()) {
            return Struct.of("type", "JobCreated", "status", "False");
        }
        Struct before = told();
        return before.text("reason").equals(REFUSED)
                ? before
                : Struct.of("type", "JobCreated", "status", "False", "reason", REFUSED, "message", refusal);
    }

    private Struct told() {
        return chart.status().seq("conditions").find("type", "JobCreated");
    }

    /// One process of Helm begins.
    ///
    /// @param configuration what it works from
    /// @param backOffLimit how many may fail before it is given up
    void begin(String configuration, long backOffLimit) {
        renew(configuration, backOffLimit, false);
        tell(Struct.of("active", 1));
    }

    /// The process has failed.
    ///
    /// @param given whether there will be no other
    void failed(String message, boolean given) {
        Obj known = job;
        if (known == null) {
            return;
        }
        Struct status = Struct.of("active", 0, "failed", known.status().whole("failed", 0) + 1);
        String at = now();
        tell(!given ? status : status.with("conditions", Seq.of(condition("FailureTarget", LIMIT, message, at),
                condition("Failed", LIMIT, message, at))));
    }

    /// The release is as it is wanted.
    ///
    /// @return the Job when it is complete since now
    Optional<Obj> complete(String configuration, long backOffLimit, String message) {
        renew(configuration, backOffLimit, true);
        Obj known = job;
        if (known == null || ended(known, "Complete")) {
            return Optional.empty();
        }
        tell(succeeded(message, now()));
        return Optional.ofNullable(job);
    }

    /// One that has ended for good tells of nothing else any more.
    private void renew(String configuration, long backOffLimit, boolean successful) {
        Obj known = job;
        boolean same = known != null && known.spec().text("managedBy").equals(MANAGER)
                && hash(configuration).equals(known.spec().struct("template").struct("metadata").struct("annotations")
                        .text(Releases.HASH));
        boolean open = known != null && !ended(known, "Failed") && (successful || !ended(known, "Complete"));
        if (same && open) {
            return;
        }
        Obj old = known != null ? known : stale;
        if (old != null) {
            delete(old);
        }
        job = attempt(() -> writer.create(BuiltinResources.JOBS, job(configuration, backOffLimit)));
    }

    private void delete(Obj old) {
        attempt(() -> {
            writer.delete(BuiltinResources.JOBS, old, DeleteOptions.PLAIN.propagating("Background"));
            return old;
        });
    }

    private String now() {
        return Times.seconds(clock.instant());
    }

    private static boolean ended(Obj job, String how) {
        return Conditions.isTrue(job.status().seq("conditions"), how);
    }

    private void tell(Struct change) {
        Obj known = job;
        if (known == null) {
            return;
        }
        Struct status = change.with("ready", 0).with("terminating", 0).with("uncountedTerminatedPods", Struct.EMPTY)
                .with("startTime", known.status().text("startTime", now()));
        Key name = known.key();
        Obj told = attempt(() -> writer.patch(BuiltinResources.JOBS, name, new Patch.Merge(Struct.of("status",
                status)), WriteOptions.STATUS));
        job = told == null ? known : told;
    }

    /// A refusal is no reason to leave the release as it is: a webhook that refuses Jobs may be what it repairs.
    private @Nullable Obj attempt(Supplier<Obj> write) {
        try {
            return write.get();
        } catch (ApiFault refused) {
            refusal = "Job " + key(chart) + ": " + refused.getMessage();
            LOG.log(System.Logger.Level.DEBUG, "Cannot write a Job name={0} namespace={1} error={2}", key(chart).name(),
                    chart.namespace(), refused.getMessage());
            return null;
        }
    }

    /// The status of a Job that is complete, but for what it was before.
    ///
    /// @param at when it has become so
    static Struct succeeded(String message, String at) {
        return Struct.of("active", 0, "ready", 0, "terminating", 0, "succeeded", 1, "startTime", at,
                "completionTime", at, "uncountedTerminatedPods", Struct.EMPTY, "conditions",
                Seq.of(condition("SuccessCriteriaMet", "CompletionsReached", message, at),
                        condition("Complete", "CompletionsReached", message, at)));
    }

    private static Struct condition(String type, String reason, String message, String at) {
        return Struct.of("type", type, "status", "True", "lastProbeTime", at, "lastTransitionTime", at, "reason",
                reason, "message", message);
    }

    private static String hash(String configuration) {
        return "SHA256=" + configuration;
    }

    private Obj job(String configuration, long backOffLimit) {
        Struct template = template(chart.name(), chart.terminating() ? "delete" : "install", hash(configuration));
        return document(key(chart), chart.name(), chart.ownerReference(),
                Struct.of("managedBy", MANAGER, "backoffLimit", backOffLimit, "template", template));
    }

    /// A template that K3s' labels and annotations are on, and of which nothing can be run.
    ///
    /// @param configuration what is worked from
    static Struct template(String chart, String action, String configuration) {
        Struct container = Struct.of("name", "helm", "image", IMAGE, "args", Seq.of(action));
        return Struct.of("metadata",
                Struct.of("labels", Struct.of(ReleaseIdentity.LABEL, chart), "annotations",
                        Struct.of(Releases.HASH, configuration)),
                "spec", Struct.of("restartPolicy", "OnFailure", "serviceAccountName", "helm-" + chart, "containers",
                        Seq.of(container)));
    }

    /// A Job with K3s' label and an owner.
    static Obj document(Key key, String chart, Struct owner, Struct spec) {
        return Obj.of(Struct.of("apiVersion", "batch/v1", "kind", "Job", "metadata",
                Struct.of("name", key.name(), "namespace", key.namespace(), "labels",
                        Struct.of(ReleaseIdentity.LABEL, chart), "ownerReferences", Seq.of(owner)),
                "spec", spec));
    }
}
