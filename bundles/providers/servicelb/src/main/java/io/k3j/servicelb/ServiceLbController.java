package io.k3j.servicelb;

import io.k3j.componenthelpers.Cidr;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Controller;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Brings a Service's finalizer and status up to date: upstream's service controller with K3s' balancer behind it. One
/// worker, so that two Services never get one port.
final class ServiceLbController implements Reconciler {
    private static final String BY_SERVICE = "service";
    private static final Gvr SERVICE_CIDRS = Gvr.of("networking.k8s.io/v1", "servicecidrs");
    private final ClusterPorts ports;
    private final LiveView nodeView;
    private final LiveView slices;
    private final LiveView cidrs;
    private final BalancerNodes nodes;
    private final PortBook book = new PortBook();
    private final Allotments allotments;
    private final ServiceLbEvents events;
    private final ServiceLbMetrics metrics;
    private final Controller loop;
    private final AtomicBoolean nodesChanged = new AtomicBoolean(true);
    private final AtomicBoolean networksChanged = new AtomicBoolean();
    private boolean adopted;

    private ServiceLbController(ControllerContext desk, ServiceLbRules rules, ServiceLbMetrics metrics) {
        this.metrics = metrics;
        ports = new ClusterPorts(desk.views());
        nodeView = desk.views().of(BuiltinResources.NODES);
        slices = desk.views().of(BuiltinResources.ENDPOINT_SLICES).index(BY_SERVICE,
                s -> List.of(serviceOf(s).toString()));
        cidrs = desk.views().of(SERVICE_CIDRS);
        nodes = new BalancerNodes(a -> rules.usable(a) && !ofServices(a));
        PortRefusals refusals = new PortRefusals(rules.reserved(), nodes, ports, book);
        allotments = new Allotments(nodes, refusals, book, desk.clock().monotonic());
        events = new ServiceLbEvents(desk.ownEvents("service-lb-controller"));
        loop = desk.loop("servicelb", this);
    }

    /// Adds the loop.
    static void add(ControllerContext desk, ServiceLbRules rules, ServiceLbMetrics metrics) {
        ServiceLbController all = new ServiceLbController(desk, rules, metrics);
        all.loop.on(all.ports.services(), all::concerned)
                .on(all.slices, s -> all.ports.services().get(serviceOf(s)).filter(BalancedService::wanted)
                        .map(o -> List.of(o.key())).orElse(List.of()))
                .on(all.ports.pods(), p -> all.ports.wanting(ClusterPorts.hostPortsOf(p)))
                .reads(all.nodeView, all.cidrs);
        all.nodeView.listen(all::nodeChanged);
        all.cidrs.listen(all::cidrChanged);
    }

    /// Whether an address lies in a ServiceCIDR: what a node says it has there is not the node's.
    private boolean ofServices(InetAddress address) {
        return cidrs.list().stream().flatMap(c -> Cidr.readable(c.spec().seq("cidrs").texts()).stream())
                .anyMatch(network -> network.contains(address));
    }

    /// All nodes are read anew when the networks of Services change; their conditions concern nobody.
    private void cidrChanged(@Nullable Obj before, @Nullable Obj after) {
        if (before == null || after == null || !before.spec().equals(after.spec())) {
            networksChanged.set(true);
            ports.balanced().forEach(s -> loop.queue().add(s.key()));
        }
    }

    private static Key serviceOf(Obj slice) {
        return new Key(slice.namespace(), slice.labels().getOrDefault(ServiceLbLabels.SLICE_SERVICE, ""));
    }

    /// A Service concerns itself, and those that want the ports it is reached at otherwise.
    private Set<Key> concerned(Obj service) {
        Set<Key> keys = ports.wanting(BalancedPort.of(service, "nodePort")).stream().collect(Collectors.toSet());
        if (!service.spec().seq("externalIPs").isEmpty()) {
            keys.addAll(ports.wanting(BalancedPort.of(service, "port")));
        }
        keys.add(service.key());
        return keys;
    }

