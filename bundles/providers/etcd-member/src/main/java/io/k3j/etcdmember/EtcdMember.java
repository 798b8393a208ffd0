package io.k3j.etcdmember;

import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Metrics;
import io.k3j.componentapi.TimeSource;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.edgeapi.Endpoint;
import io.k3j.etcdsnapshots.EtcdSnapshots;
import io.k3j.etcdsnapshots.SnapshotPlan;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;

/// Runs the managed etcd of this server, once its certificates exist.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.etcdmember",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@SatisfyingConditionTarget("(osgi.condition.id=io.k3j.etcd-pki-ready)")
public final class EtcdMember {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    private static final Duration STOP_LIMIT = Duration.ofSeconds(4);
    private final BundleContext context;
    private final EtcdMemberSettings settings;
    private final HealthScope health;
    private final Health healthService;
    private final List<SupervisedLoop> loops = new ArrayList<>();
    private final @Nullable Abort abort;
    private final Thread thread;
    private @Nullable Running running;
    private volatile @Nullable ApiClient api;
    private boolean stopped;

    /// Starts in the background; does not block.
    @Activate
    public EtcdMember(BundleContext context, EtcdMemberSettings settings, @Reference Health health,
            @Reference(cardinality = ReferenceCardinality.OPTIONAL) @Nullable Abort abort) {
        this.context = context;
        this.settings = settings;
        this.health = health.scope("etcd-member");
        this.healthService = health;
        this.abort = abort;
        thread = Thread.ofVirtual().name("etcd-member").start(this::run);
    }

    private record Running(Member member, EtcdProcess process, EtcdSnapshots snapshots, NodeDuties nodes,
            DiskWatch disk, MemberUpkeep upkeep, List<ServiceRegistration<?>> services) {
    }

    /// The API is available; Nodes can be updated.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY, unbind = "removeApi")
    public void setApi(ApiClient client) {
        api = client;
    }

    /// The API was unbound. Its replacement may have been bound before; that one stays.
    public void removeApi(ApiClient client) {
        if (api == client) {
            api = null;
        }
    }

    private void run() {
        try {
            Optional<String> path = Optional.ofNullable(System.getenv("PATH"));
            MemberPreparation preparation = new MemberPreparation(settings, path);
            preparation.cleanUp();
            Member.Wish wish = preparation.wish();
            SnapshotPlan plan = SnapshotFlags.plan(settings, wish.layout());
            Optional<String> message = preparation.reset(wish, path);
            if (message.isPresent()) {
                if (abort != null) {
                    abort.done(message.get());
                }
                return;
            }
            preparation.convert(wish);
            Member member = open(wish, preparation, plan);
            if (member != null) {
                member.run();
            }
        } catch (MemberFault e) {
            giveUp(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            giveUp("the managed etcd cannot be started: " + e.getMessage());
        } catch (InterruptedException e) {
            LOG.log(System.Logger.Level.DEBUG, "Stopped while starting");
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "Managed etcd is no longer supervised", e);
            giveUp("the managed etcd is looked after no more: " + e.getClass().getName() + "; the log has the details");
        }
    }

    private synchronized @Nullable Member open(Member.Wish wish, MemberPreparation preparation, SnapshotPlan plan) {
        if (stopped) {
            return null;
        }
        EtcdProcess process = new EtcdProcess(wish.layout(), preparation.etcd());
        Member member = new Member(wish, process, this::report);
        EtcdSnapshots snapshots = new EtcdSnapshots(settings.nodeName(), plan,
                new MemberSnapshot(wish, member), wish.layout().passwords(), () -> api);
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put(Endpoint.PORT, "server");
        properties.put(org.osgi.framework.Constants.SERVICE_RANKING, 1);
        NodeDuties nodes = new NodeDuties(member, wish.config(), settings.nodeName(), () -> api,
                InstantSource.system());
        DiskWatch disk = new DiskWatch(wish.config().metricsUrl(), wish.layout().data().toString(),
                TimeSource.system().monotonic());
        MemberUpkeep upkeep = new MemberUpkeep(member, wish.config());
        running = new Running(member, process, snapshots, nodes, disk, upkeep, List.of(
                context.registerService(Endpoint.class, new DbEndpoint(wish.layout(), member, snapshots),
                        properties),
                context.registerService(Metrics.class, snapshots::metrics, new Hashtable<>())));
        if (plan.schedule().isPresent()) {
            startLoop("snapshots", snapshots::runSchedule);
        }
        startLoop("snapshot-objects", snapshots::runObjects);
        startLoop("nodes", nodes::run);
        startLoop("disk", disk::run);
        startLoop("upkeep", upkeep::run);
        return member;
    }

    private void startLoop(String name, SupervisedLoop.Work work) {
        loops.add(SupervisedLoop.virtual(healthService, "etcd-member-" + name, work).start());
    }

    private void report(String why) {
        if (why.isEmpty()) {
            health.ok();
        } else {
            health.degraded(why);
        }
    }

    private void giveUp(String why) {
        LOG.log(System.Logger.Level.ERROR, why);
        if (abort != null) {
            abort.abort(why);
        }
    }

    /// Stops supervising etcd. Ends etcd itself only when the whole framework stops: a swapped bundle adopts
    /// it.
    @Deactivate
    void stop() throws IOException, InterruptedException {
        Running current;
        synchronized (this) {
            stopped = true;
            current = running;
            loops.forEach(SupervisedLoop::close);
        }
        thread.interrupt();
        if (current != null) {
            current.services().forEach(ServiceRegistration::unregister);
            current.snapshots().close();
            current.nodes().close();
            current.disk().close();
            current.upkeep().close();
            current.member().close();
            Bundle framework = context.getBundle(0);
            if (framework.getState() == Bundle.STOPPING) {
                current.process().stop(STOP_LIMIT);
            }
        }
        thread.join(Duration.ofSeconds(1));
    }
}
