package io.k3j.helmcontroller;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.Times;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// The Job `helm-install-traefik` of `kube-system` where the servers serve Ingresses in place of K3s' chart: complete
/// while the Service `traefik` is theirs, whose it is, and gone with it. Scripts for K3s wait for it before they make
/// Ingresses. Nothing was installed, and it says so. A HelmChart `traefik` has a Job of its own under that name.
final class IngressJob implements Reconciler {
    private static final String NAME = "traefik";
    private static final Key SERVICE = new Key("kube-system", NAME);
    private static final Key JOB = new Key(SERVICE.namespace(), "helm-install-" + NAME);
    private static final String NOTHING = "no chart: the servers serve Ingresses themselves";
    /// How soon a Job that was refused is tried again.
    private static final Duration LATER = Duration.ofMinutes(5);
    private static final System.Logger LOG = System.getLogger("io.k3j.helmcontroller");

    private final LiveView services;
    private final LiveView charts;
    private final LiveView jobs;
    private final InstantSource clock;

    private IngressJob(ControllerContext desk) {
        this.services = desk.views().of(BuiltinResources.SERVICES,
                Query.in(SERVICE.namespace()).where("metadata.name", NAME));
        this.charts = desk.views().of(HelmKinds.CHARTS);
        this.jobs = desk.views().of(BuiltinResources.JOBS, ChartJob.ALL);
        this.clock = desk.clock();
    }

    /// Adds it to the loops of a bundle.
    static void add(ControllerContext desk) {
        IngressJob all = new IngressJob(desk);
        desk.loop("ingress-job", ChartReconciler.US, 1, all).on(all.services)
                .on(all.charts, chart -> chart.key().equals(SERVICE) ? List.of(SERVICE) : List.of())
                .on(all.jobs, job -> job.key().equals(JOB) ? List.of(SERVICE) : List.of());
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> service = services.get(SERVICE).filter(IngressJob::ours);
        Optional<Obj> there = jobs.get(JOB);
        if (service.isEmpty() || charts.get(SERVICE).isPresent() || there.filter(IngressJob::settled).isPresent()) {
            return Requeue.NEVER;
        }
        try {
            Obj job = there.orElseGet(() -> writer.create(BuiltinResources.JOBS, job(service.get())));
            writer.patch(BuiltinResources.JOBS, job.key(), new Patch.Merge(Struct.of("status",
                    ChartJob.succeeded(NOTHING, Times.seconds(clock.instant())))), WriteOptions.STATUS);
            return Requeue.NEVER;
        } catch (ApiFault refused) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot write a Job name={0} namespace={1} error={2}", JOB.name(),
                    JOB.namespace(), refused.getMessage());
            return Requeue.after(LATER);
        }
    }

    /// Whether the servers have made it, and nobody has given it pods since.
    private static boolean ours(Obj service) {
        return !service.terminating() && service.spec().struct("selector").isEmpty()
                && service.annotations().getOrDefault("meta.helm.sh/release-name", "").equals(NAME);
    }

    /// One that is complete, or that another has made.
    private static boolean settled(Obj job) {
        return !job.spec().text("managedBy").equals(ChartJob.MANAGER)
                || Conditions.isTrue(job.status().seq("conditions"), "Complete");
    }

    private static Obj job(Obj service) {
        Struct owner = Struct.of("apiVersion", "v1", "kind", "Service", "name", service.name(), "uid", service.uid());
        return ChartJob.document(JOB, NAME, owner, Struct.of("managedBy", ChartJob.MANAGER, "template",
                ChartJob.template(NAME, "install", NOTHING)));
    }
}