    /// What a node says of its ports concerns those that want them; anything else concerns all, and a heartbeat nobody.
    private void nodeChanged(@Nullable Obj before, @Nullable Obj after) {
        nodesChanged.set(true);
        if (before == null || after == null || !nodes.facts(before).equals(nodes.facts(after))) {
            ports.balanced().forEach(s -> loop.queue().add(s.key()));
        } else if (!before.annotations().getOrDefault(ServiceLbLabels.PORTS, "")
                .equals(after.annotations().getOrDefault(ServiceLbLabels.PORTS, ""))) {
            ports.wanting(BalancerNodes.report(before).differing(BalancerNodes.report(after)))
                    .forEach(loop.queue()::add);
        }
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        if (networksChanged.getAndSet(false)) {
            nodes.forget();
            nodesChanged.set(true);
        }
        if (nodesChanged.getAndSet(false)) {
            nodes.refresh(nodeView.list());
        }
        if (!adopted) {
            allotments.adopt(ports.balanced());
            adopted = true;
        }
        Optional<Obj> service = ports.services().get(key);
        if (service.filter(BalancedService::wanted).isPresent()) {
            return carry(service.get(), writer);
        }
        boolean had = !book.of(key).nodes().isEmpty();
        wake(key, allotments.drop(key));
        metrics.gone(key);
        service.ifPresent(s -> release(s, had, writer));
        events.forget(key);
        return Requeue.NEVER;
    }

    /// Ports that became free concern everybody who waits for them.
    private void wake(Key key, Set<BalancedPort> freed) {
        ports.wanting(freed).stream().filter(k -> !k.equals(key)).forEach(loop.queue()::add);
    }

    private Requeue carry(Obj service, ExpectingWriter writer) {
        BalancedService wanted = BalancedService.of(service);
        Seq before = IngressStatus.of(service);
        Allotments.Allotment allotted = allotments.allot(wanted, before.structs().stream()
                .flatMap(e -> nodes.owner(e.text("ip")).stream()).collect(Collectors.toSet()));
        wake(wanted.key(), allotted.freed());
        Seq ingress = IngressStatus.of(serving(wanted, allotted.nodes()), wanted.families(),
                (node, address) -> nodes.owner(address).filter(node::equals).isPresent());
        boolean begun = BalancedService.begun(service);
        if (!begun) {
            events.ensuring(service);
        }
        if (!begun || !IngressStatus.same(before, ingress)) {
            write(BalancedService.with(service, ingress, true), writer);
        }
        events.told(service, before, ingress, allotted);
        metrics.carried(wanted.key(), ingress.size(), allotted.refused());
        return allotted.again();
    }

    /// The nodes whose addresses are shown: those that answer, and with a local policy have an endpoint.
    private List<BalancerNode> serving(BalancedService service, Set<String> carrying) {
        Set<String> local = service.local() ? withEndpoints(service.key()) : carrying;
        return carrying.stream().filter(local::contains).flatMap(n -> nodes.node(n).stream())
                .filter(BalancerNode::ready).toList();
    }

    private Set<String> withEndpoints(Key service) {
        return slices.by(BY_SERVICE, service.toString()).stream()
                .flatMap(s -> s.tree().seq("endpoints").structs().stream())
                .filter(e -> takesConnections(e.struct("conditions"))).map(e -> e.text("nodeName"))
                .collect(Collectors.toSet());
    }

    /// A node whose endpoints end but still serve is forwarded to: kube-proxy falls back to them.
    private static boolean takesConnections(Struct conditions) {
        boolean ready = conditions.flag("ready", true);
        return ready || conditions.flag("terminating", false) && conditions.flag("serving", false);
    }

    private void write(Obj service, ExpectingWriter writer) {
        metrics.wrote();
        writer.updateStatus(BuiltinResources.SERVICES, service);
    }

    /// Ends what was begun for a Service that is being deleted or has another type now; one of another class is
    /// somebody else's, unless this term has carried it.
    private void release(Obj service, boolean had, ExpectingWriter writer) {
        boolean ended = service.terminating() || !BalancedService.ofType(service);
        if (!BalancedService.begun(service) || !ended && !had) {
            return;
        }
        events.deleting(service);
        write(BalancedService.with(service, ended ? Seq.EMPTY : Seq.copyOf(IngressStatus.of(service).structs().stream()
                .filter(e -> nodes.owner(e.text("ip")).isEmpty()).toList()), false), writer);
        events.deleted(service);
    }
}
